//! Where a call can be, each state with what is known only there.

use std::collections::VecDeque;

use super::{
    Exit,
    clock::CallTime,
    listening::{Listening, Next},
};
use crate::{
    agi::{Argument, Command, Header},
    config::{Question, Route},
    greeting::{Kind, Recorded},
};

/// Where the call is. A state is left when its command is answered, unless it says otherwise.
pub(super) enum State {
    /// The header is being read.
    Header,
    /// The status that a crash would leave behind is being set.
    Opening(Errand),
    /// Asterisk was asked where an extension leads that is not in the configuration.
    AskingRoute(Question),
    /// Dial is under way.
    Dialling(Route),
    /// DIALSTATUS was asked for.
    AskingDialStatus { route: Route, result: i64 },
    /// The caller is being answered.
    Answering { route: Route, kind: Kind },
    /// Asterisk was asked where voicemail keeps its recordings.
    AskingStorage { route: Route, kind: Kind },
    /// Left by [`Input::Recorded`].
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
    /// VMSTATUS was asked for.
    AskingVmStatus(Route),
    /// VoiceMail was left by a key; which, the channel's extension tells.
    AskingVmExit(Route),
    /// VoiceMailMain is under way.
    LoggingIn,
    /// Variables and the closing line are being sent.
    Closing(VecDeque<Command>, Exit),
    /// After [`Session::rescue`]: whatever was under way is being ended.
    Rescuing,
    /// [`Output::Finish`] was given.
    Finished,
}

/// What the call was started for.
pub(super) enum Errand {
    Dial(Route),
    LogIn(Route),
    LookUp(Question),
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
    /// Dial is the next thing.
    ToDial(Route),
    /// Dial was started; DIALSTATUS tells how it ended.
    Dialled(Route),
    /// Dial has ended, and the caller shall hear this greeting.
    Greeting(Route, Kind),
    /// The last application was started.
    Ending,
}

/// The commands that set the dialplan to where this program was started.
pub(super) fn position(header: &Header) -> [Command; 3] {
    let value = |name| Argument::readable(header.get(name).unwrap_or_default());
    [
        Command::SetContext(value("agi_context")),
        Command::SetExtension(value("agi_extension")),
        Command::SetPriority(value("agi_priority")),
    ]
}
