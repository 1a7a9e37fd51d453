//! An application that Asterisk does not have: the dialplan is told, and can go another way.

use crate::support::told;

#[test]
fn the_dialplan_is_told_which_application_is_not_there() {
    for (application, extension) in [
        ("Dial", "101"),
        ("VoiceMail", "101"),
        ("VoiceMailMain", "*101"),
    ] {
        let executed = format!("EXEC {application} ");
        let told = told(extension, &[(&executed, "result=-2")]);
        let cause = format!("Asterisk has no application {application}: its module is not loaded");
        assert_eq!(told, ("FAILED".to_owned(), cause));
    }
}
