//! Hearing keys and speech in call audio, and steering a call over AGI.
//!
//! Asterisk starts an EAGI program for a call, talks to it in lines on descriptors 0 and 1, and
//! writes the caller's audio to descriptor 3. The `voiceagent` program is one: it rings a person,
//! takes the caller to voicemail, and acts on keys in the audio while the greeting plays. This
//! library is all of it but the command line.
//!
//! # From the inside out
//!
//! - [`dtmf`] and [`speech`] turn samples into events. They count samples and know no clock.
//! - [`audio`] decodes what Asterisk calls its formats, reads recordings, and makes test audio.
//! - [`agi`] turns bytes into a header and replies, and typed commands into lines.
//! - [`config`] and [`greeting`] say who is rung, what keys do, and what is played; [`variant`]
//!   tells where an Asterisk keeps greetings.
//! - [`asterisk_files`] reads Asterisk's own configuration, and [`check`] holds ours against it.
//! - [`offline`] listens to recordings and [`picture`] draws them.
//! - [`session`] is the call: inputs with their times go in, outputs come out. It does no I/O.
//! - [`driver`] moves bytes between Asterisk's pipes and a session; [`sim`] does it on a virtual
//!   clock against a simulated Asterisk. Both run the very same session.
//! - [`recording`] is a call in a file, which [`sim`] runs again.
//!
//! # The contract
//!
//! Whoever drives a [`Session`](session::Session) hands it one input, drains
//! [`poll_output`](session::Session::poll_output), and waits for the next input, at the latest
//! until [`deadline`](session::Session::deadline). Whoever drives a detector pushes samples in
//! pieces of any size and gets the same events for any.
//!
//! ```
//! use voiceagent::{
//!     Key,
//!     audio::{Press, SAMPLE_RATE, Synth},
//!     dtmf::{Detector, Event, Limits},
//! };
//!
//! let mut synth = Synth::new(SAMPLE_RATE);
//! synth.silence(0.2);
//! synth.press(Key::STAR, &Press::default());
//! synth.silence(0.2);
//!
//! let mut keys = Vec::new();
//! let mut detector = Detector::new(&Limits::ETSI);
//! for frame in synth.into_samples().chunks(160) {
//!     detector.push(frame, &mut |event| {
//!         if let Event::Down(down) = event {
//!             keys.push(down.key);
//!         }
//!     });
//! }
//! assert_eq!(keys, [Key::STAR]);
//! ```

#![deny(unsafe_code)]

pub mod agi;
pub mod asterisk_files;
pub mod audio;
pub mod check;
pub mod config;
pub mod driver;
pub mod dtmf;
pub mod ear;
pub mod greeting;
pub mod key;
pub mod offline;
pub mod picture;
mod pipe;
pub mod prompts;
pub mod recording;
#[cfg(test)]
mod scratch;
mod senses;
pub mod session;
pub mod sim;
pub mod speech;
pub mod variant;

pub use key::Key;
