//! An application that Asterisk does not have: the dialplan is told, and can go another way.

use voiceagent::{
    config::Config,
    session::{CallTime, Exit, Input, Output, Plan, Session},
};

use crate::support::CONFIG;

/// The variables that a call of `extension` ends with where Asterisk lacks this application.
fn told_without(application: &str, extension: &str) -> Vec<String> {
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(CONFIG).unwrap())));
    let header = format!("agi_extension: {extension}\nagi_enhanced: 1.0\nagi_threadid: 1\n\n");
    session.handle(CallTime::ZERO, Input::Agi(header.as_bytes()));
    let mut told = Vec::new();
    while let Some(output) = session.poll_output() {
        match output {
            Output::Send(line) => {
                let reply: &[u8] = match line.as_str() {
                    _ if line.starts_with(&format!("EXEC {application} ")) => b"200 result=-2\n",
                    _ if line.contains("DIALSTATUS") => b"200 result=1 (NOANSWER)\n",
                    _ if line.starts_with("GET FULL") => b"200 result=1 (alaw)\n",
                    _ => b"200 result=0\n",
                };
                session.handle(CallTime::ZERO, Input::Agi(reply));
                if let Some(variable) = line.strip_prefix("SET VARIABLE VOICEAGENT") {
                    told.push(variable.trim_end().to_owned());
                }
            }
            Output::LookUp { .. } => {
                session.handle(CallTime::ZERO, Input::Recorded(Default::default()));
            }
            Output::Note(_) | Output::Measure { .. } => {}
            Output::Finish(exit) => {
                assert_eq!(exit, Exit::Success);
                return told;
            }
        }
    }
    panic!("the call stands still");
}

#[test]
fn the_dialplan_is_told_which_application_is_not_there() {
    for (application, extension) in [
        ("Dial", "101"),
        ("VoiceMail", "101"),
        ("VoiceMailMain", "*101"),
    ] {
        let told = told_without(application, extension);
        let cause = format!(
            "CAUSE \"Asterisk has no application {application}: its module is not loaded\""
        );
        let last = told.len() - 4;
        assert_eq!(
            told[last..],
            ["STATUS \"FAILED\"", "KEY \"\"", "KEYSOURCE \"\"", &cause]
        );
    }
}
