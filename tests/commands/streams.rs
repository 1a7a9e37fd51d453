//! Where standard output and standard error lead, and that neither is in the other's way.

use std::{fs, fs::File, io, process::Command};

use crate::support::{Done, Folder};

/// A device that takes nothing.
fn full() -> File {
    File::options().write(true).open("/dev/full").unwrap()
}

/// A pipe whose reader has gone.
fn abandoned() -> io::PipeWriter {
    let (_, writer) = io::pipe().unwrap();
    writer
}

/// A folder with a recording, and one with files that are none.
fn recordings(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.run(&["tone", "7", "good.wav"]);
    fs::create_dir(folder.path("bad")).unwrap();
    for n in 0..30 {
        fs::write(folder.path(&format!("bad/{n}.wav")), "no sound").unwrap();
    }
    folder
}

fn run(folder: &Folder, arguments: &[&str], prepare: impl FnOnce(&mut Command)) -> Done {
    folder.run_prepared(arguments, &[], prepare)
}

#[test]
fn messages_that_nobody_reads_keep_no_data_back() {
    let folder = recordings("streams_messages");
    let analyze = ["analyze", "--jobs", "1", "bad", "good.wav"];
    for json in [&[][..], &["--json"]] {
        let arguments = [&analyze[..], json].concat();
        for done in [
            run(&folder, &arguments, |command| {
                command.stderr(abandoned());
            }),
            run(&folder, &arguments, |command| {
                command.stderr(full());
            }),
        ] {
            assert_eq!(done.status, 1, "{}", done.stdout);
            assert!(done.stdout.contains("good.wav"), "{}", done.stdout);
        }
    }
}

#[test]
fn a_reader_who_had_enough_is_no_failure_but_files_that_cannot_be_read_are() {
    let folder = recordings("streams_reader");
    for (files, status) in [("good.wav", 0), ("bad", 1)] {
        let done = run(&folder, &["analyze", files], |command| {
            command.stdout(abandoned()).stderr(abandoned());
        });
        assert_eq!(done.status, status, "{files}");
    }
}

#[test]
fn without_standard_error_all_ends_as_with_it() {
    let folder = recordings("streams_standard_error");
    fs::write(folder.path("bad.toml"), "[extensions.101]\n").unwrap();
    for arguments in [
        &["analyze", "missing.wav"][..],
        &["analyze", "--verbose", "good.wav"],
        &["simulate", "--exten", "101"],
        &["simulate", "--config", "bad.toml", "--exten", "101"],
        &["simulate", "--replay", "missing"],
        &["check", "--config", "bad.toml", "--show", "101"],
        &["tone", "1", "missing/a.wav"],
        &["tone", "-v", "1", "a.wav"],
        &["tone", "x", "a.wav"],
        &["unheard-of"],
        &[],
    ] {
        let with = folder.run(arguments);
        let without = run(&folder, arguments, |command| {
            command.stderr(full());
        });
        assert_eq!(without.status, with.status, "{arguments:?}");
        assert!(with.status <= 2, "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_written_is_said_of_standard_output() {
    let folder = recordings("streams_standard_output");
    for arguments in [
        &["analyze", "good.wav"][..],
        &["analyze", "--json", "good.wav", "good.wav"],
        &["simulate", "--exten", "101"],
        &["check"],
        &["tone", "1", "-"],
        &["--help"],
        &["tone", "--help"],
        &["--version"],
    ] {
        let done = run(&folder, arguments, |command| {
            command.stdout(full());
        });
        let said = "voiceagent: standard output: cannot be written: ";
        assert!(done.stderr.contains(said), "{arguments:?}: {}", done.stderr);
        assert_eq!(done.status, 1, "{arguments:?}");
    }
}
