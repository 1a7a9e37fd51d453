//! What can be done without a call: listening to recordings, making test audio.

mod tone;

pub use tone::{Noise, Tone, ToneError, Under};
