//! Keys in the audio while it rings.
//!
//! Dial leaves no audio for this program, so a channel of its own hears the caller, and on that
//! channel the same program ([`overhearing`](super::overhearing)). Three can end the ringing: that
//! program, by a key; the called person, by answering, for whom the dialplan in
//! `[voiceagent-answered]` speaks before the two are connected; and this program, when Dial is
//! over. They meet in two variables of the caller's channel. Who ends it by answering or by Dial's
//! end empties `Ringing` first and looks at `Pressed` then; who ends it by a key sets `Pressed`
//! first and looks at `Ringing` then. So at least one of two knows of the other, whichever comes
//! first, and a key that loses takes nobody out of a conversation.

use super::{
    Exit, FORMAT, Note, Session,
    clock::CallTime,
    listening::{Listening, Next, action},
    outcome::{Press, Status},
    presses::Source,
    state::{Closing, DialEnded, Errand, Overheard, Progress, Role, State},
    steps::NOT_LOADED,
};
use crate::{
    agi::{Application, Argument, Command, Header, Plain, Shared, Variable},
    config::{Destination, RingingKeys, Route},
    greeting::Kind,
    key::Key,
};

/// What `Pressed` holds: a key, and who was rung when it was heard.
pub(super) fn write_pressed(key: Key, rung: &str) -> Argument {
    Argument::readable(&format!("{key} {rung}"))
}

fn read_pressed(pressed: &str) -> Option<(Key, &str)> {
    let (key, rung) = pressed.split_once(' ')?;
    Some((key.parse().ok()?, rung))
}

/// What is known of the caller's side.
#[derive(Clone)]
pub(super) struct Caller {
    /// The caller's channel.
    pub(super) channel: Plain,
    /// Where in the dialplan this program was started, as `ChannelRedirect` takes it.
    place: String,
}

impl Caller {
    /// The caller of a header, unless a name in it cannot be handed on.
    pub(super) fn new(header: &Header) -> Option<Self> {
        let plain = |name| Plain::new(header.get(name)?);
        let [context, extension, priority] =
            ["agi_context", "agi_extension", "agi_priority"].map(plain);
        Some(Self {
            channel: plain("agi_channel")?,
            place: format!("{},{},{}", context?, extension?, priority?),
        })
    }
}

impl Session {
    /// A call to this route begins: by the key that was pressed before this program was started
    /// anew for it, or else by ringing.
    pub(super) fn serve(&mut self, route: Route) {
        self.progress = Progress::To(Errand::Dial(route.clone()));
        if self.caller.is_some() && self.may_have_been_heard(&route) {
            let pressed = self.get_shared(Shared::Pressed);
            self.start(&pressed, State::AskingPressed(route));
        } else {
            self.dial(route);
        }
    }

    /// Whether a caller of this route may have been brought here by a key, be it from the ringing of somebody
    /// else to whom another key had led.
    fn may_have_been_heard(&self, route: &Route) -> bool {
        let heard = |route: &Route| route.ringing == RingingKeys::Heard;
        let config = self.config();
        heard(route) || (!config.keys.goto.is_empty() && config.routes().any(heard))
    }

    pub(super) fn on_pressed_before(&mut self, route: Route, pressed: &str) {
        let Some((key, rung)) = read_pressed(pressed) else {
            return self.dial(route);
        };
        let rung = match self.config().destination(rung) {
            Some(Destination::Person(rung)) => rung,
            Some(Destination::Login(_)) | None => route,
        };
        // It shall not act again when the dialplan comes here again.
        self.set_pressed("", State::TakingPress(rung, key));
    }

    /// A key was heard while it rang.
    pub(super) fn take_press(&mut self, route: Route, key: Key) {
        match action(self.config(), &route, key) {
            Some(next) => {
                let source = Source::Audio;
                self.report.pressed(Press { key, source }, None);
                self.start(&FORMAT, State::AskingPressFormat { route, key, next });
            }
            None => self.dial(route),
        }
    }

    /// Waits until that key is up, and for its signal, before what it asks for is started.
    pub(super) fn on_press_format(
        &mut self,
        now: CallTime,
        (route, key, next): (Route, Key, Next),
        format: &str,
    ) {
        let ear = self.ear(format);
        let config = self.config();
        let mut listening = Listening::new(now, route, Kind::Unavailable, Vec::new(), ear, config);
        listening.presses.carried_over(now, key);
        self.settle(now, listening, next);
    }

    /// The caller has been answered; now somebody shall hear them.
    pub(super) fn prepare_listener(&mut self, route: Route) {
        let Some(caller) = &self.caller else {
            return self.ring_unheard(route, "the name of the channel cannot be handed on");
        };
        if caller.place.starts_with(MACRO) {
            return self.ring_unheard(route, "no key can bring a caller back into a Macro");
        }
        if let Err(error) = route.dial_overheard(&caller.channel) {
            let reason = format!("Dial's arguments are too long with what it takes: {error}");
            return self.ring_unheard(route, &reason);
        }
        self.start(&CAN_LISTEN, State::AskingMeans(route));
    }

    pub(super) fn on_means(&mut self, route: Route, found: &str) {
        let (dialplan, modules) = found.split_once('/').unwrap_or_default();
        if dialplan != "11" {
            let missing = "the dialplan has no [voiceagent-listen] or no [voiceagent-answered]";
            return self.ring_unheard(route, missing);
        }
        if let Some((_, (_, what))) = modules.chars().zip(MEANS).find(|(is, _)| *is == '0') {
            return self.ring_unheard(route, &format!("Asterisk has no {what}"));
        }
        self.set_pressed("", State::ClearingPress(route));
    }

    pub(super) fn announce_ringing(&mut self, route: Route) {
        let acting = Key::ALL.into_iter();
        let keys: String = acting
            .filter(|&key| action(self.config(), &route, key).is_some())
            .map(Key::label)
            .collect();
        let place = &self.heard_caller().place;
        let ringing = Argument::readable(&format!("{keys} {} {place}", route.extension));
        self.set_shared(Shared::Ringing, ringing, State::AnnouncingRinging(route));
    }

    pub(super) fn originate(&mut self, route: Route) {
        let channel = &self.heard_caller().channel;
        let made = format!(
            "Local/s@{LISTEN}/n,app,ChanSpy,\"{channel},uoqSE\",,{SECONDS},v(VOICEAGENTCALLER={channel}^CDR_PROP(disable)=1)"
        );
        self.start(
            &Command::Exec(Application::Originate, Argument::readable(&made)),
            State::Originating(route),
        );
    }

    pub(super) fn on_originated(&mut self, route: Route, result: i64) {
        if result == NOT_LOADED {
            return self.ring_unheard(route, "Asterisk has no application Originate");
        }
        self.start(
            &Command::GetVariable(Variable::OriginateStatus),
            State::AskingOriginateStatus(route),
        );
    }

    pub(super) fn on_originate_status(&mut self, route: Route, status: &str) {
        if status != "SUCCESS" {
            let status = if status.is_empty() { "nothing" } else { status };
            let reason = format!("no channel could be made for it: Originate says {status}");
            return self.ring_unheard(route, &reason);
        }
        self.overheard = Overheard::Now;
        self.ring(route);
    }

    /// Rings without anybody who hears the caller.
    fn ring_unheard(&mut self, route: Route, reason: &str) {
        reason.clone_into(&mut self.report.unheard);
        self.note(Note::Unheard {
            reason: reason.to_owned(),
        });
        self.ring(route);
    }

    /// What Dial gets while somebody hears the caller: the answer comes through the dialplan.
    pub(super) fn dial_arguments(&self, route: &Route) -> Argument {
        if self.overheard != Overheard::Now {
            return route.dial.clone();
        }
        // It fits: else nobody would have been made to hear the caller.
        let overheard = route.dial_overheard(&self.heard_caller().channel);
        overheard.unwrap_or_else(|_| route.dial.clone())
    }

    /// Dial is over: from now on no key is waited for.
    pub(super) fn end_ringing(&mut self, route: Route, result: i64) {
        let nothing = Argument::readable("");
        self.set_shared(
            Shared::Ringing,
            nothing,
            State::EndingRinging { route, result },
        );
    }

    /// Asks whether a key was what ended Dial.
    pub(super) fn ask_pressed(&mut self, ended: DialEnded) {
        self.overheard = Overheard::Before;
        let pressed = self.get_shared(Shared::Pressed);
        self.command(&pressed, State::AskingDialPressed(ended));
    }

    pub(super) fn on_dial_pressed(&mut self, ended: DialEnded, pressed: &str) {
        let gone = self.hung_up.is_some() || ended.result < 0;
        match read_pressed(pressed) {
            Some(_) if gone => self.be_replaced(),
            Some((key, _)) => self.take_press(ended.route, key),
            None if gone => self.on_dial_ended(ended),
            None => {
                let listener = self.get_shared(Shared::Listener);
                self.start(&listener, State::AskingListener(ended));
            }
        }
    }

    /// The caller is taken to the program's own place, where it is started anew and tells of the call; unless
    /// they hang up before it is, and nothing but this is left of the call.
    fn be_replaced(&mut self) {
        self.role = Role::Replaced;
        let hung_up = Argument::readable(&Status::HangUp.to_string());
        let status = Command::SetVariable(Variable::Status, hung_up);
        self.close_on([Closing::Command(status)].into(), Exit::Success);
    }

    pub(super) fn end_listener(&mut self, ended: DialEnded, listener: &str) {
        match Plain::new(listener) {
            Some(listener) => self.start(
                &Command::Exec(
                    Application::SoftHangup,
                    Argument::readable(listener.as_str()),
                ),
                State::EndingListener(ended),
            ),
            None => self.on_dial_ended(ended),
        }
    }

    /// The command that leaves no key behind for a later start.
    pub(super) fn forget_press(&self) -> Option<Command> {
        let was_heard = self.overheard != Overheard::Never;
        was_heard.then(|| {
            let channel = self.heard_caller().channel.clone();
            Command::SetShared(Shared::Pressed, channel, Argument::readable(""))
        })
    }

    fn set_pressed(&mut self, value: &str, state: State) {
        self.set_shared(Shared::Pressed, Argument::readable(value), state);
    }

    fn set_shared(&mut self, name: Shared, value: Argument, state: State) {
        let command = Command::SetShared(name, self.heard_caller().channel.clone(), value);
        self.command(&command, state);
    }

    fn get_shared(&self, name: Shared) -> Command {
        Command::GetShared(name, self.heard_caller().channel.clone())
    }

    /// The caller whom somebody hears, has heard or is to hear while it rings.
    fn heard_caller(&self) -> &Caller {
        let caller = self.caller.as_ref();
        caller.expect("nobody is made to hear a caller whose names cannot be handed on")
    }
}

/// Whether the dialplan has what hears the caller, and what ends that when somebody answers; and
/// whether each module of [`MEANS`] is loaded, of which Originate and Dial would not say so.
const CAN_LISTEN: Command = Command::GetFullVariable(
    "${DIALPLAN_EXISTS(voiceagent-listen,s,1)}${DIALPLAN_EXISTS(voiceagent-answered,s,1)}\
     /${IFMODULE(app_chanspy.so)}${IFMODULE(app_channelredirect.so)}${IFMODULE(app_dial.so)}\
     ${IFMODULE(app_softhangup.so)}${IFMODULE(app_stack.so)}${IFMODULE(func_global.so)}",
);
/// The modules that it takes, and what of them.
const MEANS: [(&str, &str); 6] = [
    ("app_chanspy", "application ChanSpy"),
    ("app_channelredirect", "application ChannelRedirect"),
    ("app_dial", "application Dial"),
    ("app_softhangup", "application SoftHangup"),
    ("app_stack", "application Gosub"),
    ("func_global", "function SHARED"),
];
/// The modules without which nobody is heard while it rings.
pub(crate) fn modules() -> impl Iterator<Item = &'static str> {
    let means = MEANS.into_iter().map(|(module, _)| module);
    std::iter::once("app_originate").chain(means)
}
/// Where the channel is that hears the caller.
pub(crate) const LISTEN: &str = "voiceagent-listen";
/// How the contexts begin in which `Macro` runs: what leaves one by `ChannelRedirect` is outside it.
pub(crate) const MACRO: &str = "macro-";
/// How long the channel may take to come up; it is Asterisk's own, and takes milliseconds.
const SECONDS: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_that_it_takes_is_asked_for_in_order() {
        let asked = CAN_LISTEN.to_string();
        let places = MEANS.map(|(module, _)| asked.find(&format!("${{IFMODULE({module}.so)}}")));
        assert!(places[0].is_some() && places.is_sorted(), "{places:?}");
        assert_eq!(asked.matches("IFMODULE").count(), MEANS.len());
    }
}
