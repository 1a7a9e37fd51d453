//! What must hold for any bytes: each module's `holds` panics where it does not.
//!
//! The tests beside this folder try them with mutations of a corpus, and the fuzz targets in
//! `tests/fuzz` with what a fuzzer thinks of.

pub(crate) mod agi;
pub(crate) mod asterisk_files;
pub(crate) mod audio;
mod bytes;
pub(crate) mod config;
pub(crate) mod detector;
pub(crate) mod recording;
pub(crate) mod session;
