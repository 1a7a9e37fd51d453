//! Audio as the detectors see it: 16-bit samples at 8 kHz, counted, not clocked.

mod codes;
mod decode;
mod file;
mod format;
pub mod g711;
pub mod g722;
mod level;
mod resample;
mod rng;
mod synth;
mod time;
mod voice;

pub use codes::Codes;
pub use decode::Decoder;
pub use file::{FileError, Reading, Recording, Target};
pub use format::{AudioFormat, Encoding, FormatError};
pub use level::Dbm0;
pub use resample::{RateError, Resampler};
pub use rng::Rng;
pub use synth::{Gap, Press, Synth};
pub use time::{SAMPLE_RATE, SampleTime};
pub use voice::talk;
