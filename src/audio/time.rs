//! The media clock: time is the number of samples heard.

use std::{
    fmt,
    ops::{Add, Sub},
    time::Duration,
};

/// Samples a second everywhere behind the decoders.
pub const SAMPLE_RATE: u32 = 8_000;

/// A point on the media clock: how many 8 kHz samples came before it.
///
/// Never mixed with call time: audio can be late, missing or faster than real time, and a
/// detector must not notice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleTime(u64);

impl SampleTime {
    /// The first sample.
    pub const ZERO: Self = Self(0);

    /// After `samples` samples at 8 kHz.
    #[must_use]
    pub const fn from_samples(samples: u64) -> Self {
        Self(samples)
    }

    /// Samples at 8 kHz before this point.
    #[must_use]
    pub const fn samples(self) -> u64 {
        self.0
    }

    /// Seconds from the first sample.
    #[must_use]
    pub fn seconds(self) -> f64 {
        self.0 as f64 / f64::from(SAMPLE_RATE)
    }

    /// Time from the first sample.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs_f64(self.seconds())
    }

    /// Samples from `earlier` to here, 0 when `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<u64> for SampleTime {
    type Output = Self;

    fn add(self, samples: u64) -> Self {
        Self(self.0 + samples)
    }
}

impl Sub<u64> for SampleTime {
    type Output = Self;

    /// Stops at the first sample.
    fn sub(self, samples: u64) -> Self {
        Self(self.0.saturating_sub(samples))
    }
}

impl fmt::Display for SampleTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} s", self.seconds())
    }
}
