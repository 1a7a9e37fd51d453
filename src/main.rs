//! The `voiceagent` program.

fn main() {}
