use std::{fs, process::Command};

use crate::support::Installation;

#[test]
fn a_configuration_that_is_wrong_is_one_error_with_its_line() {
    let installation = Installation::new("own_wrong");
    installation.replace(
        "voiceagent.toml",
        "[extensions.102]\ndial",
        "[extensions.102]\ndail",
    );
    let line = installation.line("voiceagent.toml", "dail");
    let place = format!("voiceagent.toml:{line}");
    installation.check().only(
        "error",
        &place,
        "unknown key \"dail\"",
        "did you mean \"dial\"",
    );
}

#[test]
fn a_configuration_that_is_not_there_is_an_error() {
    let installation = Installation::new("own_missing");
    fs::remove_file(installation.path("voiceagent.toml")).unwrap();
    installation.check().only(
        "error",
        "voiceagent.toml",
        "does not exist",
        "copy config/voiceagent.toml",
    );
}

#[test]
fn a_configuration_that_is_a_pipe_is_an_error_and_not_waited_for() {
    let installation = Installation::new("own_pipe");
    let file = installation.path("voiceagent.toml");
    fs::remove_file(&file).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(&file)
            .status()
            .unwrap()
            .success()
    );
    installation.check().only(
        "error",
        "voiceagent.toml",
        "is no regular file",
        "expected a file of text",
    );
}

#[test]
fn a_folder_that_is_not_there_is_an_error() {
    let installation = Installation::new("own_no_folder");
    let config = installation.path("voiceagent.toml").display().to_string();
    let done = installation.run(&["--config", &config]);
    assert_eq!(done.status, 0, "{}", done.stdout);
    fs::rename(installation.folder(), installation.path("../elsewhere")).unwrap();
    installation
        .check()
        .only("error", "etc", "does not exist", "--asterisk-dir");
    fs::write(installation.folder(), "").unwrap();
    installation
        .check()
        .only("error", "etc", "is no folder", "--asterisk-dir");
}

#[test]
fn a_configuration_that_others_can_write_is_a_warning() {
    let installation = Installation::new("own_writable");
    installation.mode("voiceagent.toml", 0o646);
    installation
        .check()
        .only("warning", "voiceagent.toml", "everybody", "chmod 640");
}

#[test]
fn a_folder_in_which_others_can_replace_the_configuration_is_a_warning() {
    let installation = Installation::new("own_replaceable");
    installation.mode(".", 0o777);
    let found = installation.check();
    found.only("warning", "etc", "another voiceagent.toml", "chmod o-w");
    // As in /tmp: each may only replace what is theirs.
    installation.mode(".", 0o1777);
    installation.check().nothing();
}

#[test]
fn a_configuration_that_asterisk_cannot_read_is_an_error() {
    let installation = Installation::new("own_unreadable");
    if !installation.is_run_by_another() {
        return;
    }
    installation.mode("voiceagent.toml", 0o640);
    let found = installation.check();
    found.only(
        "error",
        "voiceagent.toml",
        "(4321) cannot read it",
        "chgrp asterisk",
    );
}

#[test]
fn a_folder_that_keeps_asterisk_from_the_configuration_is_an_error_that_names_it() {
    let installation = Installation::new("own_folder");
    if !installation.is_run_by_another() {
        return;
    }
    installation.mode(".", 0o700);
    let folder = installation.folder().display().to_string();
    installation.check().only(
        "error",
        "voiceagent.toml",
        &format!("may not search {folder}, so every call fails"),
        &format!("chmod g+x {folder}"),
    );
}

#[test]
fn an_included_folder_that_asterisk_cannot_read_is_an_error_and_so_are_its_files() {
    let installation = Installation::new("own_include");
    if !installation.is_run_by_another() {
        return;
    }
    let shipped = fs::read_to_string(installation.path("voiceagent.toml")).unwrap();
    installation.write(
        "voiceagent.toml",
        format!("include = \"people\"\n{shipped}"),
    );
    let anna = "[extensions.103]\ndial = \"SIP/bob\"\nmailbox = \"101@sales\"\n";
    installation.write("people/anna.toml", anna);
    installation.check().nothing();
    installation.mode("people/anna.toml", 0o600);
    installation.check().only(
        "error",
        "people/anna.toml",
        "cannot read it, so calls fail of those who are in it",
        "chmod 640",
    );
    installation.mode("people/anna.toml", 0o644);
    installation.mode("people", 0o711);
    installation.check().only(
        "error",
        "etc/people",
        "(4321) cannot read it, so calls fail of those who may be in it",
        "chmod 750",
    );
    installation.mode("people", 0o744);
    let found = installation.check();
    assert_eq!(found.count("error"), 2, "{found}");
    found.has("error", "etc/people", "cannot read it", "chmod 750");
    found.has(
        "error",
        "people/anna.toml",
        "etc/people, so calls fail",
        "chmod g+x",
    );
}

#[test]
fn a_configuration_that_this_user_may_not_read_is_said_not_to_be_checked() {
    let installation = Installation::new("own_forbidden");
    installation.mode("voiceagent.toml", 0o000);
    let Some(found) = installation.check_as_nobody() else {
        return;
    };
    found.has(
        "error",
        "voiceagent.toml",
        "the user that runs this check may not read it",
        "run this check as root",
    );
}

#[test]
fn of_a_file_that_cannot_be_read_only_that_is_told() {
    for (name, file) in [
        ("own_asterisk", "asterisk.conf"),
        ("own_extconfig", "extconfig.conf"),
        ("own_extensions", "extensions.conf"),
        ("own_modules", "modules.conf"),
        ("own_pjsip", "pjsip.conf"),
        ("own_sip", "sip.conf"),
        ("own_sorcery", "sorcery.conf"),
        ("own_users", "users.conf"),
        ("own_voicemail", "voicemail.conf"),
    ] {
        let installation = Installation::new(name);
        installation.replace(
            "voiceagent.toml",
            "SIP/peter",
            "SIP/bob&PJSIP/bob&Local/7@without-voiceagent",
        );
        installation.append(
            "pjsip.conf",
            "[bob]\ntype=endpoint\naors=bob\n[bob]\ntype=aor\n",
        );
        installation.append(
            "extensions.conf",
            "[without-voiceagent](+)\nexten => 7,1,Answer()\n",
        );
        installation.append(file, "");
        let Some(found) = installation.check_as_nobody() else {
            return;
        };
        found.nothing();
        installation.mode(file, 0o000);
        let found = installation.check_as_nobody().unwrap();
        found.only(
            "error",
            file,
            "cannot be read",
            "who may read Asterisk's files",
        );
    }
}

#[test]
fn what_is_not_found_in_files_that_were_read_in_part_is_not_said_to_be_missing() {
    for (name, file) in [
        ("own_part_extensions", "extensions.conf"),
        ("own_part_modules", "modules.conf"),
        ("own_part_sip", "sip.conf"),
        ("own_part_voicemail", "voicemail.conf"),
    ] {
        let installation = Installation::new(name);
        installation.write(file, "#exec /usr/local/bin/generate\n");
        installation
            .check()
            .only("note", &format!("{file}:1"), "is not run", "yourself");
    }
}

#[test]
fn faults_of_asterisks_files_are_told_with_what_they_lead_to() {
    let installation = Installation::new("own_faults");
    installation.append("voicemail.conf", "[a](nobody)\n");
    let line = installation.line("voicemail.conf", "[a]");
    let place = format!("voicemail.conf:{line}");
    let found = installation.check();
    found.only(
        "error",
        &place,
        "refuses the whole file",
        "define [nobody](!)",
    );

    installation.replace("voicemail.conf", "[a](nobody)", "#exec /bin/false\nword");
    let found = installation.check();
    found.has("note", &place, "is not run", "");
    found.has(
        "warning",
        &format!("voicemail.conf:{}", line + 1),
        "neither",
        "KEY = VALUE",
    );
}

#[test]
fn nothing_outside_of_asterisks_folders_is_read() {
    let installation = Installation::new("own_outside");
    installation.write("../secret/a.conf", "[a]\nk=1\n[users](+\n");
    let outside = installation.path("../secret/a.conf").display().to_string();
    for name in [outside.as_str(), "../secret/a.conf", "../sec*/a.conf"] {
        let before = fs::read_to_string(installation.path("sip.conf")).unwrap();
        installation.write("sip.conf", format!("#tryinclude {name}\n{before}"));
        let found = installation.check();
        assert_eq!(
            (found.count("error"), found.count("warning")),
            (0, 0),
            "{found}"
        );
        if !name.contains('*') {
            found.has(
                "note",
                "sip.conf:1",
                "is not read by this check",
                "yourself",
            );
        }
        installation.write("sip.conf", before);
    }
}

#[test]
fn dials_options_without_g_are_a_warning() {
    let installation = Installation::new("own_options");
    let shipped = fs::read_to_string(installation.path("voiceagent.toml")).unwrap();
    for (options, missed) in [("r", true), ("U(sub^g)", true), ("rg", false), ("g", false)] {
        installation.write(
            "voiceagent.toml",
            format!("{shipped}\n[dial]\noptions = \"{options}\"\n"),
        );
        let found = installation.check();
        if missed {
            let line = installation.line("voiceagent.toml", "options =");
            found.only(
                "warning",
                &format!("voiceagent.toml:{line}"),
                &format!("\"{options}\" are without g"),
                &format!("write options = \"g{options}\""),
            );
        } else {
            found.nothing();
        }
    }
}
