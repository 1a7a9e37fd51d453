//! VoiceMail says FAILED: it could not do its work, or there was no message to take.

use crate::support::told;

const FAILED: (&str, &str) = ("GET VARIABLE VMSTATUS", "result=1 (FAILED)");
const EXISTS: &str = "GET FULL VARIABLE \"${VM_INFO(101@sales,exists)}\"";

fn told_with(voice_mail: &str, exists: &str) -> (String, String) {
    told(
        "101",
        &[("EXEC VoiceMail ", voice_mail), FAILED, (EXISTS, exists)],
    )
}

#[test]
fn a_full_mailbox_and_a_message_too_short_are_no_failure() {
    let told = told_with("result=0", "result=1 (1)");
    assert_eq!(told, ("VOICEMAIL".to_owned(), "FAILED".to_owned()));
}

#[test]
fn a_mailbox_that_voicemail_does_not_know_is_one() {
    // The last is Asterisk's answer where it has no such function.
    for exists in ["result=1 (0)", "result=1 ()", "result=0"] {
        let cause = "VoiceMail failed for mailbox 101@sales".to_owned();
        assert_eq!(told_with("result=0", exists), ("FAILED".to_owned(), cause));
    }
}

#[test]
fn a_voicemail_that_cannot_go_on_is_one_whatever_it_knows() {
    let told = told_with("result=-1", "result=1 (1)");
    assert_eq!(told.0, "FAILED");
}

#[test]
fn a_caller_who_hangs_up_meanwhile_is_done() {
    let answers = [
        ("EXEC VoiceMail ", "result=0"),
        ("GET VARIABLE VMSTATUS", "result=1 (FAILED)\nHANGUP"),
        (EXISTS, "result=0"),
    ];
    let told = told("101", &answers);
    assert_eq!(told, ("VOICEMAIL".to_owned(), "FAILED".to_owned()));
}
