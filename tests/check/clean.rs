use std::{fs, path::Path};

use crate::support::Installation;

#[test]
fn the_shipped_files_in_a_whole_installation_have_no_finding() {
    let installation = Installation::new("clean");
    installation.check().nothing();
    let done = installation.run(&[]);
    assert_eq!(
        (done.status, done.stdout.as_str()),
        (0, ""),
        "{}",
        done.stderr
    );
}

#[test]
fn the_shipped_files_for_pjsip_have_none_either() {
    let installation = Installation::new("clean_pjsip");
    for (file, shipped) in [
        ("voiceagent.toml", "voiceagent-pjsip.toml"),
        ("pjsip.conf", "pjsip.conf"),
    ] {
        let config = Path::new(env!("CARGO_MANIFEST_DIR")).join("config");
        installation.write(file, fs::read(config.join(shipped)).unwrap());
    }
    fs::remove_file(installation.path("sip.conf")).unwrap();
    installation.check().nothing();
}

#[test]
fn on_a_machine_without_asterisk_the_folders_it_lacks_are_warnings() {
    let installation = Installation::new("clean_alone");
    installation.write(
        "asterisk.conf",
        "[directories]\nastagidir => /nowhere/agi-bin\nastdatadir => /nowhere/data\nastspooldir => /nowhere/spool\n",
    );
    installation.mode("voiceagent.toml", 0o644);
    let found = installation.check();
    // Neither the program nor the sounds can be looked for where there is no Asterisk.
    assert_eq!(
        (found.count("error"), found.count("warning")),
        (0, 2),
        "{found}"
    );
    found.has(
        "warning",
        "nowhere/agi-bin",
        "not on this machine",
        "astagidir",
    );
    found.has(
        "warning",
        "nowhere/data/sounds",
        "not on this machine",
        "astdatadir",
    );
}

#[test]
fn the_two_lines_of_the_readme_are_enough() {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("In extensions.conf:\n\n```\n").unwrap();
    let (lines, _) = rest.split_once("```").unwrap();
    let installation = Installation::new("clean_readme");
    installation.write("extensions.conf", format!("[users]\n{lines}"));
    assert_eq!(installation.run(&[]).status, 0);
    // What more there can be is in config/extensions.conf.
    installation.check().only(
        "note",
        "extensions.conf:3",
        "nothing carries the caller on",
        "config/extensions.conf",
    );
}

#[test]
fn text_is_one_line_a_finding() {
    let installation = Installation::new("clean_text");
    installation.replace("voiceagent.toml", "SIP/bob", "SIP/bop");
    let done = installation.run(&[]);
    let file = installation.path("voiceagent.toml").display().to_string();
    assert_eq!(
        done.stdout,
        format!(
            "{file}:5: error: SIP/bop is not in sip.conf, so it is never rung; did you mean \"SIP/bob\"?\n"
        )
    );
    assert_eq!(done.status, 1);
}

#[test]
fn wrong_usage_is_status_2() {
    let installation = Installation::new("clean_usage");
    for arguments in [
        &["--no-such"][..],
        &["--show"],
        &["--json", "--show", "101"],
        &["word"],
    ] {
        let done = installation.run(arguments);
        assert_eq!(
            (done.status, done.stdout.as_str()),
            (2, ""),
            "{arguments:?}"
        );
    }
}
