//! The program as a process: real pipes on descriptors 0, 1 and 3, real signals.

#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod clock;
mod descriptor_3;
mod dialogue;
mod limits;
mod logs;
mod recordings;
mod sandbox;
mod starved;
mod support;
