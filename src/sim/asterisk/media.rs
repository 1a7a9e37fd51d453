//! What the caller's telephone sends once it is answered: packets of audio, and signalled keys.

use std::{collections::VecDeque, time::Duration};

use crate::{
    audio::{AudioFormat, Codes},
    key::Key,
    session::CallTime,
    sim::script::{Caller, SignalledKey},
};

/// The caller's media.
pub(super) struct Media {
    audio: Vec<i16>,
    falls_silent: bool,
    codec: AudioFormat,
    /// What the telephone has said in it, and what Asterisk has made of that.
    spoken: Codes,
    understood: Codes,
    keys: VecDeque<SignalledKey>,
    /// When the caller was answered; before, telephones send nothing.
    since: Option<CallTime>,
    /// Packets sent.
    frames: u32,
}

impl Media {
    pub(super) fn new(caller: &Caller) -> Self {
        Self {
            audio: caller.audio.clone(),
            falls_silent: caller.falls_silent,
            codec: caller.codec,
            spoken: Codes::new(caller.codec.encoding()),
            understood: Codes::new(caller.codec.encoding()),
            keys: caller.keys.iter().copied().collect(),
            since: None,
            frames: 0,
        }
    }

    /// The codec between telephone and Asterisk.
    pub(super) const fn codec(&self) -> AudioFormat {
        self.codec
    }

    /// The caller is answered; whether they had not been before.
    pub(super) fn begin(&mut self, now: CallTime) -> bool {
        let first = self.since.is_none();
        self.since.get_or_insert(now);
        first
    }

    /// When the caller was answered.
    pub(super) const fn answered(&self) -> Option<CallTime> {
        self.since
    }

    /// When the next packet comes or the next key is released.
    pub(super) fn next_event(&self) -> Option<CallTime> {
        let frame = self.next_frame();
        let key = self.next_release().map(|(at, _)| at);
        frame.into_iter().chain(key).min()
    }

    /// The key that is released by now.
    pub(super) fn pop_release(&mut self, now: CallTime) -> Option<Key> {
        let (_, key) = self.next_release().filter(|(at, _)| *at <= now)?;
        self.keys.pop_front();
        Some(key)
    }

    /// The caller's next 20 ms, when they are due: as the telephone sent them, or as samples.
    pub(super) fn pop_frame(&mut self, now: CallTime, format: AudioFormat) -> Option<Vec<u8>> {
        self.next_frame().filter(|due| *due <= now)?;
        let from = self.frames as usize * FRAME_SAMPLES;
        self.frames += 1;
        let mut samples: Vec<i16> = (from..from + FRAME_SAMPLES)
            .map(|index| self.audio.get(index).copied().unwrap_or_default())
            .collect();
        let sent = self.spoken.encode(&samples);
        self.understood.decode(&sent, &mut samples);
        if format == self.codec {
            return Some(sent);
        }
        Some(samples.into_iter().flat_map(i16::to_le_bytes).collect())
    }

    /// When the next packet comes, if one does.
    fn next_frame(&self) -> Option<CallTime> {
        let from = self.frames as usize * FRAME_SAMPLES;
        if self.falls_silent && from >= self.audio.len() {
            return None;
        }
        Some(self.since? + FRAME * (self.frames + 1))
    }

    /// The first signalled key still to come, and when it is released.
    fn next_release(&self) -> Option<(CallTime, Key)> {
        let first = self.keys.front()?;
        Some((self.since? + first.at + first.held, first.key))
    }
}

/// One packet of media.
const FRAME: Duration = Duration::from_millis(20);
const FRAME_SAMPLES: usize = 160;
