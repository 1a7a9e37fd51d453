//! Hearing keys and speech in call audio, and steering a call over AGI.

pub mod agi;
pub mod audio;
pub mod config;
pub mod driver;
pub mod dtmf;
pub mod ear;
pub mod greeting;
pub mod key;
pub mod offline;
pub mod prompts;
pub mod session;
pub mod sim;
pub mod speech;

pub use key::Key;
