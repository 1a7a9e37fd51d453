//! The offline commands as scripts use them: arguments in; output, messages and exit status out.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod analyze;
mod configuration;
mod eagi;
mod fixtures;
mod headroom;
mod readme;
mod simulate;
mod streams;
mod support;
mod tone;
