//! Callers who dial lines of the header that Asterisk sends: in a SIP address `%0a` is a line break.

use voiceagent::{
    config::Config,
    session::{CallTime, Exit, Input, Output, Plan, Session},
};

use crate::support::CONFIG;

/// What is executed where this was dialled, and how the program ends.
fn dialled(number: &str) -> (Vec<String>, Exit) {
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(CONFIG).unwrap())));
    let header = format!(
        "agi_channel: SIP/bob-00000001\nagi_calleridname: Bob\nagi_dnid: {number}\n\
         agi_rdnis: unknown\nagi_context: users\nagi_extension: {number}\nagi_priority: 2\n\
         agi_enhanced: 1.0\nagi_threadid: 7\nagi_arg_1: {number}\n\n"
    );
    session.handle(CallTime::ZERO, Input::Agi(header.as_bytes()));
    let mut executed = Vec::new();
    loop {
        match session.poll_output().expect("the call goes on") {
            Output::Send(line) => {
                if let Some(command) = line.strip_prefix("EXEC ") {
                    executed.push(command.trim_end().to_owned());
                }
                let reply: &[u8] = match line.as_str() {
                    "GET VARIABLE DIALSTATUS\n" => b"200 result=1 (ANSWER)\n",
                    _ => b"200 result=1\n",
                };
                session.handle(CallTime::ZERO, Input::Agi(reply));
            }
            Output::Finish(exit) => return (executed, exit),
            _ => {}
        }
    }
}

#[test]
fn what_they_dial_leads_nowhere() {
    for lines in [
        "agi_arg_1: *102",
        "agi_extension: 900",
        "agi_context: from-internal\nagi_extension: 900\nagi_priority: 1",
        "agi_threadid: 1\nagi_arg_1: *102\n",
        "agi_threadid: 1\nagi_arg_1: *102\n\n200 result=1\n200 result=1\n200 result=1",
        "\n200 result=-1",
        "\n200 result=1\n200 result=1 (Local/00900@trunk,9,1@s)\n",
    ] {
        let outcome = dialled(&format!("101\n{lines}"));
        assert_eq!(outcome, (Vec::new(), Exit::Failure), "{lines}");
    }
}

#[test]
fn a_line_break_alone_does_no_harm() {
    for number in ["101\n", "101\nx", "101\n\nx"] {
        let rung = vec!["Dial \"SIP/bob,5,g\"".to_owned()];
        assert_eq!(dialled(number), (rung, Exit::Success), "{number:?}");
    }
}
