use crate::support::Installation;

/// An installation that logs to this path in it.
fn logging(name: &str, key: &str, path: &str) -> Installation {
    let installation = Installation::new(name);
    let root = installation.path("..").canonicalize().unwrap();
    let file = root.join(path);
    installation.append(
        "voiceagent.toml",
        &format!("\n[logging]\n{key} = {file:?}\n"),
    );
    installation
}

fn place(installation: &Installation) -> String {
    let line = installation.line("voiceagent.toml", "[logging]") + 1;
    format!("voiceagent.toml:{line}")
}

#[test]
fn a_log_that_can_be_written_is_no_finding() {
    for (name, key) in [("logs_to", "to"), ("logs_calls", "calls")] {
        logging(name, key, "spool/log").check().nothing();
    }
}

#[test]
fn a_log_in_a_folder_that_is_not_there_is_a_warning() {
    for (name, key) in [("logs_missing_to", "to"), ("logs_missing_calls", "calls")] {
        let installation = logging(name, key, "log/voiceagent/log");
        installation.check().only(
            "warning",
            &place(&installation),
            "there is no folder",
            "install -d",
        );
    }
}

#[test]
fn a_log_that_nothing_goes_to_is_no_finding() {
    let installation = logging("logs_off", "level = \"off\"\nto", "log/voiceagent/log");
    installation.check().nothing();
}

#[test]
fn a_journal_that_nobody_keeps_is_a_warning() {
    let installation = Installation::new("logs_journal");
    installation.append("voiceagent.toml", "\n[logging]\nto = \"journal\"\n");
    let found = installation.check();
    if std::path::Path::new("/run/systemd/journal/socket").exists() {
        found.nothing();
    } else {
        found.only(
            "warning",
            &place(&installation),
            "so calls are not logged there",
            "name a file",
        );
    }
    installation.append("voiceagent.toml", "level = \"off\"\n");
    installation.check().nothing();
}

#[test]
fn a_folder_instead_of_a_log_is_a_warning() {
    let installation = logging("logs_folder", "to", "spool");
    installation
        .check()
        .only("warning", &place(&installation), "is a folder", "");
}

#[test]
fn a_log_that_asterisks_user_cannot_write_is_a_warning() {
    let installation = logging("logs_access", "calls", "log/calls");
    installation.write("../log/other", "");
    if !installation.is_run_by_another() {
        return;
    }
    installation.mode("voiceagent.toml", 0o644);
    installation.mode("../log", 0o755);
    let denied = |what: &str| {
        installation.check().only(
            "warning",
            &place(&installation),
            &format!("(4321) cannot write {what}"),
            "chown asterisk",
        );
    };
    let root = installation.path("..").canonicalize().unwrap();
    denied(&root.join("log").display().to_string());
    installation.write("../log/calls", "");
    denied(&root.join("log/calls").display().to_string());
    installation.mode("../log/calls", 0o666);
    installation.check().nothing();
}

#[test]
fn a_folder_above_a_log_that_keeps_asterisk_out_is_a_warning_that_names_it() {
    let installation = logging("logs_above", "calls", "log/deep/calls");
    installation.write("../log/deep/calls", "");
    installation.mode("../log/deep/calls", 0o666);
    installation.mode("../log", 0o700);
    if !installation.is_run_by_another() {
        return;
    }
    let log = installation.path("..").canonicalize().unwrap().join("log");
    installation.check().only(
        "warning",
        &place(&installation),
        &format!("may not search {}, so calls are not logged", log.display()),
        "chmod g+x",
    );
}

/// An installation that records calls in this folder of it.
fn recording(name: &str, path: &str) -> Installation {
    let installation = Installation::new(name);
    let root = installation.path("..").canonicalize().unwrap();
    let folder = root.join(path);
    let config = std::fs::read_to_string(installation.path("voiceagent.toml")).unwrap();
    let config = format!("record = {folder:?}\n{config}");
    installation.write("voiceagent.toml", config);
    installation
}

#[test]
fn a_folder_for_recordings_that_only_asterisk_sees_is_no_finding() {
    let installation = recording("recordings_right", "spool");
    installation.mode("../spool", 0o750);
    installation.check().nothing();
}

#[test]
fn a_folder_for_recordings_that_everybody_sees_is_a_warning() {
    let installation = recording("recordings_open", "spool");
    installation.mode("../spool", 0o755);
    let check = installation.check();
    check.only(
        "warning",
        "voiceagent.toml:1",
        "everybody can see",
        "chmod o=",
    );
}

#[test]
fn no_folder_for_recordings_is_a_warning() {
    let check = recording("recordings_missing", "spool/none").check();
    check.only(
        "warning",
        "voiceagent.toml:1",
        "so calls are not recorded",
        "install -d",
    );
    let installation = recording("recordings_file", "spool/file");
    installation.write("../spool/file", "");
    let check = installation.check();
    check.only(
        "warning",
        "voiceagent.toml:1",
        "is no folder",
        "name a folder",
    );
}

#[test]
fn a_folder_for_recordings_that_asterisks_user_cannot_write_is_a_warning() {
    let installation = recording("recordings_access", "log");
    installation.write("../log/other", "");
    installation.mode("../log", 0o750);
    installation.mode("voiceagent.toml", 0o644);
    if !installation.is_run_by_another() {
        return;
    }
    let check = installation.check();
    check.only(
        "warning",
        "voiceagent.toml:1",
        "so calls are not recorded there",
        "chown",
    );
}
