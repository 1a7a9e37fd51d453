//! One stream of keys from two sources, in which a press counts once.
//!
//! A telephone may send a key as tones in the audio, as a signal (RFC 4733, SIP INFO), or as
//! both: gateways let the first tens of milliseconds of tone leak before the signal begins, and
//! Asterisk reports a signal only at the key's release. Either can arrive first.

use std::time::Duration;

use super::{clock::CallTime, listening::JITTER};
use crate::key::Key;

/// Where a key was heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// As tones, by the detector.
    Audio,
    /// As a signal, by Asterisk.
    Signal,
}

impl Source {
    /// As `VOICEAGENTKEYSOURCE` names it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Signal => "signal",
        }
    }
}

/// Whether a key is a press of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is.
    New,
    /// The other source has reported this press already.
    Twin,
}

/// The last press of each source, as far as its twin may still come.
#[derive(Debug)]
pub(super) struct Presses {
    hold_off: Duration,
    tone: Option<Tone>,
    signal: Option<Signal>,
    /// Until when the tone of a key that was down before may go on.
    carried: Option<(Key, CallTime)>,
}

#[derive(Clone, Copy, Debug)]
struct Tone {
    key: Key,
    down: CallTime,
    up: Option<Heard>,
    /// The last audio that came while it was not known to have ended.
    last: Heard,
    /// Whether it is known to be too long for a leak.
    whole: bool,
}

/// Until when a tone was heard, and how long it was by the audio's own clock: where audio comes
/// late and in bursts, its beginning and its end are known at once.
#[derive(Clone, Copy, Debug)]
struct Heard {
    until: CallTime,
    length: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Signal {
    key: Key,
    at: CallTime,
}

impl Presses {
    /// `hold_off`: how long after a short tone the signal of the same press may come.
    pub(super) const fn new(hold_off: Duration) -> Self {
        Self {
            hold_off,
            tone: None,
            signal: None,
            carried: None,
        }
    }

    /// A key's tone was heard before this program was started, and may go on.
    pub(super) fn carried_over(&mut self, now: CallTime, key: Key) {
        self.carried = Some((key, now + AUDIO_DELAY));
        let heard = Heard {
            until: now,
            length: Duration::ZERO,
        };
        self.tone = Some(Tone {
            key,
            down: now,
            up: Some(heard),
            last: heard,
            whole: false,
        });
    }

    /// The detector reports a key going down.
    pub(super) fn tone_down(&mut self, now: CallTime, key: Key) -> Verdict {
        // What goes on here had been heard for a while, and for long enough to bring us here.
        let whole = self
            .carried
            .take_if(|(carried, until)| *carried == key && now <= *until)
            .is_some();
        self.tone = Some(Tone {
            key,
            down: now,
            up: None,
            last: Heard {
                until: now,
                length: Duration::ZERO,
            },
            whole,
        });
        // A signal comes at the key's release, so a tone after it is only the audio's delay.
        match self
            .signal
            .take_if(|signal| signal.key == key && now - signal.at <= AUDIO_DELAY)
        {
            Some(_) => {
                self.tone = None;
                Verdict::Twin
            }
            None => Verdict::New,
        }
    }

    /// Audio has come, in which the tone is not known to have ended: so much since it began.
    pub(super) fn tone_goes_on(&mut self, now: CallTime, length: Duration) {
        if let Some(tone) = &mut self.tone {
            tone.last = Heard { until: now, length };
        }
    }

    /// The detector reports the key's end, after so much tone.
    pub(super) fn tone_up(&mut self, until: CallTime, length: Duration) {
        if let Some(tone) = &mut self.tone {
            tone.up.get_or_insert(Heard { until, length });
        }
    }

    /// Asterisk reports a key.
    pub(super) fn signalled(&mut self, now: CallTime, key: Key) -> Verdict {
        let hold_off = self.hold_off;
        match self
            .tone
            .take_if(|tone| tone.key == key && now <= tone.twin_until(hold_off))
        {
            Some(_) => Verdict::Twin,
            None => {
                self.signal = Some(Signal { key, at: now });
                Verdict::New
            }
        }
    }

    /// Until when the signal of the tone's press may still come; `None` once it has come or
    /// when there was no tone.
    pub(super) fn twin_expected_until(&self) -> Option<CallTime> {
        self.tone.map(|tone| tone.twin_until(self.hold_off))
    }
}

impl Tone {
    fn twin_until(self, hold_off: Duration) -> CallTime {
        // A tone as long as a press is the press itself; its signal, if any, is due at its end.
        let whole = self.whole || self.up.unwrap_or(self.last).length >= LONGEST_LEAK;
        let due = hold_off.min(AUDIO_DELAY);
        let longest = self.down + LONGEST_PRESS;
        match self.up {
            Some(up) if whole => up.until + due,
            Some(up) => up.until + hold_off,
            // Where no audio comes any more, no end is heard: it was with the last. But behind a
            // leak there is none until the signal, which comes at the key's release.
            None if whole => longest.min(self.last.until + JITTER + due),
            None => longest,
        }
    }
}

/// How much later than a signal the audio of the same moment can arrive: jitter buffers hold up
/// to 200 ms, less what the detector needs.
const AUDIO_DELAY: Duration = Duration::from_millis(150);
/// Gateways stop a tone within 60 ms when they signal it instead; who listens after them may add as
/// much again.
const LONGEST_LEAK: Duration = Duration::from_millis(110);
/// A key that is down for longer is stuck, or its end was not heard.
const LONGEST_PRESS: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests {
    use super::*;

    const HOLD_OFF: Duration = Duration::from_millis(400);
    const LEAK: Duration = Duration::from_millis(50);
    const WHOLE: Duration = Duration::from_millis(130);

    fn at(ms: u64) -> CallTime {
        CallTime::after(Duration::from_millis(ms))
    }

    fn presses() -> Presses {
        Presses::new(HOLD_OFF)
    }

    #[test]
    fn a_leaked_tone_and_the_signal_after_it_are_one_press() {
        let mut presses = presses();
        assert_eq!(presses.tone_down(at(0), Key::HASH), Verdict::New);
        presses.tone_up(at(20), LEAK);
        assert_eq!(presses.signalled(at(400), Key::HASH), Verdict::Twin);
        assert_eq!(presses.twin_expected_until(), None);
    }

    #[test]
    fn a_signal_and_the_late_tone_after_it_are_one_press() {
        let mut presses = presses();
        assert_eq!(presses.signalled(at(0), Key::HASH), Verdict::New);
        assert_eq!(presses.tone_down(at(100), Key::HASH), Verdict::Twin);
    }

    #[test]
    fn a_signal_while_the_tone_lasts_is_the_same_press() {
        let mut presses = presses();
        assert_eq!(presses.tone_down(at(0), Key::STAR), Verdict::New);
        assert_eq!(presses.signalled(at(2_000), Key::STAR), Verdict::Twin);
    }

    #[test]
    fn each_press_has_one_twin_at_the_most() {
        let mut presses = presses();
        assert_eq!(presses.tone_down(at(0), Key::HASH), Verdict::New);
        presses.tone_up(at(20), LEAK);
        assert_eq!(presses.signalled(at(100), Key::HASH), Verdict::Twin);
        assert_eq!(presses.signalled(at(200), Key::HASH), Verdict::New);
    }

    #[test]
    fn another_key_is_another_press() {
        let mut presses = presses();
        assert_eq!(presses.tone_down(at(0), Key::HASH), Verdict::New);
        assert_eq!(presses.signalled(at(10), Key::STAR), Verdict::New);
    }

    #[test]
    fn the_same_key_from_the_same_source_is_another_press() {
        let mut presses = presses();
        assert_eq!(presses.tone_down(at(0), Key::HASH), Verdict::New);
        presses.tone_up(at(50), LEAK);
        assert_eq!(presses.tone_down(at(100), Key::HASH), Verdict::New);
    }

    #[test]
    fn a_tone_that_goes_on_from_before_is_a_whole_one() {
        let mut presses = presses();
        presses.carried_over(at(0), Key::HASH);
        assert_eq!(presses.twin_expected_until(), Some(at(400)));
        presses.tone_down(at(40), Key::HASH);
        presses.tone_up(at(60), LEAK);
        assert_eq!(presses.twin_expected_until(), Some(at(210)));
        assert_eq!(presses.signalled(at(200), Key::HASH), Verdict::Twin);
    }

    #[test]
    fn after_a_whole_tone_the_signal_is_not_waited_for_as_long_as_after_a_leak() {
        let mut presses = presses();
        presses.tone_down(at(0), Key::HASH);
        presses.tone_up(at(100), WHOLE);
        assert_eq!(presses.twin_expected_until(), Some(at(250)));
        assert_eq!(presses.signalled(at(251), Key::HASH), Verdict::New);
    }

    #[test]
    fn a_tone_goes_on_as_long_as_audio_comes() {
        let mut presses = presses();
        presses.tone_down(at(0), Key::HASH);
        for frame in 1..=200 {
            let length = Duration::from_millis(20 * frame);
            presses.tone_goes_on(at(20 * frame), length);
            let until = presses.twin_expected_until();
            assert!(until > Some(at(20 * frame)).min(Some(at(2_999))));
        }
        // A key that is stuck does not keep the caller.
        assert_eq!(presses.twin_expected_until(), Some(at(3_000)));
    }

    #[test]
    fn where_no_more_audio_comes_a_whole_tone_has_ended_and_a_leak_is_still_signalled() {
        for (length, until) in [(WHOLE, 130 + 60 + 150), (LEAK, 3_000)] {
            let mut presses = presses();
            presses.tone_down(at(0), Key::HASH);
            presses.tone_goes_on(at(130), length);
            assert_eq!(presses.twin_expected_until(), Some(at(until)));
        }
    }

    #[test]
    fn a_whole_tone_that_comes_in_one_burst_is_no_leak() {
        let mut presses = presses();
        presses.tone_down(at(0), Key::STAR);
        presses.tone_up(at(0), WHOLE);
        assert_eq!(presses.twin_expected_until(), Some(at(150)));
    }
}
