//! Extensions that are not in the configuration, of which Asterisk is asked.

use voiceagent::{
    config::Config,
    session::Exit,
    sim::{self, DialEnd, Script, Timeline},
};

use crate::support::{CONFIG, executed, unanswered, variable};

const ASKED: &str = "GET FULL VARIABLE \"${ODBC_ROUTE(142)}\"";

/// A call of this extension, of which the lookup knows this.
fn called(extension: &str, known: &str) -> Timeline {
    let config = format!("lookup = \"${{ODBC_ROUTE(${{EXTEN}})}}\"\n{CONFIG}");
    let script = Script {
        extension: extension.to_owned(),
        dial: DialEnd::Answer,
        lookup: known.to_owned(),
        ..unanswered()
    };
    sim::run(&Config::parse(&config).unwrap(), &script).unwrap()
}

#[test]
fn whom_the_lookup_names_is_rung() {
    let timeline = called("142", "PJSIP/anna,15,142@sales");
    assert!(timeline.commands().any(|line| line == ASKED));
    assert_eq!(executed(&timeline), ["Dial \"PJSIP/anna,15,g\""]);
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "ANSWERED");
}

#[test]
fn a_line_break_at_the_end_of_what_it_names_changes_nothing() {
    for known in ["PJSIP/anna,15,142@sales\n", "PJSIP/anna,15,142@sales\r\n\n"] {
        let timeline = called("142", known);
        assert_eq!(executed(&timeline), ["Dial \"PJSIP/anna,15,g\""]);
        assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "ANSWERED");
    }
    let timeline = called("142", "\n");
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "NOROUTE");
}

#[test]
fn behind_the_login_prefix_the_mailbox_that_it_names_opens() {
    let timeline = called("*142", "PJSIP/anna,15,142@sales");
    assert!(timeline.commands().any(|line| line == ASKED));
    assert_eq!(executed(&timeline), ["VoiceMailMain \"142@sales\""]);
}

#[test]
fn nobody_is_rung_whom_it_does_not_know() {
    let timeline = called("142", "");
    assert!(executed(&timeline).is_empty());
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "NOROUTE");
    assert_eq!(timeline.exit, Some(Exit::Success));
}

#[test]
fn what_is_no_route_fails_with_the_reason() {
    let timeline = called("142", "anna\n");
    assert!(executed(&timeline).is_empty());
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "FAILED");
    assert!(
        variable(&timeline, "VOICEAGENTCAUSE").starts_with("the lookup for 142 gave \"anna\""),
        "{}",
        variable(&timeline, "VOICEAGENTCAUSE")
    );
    assert_eq!(timeline.exit, Some(Exit::Failure));
}

#[test]
fn nothing_is_asked_of_what_is_configured_or_cannot_be_dialled() {
    for extension in ["101", "*101", "1)}${SHELL(x)}", "bob", ""] {
        let timeline = called(extension, "PJSIP/anna,15,142@sales");
        assert!(
            !timeline.commands().any(|line| line.contains("ODBC_ROUTE")),
            "{extension}"
        );
    }
}
