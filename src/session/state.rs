//! Where a call can be, each state with what is known only there.

use std::collections::VecDeque;

use super::{
    Exit,
    clock::CallTime,
    listening::{Listening, Next},
    overhearing::Overhearing,
};
use crate::{
    agi::{Argument, Command, Header, Plain},
    config::{Question, Route},
    greeting::{Kind, Recorded},
    key::Key,
};

/// Where the call is. A state is left when its command is answered, unless it says otherwise.
pub(super) enum State {
    /// The header is being read.
    Header,
    /// The status that a crash would leave behind is being set.
    Opening(Errand),
    /// Asterisk was asked where an extension leads that is not in the configuration.
    AskingRoute(Question),
    /// The caller is being answered before anybody is rung, so that their telephone sends keys.
    AnsweringFirst(Route),
    /// Asterisk was asked whether a key has brought the caller here again.
    AskingPressed(Route),
    /// That key is being taken from the caller's channel.
    TakingPress(Route, Key),
    /// Asterisk was asked for the audio's format, in which the end of that key may be heard.
    AskingPressFormat { route: Route, key: Key, next: Next },
    /// Asterisk was asked whether it has what it takes to hear the caller while it rings.
    AskingMeans(Route),
    /// A key of an earlier ringing is being forgotten.
    ClearingPress(Route),
    /// It is being told which keys act.
    AnnouncingRinging(Route),
    /// The channel that hears the caller is being made.
    Originating(Route),
    /// Asterisk was asked whether it was made.
    AskingOriginateStatus(Route),
    /// Dial is under way.
    Dialling(Route),
    /// It is being told that it rings no more.
    EndingRinging { route: Route, result: i64 },
    /// DIALSTATUS was asked for.
    AskingDialStatus { route: Route, result: i64 },
    /// Dial was cancelled by a key; which, the channel's extension tells.
    AskingDialExit(Route),
    /// Asterisk was asked whether a key was heard while it rang.
    AskingDialPressed(DialEnded),
    /// Asterisk was asked which channel hears the caller.
    AskingListener(DialEnded),
    /// That channel is being ended.
    EndingListener(DialEnded),
    /// The caller is being answered.
    Answering { route: Route, kind: Kind },
    /// Asterisk was asked where voicemail keeps its recordings.
    AskingStorage { route: Route, kind: Kind },
    /// VoiceMail's messages are on a mail server; Asterisk was asked whether its greetings are too.
    AskingMailGreetings { route: Route, kind: Kind },
    /// Left by [`Input::Recorded`] or [`Input::Elsewhere`].
    LookingUp { route: Route, kind: Kind },
    /// Asterisk was asked whether VoiceMail has somewhere to go when `*` is pressed.
    AskingExit { route: Route },
    /// Asterisk was asked for the audio's format.
    AskingFormat {
        route: Route,
        kind: Kind,
        recorded: Recorded,
    },
    /// A piece of the greeting plays. Also left when something is heard.
    Playing(Listening),
    /// The piece was interrupted by asking for a variable.
    Stopping(Listening, AfterStop),
    /// The greeting is over, and the signal of the key heard may still come; it must not reach
    /// the application that is started next. Also left at the deadline.
    Settling(Listening, Next, CallTime),
    /// Asterisk was asked whether the caller is still there.
    CheckingCaller(Route, Kind, Next),
    /// VoiceMail is under way.
    LeavingMessage(Route),
    /// VMSTATUS was asked for, of a VoiceMail with that result.
    AskingVmStatus { route: Route, result: i64 },
    /// VoiceMail took no message; whether it knows the mailbox was asked for.
    AskingMailbox(Route),
    /// VoiceMail was left by a key; which, the channel's extension tells.
    AskingVmExit(Route),
    /// VoiceMailMain is under way.
    LoggingIn,
    /// For a caller on another channel: it was asked whether it rings there.
    AskingRinging(Plain),
    /// That caller is being heard. Left by a key, or at the deadline.
    Overhearing(Overhearing),
    /// It was asked whether it still rings.
    AskingStillRinging(Overhearing),
    /// The key that was heard is being told.
    SettingPressed(Overhearing),
    /// It was asked whether it rang until then.
    AskingLastRinging(Overhearing),
    /// That caller is being taken out of Dial.
    Redirecting,
    /// Variables and the closing line are being sent.
    Closing(VecDeque<Closing>, Exit),
    /// After [`Session::rescue`]: whatever was under way is being ended.
    Rescuing,
    /// [`Output::Finish`] was given.
    Finished,
    /// It was taken to be acted on, and the next is not known yet. No input finds this, unless the
    /// acting was ended by a bug.
    Taken,
}

impl State {
    /// Takes the state to act on what came in it.
    pub(super) fn take(&mut self) -> Self {
        let state = std::mem::replace(self, Self::Taken);
        #[cfg(test)]
        super::bug::may_strike();
        state
    }
}

/// What this program is to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The header is still to tell.
    Unknown,
    /// It serves them.
    Serving,
    /// It serves them as a plain script would, after [`Session::rescue`]: VoiceMail plays its own greeting and
    /// nobody listens.
    Rescued,
    /// It hears them on another channel than its own, for the one that serves them.
    Listener,
    /// It has served them; a key has taken them to another start of it, which tells of the call.
    Replaced,
}

/// Whether somebody hears the caller while it rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overheard {
    Never,
    Now,
    Before,
}

/// What is still to be said at the end.
pub(super) enum Closing {
    Command(Command),
    /// The line on the console at this level, which tells what is known by then.
    Line(u8),
}

/// What the call was started for.
#[derive(Clone)]
pub(super) enum Errand {
    Dial(Route),
    LogIn(Route),
    LookUp(Question),
}

/// How Dial ended.
pub(super) struct DialEnded {
    pub(super) route: Route,
    pub(super) result: i64,
    pub(super) status: String,
}

pub(super) enum AfterStop {
    /// Wait for the signal of the same press.
    Settle(Next),
    /// Go on.
    Go(Next),
}

/// How far the call has come, for [`Session::rescue`].
#[derive(Clone)]
pub(super) enum Progress {
    /// Nothing is known of the call yet.
    NotStarted,
    /// This is the next thing.
    To(Errand),
    /// Dial was started; DIALSTATUS tells how it ended.
    Dialled(Route),
    /// Dial has ended, and the caller shall hear this greeting.
    Greeting(Route, Kind),
    /// The last application was started.
    Ending,
}

/// The commands after which the dialplan goes on behind the line that started this program.
pub(super) fn position(header: &Header) -> [Command; 3] {
    let value = |name| Argument::readable(header.get(name).unwrap_or_default());
    // What is set is done next: Asterisk counts on by itself only where nothing was set.
    let priority = header
        .get("agi_priority")
        .and_then(|text| text.parse().ok());
    let next = priority.map_or(1, |here: u32| here.saturating_add(1));
    [
        Command::SetContext(value("agi_context")),
        Command::SetExtension(value("agi_extension")),
        Command::SetPriority(Argument::readable(&next.to_string())),
    ]
}
