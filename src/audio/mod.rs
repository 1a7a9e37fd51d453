//! Audio as the detectors see it: 16-bit samples at 8 kHz, counted, not clocked.

mod level;
mod time;

pub use level::Dbm0;
pub use time::{SAMPLE_RATE, SampleTime};
