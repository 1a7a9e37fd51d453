//! The call's own clock.

use std::{
    fmt,
    ops::{Add, Sub},
    time::Duration,
};

/// Time since the program was started for this call. Never mixed with
/// [`SampleTime`](crate::audio::SampleTime), the clock of what is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallTime(Duration);

impl CallTime {
    /// The start.
    pub const ZERO: Self = Self(Duration::ZERO);

    /// This long after the start.
    #[must_use]
    pub const fn after(start: Duration) -> Self {
        Self(start)
    }

    /// This much earlier, or the start.
    #[must_use]
    pub const fn before(self, length: Duration) -> Self {
        Self(self.0.saturating_sub(length))
    }

    /// How many microseconds after the start; one that has begun counts.
    #[must_use]
    pub const fn micros(self) -> u128 {
        self.0.as_nanos().div_ceil(1_000)
    }

    /// How long after the start.
    #[must_use]
    pub const fn since_start(self) -> Duration {
        self.0
    }
}

impl Add<Duration> for CallTime {
    type Output = Self;

    fn add(self, length: Duration) -> Self {
        Self(self.0 + length)
    }
}

impl Sub for CallTime {
    type Output = Duration;

    /// The time between two points, zero when the second is later.
    fn sub(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Display for CallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} s", self.0.as_secs_f64())
    }
}
