//! Without a command: as EAGI program, whoever starts it.

use std::fs;

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

#[test]
fn spaces_around_the_extension_are_the_dialplans_and_not_the_numbers() {
    let folder = Folder::new("eagi_spaces");
    let person = "[extensions.101]\ndial = \"SIP/bob\"\nmailbox = \"101@sales\"\n";
    // What is wrong with somebody else's section does not matter, so this one was looked for.
    let config = format!("{person}[extensions.102]\ndial = 7\n");
    fs::write(folder.path("voiceagent.toml"), config).unwrap();
    let header = HEADER.replace("\n\n", "\nagi_arg_1:  101 \n\n");
    let input = header + &"200 result=1\n".repeat(20);
    let done = folder.run_prepared(&[" 101 "], input.as_bytes(), |command| {
        command.env("AST_AGI_DIR", "/usr/share/asterisk/agi-bin");
    });
    assert!(
        done.stdout.contains("EXEC Dial \"SIP/bob,"),
        "{}",
        done.stdout
    );
}
