//! Digital silence in whole frames: it stands in for frames lost on the way, and a key may go on
//! behind it.

use std::ops::Range;

use wide::{bytemuck::cast, i16x8, u16x8};

use super::{
    history::{History, in_frame},
    hold::JUDGED_AFTER,
};

/// Digital silence about where tones have stopped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Silence {
    start: u64,
    end: u64,
    /// Position up to which it was looked for.
    seen: u64,
}

impl Silence {
    /// The silence right after tones that ended at `end`.
    pub(super) fn after(history: &History, end: u64) -> Self {
        Self::around(
            history,
            end + EDGE_ERROR,
            end - EDGE_ERROR..end + EDGE_ERROR,
        )
    }

    /// The silence between tones that ended and others that began.
    pub(super) fn between(history: &History, end: u64, onset: u64) -> Self {
        Self::around(
            history,
            (end + onset) / 2,
            end - EDGE_ERROR..onset + EDGE_ERROR,
        )
    }

    /// The silence around `position`, as far as it reaches within `limits`.
    fn around(history: &History, position: u64, limits: Range<u64>) -> Self {
        let before = history.range(limits.start, position);
        let mut silence = Self {
            start: position - quiet(before.iter().rev()),
            end: position,
            seen: position,
        };
        silence.go_on(history, limits.end);
        silence
    }

    /// Follows it up to `now`.
    pub(super) fn go_on(&mut self, history: &History, now: u64) {
        if self.end == self.seen {
            let (eights, _) = history.range(self.seen, now).as_chunks::<8>();
            let quiet_eights = eights.iter().take_while(|&&eight| is_quiet(eight));
            self.end += 8 * quiet_eights.count() as u64;
            self.end += quiet(history.range(self.end, now).iter());
        }
        self.seen = now;
    }

    /// Whether it is whole frames and all that lies between two positions.
    pub(super) fn is_lost_frames(&self, end: u64, onset: u64) -> bool {
        FRAMES.iter().any(|&frame| self.is_whole(frame))
            && self.start <= end + EDGE_ERROR
            && self.end + EDGE_ERROR >= onset
    }

    /// Whether it may be the begin of such frames, or such frames and tones after them that are
    /// still to be judged.
    pub(super) fn may_be_lost_frames(&self, now: u64) -> bool {
        let since = now - self.end;
        self.end - self.start <= LONGEST_SILENCE
            && FRAMES.iter().any(|&frame| match since {
                0 => is_border(in_frame(self.start, frame), frame),
                _ => since <= JUDGED_AFTER && self.is_whole(frame),
            })
    }

    /// Whether this is one frame or more, and nothing besides.
    fn is_whole(&self, frame: u64) -> bool {
        let length = self.end - self.start;
        is_border(in_frame(self.start, frame), frame)
            && is_border(length, frame)
            && length + FRAME_SLACK >= frame
    }
}

/// What there is, behind tones that ended in it, of the frame that ends where others begin.
pub(super) fn rest_of_frame(end: u64, onset: u64) -> Option<Range<u64>> {
    borders_near(onset).find_map(|(border, frame)| {
        let (begin, stop) = (border - frame, border.min(onset));
        (begin <= end + EDGE_ERROR && end < stop).then_some(begin.max(end)..stop)
    })
}

/// Whether clean tones stopped where a frame begins and were back where it ends.
pub(super) fn is_a_frame(end: u64, onset: u64) -> bool {
    borders_near(end).any(|(_, frame)| onset.abs_diff(end + frame) <= CLEAN_FRAME_ERROR)
}

/// The samples of the shortest frame that begins where tones stopped, if one does.
pub(super) fn frame_behind(end: u64) -> Option<u64> {
    borders_near(end).map(|(_, frame)| frame).min()
}

/// Where one frame ends and the next begins, if that is where tones begin or stop, and how many samples
/// such a frame has.
pub(super) fn borders_near(edge: u64) -> impl Iterator<Item = (u64, u64)> {
    FRAMES.into_iter().filter_map(move |frame| {
        let middle = edge + frame / 2;
        let border = middle - in_frame(middle, frame);
        (border.abs_diff(edge) <= EDGE_ERROR).then_some((border, frame))
    })
}

/// Whether all of these samples are silence.
pub(super) fn is_digital_silence(samples: &[i16]) -> bool {
    quiet(samples.iter()) == samples.len() as u64
}

/// How many samples are quiet before one is not.
fn quiet<'a>(samples: impl Iterator<Item = &'a i16>) -> u64 {
    let quiet = samples.take_while(|sample| sample.unsigned_abs() <= DIGITAL);
    quiet.count() as u64
}

/// Whether all of these samples are quiet.
fn is_quiet(samples: [i16; 8]) -> bool {
    let raised: u16x8 = cast(i16x8::new(samples) + i16x8::splat(DIGITAL as i16));
    raised.saturating_sub(u16x8::splat(2 * DIGITAL)) == u16x8::ZERO
}

/// Whether so many samples are whole frames. A tone may end or begin with a sample or two that are
/// as small as silence.
fn is_border(samples: u64, frame: u64) -> bool {
    (samples + FRAME_SLACK / 2) % frame <= FRAME_SLACK
}

/// Samples, three frames of 20 ms.
pub(super) const LONGEST_SILENCE: u64 = 484;

/// Samples, 20 and 30 ms: the frames in use. A key goes on over a lost one of 10 ms in any case.
pub(super) const FRAMES: [u64; 2] = [160, 240];
pub(super) const LONGEST_FRAME: usize = 240;

/// Samples that the edges of such a silence may be off by, half of them either way.
const FRAME_SLACK: u64 = 4;

/// Samples that a frame may seem to be longer or shorter by between two clean tones.
const CLEAN_FRAME_ERROR: u64 = 10;

/// Samples that the ends of the tones may be misjudged by.
const EDGE_ERROR: u64 = 12;

/// 16-bit steps: what silence decodes to in any law.
const DIGITAL: u16 = 8;
