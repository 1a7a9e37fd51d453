//! Hearing that the caller speaks, from energy alone, while the agent itself may be playing.
//!
//! A frame of 20 ms is speech when its energy stands out of three things: what is too quiet to
//! be meant for us, the noise of the line (`floor`), and the echo of what the agent plays
//! (`echo`). The last needs no echo canceller: the agent names the file it plays, so the
//! energy sent is known frame by frame ([`Envelope`]) and only delay and loss of the echo path
//! have to be found. Three such frames are a start, a quarter of a second without one an end
//! (`detector`). Keys are not speech (`keys`): whoever pushes audio here tells of them.
//!
//! ```
//! use voiceagent::speech::{Detector, Event, Limits};
//!
//! let mut detector = Detector::new(&Limits::default());
//! let mut heard = 0;
//! detector.push(&[0; 8000], &mut |_: Event| heard += 1);
//! assert_eq!(heard, 0);
//! ```

mod burst;
mod detector;
mod echo;
mod energy;
mod floor;
mod keys;
mod limits;
mod prompt;
mod sent;

pub use detector::{Detector, End, Event, Start};
pub use limits::{LimitError, Limits};
pub use prompt::{Envelope, GrowingEnvelope, Prompt};

use crate::audio::SAMPLE_RATE;

/// Samples in a frame, the step in which energy is judged: 20 ms, long enough for two periods of
/// a low voice, and the packet of almost every telephone.
const FRAME: usize = SAMPLE_RATE as usize / 50;

/// Samples in a step, by which the energy sent is known and its delay found: 5 ms. Frames are
/// not in step with what is sent, and by steps they can be compared all the same.
const STEP: usize = FRAME / 4;

/// Milliseconds of a frame.
const FRAME_MS: f32 = 1000.0 * FRAME as f32 / SAMPLE_RATE as f32;
