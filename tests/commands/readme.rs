//! What the README says of the configuration is true.

use std::{fs, path::Path};

use voiceagent::config::Config;

/// The README's blocks of TOML.
fn blocks() -> Vec<&'static str> {
    include_str!("../../README.md")
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

#[test]
fn every_configuration_in_the_readme_is_one() {
    assert_eq!(blocks().len(), 3);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme");
    fs::create_dir_all(folder.join("people")).unwrap();
    for block in blocks() {
        let file = folder.join("voiceagent.toml");
        fs::write(&file, block).unwrap();
        Config::load(&file).unwrap();
    }
}

#[test]
fn the_defaults_in_the_readme_are_the_defaults() {
    let told = Config::parse(blocks()[1]).unwrap();
    let route = "[extensions.101]\ndial = \"PJSIP/bob\"\nmailbox = \"101@sales\"\n";
    let goto = "[keys.goto]\n0 = \"101\"\n";
    let defaults = Config::parse(&format!("{route}{goto}")).unwrap();
    assert_eq!(told, defaults);
}
