//! The configuration, the callers and the questions that the tests share.

use std::time::Duration;

use voiceagent::{
    Key,
    audio::{Press, SAMPLE_RATE, Synth},
    config::Config,
    session::{CallTime, Exit, Input, Output, Plan, Session},
    sim::{self, Caller, DialEnd, Recordings, Script, SignalledKey, Timeline},
};

/// The original's two extensions, and `0` leading from one to the other.
pub(crate) const CONFIG: &str = r#"
[extensions.101]
dial = "SIP/bob"
max_wait = 5
mailbox = "101@sales"

[extensions.102]
dial = "SIP/peter"
max_wait = 5
mailbox = "102@sales"
star = false

[keys.goto]
0 = "102"
"#;

/// A call to 101 that nobody answers, with nothing recorded and a silent caller.
pub(crate) fn unanswered() -> Script {
    Script {
        extension: "101".to_owned(),
        dial: DialEnd::NoAnswer,
        caller: Caller::default(),
        recordings: Recordings::default(),
        lookup: String::new(),
        prompts: None,
        can_listen: true,
        starved: None,
    }
}

pub(crate) fn run(script: &Script) -> Timeline {
    run_with(CONFIG, script)
}

pub(crate) fn run_with(config: &str, script: &Script) -> Timeline {
    let timeline = sim::run(&Config::parse(config).unwrap(), script).unwrap();
    assert_eq!(timeline.exit, Some(Exit::Success));
    timeline
}

/// A signalled key, held for 200 ms.
pub(crate) fn signalled(key: char, at: f64) -> SignalledKey {
    SignalledKey {
        key: Key::from_char(key).unwrap(),
        at: Duration::from_secs_f64(at),
        held: Duration::from_millis(200),
    }
}

/// A key as tones of this length in seconds, this long after the answer.
pub(crate) fn tone(key: char, at: f64, length: f64) -> Vec<i16> {
    let mut synth = Synth::new(SAMPLE_RATE);
    synth.silence(at);
    let press = Press {
        length,
        ..Press::default()
    };
    synth.press(Key::from_char(key).unwrap(), &press);
    synth.into_samples()
}

pub(crate) fn at(seconds: f64) -> CallTime {
    CallTime::after(Duration::from_secs_f64(seconds))
}

/// The applications that were executed, in order, as `Name "arguments"`.
pub(crate) fn executed(timeline: &Timeline) -> Vec<&str> {
    timeline
        .commands()
        .filter_map(|line| line.strip_prefix("EXEC "))
        .collect()
}

/// When the first entry with this text happened.
pub(crate) fn when(timeline: &Timeline, text: &str) -> CallTime {
    timeline
        .entries
        .iter()
        .find(|entry| entry.what.contains(text))
        .unwrap_or_else(|| panic!("nothing of {text:?} in {timeline:#?}"))
        .at
}

/// A variable at the end of the call.
pub(crate) fn variable<'a>(timeline: &'a Timeline, name: &str) -> &'a str {
    timeline.variables.get(name).map_or("", String::as_str)
}

/// VOICEAGENTSTATUS and VOICEAGENTCAUSE of a call of `extension` that nobody answers, where Asterisk
/// answers the commands with these beginnings so.
pub(crate) fn told(extension: &str, answers: &[(&str, &str)]) -> (String, String) {
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(CONFIG).unwrap())));
    let header = format!("agi_extension: {extension}\nagi_enhanced: 1.0\nagi_threadid: 1\n\n");
    session.handle(CallTime::ZERO, Input::Agi(header.as_bytes()));
    let (mut status, mut cause) = Default::default();
    while let Some(output) = session.poll_output() {
        match output {
            Output::Send(line) => {
                let mut answers = answers.iter();
                let answer = match answers.find(|(beginning, _)| line.starts_with(beginning)) {
                    Some((_, answer)) => answer,
                    None if line.contains("DIALSTATUS") => "result=1 (NOANSWER)",
                    None if line.starts_with("GET FULL") => "result=1 (alaw)",
                    None => "result=0",
                };
                let reply = format!("200 {answer}\n");
                session.handle(CallTime::ZERO, Input::Agi(reply.as_bytes()));
                for (name, value) in [("STATUS", &mut status), ("CAUSE", &mut cause)] {
                    let set = line.strip_prefix(&format!("SET VARIABLE VOICEAGENT{name} "));
                    if let Some(set) = set {
                        *value = set.trim().trim_matches('"').to_owned();
                    }
                }
            }
            Output::LookUp { .. } => {
                session.handle(CallTime::ZERO, Input::Recorded(Default::default()));
            }
            Output::Note(_) | Output::Measure { .. } => {}
            Output::Finish(exit) => {
                assert_eq!(exit, Exit::Success);
                return (status, cause);
            }
        }
    }
    panic!("the call stands still");
}
