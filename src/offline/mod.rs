//! What can be done without a call: listening to recordings, making test audio, measuring what the
//! machine can do.

mod analyze;
mod headroom;
mod tone;

pub use analyze::{Analysis, Outcome, Pictures};
pub use headroom::{Ears, Headroom, Hearing, Limit, Progress, Report, Start, Step};
pub use tone::{Noise, Tone, ToneError, Under};
