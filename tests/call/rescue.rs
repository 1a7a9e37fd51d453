//! After a bug the call goes on as a plain script would take it.

use voiceagent::{
    config::Config,
    session::{CallTime, Exit, Input, Output, Plan, Session},
};

use crate::support::CONFIG;

/// Answers every command until one that begins with `stop_at` has been sent, has the session
/// rescued there, and returns what it executes from then on.
fn executed_after_rescue(stop_at: &str) -> Vec<String> {
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(CONFIG).unwrap())));
    session.handle(
        CallTime::ZERO,
        Input::Agi(b"agi_extension: 101\nagi_enhanced: 1.0\nagi_threadid: 1\n\n"),
    );
    let mut rescued = false;
    let mut executed = Vec::new();
    loop {
        let Some(output) = session.poll_output() else {
            panic!("the call stands still");
        };
        match output {
            Output::Send(line) => {
                if rescued && line.starts_with("EXEC") {
                    executed.push(line.trim_end().to_owned());
                }
                let under_way = line.starts_with(stop_at) && !rescued;
                if under_way {
                    rescued = true;
                    session.rescue();
                }
                if under_way && (line.starts_with("STREAM") || line.starts_with("SAY")) {
                    continue; // it was stopped and sends no reply
                }
                let reply: &[u8] = match line.as_str() {
                    _ if line.contains("DIALSTATUS") => b"200 result=1 (BUSY)\n",
                    _ if line.starts_with("GET FULL") => b"200 result=1 (alaw)\n",
                    _ => b"200 result=0\n",
                };
                session.handle(CallTime::ZERO, Input::Agi(reply));
            }
            Output::LookUp { .. } => {
                session.handle(CallTime::ZERO, Input::Recorded(Default::default()));
            }
            Output::Note(_) | Output::Measure { .. } => {}
            Output::Finish(exit) => {
                assert_eq!(exit, Exit::Success);
                assert!(rescued, "{stop_at:?} was never sent");
                return executed;
            }
        }
    }
}

#[test]
fn wherever_it_happens_nothing_is_done_twice_and_the_message_can_be_left() {
    let dial = "EXEC Dial \"SIP/bob,5,g\"";
    let voice_mail = "EXEC VoiceMail \"101@sales,b\"";
    for (stop_at, expected) in [
        ("SET VARIABLE", &[dial, voice_mail][..]),
        ("EXEC Dial", &[voice_mail]),
        ("GET VARIABLE DIALSTATUS", &[voice_mail]),
        ("ANSWER", &[voice_mail]),
        ("STREAM FILE", &[voice_mail]),
        ("SAY DIGITS", &[voice_mail]),
        ("EXEC VoiceMail", &[]),
    ] {
        assert_eq!(executed_after_rescue(stop_at), expected, "at {stop_at}");
    }
}
