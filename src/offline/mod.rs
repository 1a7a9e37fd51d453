//! What can be done without a call: listening to recordings, making test audio.

mod analyze;
mod tone;

pub use analyze::{Analysis, Outcome};
pub use tone::{Noise, Tone, ToneError, Under};
