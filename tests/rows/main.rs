//! What the detector promises, row by row: conditions made from numbers, each a claim with a
//! margin, over three seeds and all sixteen keys.

#![allow(clippy::unwrap_used)]
#![expect(
    unreachable_pub,
    reason = "a test has no other crate to be reached from"
)]

mod score;
mod signal;

mod background;
mod bent;
mod gaps;
mod hostile;
mod limits;
mod measures;
mod notes;
mod splits;
mod tones;
mod verdicts;
mod without_pauses;
