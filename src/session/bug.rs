//! A bug that strikes where a test wants it, and what becomes of the call then.

use std::{cell::Cell, panic, time::Duration};

use super::{CallTime, Exit, Input, Output, Plan, Session};
use crate::{
    audio::{Press, SAMPLE_RATE, Synth},
    config::Config,
    key::Key,
};

thread_local! {
    /// How many places are passed before it strikes, and how often it strikes then.
    static BUG: Cell<Option<(usize, usize)>> = const { Cell::new(None) };
}

/// A place at which it can strike.
pub(super) fn may_strike() {
    match BUG.get() {
        Some((0, times)) => {
            BUG.set((times > 1).then_some((0, times - 1)));
            panic::resume_unwind(Box::new("a bug"));
        }
        Some((places, times)) => BUG.set(Some((places - 1, times))),
        None => {}
    }
}

/// A call that nobody answers, and what Asterisk and the caller do in it.
struct Call {
    session: Session,
    now: CallTime,
    /// What the caller sends once the greeting plays.
    audio: Vec<u8>,
    /// Whether that has stopped it, in the moment in which its key was signalled as well.
    stopped: bool,
    commands: Vec<String>,
}

impl Call {
    /// Takes it to its end, with a bug at this place that strikes so often. How the program ended,
    /// what it had executed, and whether the bug struck as often as it was to.
    fn run(config: &str, exten: &str, key: Key, bug: (usize, usize)) -> (Exit, Vec<String>, bool) {
        let mut synth = Synth::new(SAMPLE_RATE);
        synth.silence(0.1);
        synth.press(key, &Press::default());
        synth.silence(0.5);
        let samples = synth.into_samples();
        let mut call = Self {
            session: Session::new(Plan::Serve(Box::new(
                Config::parse(config).expect("well formed"),
            ))),
            now: CallTime::ZERO,
            audio: samples.into_iter().flat_map(i16::to_le_bytes).collect(),
            stopped: false,
            commands: Vec::new(),
        };
        BUG.set(Some(bug));
        call.happens(Input::Agi(
            format!(
                "agi_channel: SIP/peter-00000001\nagi_context: users\nagi_priority: 2\n\
                 agi_enhanced: 1.0\nagi_threadid: 1\nagi_extension: {exten}\n\n"
            )
            .as_bytes(),
        ));
        let exit = call.goes_on();
        let struck = BUG.take().is_none_or(|(_, left)| left < bug.1);
        let executed = call.commands.iter();
        let executed = executed.filter_map(|line| line.strip_prefix("EXEC "));
        (exit, executed.map(str::to_owned).collect(), struck)
    }

    fn happens(&mut self, input: Input<'_>) {
        self.session.handle_or_rescue(self.now, input);
    }

    fn goes_on(&mut self) -> Exit {
        loop {
            match self.session.poll_output() {
                Some(Output::Send(line)) => self.answers(line.trim_end()),
                Some(Output::LookUp { .. }) => self.happens(Input::Recorded(Default::default())),
                Some(Output::Finish(exit)) => return exit,
                Some(Output::Note(_) | Output::Measure { .. }) => {}
                None => {
                    self.now = self.session.deadline().expect("the call goes on");
                    self.happens(Input::Timeout);
                }
            }
        }
    }

    fn answers(&mut self, command: &str) {
        self.commands.push(command.to_owned());
        self.now = self.now + Duration::from_millis(1);
        let reply = match command {
            "GET VARIABLE DIALSTATUS" => "200 result=1 (NOANSWER)\n",
            "GET VARIABLE ORIGINATE_STATUS" => "200 result=1 (SUCCESS)\n",
            _ if command.contains("DIALPLAN_EXISTS(voiceagent") => "200 result=1 (11/111111)\n",
            _ if std::mem::take(&mut self.stopped) => {
                "200 result=35 endpos=8\n200 result=1 (slin)\n"
            }
            _ if command.contains("audioreadformat") => "200 result=1 (slin)\n",
            _ if command.contains("ROUTE") => "200 result=1 (SIP/bob,5,101@sales)\n",
            _ if command.starts_with("STREAM FILE") && self.is_stopped() => return,
            _ => "200 result=0\n",
        };
        self.happens(Input::Agi(reply.as_bytes()));
    }

    /// The caller's audio comes while something plays; whether that was stopped.
    fn is_stopped(&mut self) -> bool {
        let audio = std::mem::take(&mut self.audio);
        for frame in audio.chunks(320) {
            self.now = self.now + Duration::from_millis(20);
            self.happens(Input::Audio(frame));
        }
        let mut outputs = self.session.outputs.iter();
        self.stopped = outputs.any(|output| matches!(output, Output::Send(_)));
        self.stopped
    }
}

const CONFIG: &str = r#"
[extensions.101]
dial = "SIP/bob"
max_wait = 5
mailbox = "101@sales"
"#;
const HEARD: &str = "ringing.keys = \"heard\"\n";
const LOOKED_UP: &str = "lookup = \"${ROUTE(${EXTEN})}\"\n";

#[test]
fn wherever_a_bug_strikes_the_person_is_rung_and_a_message_can_be_left() {
    for (before, exten, key) in [
        ("", "101", Key::HASH),
        ("", "101", Key::STAR),
        (HEARD, "101", Key::HASH),
        (LOOKED_UP, "142", Key::HASH),
    ] {
        let config = format!("{before}{CONFIG}star = false\n");
        let mut place = 0;
        loop {
            let (exit, executed, struck) = Call::run(&config, exten, key, (place, 1));
            let ends: Vec<_> = executed
                .iter()
                .filter_map(|line| line.split(' ').next())
                .filter(|application| ["Dial", "VoiceMail"].contains(application))
                .collect();
            assert_eq!(ends, ["Dial", "VoiceMail"], "{before} {key} at {place}");
            assert_eq!(exit, Exit::Success, "{before} {key} at {place}");
            if !struck {
                break;
            }
            place += 1;
        }
        assert!(place > 30, "it struck at {place} places");
    }
}

#[test]
fn wherever_a_bug_strikes_a_login_is_opened() {
    for place in 0..4 {
        let (exit, executed, struck) = Call::run(CONFIG, "*101", Key::HASH, (place, 1));
        assert_eq!(executed, ["VoiceMailMain \"101@sales\""], "at {place}");
        assert_eq!((exit, struck), (Exit::Success, true), "at {place}");
    }
}

#[test]
fn a_bug_that_strikes_again_and_again_leaves_the_call_to_the_dialplan() {
    for place in 0..30 {
        let bug = (place, usize::MAX);
        let (exit, _, struck) = Call::run(CONFIG, "101", Key::HASH, bug);
        assert_eq!((exit, struck), (Exit::Failure, true), "at {place}");
    }
}
