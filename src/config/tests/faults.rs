//! How a fault is told: where it is, what is wrong, and what was expected.

use super::{MINIMAL, error};

#[test]
fn each_fault_is_named_with_its_line_and_what_was_expected() {
    for (text, expected) in [
        ("[extensions.101\n", "line 1: "),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmailbx = \"101@sales\"\n",
            "line 3: unknown key \"mailbx\"; did you mean \"mailbox\"?",
        ),
        (
            "[greetings]\n",
            "line 1: unknown key \"greetings\"; did you mean \"greeting\"?",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmailbox = \"101\"\n",
            "line 3: mailbox \"101\" has no context",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmax_wait = 0\nmailbox = \"101@sales\"\n",
            "line 3: max_wait (seconds of ringing) is 0; expected 1 to 3600",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmax_wait = 100000\nmailbox = \"101@sales\"\n",
            "line 3: max_wait (seconds of ringing) is 100000; expected 1 to 3600",
        ),
        (
            "[extensions.101]\ndial = \"bob\"\nmailbox = \"101@sales\"\n",
            "line 2: dial \"bob\" is not TECHNOLOGY/PEER",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob,20\"\nmailbox = \"101@sales\"\n",
            "line 2: dial \"SIP/bob,20\" has a comma",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob|20\"\nmailbox = \"101@sales\"\n",
            "line 2: dial \"SIP/bob|20\" has a \"|\"; expected only who is rung",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\n",
            "line 1: the key \"mailbox\" is missing; expected a line mailbox = … below",
        ),
        (
            "[extensions.101]\ndial = 5\nmailbox = \"101@sales\"\n",
            "line 2: invalid type: integer `5`, expected a string",
        ),
        (
            "\n[extensions.\"10 1\"]\ndial = \"SIP/bob\"\nmailbox = \"101@sales\"\n",
            "line 2: extension \"10 1\" cannot be dialled",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmax_wait = \"5\"\nmailbox = \"101@sales\"\n",
            "line 3: invalid type: string \"5\", expected a whole number",
        ),
        (
            "[ringing]\nkeys = \"herd\"\n",
            "line 2: unknown value \"herd\"; did you mean \"heard\"?",
        ),
        (
            "[ringing]\nkeys = \"yes\"\n",
            "line 2: unknown value \"yes\"; expected one of off, signalled, heard",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmailbox = \"101@sales\"\nringing = \"heard\"\n",
            "line 4: invalid type: string \"heard\", expected ringing.keys = \"off\", \"signalled\" or \"heard\"",
        ),
        (
            "keys = 5\n",
            "line 1: invalid type: integer `5`, expected a section [keys]",
        ),
        (
            "[extensions]\n101 = 5\n",
            "line 2: invalid type: integer `5`, expected a section [extensions.NAME] with dial and mailbox",
        ),
        (
            "detector = \"etsi\"\n",
            "line 1: invalid type: string \"etsi\", expected a section",
        ),
        (
            "include = 2026-03-02\n",
            "line 1: invalid type: date or section, expected a string",
        ),
        ("", "no extension is configured"),
    ] {
        let error = error(text);
        assert!(error.starts_with(expected), "{text:?} gave {error:?}");
        assert!(!error.contains('\n'), "one line: {error:?}");
    }
}

/// The names of this program's own types say nothing to who writes a configuration.
#[test]
fn whatever_stands_in_the_place_of_another_it_is_told_in_words() {
    for key in [
        "include",
        "lookup",
        "sandbox",
        "record",
        "record_limit_mib",
        "extensions",
        "extensions.101",
        "extensions.101.dial",
        "extensions.101.max_wait",
        "extensions.101.star",
        "extensions.101.ringing",
        "extensions.101.ringing.keys",
        "login",
        "login.prefix",
        "dial",
        "dial.options",
        "ringing",
        "ringing.keys",
        "keys",
        "keys.login",
        "keys.goto",
        "keys.goto.0",
        "keys.hold_off_ms",
        "greeting",
        "greeting.storage",
        "greeting.barge_in",
        "detector",
        "speech",
        "logging",
        "logging.level",
        "logging.calls",
        "logging.json",
    ] {
        let told = error(&format!("{key} = 1.5\n"));
        assert!(told.starts_with("line 1: "), "{key}: {told}");
        for foreign in ["struct", "Raw", "map", "enum", "variant", "i64", "tuple"] {
            assert!(!told.contains(foreign), "{key}: {told}");
        }
    }
}

#[test]
fn a_fault_is_told_in_one_line_whatever_it_quotes() {
    let mailbox = "\"\"\"101\n102\t@sales\"\"\"";
    let told = error(&MINIMAL.replace("\"101@sales\"", mailbox));
    assert!(
        told.starts_with("line 4: mailbox \"101 102 @sales\" "),
        "{told}"
    );
    assert!(!told.contains(char::is_control));
}

#[test]
fn an_extension_that_stands_twice_is_an_error_at_the_second() {
    let error = error(&format!("{MINIMAL}{MINIMAL}"));
    assert!(
        error.starts_with("line 5: \"101\" is there twice; expected once"),
        "{error}"
    );
}
