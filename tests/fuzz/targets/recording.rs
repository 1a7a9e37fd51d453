#![no_main]

#[path = "../../hostile/property/mod.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|data: &[u8]| property::recording::holds(data));
