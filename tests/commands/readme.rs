//! What the README says of the configuration is true.

use std::{fs, path::Path};

use voiceagent::config::Config;

use crate::support::Folder;

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

#[test]
fn commands_in_the_readme_write_what_it_says() {
    let folder = Folder::new("readme_commands");
    std::os::unix::fs::symlink(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"),
        folder.path("fixtures"),
    )
    .unwrap();
    let readme = include_str!("../../README.md");
    let sessions: Vec<&str> = readme.split("```console\n").skip(1).collect();
    assert_eq!(sessions.len(), 2);
    for session in sessions {
        let (command, rest) = session.split_once('\n').unwrap();
        let arguments: Vec<&str> = command.split_whitespace().skip(2).collect();
        let done = folder.run(&arguments);
        assert_eq!((done.status, done.stderr.as_str()), (0, ""), "{command}");
        let due = rest.split("```").next().unwrap();
        assert_eq!(unhurried(&done.stdout), unhurried(due), "{command}");
    }
}

/// What a command wrote without how long it took, which is another on each machine.
fn unhurried(written: &str) -> String {
    let lines = written.lines().map(|line| match line.rsplit_once("; ") {
        Some((line, cost)) if cost.ends_with(" ns a sample") => line,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}
