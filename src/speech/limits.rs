//! What counts as speech, in the field's units.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// When energy is speech.
///
/// The defaults suit telephone lines; [`check`](Self::check) tells whether other values make
/// sense.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Limits {
    /// The quietest speech, in dBm0 over 20 ms. Callers talk at −15 to −30 dBm0.
    pub min_level_dbm0: f32,
    /// How far speech must stand out of the line's noise, in dB.
    pub above_noise_db: f32,
    /// How far speech must stand out of the loudest echo to be expected, in dB.
    pub above_echo_db: f32,
    /// What the echo path is known to lose before it has been measured, in dB. A measurement
    /// only ever raises it.
    pub echo_loss_db: f32,
    /// Level assumed of a prompt whose audio is not known, in dBm0: that of its loudest
    /// frames.
    pub unknown_prompt_dbm0: f32,
    /// How much sound, pauses taken off, makes a start, in ms.
    pub start_ms: f32,
    /// How long the quiet after it that ends a burst of speech, in ms: 200 to 300 tells words
    /// apart, 500 to 800 utterances.
    pub hang_over_ms: f32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            min_level_dbm0: -45.0,
            above_noise_db: 9.0,
            above_echo_db: 4.0,
            echo_loss_db: 8.0,
            unknown_prompt_dbm0: -10.0,
            start_ms: 60.0,
            hang_over_ms: 240.0,
        }
    }
}

impl Limits {
    /// Whether every limit lies where the detector can work with it.
    ///
    /// # Errors
    /// The first limit that does not.
    pub fn check(&self) -> Result<(), LimitError> {
        let all = [
            ("min_level_dbm0", self.min_level_dbm0, QUIETEST),
            ("above_noise_db", self.above_noise_db, ABOVE_NOISE),
            ("above_echo_db", self.above_echo_db, ABOVE_ECHO),
            ("echo_loss_db", self.echo_loss_db, ECHO_LOSS),
            (
                "unknown_prompt_dbm0",
                self.unknown_prompt_dbm0,
                UNKNOWN_PROMPT,
            ),
            ("start_ms", self.start_ms, START),
            ("hang_over_ms", self.hang_over_ms, HANG_OVER),
        ];
        for (field, value, range) in all {
            if !range.contains(&value) {
                return Err(LimitError {
                    field,
                    value,
                    range,
                });
            }
        }
        Ok(())
    }
}

/// A limit outside the range in which it means something.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{field} = {value} is out of range: {} to {}", range.start(), range.end())]
pub struct LimitError {
    /// Which field of [`Limits`].
    pub field: &'static str,
    /// What it was set to.
    pub value: f32,
    /// What it may be set to.
    pub range: RangeInclusive<f32>,
}

/// Below −60 dBm0 lies the idle noise of G.711 itself; above −20 dBm0 most callers.
const QUIETEST: RangeInclusive<f32> = -60.0..=-20.0;
/// The energy of 20 ms of white noise varies by 0.5 dB; 3 dB is six times that.
const ABOVE_NOISE: RangeInclusive<f32> = 3.0..=30.0;
/// Zero trusts the loudest echo measured.
const ABOVE_ECHO: RangeInclusive<f32> = 0.0..=30.0;
/// Zero is a line that returns everything; 40 dB one that returns nothing one could hear.
const ECHO_LOSS: RangeInclusive<f32> = 0.0..=40.0;
/// Prompts are made to stay below 0 dBm0, and quieter ones need no such care.
const UNKNOWN_PROMPT: RangeInclusive<f32> = -30.0..=0.0;
/// One frame would take a click for speech, and a key before it is known to be one.
const START: RangeInclusive<f32> = 60.0..=1000.0;
/// Within a word the voice stops for up to 100 ms (plosives).
const HANG_OVER: RangeInclusive<f32> = 100.0..=5000.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_the_ranges() {
        assert_eq!(Limits::default().check(), Ok(()));
    }

    #[test]
    fn an_error_names_the_limit_its_value_and_its_range() {
        let limits = Limits {
            hang_over_ms: 20.0,
            ..Limits::default()
        };
        let error = limits.check().expect_err("20 ms is no hang-over");
        assert_eq!(
            error.to_string(),
            "hang_over_ms = 20 is out of range: 100 to 5000"
        );
    }

    #[test]
    fn what_is_no_number_is_no_limit() {
        let limits = Limits {
            above_noise_db: f32::NAN,
            ..Limits::default()
        };
        assert!(limits.check().is_err());
    }
}
