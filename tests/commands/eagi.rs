//! Without a command: as EAGI program, whoever starts it.

use crate::support::Folder;

const HEADER: &str = "agi_channel: SIP/peter-00000001\nagi_language: en\nagi_context: users\n\
                      agi_extension: 999\nagi_priority: 2\nagi_enhanced: 1.0\n\
                      agi_threadid: 1\n\n";

#[test]
fn a_word_that_is_no_command_is_named_unless_a_call_comes_with_it() {
    let folder = Folder::new("eagi_word");
    let done = folder.run(&["anlyze", "x.wav"]);
    assert_eq!((done.status, done.stdout.as_str()), (2, ""));
    for said in ["no AGI header", "there is no command \"anlyze\""] {
        assert!(done.stderr.contains(said), "{}", done.stderr);
    }

    let done = folder.run_with_input(&["anlyze", "x.wav"], HEADER.as_bytes());
    assert_ne!(done.status, 2);
    assert!(done.stdout.starts_with("SET VARIABLE "), "{}", done.stdout);
    assert!(!done.stderr.contains("command"), "{}", done.stderr);
}

#[test]
fn under_asterisk_no_word_is_a_command() {
    let folder = Folder::new("eagi_asterisk");
    let done = folder.run_prepared(&["anlyze"], &[], |command| {
        command.env("AST_AGI_DIR", "/usr/share/asterisk/agi-bin");
    });
    assert_eq!((done.status, done.stdout.as_str()), (1, ""));
    assert!(!done.stderr.contains("command"), "{}", done.stderr);
}
