//! Which configuration the commands go by.

use std::fs;

use crate::support::{Done, Folder};

/// Takes no key shorter than these milliseconds.
fn configuration(folder: &Folder, name: &str, shortest: u32) {
    let text = format!(
        "[extensions.101]\ndial = \"SIP/bob\"\nmax_wait = 5\nmailbox = \"101@sales\"\n\
         [detector]\nmin_duration_ms = {shortest}\n"
    );
    fs::write(folder.path(name), text).unwrap();
}

fn run(folder: &Folder, named: &str, arguments: &[&str]) -> Done {
    folder.run_prepared(arguments, &[], |command| {
        command.env("VOICEAGENT_CONFIG", named);
    })
}

#[test]
fn recordings_are_heard_by_the_configuration_of_calls() {
    let folder = Folder::new("configuration_analyze");
    folder.run(&["tone", "5", "a.wav", "--length", "45"]);
    configuration(&folder, "strict.toml", 60);
    configuration(&folder, "usual.toml", 30);
    let keys = |done: Done| {
        assert_eq!((done.status, done.stderr.as_str()), (0, ""));
        done.of_type("summary")[0]["keys"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let analyze = ["analyze", "--json", "a.wav"];
    let given = ["analyze", "--json", "a.wav", "--config", "usual.toml"];
    assert_eq!(keys(folder.run(&analyze)), "5");
    assert_eq!(keys(run(&folder, "", &analyze)), "5", "empty is not set");
    assert_eq!(keys(run(&folder, "strict.toml", &analyze)), "");
    assert_eq!(keys(run(&folder, "strict.toml", &given)), "5");
    configuration(&folder, "voiceagent.toml", 60);
    assert_eq!(keys(folder.run(&analyze)), "", "Asterisk's folder has one");

    fs::write(folder.path("voiceagent.toml"), "broken").unwrap();
    let done = folder.run(&analyze);
    assert_eq!(done.status, 0);
    assert!(
        done.stderr.ends_with("; the usual limits count instead\n"),
        "{}",
        done.stderr
    );
    assert_eq!(run(&folder, "voiceagent.toml", &analyze).status, 1);
}

#[test]
fn recordings_need_nobody_to_be_rung() {
    let folder = Folder::new("configuration_limits");
    folder.run(&["tone", "5", "a.wav", "--length", "45"]);
    let analyze = ["analyze", "--json", "a.wav", "--config", "limits.toml"];
    for (shortest, more, keys) in [
        (30, "", "5"),
        (60, "", ""),
        (
            60,
            "[extensions.101]\ndial = \"bob\"\nmailbox = \"1@s\"\n",
            "",
        ),
    ] {
        let limits = format!("[detector]\nmin_duration_ms = {shortest}\n");
        let text = format!("include = \"missing\"\n{limits}{more}");
        fs::write(folder.path("limits.toml"), text).unwrap();
        let done = folder.run(&analyze);
        assert_eq!((done.status, done.stderr.as_str()), (0, ""), "{more}");
        assert_eq!(done.of_type("summary")[0]["keys"], keys, "{more}");
    }
    fs::write(
        folder.path("limits.toml"),
        "[detector]\nmin_duration = 60\n",
    )
    .unwrap();
    let done = folder.run(&analyze);
    assert_eq!(done.status, 1);
    assert!(
        done.stderr
            .contains("limits.toml: line 2: unknown key \"min_duration\"; did you mean"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_configuration_that_is_named_must_be_there() {
    let folder = Folder::new("configuration_named");
    folder.run(&["tone", "5", "a.wav"]);
    for arguments in [&["simulate", "--exten", "101"][..], &["analyze", "a.wav"]] {
        let done = run(&folder, "missing.toml", arguments);
        assert_eq!(
            (done.status, done.stdout.as_str()),
            (1, ""),
            "{arguments:?}"
        );
        assert!(done.stderr.contains("missing.toml"), "{}", done.stderr);
        let done = run(&folder, "", arguments);
        assert_eq!(done.status, 0, "{arguments:?}: {}", done.stderr);
    }
}

#[test]
fn a_command_without_use_for_a_configuration_says_so() {
    let folder = Folder::new("configuration_useless");
    let done = folder.run(&["tone", "5", "a.wav", "--config", "missing.toml"]);
    assert_eq!(done.status, 0);
    assert!(
        done.stderr.contains("--config is ignored"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_check_looks_for_asterisks_own_files_where_it_looks_for_ours() {
    let folder = Folder::new("configuration_check");
    configuration(&folder, "voiceagent.toml", 30);
    fs::write(
        folder.path("extensions.conf"),
        "[users]\nexten => 101,1,AGI(voiceagent)\n",
    )
    .unwrap();
    let here = folder.path("extensions.conf").display().to_string();
    let found = folder.run(&["check"]).stdout;
    let audio = format!("{here}:2: error: AGI gives the program no audio");
    assert!(found.contains(&audio), "{found}");

    let elsewhere = folder.path("elsewhere").display().to_string();
    let found = folder.run_prepared(&["check"], &[], |command| {
        command.env("AST_CONFIG_DIR", &elsewhere);
    });
    let missing = format!("{elsewhere}: error: Asterisk's configuration folder does not exist");
    assert!(found.stdout.contains(&missing), "{}", found.stdout);
}
