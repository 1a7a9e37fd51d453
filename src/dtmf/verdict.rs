//! Why a key was not reported: one test, what it measured and its limit.

use crate::{audio::SampleTime, key::Key};

/// A test that a key must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// The two tones must make up most of the audio. Share of the energy that they do not.
    Fit,
    /// The weaker tone must reach the level limit. dBm0.
    Level,
    /// Level of the high tone over the low one. dB.
    Twist,
    /// Each tone must be near its nominal frequency. Per cent off.
    Frequency,
    /// The tones must last long enough. Milliseconds.
    Duration,
    /// Neither tone may have been there before the onset. dB relative to the tone.
    Contrast,
    /// Little may be left among the tones' frequencies. dB relative to the tones.
    Residual,
    /// Little may be left above the tones. dB relative to the tones.
    ResidualAbove,
    /// Little may be left below the tones. dB relative to the tones.
    ResidualBelow,
}

/// A key that was looked at and not reported, with the test that failed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdict {
    /// The key it would have been.
    pub key: Key,
    /// When it was looked at: the samples up to here were known.
    pub at: SampleTime,
    /// The test that failed.
    pub failed: Test,
    /// What was measured, in the test's unit.
    pub measured: f32,
    /// The limit it was measured against, in the same unit.
    pub limit: f32,
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
        limit: 0.0,
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
    pub(super) fn verdict(self, key: Key, at: SampleTime) -> Verdict {
        let in_unit = |value: f32| match self.test {
            Test::Fit | Test::Twist => value,
            Test::Level => crate::audio::Dbm0::from_amplitude(value.sqrt()).0,
            Test::Frequency => 100.0 * value,
            Test::Duration => 1000.0 * value / crate::audio::SAMPLE_RATE as f32,
            Test::Contrast | Test::Residual | Test::ResidualAbove | Test::ResidualBelow => {
                10.0 * value.log10()
            }
        };
        Verdict {
            key,
            at,
            failed: self.test,
            measured: in_unit(self.measured),
            limit: in_unit(self.limit),
        }
    }
}
