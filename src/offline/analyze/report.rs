//! What is told of a recording.

use std::fmt;

use crate::{
    Key,
    audio::{Dbm0, SampleTime},
};

/// Something in a recording, from its beginning to its end.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Report {
    Key(KeyReport),
    Speech(Stretch),
    Silence(Stretch),
    Clipping(Clipping),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct KeyReport {
    pub(super) key: Key,
    pub(super) onset: SampleTime,
    /// End of the frame in which a call would have learned of it.
    pub(super) detected: SampleTime,
    pub(super) end: SampleTime,
    pub(super) level: Dbm0,
    pub(super) twist_db: f32,
    pub(super) snr_db: f32,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stretch {
    pub(super) start: SampleTime,
    pub(super) end: SampleTime,
    pub(super) level: Dbm0,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Clipping {
    pub(super) start: SampleTime,
    pub(super) end: SampleTime,
    /// How many samples were clipped.
    pub(super) samples: u64,
}

/// The whole of one channel.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Summary {
    pub(super) seconds: f64,
    pub(super) keys: String,
    pub(super) cpu_ns_per_sample: f64,
    pub(super) speech: Share,
    pub(super) silence: Share,
    /// Samples.
    pub(super) clipped: u64,
}

/// How often and how long something was.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Share {
    pub(super) times: u64,
    pub(super) samples: u64,
}

impl Report {
    pub(super) fn start(&self) -> SampleTime {
        match self {
            Self::Key(key) => key.onset,
            Self::Speech(stretch) | Self::Silence(stretch) => stretch.start,
            Self::Clipping(clipping) => clipping.start,
        }
    }

    pub(super) fn end(&self) -> SampleTime {
        match self {
            Self::Key(key) => key.end,
            Self::Speech(stretch) | Self::Silence(stretch) => stretch.end,
            Self::Clipping(clipping) => clipping.end,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} s: ", self.seconds)?;
        match self.keys.as_str() {
            "" => write!(f, "no keys")?,
            keys => write!(f, "keys {keys}")?,
        }
        for (what, share) in [("speech", &self.speech), ("silence", &self.silence)] {
            if share.times > 0 {
                write!(f, ", {what} {} s", share.seconds())?;
            }
        }
        if self.clipped > 0 {
            write!(f, ", {} samples clipped", self.clipped)?;
        }
        Ok(())
    }
}

impl Share {
    pub(super) fn add(&mut self, stretch: &Stretch) {
        self.times += 1;
        self.samples += stretch.end.since(stretch.start);
    }

    pub(super) fn seconds(&self) -> Decimal {
        Decimal(SampleTime::from_samples(self.samples).seconds(), 3)
    }
}

pub(super) fn seconds(time: SampleTime) -> Decimal {
    Decimal(time.seconds(), 3)
}

pub(super) fn decibels(value: f32) -> Decimal {
    Decimal(f64::from(value), 1)
}

/// A number with so many decimals; JSON has none for infinity.
pub(super) struct Decimal(pub(super) f64, pub(super) usize);

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.is_finite() {
            return f.pad("null");
        }
        let digits = format!("{:.*}", self.1, self.0);
        // Small negative numbers are rounded to a zero that should not have their sign.
        let is_zero = digits.chars().all(|c| matches!(c, '-' | '0' | '.'));
        let digits = if is_zero {
            digits.trim_start_matches('-')
        } else {
            &digits
        };
        if f.sign_plus() && !digits.starts_with('-') {
            f.pad(&format!("+{digits}"))
        } else {
            f.pad(digits)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        assert_eq!(decibels(-0.04).to_string(), "0.0");
        assert_eq!(decibels(-0.06).to_string(), "-0.1");
        assert_eq!(decibels(10.0).to_string(), "10.0");
        assert_eq!(format!("{:>+5}", decibels(-0.04)), " +0.0");
    }
}
