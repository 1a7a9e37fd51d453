//! The program on a channel of its own, which hears a caller while it rings.
//!
//! Asterisk starts it in `[voiceagent-listen]`, on a channel that the caller's program has made.
//! It knows nothing of routes: which keys act, who is rung, and where the caller is to go, stands in a
//! variable of the caller's channel as long as it rings. Nothing is told of the call, and nothing kept.

use std::time::Duration;

use super::{
    Exit, Note, Plan, Session,
    clock::CallTime,
    ringing::{LISTEN, write_pressed},
    state::{Role, State},
};
use crate::{
    agi::{Application, Argument, Command, Header, Plain, Shared},
    audio::AudioFormat,
    ear::{Ear, Heard},
    key::Key,
};

/// What hears the caller.
pub(super) struct Overhearing {
    caller: Plain,
    keys: String,
    /// Who is rung, as the configuration names them.
    rung: String,
    /// Where `ChannelRedirect` is to take the caller.
    place: String,
    ear: Box<Ear>,
    /// When to ask again whether it still rings.
    pub(super) ask_at: CallTime,
    /// The first key that acts.
    pressed: Option<Key>,
}

/// The caller whom this program was started to hear. Nobody can be made to be heard from a
/// telephone: the channel is one of those that Asterisk makes itself, and has come from our
/// context, which no telephone's name and no number dialled can bring about.
pub(super) fn caller(header: &Header) -> Option<Plain> {
    let inside = header
        .channel()
        .strip_prefix("Local/s@")
        .and_then(|rest| rest.strip_prefix(LISTEN))
        .is_some_and(|rest| rest.starts_with('-') && rest.ends_with(";2"));
    let asked =
        inside && header.argument(1) == Some(ARGUMENT) && header.get("agi_context") == Some(LISTEN);
    Plain::new(header.argument(2).filter(|_| asked)?)
}

impl Session {
    /// Asks whether it rings at all.
    pub(super) fn overhear(&mut self, caller: Plain) {
        self.role = Role::Listener;
        let ringing = Command::GetShared(Shared::Ringing, caller.clone());
        self.command(&ringing, State::AskingRinging(caller));
    }

    pub(super) fn on_ringing(&mut self, now: CallTime, caller: Plain, ringing: &str) {
        let Plan::Serve(config) = &self.plan else {
            return self.finish(Exit::Failure);
        };
        let ear = Ear::new(AudioFormat::SLIN, &config.detector, None);
        let mut words = ringing.splitn(3, ' ');
        let words = [words.next(), words.next(), words.next()];
        let ([Some(keys), Some(rung), Some(place)], Ok(ear)) = (words, ear) else {
            return self.finish(Exit::Success);
        };
        self.state = State::Overhearing(Overhearing {
            caller,
            keys: keys.to_owned(),
            rung: rung.to_owned(),
            place: place.to_owned(),
            ear: Box::new(ear),
            ask_at: now + ASK_EVERY,
            pressed: None,
        });
    }

    pub(super) fn overheard_audio(&mut self, mut overhearing: Overhearing, bytes: &[u8]) {
        let on_note = |note| self.outputs.push_back(super::Output::Note(note));
        overhearing.hear(bytes, on_note);
        match overhearing.pressed {
            Some(key) => self.press(overhearing, key),
            None => self.state = State::Overhearing(overhearing),
        }
    }

    /// Asks whether it still rings, should nobody have ended this program.
    pub(super) fn ask_ringing(&mut self, overhearing: Overhearing) {
        let ringing = Command::GetShared(Shared::Ringing, overhearing.caller.clone());
        self.command(&ringing, State::AskingStillRinging(overhearing));
    }

    pub(super) fn on_still_ringing(
        &mut self,
        now: CallTime,
        mut overhearing: Overhearing,
        ringing: &str,
    ) {
        overhearing.ask_at = now + ASK_EVERY;
        match overhearing.pressed {
            _ if ringing.is_empty() => self.finish(Exit::Success),
            Some(key) => self.press(overhearing, key),
            None => self.state = State::Overhearing(overhearing),
        }
    }

    fn press(&mut self, overhearing: Overhearing, key: Key) {
        let pressed = write_pressed(key, &overhearing.rung);
        let command = Command::SetShared(Shared::Pressed, overhearing.caller.clone(), pressed);
        self.command(&command, State::SettingPressed(overhearing));
    }

    /// The key is set; only now it is asked whether it still rings.
    pub(super) fn on_pressed_set(&mut self, overhearing: Overhearing) {
        let ringing = Command::GetShared(Shared::Ringing, overhearing.caller.clone());
        self.command(&ringing, State::AskingLastRinging(overhearing));
    }

    pub(super) fn on_last_ringing(&mut self, overhearing: &Overhearing, ringing: &str) {
        if ringing.is_empty() {
            return self.finish(Exit::Success);
        }
        let Overhearing { caller, place, .. } = overhearing;
        let redirect = Argument::readable(&format!("{caller},{place}"));
        self.command(
            &Command::Exec(Application::ChannelRedirect, redirect),
            State::Redirecting,
        );
    }
}

impl Overhearing {
    /// Takes audio; the first key that acts is kept.
    pub(super) fn hear(&mut self, bytes: &[u8], mut on_note: impl FnMut(Note)) {
        let Self {
            ear, keys, pressed, ..
        } = self;
        ear.hear(bytes, &mut |heard| {
            if let Heard::KeyDown { down, after } = heard {
                let acts = keys.contains(down.key.label());
                if pressed.is_none() && acts {
                    *pressed = Some(down.key);
                }
                on_note(Note::Heard {
                    down,
                    after,
                    twin: false,
                    acts,
                });
            }
        });
    }
}

/// What stands for the extension where the program is started to hear a caller.
const ARGUMENT: &str = "listen";
/// Half of the second in which nobody may hear a conversation any more.
const ASK_EVERY: Duration = Duration::from_millis(500);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        agi::{Dialogue, Incoming},
        config::Config,
        session::{Input, Output},
    };

    const LISTENER: &str = "agi_channel: Local/s@voiceagent-listen-0000000a;2\n\
         agi_context: voiceagent-listen\nagi_threadid: 1\nagi_arg_1: listen\n\
         agi_arg_2: PJSIP/peter-00000001\n\n";

    fn heard(header: &str) -> Option<String> {
        let mut dialogue = Dialogue::default();
        dialogue.receive(header.as_bytes());
        match dialogue.poll() {
            Some(Incoming::Header(header)) => caller(&header).map(|caller| caller.to_string()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_channel_that_asterisk_made_for_it_hears_the_caller_it_was_made_for() {
        assert_eq!(heard(LISTENER).as_deref(), Some("PJSIP/peter-00000001"));
    }

    #[test]
    fn no_telephone_can_hear_another() {
        for (genuine, forged) in [
            (
                "Local/s@voiceagent-listen-0000000a;2",
                "PJSIP/s@voiceagent-listen-1;2",
            ),
            ("Local/s@voiceagent-listen-0000000a;2", "PJSIP/eve-00000001"),
            (
                "Local/s@voiceagent-listen-0000000a;2",
                "Local/s@users-0000000a;2",
            ),
            ("agi_context: voiceagent-listen", "agi_context: users"),
            ("agi_arg_1: listen", "agi_arg_1: 101"),
            ("PJSIP/peter-00000001", ""),
            ("PJSIP/peter-00000001", "PJSIP/peter,users,1"),
        ] {
            let header = LISTENER.replace(genuine, forged);
            assert_eq!(heard(&header), None, "{forged}");
        }
    }

    fn session() -> Session {
        let config = "[extensions.101]\ndial = \"SIP/bob\"\nmailbox = \"101@sales\"\n";
        let config = Config::parse(config).expect("well formed");
        Session::new(Plan::Serve(Box::new(config)))
    }

    #[test]
    fn who_says_more_and_more_that_nobody_asked_for_is_told_of_once_and_goes_unheard() {
        let mut session = session();
        session.handle(CallTime::ZERO, Input::Agi(LISTENER.as_bytes()));
        session.handle(
            CallTime::ZERO,
            Input::Agi(b"200 result=1 (*# 101 users,101,2)\n"),
        );
        while session.poll_output().is_some() {}
        for _ in 0..1_000 {
            let unasked = b"200 result=1 (*# 101 users,101,2)\n".repeat(1_000);
            session.handle(CallTime::ZERO, Input::Agi(&unasked));
        }
        assert_eq!(session.poll_output(), Some(Output::Note(Note::Unasked)));
        assert_eq!(session.poll_output(), None);
    }

    #[test]
    fn nobody_is_heard_where_it_does_not_ring_or_no_longer() {
        let mut session = session();
        let mut told = |now, input: Input<'_>| {
            session.handle(now, input);
            let outputs: Vec<_> = std::iter::from_fn(|| session.poll_output()).collect();
            (outputs, session.deadline())
        };
        told(CallTime::ZERO, Input::Agi(LISTENER.as_bytes()));
        let rings = b"200 result=1 (*# 101 users,101,2)\n";
        let (outputs, deadline) = told(CallTime::ZERO, Input::Agi(rings));
        assert_eq!(outputs, []);
        let (outputs, _) = told(deadline.expect("it asks again"), Input::Timeout);
        assert!(matches!(&outputs[..], [Output::Send(line)] if line.starts_with("GET FULL")));
        let (outputs, _) = told(CallTime::ZERO, Input::Agi(b"200 result=0\n"));
        assert_eq!(outputs, [Output::Finish(Exit::Success)]);
    }
}
