//! What counts as speech, claim by claim.

mod barge_in;
mod bursts;
mod keys;
mod line;
mod noise;
mod streams;
mod trial;
