//! What a key must be like to be one, in the units of the standards.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The limits a detector works to. Each is the edge between accepted and rejected, so a standard
/// that asks to accept 1.5 % and to reject 3 % is met by any number between.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Shortest key in milliseconds, 15 to 60. Noise adds up to 13 ms, what else is
    /// in doubt (a codec, talk, music) up to 27 ms.
    pub min_duration_ms: f32,
    /// Longest break in a key in milliseconds, 0 to 18: after a longer one the same tones are a
    /// new press.
    pub max_gap_ms: f32,
    /// Largest frequency offset of a tone in per cent, 0.5 to 3.
    pub max_offset_percent: f32,
    /// Most the high tone may be stronger than the low one, in dB, 0 to 12.
    pub max_twist_db: f32,
    /// Most the low tone may be stronger than the high one, in dB, 0 to 12.
    pub max_reverse_twist_db: f32,
    /// Weakest tone in dBm0, -50 to 0.
    pub min_level_dbm0: f32,
    /// Most that may be left among the tones' frequencies without them, in dB relative to both
    /// tones, -30 to -10. What noise, other sound or a codec puts there is excused, up to 17 dB
    /// more, where the rest of the key is the surer for it.
    pub max_residual_db: f32,
    /// Most that may have been at either tone's frequency before the key, in dB relative to the
    /// tone, -20 to -3. What GSM makes of a key's beginning is excused, up to 11 dB more. Not asked
    /// of two tones that begin at once and then are alone for some milliseconds longer.
    pub max_before_db: f32,
}

impl Limits {
    /// ETSI ES 201 235-3: tones longer than 40 ms are keys, those shorter than 20 ms are not;
    /// a break shorter than 20 ms ends no key; twist of 6 dB. (As Asterisk's `dsp.c` quotes
    /// V1.3.1.)
    ///
    /// Where the standard leaves room it is used for the caller's benefit: 21 ms, 10.5 dB, and
    /// 2.45 % lies between the largest offset accepted and the smallest rejected of every column
    /// of Q.24, table A-1. Breaks of 17.5 to 20 ms make two presses here, so that pauses of 20 ms
    /// surely do.
    pub const ETSI: Self = Self {
        min_duration_ms: 21.0,
        max_gap_ms: 17.5,
        max_offset_percent: 2.45,
        max_twist_db: 10.5,
        max_reverse_twist_db: 10.5,
        min_level_dbm0: -46.0,
        max_residual_db: -17.0,
        max_before_db: -9.2,
    };

    /// AT&T (ITU-T Q.24, table A-1): tones of 23 ms are rejected, those of 40 ms accepted.
    pub const ATT: Self = Self {
        min_duration_ms: 23.5,
        ..Self::ETSI
    };

    /// NTT (ITU-T Q.24, table A-1): tones of 24 ms are rejected, as are those of -29 dBm;
    /// -24 dBm is accepted.
    pub const NTT: Self = Self {
        min_duration_ms: 24.5,
        min_level_dbm0: -26.5,
        ..Self::ETSI
    };

    /// Whether every limit is in its range.
    ///
    /// # Errors
    /// The first that is not.
    pub fn check(&self) -> Result<(), LimitError> {
        let ranges = [
            ("min_duration_ms", self.min_duration_ms, 15.0, 60.0),
            ("max_gap_ms", self.max_gap_ms, 0.0, 18.0),
            ("max_offset_percent", self.max_offset_percent, 0.5, 3.0),
            ("max_twist_db", self.max_twist_db, 0.0, 12.0),
            ("max_reverse_twist_db", self.max_reverse_twist_db, 0.0, 12.0),
            ("min_level_dbm0", self.min_level_dbm0, -50.0, 0.0),
            ("max_residual_db", self.max_residual_db, -30.0, -10.0),
            ("max_before_db", self.max_before_db, -20.0, -3.0),
        ];
        for (field, value, min, max) in ranges {
            if !(min..=max).contains(&value) {
                return Err(LimitError {
                    field,
                    value,
                    min,
                    max,
                });
            }
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::ETSI
    }
}

/// A limit is out of its range.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{field} = {value} is out of range: {min} to {max}")]
pub struct LimitError {
    /// The field of [`Limits`].
    pub field: &'static str,
    /// Its value.
    pub value: f32,
    /// The least allowed.
    pub min: f32,
    /// The most allowed.
    pub max: f32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_is_within_the_ranges() {
        for limits in [Limits::ETSI, Limits::ATT, Limits::NTT] {
            assert_eq!(limits.check(), Ok(()));
        }
    }

    #[test]
    fn an_error_names_the_field_its_value_and_the_range() {
        let limits = Limits {
            max_twist_db: 40.0,
            ..Limits::ETSI
        };
        let error = limits.check().expect_err("40 dB is too much");
        assert_eq!(
            error.to_string(),
            "max_twist_db = 40 is out of range: 0 to 12"
        );
    }

    #[test]
    fn what_is_no_number_is_out_of_range() {
        let limits = Limits {
            max_gap_ms: f32::NAN,
            ..Limits::ETSI
        };
        assert!(limits.check().is_err());
    }
}
