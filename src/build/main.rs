//! Build script: in a release for Linux, lays out the program so that a call loads little of it.
//!
//! Linux maps a program's code in large pieces, so that code which a call never runs costs each
//! call memory as soon as it stands beside code that does. `tools.ld` puts what only the tools
//! run, and what only prints a panic, behind everything else: with the first such list a call's
//! peak memory (`tests/live/cost`) was 2640 KiB instead of 3156. The program is complete without
//! it; nothing but the order of functions depends on it.

// Cargo reads what a build script prints.
#![allow(clippy::print_stdout)]

use std::env;

const LAYOUT: &str = "src/build/tools.ld";

fn main() {
    println!("cargo::rerun-if-changed=src/build");
    let is = |name: &str, expected: &str| env::var(name).is_ok_and(|value| value == expected);
    if is("CARGO_CFG_TARGET_OS", "linux") && is("PROFILE", "release") && !links_with_mold() {
        let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo tells where the package is");
        println!("cargo::rustc-link-arg-bin=voiceagent=-Wl,-T,{folder}/{LAYOUT}");
    }
}

/// Whether this linker was chosen, which knows no `INSERT`; GNU's and LLVM's do.
fn links_with_mold() -> bool {
    env::var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("mold"))
}
