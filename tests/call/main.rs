//! Whole calls on a virtual clock: the real session and detectors against the simulated Asterisk.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod barge_in;
mod branches;
mod feigned;
mod hang_up;
mod keys;
mod lookup;
mod missing;
mod rescue;
mod ringing;
mod starved;
mod storage;
mod support;
mod unloaded;
mod untaken;
