//! What counts as speech, claim by claim.

mod barge_in;
mod bursts;
mod keys;
mod line;
mod noise;
mod rng;
mod streams;
mod trial;
mod voice;
