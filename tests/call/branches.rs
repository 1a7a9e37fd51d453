//! Every way a call can go.

use voiceagent::sim::{DialEnd, Recordings, Script};

use crate::support::{CONFIG, executed, run, run_with, unanswered, variable};

const DIAL: &str = "Dial \"SIP/bob,5,g\"";
const VOICE_MAIL: &str = "VoiceMail \"101@sales,s\"";

fn ending_with(status: &str) -> Script {
    Script {
        dial: DialEnd::from_status(status),
        ..unanswered()
    }
}

fn played(timeline: &voiceagent::sim::Timeline) -> Vec<&str> {
    timeline
        .entries
        .iter()
        .filter_map(|entry| entry.what.strip_prefix("plays "))
        .collect()
}

#[test]
fn a_person_who_is_away_has_a_greeting_and_a_message() {
    for status in ["NOANSWER", "CHANUNAVAIL", "CONGESTION"] {
        let timeline = run(&ending_with(status));
        assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL], "{status}");
        assert_eq!(
            played(&timeline),
            ["vm-theperson", "101", "vm-isunavail", "vm-intro"]
        );
        assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "VOICEMAIL");
        assert_eq!(variable(&timeline, "VOICEAGENTCAUSE"), "SUCCESS");
    }
}

#[test]
fn a_person_on_the_telephone_has_the_busy_greeting() {
    let timeline = run(&ending_with("BUSY"));
    assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    assert_eq!(
        played(&timeline),
        ["vm-theperson", "101", "vm-isonphone", "vm-intro"]
    );
}

#[test]
fn a_conversation_never_ends_in_voicemail() {
    let timeline = run(&ending_with("ANSWER"));
    assert_eq!(executed(&timeline), [DIAL]);
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "ANSWERED");
}

#[test]
fn a_caller_who_gives_up_while_it_rings_gets_nothing_more() {
    let timeline = run(&ending_with("CANCEL"));
    assert_eq!(executed(&timeline), [DIAL]);
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "HANGUP");
}

#[test]
fn what_only_the_dialplan_can_answer_is_left_to_it() {
    for status in ["DONTCALL", "TORTURE", "INVALIDARGS"] {
        let timeline = run(&ending_with(status));
        assert_eq!(executed(&timeline), [DIAL]);
        assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "UNHANDLED");
        assert_eq!(variable(&timeline, "VOICEAGENTCAUSE"), status);
    }
}

#[test]
fn a_star_before_the_extension_opens_its_mailbox_and_hangs_up() {
    let timeline = run(&Script {
        extension: "*101".to_owned(),
        ..unanswered()
    });
    assert_eq!(executed(&timeline), ["VoiceMailMain \"101@sales\""]);
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "MAILBOX");
}

#[test]
fn an_extension_that_is_not_configured_is_left_to_the_dialplan() {
    for extension in ["999", "*999", "*", ""] {
        let timeline = run(&Script {
            extension: extension.to_owned(),
            ..unanswered()
        });
        assert!(executed(&timeline).is_empty());
        assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "NOROUTE");
    }
}

#[test]
fn the_owners_recording_is_played_instead_of_the_stock_greeting() {
    let recordings = Recordings {
        unavail: true,
        busy: true,
        ..Recordings::default()
    };
    for (status, own) in [("NOANSWER", "unavail"), ("BUSY", "busy")] {
        let timeline = run(&Script {
            recordings,
            ..ending_with(status)
        });
        let own = format!("/var/spool/asterisk/voicemail/sales/101/{own}");
        assert_eq!(played(&timeline), [own.as_str(), "vm-intro"]);
        assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    }
}

#[test]
fn a_temporary_greeting_is_left_to_voicemail_which_plays_it_anyway() {
    let timeline = run(&Script {
        recordings: Recordings {
            temp: true,
            unavail: true,
            ..Recordings::default()
        },
        ..unanswered()
    });
    assert_eq!(executed(&timeline), [DIAL, "VoiceMail \"101@sales,d\""]);
    assert!(played(&timeline).is_empty());
}

#[test]
fn greetings_that_are_no_files_are_left_to_voicemail() {
    let config = format!("{CONFIG}\n[greeting]\nstorage = \"elsewhere\"\n");
    for (status, options) in [("NOANSWER", "u"), ("BUSY", "b")] {
        let timeline = run_with(&config, &ending_with(status));
        let voice_mail = format!("VoiceMail \"101@sales,{options}\"");
        assert_eq!(executed(&timeline), [DIAL, &voice_mail]);
    }
}

#[test]
fn the_status_is_set_before_anything_can_fail() {
    let timeline = run(&unanswered());
    assert_eq!(
        timeline.commands().next(),
        Some("SET VARIABLE VOICEAGENTSTATUS \"FAILED\"")
    );
}

#[test]
fn the_call_is_summed_up_in_one_line() {
    let timeline = run(&unanswered());
    let last = timeline.commands().last();
    assert_eq!(
        last,
        Some("VERBOSE \"voiceagent: 101 VOICEMAIL (SUCCESS), listened 11.7 s in alaw\" 3")
    );
}
