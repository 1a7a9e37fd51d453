//! Arguments that are wrong.

use crate::support::Folder;

#[test]
fn a_number_that_is_none_is_told_what_was_expected() {
    let folder = Folder::new("analyze_numbers");
    for (option, value, words) in [
        ("--rate", "-1", "a whole number of Hz from 4000 to 384000"),
        ("--rate", "abc", "a whole number of Hz from 4000 to 384000"),
        ("--frame-ms", "-20", "a whole number of ms from 1 to 1000"),
        ("--jobs", "0", "a whole number from 1 to 1024"),
        ("--why", "-1-2", "a number of seconds"),
    ] {
        let done = folder.run(&["analyze", option, value, "a.wav"]);
        assert_eq!(done.status, 2, "{option} {value}");
        assert!(done.stderr.contains(words), "{}", done.stderr);
    }
}

#[test]
fn wrong_usage_is_status_2() {
    let folder = Folder::new("analyze_usage");
    for arguments in [
        &["analyze"][..],
        &["analyze", "--frame-ms", "0", "a.wav"],
        &["analyze", "--encoding", "gsm", "a.wav"],
        &["analyze", "--rate", "1", "a.wav"],
        &["analyze", "--why", "3", "a.wav"],
        &["analyze", "--why", "3-2", "a.wav"],
    ] {
        let done = folder.run(arguments);
        assert_eq!(
            (done.status, done.stdout.as_str()),
            (2, ""),
            "{arguments:?}"
        );
        assert!(!done.stderr.is_empty());
    }
}
