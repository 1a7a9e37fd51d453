//! Why there is no key: one test, what it measured and its limit.

use super::stretch::MOSTLY_OTHER;
use crate::{
    audio::{Dbm0, SAMPLE_RATE, SampleTime},
    key::Key,
};

/// A test that a key must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// Something must be heard at all. dBm0.
    Silence,
    /// The two tones must make up most of the audio. Per cent of the energy that they do not.
    Fit,
    /// Both tones must have been weaker a moment ago. dB relative to now.
    Onset,
    /// The tones must have stopped growing. dB in the last 10 ms.
    Growth,
    /// The tones must not be on their way down. dB in the last 10 ms.
    Fall,
    /// The weaker tone must reach the level limit. dBm0.
    Level,
    /// Neither tone may be much stronger than the other. dB, the high tone over the low one.
    Twist,
    /// Each tone must be near its nominal frequency. Per cent off.
    Frequency,
    /// The tones must last long enough. Milliseconds.
    Duration,
    /// The same key must have been up for long enough. Milliseconds.
    Pause,
    /// Neither tone may have been there before the onset. dB relative to the tone.
    Contrast,
    /// Tones in company must be steady. Per cent of change while they were measured.
    Steadiness,
    /// Tones must not take the place of others. dB of those relative to the tones.
    Replacement,
    /// What is left must not be the tones' harmonics. Per cent of it.
    Harmonics,
    /// Little may be left among the tones' frequencies. dB relative to the tones.
    Residual,
    /// Little may be left above the tones. dB relative to the tones.
    ResidualAbove,
    /// Little may be left below the tones. dB relative to the tones.
    ResidualBelow,
}

impl Test {
    /// In which it measures.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Silence | Self::Level => "dBm0",
            Self::Fit | Self::Frequency | Self::Steadiness | Self::Harmonics => "%",
            Self::Duration | Self::Pause => "ms",
            Self::Onset
            | Self::Growth
            | Self::Fall
            | Self::Twist
            | Self::Contrast
            | Self::Replacement
            | Self::Residual
            | Self::ResidualAbove
            | Self::ResidualBelow => "dB",
        }
    }
}

/// A look at the last 20 ms that found no key, with the test that failed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// The key it would have been: that of the strongest tones. None in silence.
    pub key: Option<Key>,
    /// When it was looked at: the samples up to here were known.
    pub at: SampleTime,
    /// Whether two tones that just begin were seen, so that all about them was measured; else the
    /// screen of the last 20 ms said no.
    pub analysed: bool,
    /// The test that failed.
    pub failed: Test,
    /// What was measured, in the test's unit.
    pub measured: f32,
    /// The limit it was measured against, in the same unit.
    pub limit: f32,
}

impl Verdict {
    /// How far what was measured is beyond the limit, in the test's unit.
    #[must_use]
    pub fn excess(&self) -> f32 {
        (self.measured - self.limit).abs()
    }

    /// How many tests were passed before the one that failed: the more, the nearer to a key.
    #[must_use]
    pub fn passed(&self) -> usize {
        let order = if self.analysed {
            &ANALYSIS[..]
        } else {
            &SCREEN
        };
        let before = if self.analysed { SCREEN.len() } else { 0 };
        let place = order.iter().position(|test| *test == self.failed);
        before + place.unwrap_or_default()
    }
}

/// The order of the screen's tests.
const SCREEN: [Test; 7] = [
    Test::Silence,
    Test::Level,
    Test::Twist,
    Test::Fit,
    Test::Onset,
    Test::Growth,
    Test::Fall,
];

/// The order of the tests of two tones that just begin, if they last for long enough for all of them.
const ANALYSIS: [Test; 13] = [
    Test::Fit,
    Test::Frequency,
    Test::Level,
    Test::Pause,
    Test::Twist,
    Test::Contrast,
    Test::Steadiness,
    Test::Replacement,
    Test::Harmonics,
    Test::Residual,
    Test::ResidualBelow,
    Test::ResidualAbove,
    Test::Duration,
];

/// Whoever may want to know why there is no key. What is not asked for is not computed.
pub(super) trait Asker {
    fn tell(&mut self, verdict: impl FnOnce() -> Verdict);
}

/// Nobody.
pub(super) struct Nobody;

impl Asker for Nobody {
    #[inline]
    fn tell(&mut self, _: impl FnOnce() -> Verdict) {}
}

impl<F: FnMut(Verdict)> Asker for F {
    fn tell(&mut self, verdict: impl FnOnce() -> Verdict) {
        self(verdict());
    }
}

/// A test failed, in the units that the computation uses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rejection {
    pub(super) test: Test,
    pub(super) measured: f32,
    pub(super) limit: f32,
}

impl Rejection {
    /// The samples determine no model of two tones.
    pub(super) const UNDETERMINED: Self = Self {
        test: Test::Fit,
        measured: 1.0,
        limit: MOSTLY_OTHER,
    };

    /// NaN fails too.
    pub(super) fn unless_below(test: Test, measured: f32, limit: f32) -> Result<(), Self> {
        if measured <= limit {
            Ok(())
        } else {
            Err(Self {
                test,
                measured,
                limit,
            })
        }
    }

    /// NaN fails too.
    pub(super) fn unless_above(test: Test, measured: f32, limit: f32) -> Result<(), Self> {
        if measured >= limit {
            Ok(())
        } else {
            Err(Self {
                test,
                measured,
                limit,
            })
        }
    }

    /// In the test's own unit, for people.
    pub(super) fn verdict(self, key: Option<Key>, at: SampleTime, analysed: bool) -> Verdict {
        let in_unit = |value: f32| match self.test {
            Test::Twist => value,
            Test::Silence => Dbm0::from_mean_square(value).0,
            Test::Level => Dbm0::from_amplitude(value.sqrt()).0,
            Test::Fit | Test::Frequency | Test::Steadiness | Test::Harmonics => 100.0 * value,
            Test::Duration | Test::Pause => 1000.0 * value / SAMPLE_RATE as f32,
            Test::Onset
            | Test::Growth
            | Test::Fall
            | Test::Contrast
            | Test::Replacement
            | Test::Residual
            | Test::ResidualAbove
            | Test::ResidualBelow => 10.0 * value.log10(),
        };
        Verdict {
            key,
            at,
            analysed,
            failed: self.test,
            measured: in_unit(self.measured),
            limit: in_unit(self.limit),
        }
    }
}
