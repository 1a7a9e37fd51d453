//! What is kept of a call: logs and recordings.

use tracing::level_filters::LevelFilter;

use super::{Config, MINIMAL, error};
use crate::config::LogTo;

#[test]
fn nothing_is_logged_unless_a_level_or_a_place_is_named() {
    let logging = |section: &str| {
        let config = Config::parse(&format!("{MINIMAL}{section}")).expect("well formed");
        (config.logging.level, config.logging.to)
    };
    assert_eq!(logging(""), (LevelFilter::OFF, LogTo::Stderr));
    assert_eq!(
        logging("[logging]\nlevel = \"debug\"\n"),
        (LevelFilter::DEBUG, LogTo::Stderr)
    );
    assert_eq!(
        logging("[logging]\nto = \"journal\"\n"),
        (LevelFilter::INFO, LogTo::Journal)
    );
    assert_eq!(
        logging("[logging]\nto = \"/x/y\"\nlevel = \"off\"\n"),
        (LevelFilter::OFF, LogTo::File("/x/y".into()))
    );
}

#[test]
fn what_cannot_be_logged_is_an_error_with_what_was_meant() {
    for (section, expected) in [
        (
            "level = \"warning\"",
            "line 7: level is \"warning\"; expected \"off\", \"error\", \"warn\", \"info\" or \"debug\"; did you mean \"warn\"?",
        ),
        ("level = 3", "line 7: invalid type: integer `3`"),
        (
            "to = \"journald\"",
            "line 7: to is \"journald\"; expected \"stderr\", \"journal\" or a file such as \"/var/log/asterisk/voiceagent.log\"; did you mean \"journal\"?",
        ),
        (
            "calls = \"calls.jsonl\"",
            "line 7: calls is \"calls.jsonl\"; expected a file's whole path, such as",
        ),
        (
            "call = \"/x\"",
            "line 7: unknown key \"call\"; did you mean \"calls\"?",
        ),
        ("verbose = 11", "line 7: verbose is 11; expected 1 to 10"),
        ("json = \"yes\"", "line 7: invalid type: string \"yes\""),
    ] {
        let error = error(&format!("{MINIMAL}\n[logging]\n{section}\n"));
        assert!(error.starts_with(expected), "{section:?} gave {error:?}");
    }
}

#[test]
fn calls_are_recorded_where_a_folder_is_named_within_limits() {
    let recording = |text: &str| {
        let config = Config::parse(&format!("{text}\n{MINIMAL}")).expect("well formed");
        let read: Vec<_> = config
            .sources()
            .iter()
            .map(|source| source.as_str().to_owned())
            .collect();
        config.recording.map(|recording| (recording, read))
    };
    assert_eq!(recording("record = \"\"\nrecord_limit_mib = 20"), None);
    let (set, read) = recording("record = \"/x\"").expect("a folder is named");
    assert_eq!(set.folder.to_str(), Some("/x"));
    assert_eq!((set.limit, set.call_limit), (100 << 20, 10 << 20));
    assert_eq!(read, [format!("record = \"/x\"\n{MINIMAL}")]);
    for (text, expected) in [
        (
            "record = \"x\"",
            "line 1: record is \"x\"; expected a folder's whole path",
        ),
        (
            "record_limit_mib = 0",
            "line 1: record_limit_mib is 0; expected 1 to",
        ),
        ("record_limit_mib = 9", "line 1: a call may have 10 MiB"),
        (
            "\nrecord_call_limit_mib = 101",
            "line 2: a call may have 101 MiB",
        ),
    ] {
        let error = error(&format!("{text}\n{MINIMAL}"));
        assert!(error.contains(expected), "{error}");
    }
}
