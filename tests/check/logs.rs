use std::os::unix::fs::chown;

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
    let spool = installation.path("../spool");
    if chown(&spool, Some(4_321), Some(4_321)).is_err() {
        // Only root can give a folder away.
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
