//! A call in which anything happens in any order.

use std::time::Duration;

use voiceagent::{
    agi::Argument,
    config::Config,
    greeting::Recorded,
    session::{CallTime, Exit, Input, Output, Plan, Session},
    speech::Prompt,
    variant::Elsewhere,
};

use super::bytes::Bytes;

/// The first byte chooses the configuration; the rest says what happens.
pub(crate) fn holds(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let (plan, asks) = plan(&mut bytes);
    let mut call = Call {
        session: Session::new(plan),
        asks,
        now: CallTime::ZERO,
        heading: true,
        waiting: Waiting::Nothing,
        orderly: true,
        gone: false,
        exit: None,
        told: false,
    };
    while call.exit.is_none() && !bytes.is_empty() {
        call.happens(&mut bytes);
    }
    call.ends(data.len().is_multiple_of(2));
}

/// By which configuration the call is served, and whether Asterisk is asked for routes.
fn plan(bytes: &mut Bytes<'_>) -> (Plan, bool) {
    let serve = |text: &str| {
        let text = format!("{text}\n{PEOPLE}");
        Plan::Serve(Box::new(Config::parse(&text).expect("it is right")))
    };
    match bytes.byte() % 5 {
        0 => (Plan::Refuse("no configuration\nat all".to_owned()), false),
        1 => (serve("lookup = \"${DB(route/${EXTEN})}\""), true),
        2 => (serve("greeting.barge_in = true"), false),
        3 => (serve("greeting.storage = \"files\""), false),
        _ => (serve(""), false),
    }
}

/// What Asterisk is expected to say next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Waiting {
    Nothing,
    /// The reply to a command that plays and can be stopped by the next.
    Played,
    /// That of the command that stopped it, and perhaps its own before.
    Stopped,
    /// The reply to any other.
    Reply,
}

struct Call {
    session: Session,
    asks: bool,
    now: CallTime,
    /// Whether the header is still being sent.
    heading: bool,
    waiting: Waiting,
    /// Whether Asterisk has kept to its protocol so far.
    orderly: bool,
    /// Whether the program was told that the caller is gone.
    gone: bool,
    exit: Option<Exit>,
    /// Whether the dialplan was told how the call ended.
    told: bool,
}

impl Call {
    /// Something happens.
    fn happens(&mut self, bytes: &mut Bytes<'_>) {
        let kind = bytes.byte();
        match kind % 16 {
            0..=5 if self.heading => self.sends_header(bytes),
            0..=5 => self.replies(bytes),
            6 | 7 => {
                let audio = match kind >> 4 {
                    silent @ 0..8 => &SILENCE[..usize::from(silent) * 160],
                    _ => bytes.piece(),
                };
                self.session.handle(self.now, Input::Audio(audio));
            }
            8 => {
                // A tone, as the caller's codec has it: loud, and near a key or not.
                let audio: Vec<u8> = (0..480).map(|n| star(n) ^ (kind >> 7)).collect();
                self.session.handle(self.now, Input::Audio(&audio));
            }
            9 | 10 => self.passes(Duration::from_millis(u64::from(bytes.number()))),
            11 if kind >> 4 == 0 => self.passes(Duration::from_secs(u64::from(u32::MAX))),
            11 => self.session.handle(self.now, Input::Timeout),
            12 => match kind >> 4 {
                0..4 => self.hangs_up(),
                4..8 => self.speaks_out_of_turn(b"HANGUP\n"),
                8..12 => self.session.handle(self.now, looked_up(bytes)),
                _ => self
                    .session
                    .handle(self.now, Input::Prompt(Prompt::Unknown)),
            },
            13 if kind >> 4 == 0 => self.session.rescue(),
            14 if kind >> 4 == 0 => self.session.handle(self.now, Input::AgiClosed),
            15 if kind >> 4 == 0 => self.speaks_out_of_turn(bytes.piece()),
            _ => {}
        }
        self.does(bytes);
    }

    /// Time passes, and the deadline with it.
    fn passes(&mut self, length: Duration) {
        self.now = self.now + length;
        if self.session.deadline().is_some_and(|due| due <= self.now) {
            self.session.handle(self.now, Input::Timeout);
        }
    }

    fn hangs_up(&mut self) {
        self.gone = true;
        self.session.handle(self.now, Input::HangUp);
    }

    /// The header, whole or in part, with whatever the caller put into it.
    fn sends_header(&mut self, bytes: &mut Bytes<'_>) {
        let extension =
            bytes.one_of(&["101", "*101", "102", "142", "999", "", "*", "_1XX", "1${X}"]);
        let name = String::from_utf8_lossy(bytes.piece()).replace(['\n', '\r'], " ");
        let header = format!(
            "agi_enhanced: 1.0\nagi_language: {name}\nagi_calleridname: {name}{HOSTILE}\n\
             agi_callerid: {HOSTILE}\nagi_context: users\nagi_extension: {extension}\n\
             agi_threadid: 1\n\n"
        );
        let cut = usize::from(bytes.byte()).min(header.len() - 1);
        self.session
            .handle(self.now, Input::Agi(&header.as_bytes()[..cut]));
        self.does(bytes);
        if self.exit.is_none() {
            self.heading = false;
            self.session
                .handle(self.now, Input::Agi(&header.as_bytes()[cut..]));
        }
    }

    /// Asterisk answers what it was asked, if anything.
    fn replies(&mut self, bytes: &mut Bytes<'_>) {
        if self.waiting == Waiting::Nothing {
            return;
        }
        let reply = format!("{}\n", bytes.one_of(&REPLIES));
        let cut = usize::from(bytes.byte()) % reply.len();
        let (begin, end) = reply.as_bytes().split_at(cut);
        self.session.handle(self.now, Input::Agi(begin));
        self.does(bytes);
        // Behind half a line of nonsense it would not be understood.
        self.gone |= self.orderly && (reply.starts_with("511") || reply.starts_with("HANGUP"));
        let own = self.waiting == Waiting::Stopped && !reply.contains('(');
        self.waiting = if own {
            Waiting::Reply
        } else {
            Waiting::Nothing
        };
        self.session.handle(self.now, Input::Agi(end));
    }

    /// Asterisk says what nobody asked for.
    fn speaks_out_of_turn(&mut self, text: &[u8]) {
        self.orderly = false;
        self.session.handle(self.now, Input::Agi(text));
    }

    /// Takes what the session wants, and looks whether it may want it.
    fn does(&mut self, bytes: &mut Bytes<'_>) {
        while let Some(output) = self.session.poll_output() {
            assert_eq!(self.exit, None, "{output:?} after the end");
            match output {
                Output::Send(line) => self.sends(&line),
                Output::LookUp { .. } => {
                    self.session.handle(self.now, looked_up(bytes));
                }
                Output::Measure { .. } => {
                    self.session
                        .handle(self.now, Input::Prompt(Prompt::Unknown));
                }
                Output::Note(_) => {}
                Output::Finish(exit) => self.exit = Some(exit),
            }
        }
        let stands = self.waiting == Waiting::Nothing && !self.heading && self.exit.is_none();
        assert!(
            !(self.orderly && stands) || self.session.deadline().is_some(),
            "the call stands still"
        );
    }

    fn sends(&mut self, line: &str) {
        let text = line.strip_suffix('\n').expect("a line");
        assert!(
            !text.contains(char::is_control),
            "{text:?} is more than one line"
        );
        assert!(line.len() <= 2_048, "{text:?} is too long for Asterisk 16");
        assert!(!self.heading, "{text:?} before the header is whole");
        let verb = text.split(' ').next().unwrap_or_default();
        if self.gone {
            let starts = ["EXEC", "STREAM", "SAY", "ANSWER"];
            assert!(!starts.contains(&verb), "{text:?} for a caller who is gone");
        }
        if self.orderly {
            let stops = self.waiting == Waiting::Played && text.starts_with("GET FULL VARIABLE");
            assert!(
                self.waiting == Waiting::Nothing || stops,
                "{text:?} while {:?} is awaited",
                self.waiting
            );
        }
        if verb == "EXEC" {
            assert!(!text.contains(HOSTILE), "{text:?} has the caller's words");
            // What a lookup gives is the administrator's own.
            let plain = |c: char| c.is_ascii_alphanumeric() || " \"/@,*".contains(c);
            assert!(self.asks || text.chars().all(plain), "{text:?}");
        }
        self.told |= text.starts_with("SET VARIABLE VOICEAGENTSTATUS");
        self.waiting = match verb {
            "GET" if self.waiting == Waiting::Played => Waiting::Stopped,
            "STREAM" | "SAY" => Waiting::Played,
            "ANSWER" | "HANGUP" | "CHANNEL" | "EXEC" | "GET" | "SET" | "VERBOSE" => Waiting::Reply,
            _ => panic!("{text:?} is nothing that Asterisk knows"),
        };
    }

    /// Asterisk closes the dialogue, or the caller hangs up and Asterisk says no more.
    fn ends(mut self, closed: bool) {
        let nothing = &mut Bytes::new(&[]);
        self.does(nothing);
        if self.exit.is_none() {
            if closed {
                self.session.handle(self.now, Input::AgiClosed);
            } else {
                self.hangs_up();
                self.does(nothing);
                let latest = self.now + Duration::from_secs(2);
                while let (None, Some(due)) = (self.exit, self.session.deadline()) {
                    assert!(due <= latest, "still there at {due}");
                    self.now = self.now.max(due);
                    self.session.handle(self.now, Input::Timeout);
                    self.does(nothing);
                }
            }
            self.does(nothing);
        } else if self.exit == Some(Exit::Success) && self.orderly && !self.gone && !self.heading {
            assert!(self.told, "nobody was told how the call ended");
        }
        assert!(self.exit.is_some(), "the program is still there");
    }
}

/// Any recordings, or word that they are in a database.
fn looked_up(bytes: &mut Bytes<'_>) -> Input<'static> {
    let choice = bytes.byte();
    let name = |bit: u8| (choice & 1 << bit != 0).then(|| Argument::readable("/vm/101/x"));
    match choice >> 4 & 3 {
        1 => Input::Elsewhere(Elsewhere::Database),
        3 => Input::Elsewhere(Elsewhere::Mail),
        _ => Input::Recorded(Recorded {
            temp: name(0),
            unavail: name(1),
            busy: name(2),
            greet: name(3),
        }),
    }
}

/// Near 941 and 1209 Hz in A-law at 8 kHz, as good as any other sound.
fn star(n: u32) -> u8 {
    let phase = |hertz: f64| (f64::from(n) / 8_000.0 * hertz * std::f64::consts::TAU).sin();
    let sample = 8_000.0 * (phase(941.0) + phase(1_209.0));
    voiceagent::audio::g711::linear_to_alaw(sample as i16)
}

const PEOPLE: &str = r#"
[extensions.101]
dial = "SIP/bob"
max_wait = 5
mailbox = "101@sales"
[extensions.102]
dial = "SIP/peter"
mailbox = "102@sales"
star = false
[extensions._14X]
dial = "PJSIP/${EXTEN}"
mailbox = "${EXTEN}@sales"
[keys.goto]
0 = "102"
5 = "142"
"#;
/// Something of the caller's that must not get into an application.
const HOSTILE: &str = "EVIL|${SHELL(x)}&\"";
/// What Asterisk says to one command or another, and what it never says.
const REPLIES: [&str; 34] = [
    "200 result=0",
    "200 result=0 endpos=16318",
    "200 result=1",
    "200 result=-1",
    "200 result=-2",
    "200 result=42 endpos=800",
    "200 result=35 endpos=800",
    "200 result=48 endpos=800",
    "200 result=53",
    "200 result=1 (NOANSWER)",
    "200 result=1 (BUSY)",
    "200 result=1 (CHANUNAVAIL)",
    "200 result=1 (CANCEL)",
    "200 result=1 (ANSWER)",
    "200 result=1 (TORTURE)",
    "200 result=1 (alaw)",
    "200 result=1 (slin16)",
    "200 result=1 (g722)",
    "200 result=1 (00)",
    "200 result=1 (10)",
    "200 result=1 (01)",
    "200 result=1 (11/111111)",
    "200 result=1 (11/11101)",
    "200 result=1 (1yes)",
    "200 result=1 (0)",
    "200 result=1 (a)",
    "200 result=1 (USEREXIT)",
    "200 result=1 (FAILED)",
    "200 result=1 (PJSIP/anna,15,142@sales\n)",
    "200 result=0 (timeout)",
    "510 Invalid or unknown command",
    "520-Invalid command syntax.\nUsage: x\n520 End of proper usage.",
    "511 Command Not Permitted on a dead channel",
    "HANGUP200 result=-1",
];
static SILENCE: [u8; 1_120] = [0xD5; 1_120];
