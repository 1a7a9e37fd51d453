//! Everything this program can say to Asterisk.

use std::fmt;

use super::{Argument, Plain};
use crate::key::Key;

/// An AGI command. `Display` gives the line without its end; [`Command::to_line`] with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `ANSWER`
    Answer,
    /// `HANGUP`
    HangUp,
    /// `CHANNEL STATUS`: refused with 511 once the caller has hung up.
    ChannelStatus,
    /// `EXEC application "arguments"`
    Exec(Application, Argument),
    /// `GET VARIABLE name`
    GetVariable(Variable),
    /// `GET FULL VARIABLE "expression"`: the expression is ours, never made from input.
    GetFullVariable(&'static str),
    /// `GET FULL VARIABLE "expression"`: the expression is the administrator's, or has the name of
    /// their mailbox; nothing of the caller stands in it but what telephones can dial.
    LookUp(Argument),
    /// `SET VARIABLE name "value"`
    SetVariable(Variable, Argument),
    /// `GET FULL VARIABLE "${SHARED(name,channel)}"`: a variable of a channel, which may be another.
    GetShared(Shared, Plain),
    /// `SET VARIABLE "SHARED(name,channel)" "value"`
    SetShared(Shared, Plain, Argument),
    /// `STREAM FILE "file" "keys"`: plays a sound until it ends or one of the keys is released.
    StreamFile(Argument, Vec<Key>),
    /// `SAY DIGITS "digits" "keys"`
    SayDigits(Argument, Vec<Key>),
    /// `VERBOSE "text" level`
    Verbose(Argument, u8),
    /// `SET CONTEXT "context"`
    SetContext(Argument),
    /// `SET EXTENSION "extension"`
    SetExtension(Argument),
    /// `SET PRIORITY "priority"`
    SetPriority(Argument),
}

/// The dialplan applications that are executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    /// Rings somebody.
    Dial,
    /// Records a message.
    VoiceMail,
    /// A mailbox's owner logs in.
    VoiceMailMain,
    /// Makes a channel that hears the caller.
    Originate,
    /// Ends a channel.
    SoftHangup,
    /// Takes a channel to another place in the dialplan.
    ChannelRedirect,
}

/// The channel variables that are read or set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable {
    /// How Dial ended.
    DialStatus,
    /// How VoiceMail ended.
    VmStatus,
    /// How this program ended.
    Status,
    /// The key that acted.
    Key,
    /// Where that key was heard: `audio` or `signal`.
    KeySource,
    /// Why it ended so.
    Cause,
    /// What became of the channel that was to be made.
    OriginateStatus,
}

/// The variables by which the caller's program and the one that hears the caller while it rings
/// know of each other. They belong to the caller's channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shared {
    /// As long as it rings: the keys that act, and where the program is in the dialplan.
    Ringing,
    /// The key that was heard.
    Pressed,
    /// The channel that hears the caller.
    Listener,
}

impl Command {
    /// The line as it goes to descriptor 1: at most 2,047 bytes with its end.
    #[must_use]
    pub fn to_line(&self) -> String {
        format!("{self}\n")
    }

    /// Whether a key or the next command can end this one early.
    #[must_use]
    pub const fn is_playback(&self) -> bool {
        matches!(self, Self::StreamFile(..) | Self::SayDigits(..))
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer => f.write_str("ANSWER"),
            Self::HangUp => f.write_str("HANGUP"),
            Self::ChannelStatus => f.write_str("CHANNEL STATUS"),
            Self::Exec(application, arguments) => write!(f, "EXEC {application:?} {arguments}"),
            Self::GetVariable(name) => write!(f, "GET VARIABLE {name}"),
            Self::GetFullVariable(expression) => write!(f, "GET FULL VARIABLE \"{expression}\""),
            Self::LookUp(expression) => write!(f, "GET FULL VARIABLE {expression}"),
            Self::SetVariable(name, value) => write!(f, "SET VARIABLE {name} {value}"),
            Self::GetShared(name, channel) => {
                write!(f, "GET FULL VARIABLE \"${{SHARED({name},{channel})}}\"")
            }
            Self::SetShared(name, channel, value) => {
                write!(f, "SET VARIABLE \"SHARED({name},{channel})\" {value}")
            }
            Self::StreamFile(file, keys) => write!(f, "STREAM FILE {file} {}", Keys(keys)),
            Self::SayDigits(digits, keys) => write!(f, "SAY DIGITS {digits} {}", Keys(keys)),
            Self::Verbose(text, level) => write!(f, "VERBOSE {text} {level}"),
            Self::SetContext(context) => write!(f, "SET CONTEXT {context}"),
            Self::SetExtension(extension) => write!(f, "SET EXTENSION {extension}"),
            Self::SetPriority(priority) => write!(f, "SET PRIORITY {priority}"),
        }
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DialStatus => "DIALSTATUS",
            Self::VmStatus => "VMSTATUS",
            Self::Status => "VOICEAGENTSTATUS",
            Self::Key => "VOICEAGENTKEY",
            Self::KeySource => "VOICEAGENTKEYSOURCE",
            Self::Cause => "VOICEAGENTCAUSE",
            Self::OriginateStatus => "ORIGINATE_STATUS",
        })
    }
}

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ringing => "VOICEAGENTRINGING",
            Self::Pressed => "VOICEAGENTPRESSED",
            Self::Listener => "VOICEAGENTLISTENER",
        })
    }
}

/// Keys as one quoted word.
struct Keys<'a>(&'a [Key]);

impl fmt::Display for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for key in self.0 {
            write!(f, "{key}")?;
        }
        f.write_str("\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn argument(text: &str) -> Argument {
        Argument::new(text).expect("a good argument")
    }

    #[test]
    fn commands_are_written_as_asterisk_reads_them() {
        let channel = Plain::new("SIP/peter-1").expect("a plain word");
        let lines = [
            (Command::Answer, "ANSWER"),
            (
                Command::Exec(Application::Dial, argument("SIP/bob,5,g")),
                "EXEC Dial \"SIP/bob,5,g\"",
            ),
            (
                Command::GetVariable(Variable::DialStatus),
                "GET VARIABLE DIALSTATUS",
            ),
            (
                Command::GetFullVariable("${CHANNEL(audioreadformat)}"),
                "GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\"",
            ),
            (
                Command::StreamFile(argument("vm-intro"), vec![Key::STAR, Key::HASH]),
                "STREAM FILE \"vm-intro\" \"*#\"",
            ),
            (
                Command::SayDigits(argument("101"), vec![]),
                "SAY DIGITS \"101\" \"\"",
            ),
            (
                Command::GetShared(Shared::Pressed, channel.clone()),
                "GET FULL VARIABLE \"${SHARED(VOICEAGENTPRESSED,SIP/peter-1)}\"",
            ),
            (
                Command::SetShared(Shared::Pressed, channel, argument("*")),
                "SET VARIABLE \"SHARED(VOICEAGENTPRESSED,SIP/peter-1)\" \"*\"",
            ),
            (
                Command::SetVariable(Variable::Key, argument("")),
                "SET VARIABLE VOICEAGENTKEY \"\"",
            ),
        ];
        for (command, line) in lines {
            assert_eq!(command.to_string(), line);
            assert_eq!(command.to_line(), format!("{line}\n"));
        }
    }

    #[test]
    fn the_longest_command_fits_asterisk_16s_line() {
        let worst = "\\".repeat(Argument::MAX);
        let channel = Plain::new(&"x".repeat(Plain::MAX)).expect("a plain word");
        for command in [
            Command::Exec(Application::VoiceMailMain, argument(&worst)),
            Command::StreamFile(argument(&worst), Key::ALL.to_vec()),
            Command::SetVariable(Variable::KeySource, argument(&worst)),
            Command::SetShared(Shared::Listener, channel, argument(&worst)),
            Command::LookUp(argument(&worst)),
            Command::Verbose(argument(&worst), 1),
        ] {
            let line = command.to_line();
            assert!(line.len() < 2_048, "{} bytes: {line}", line.len());
        }
    }
}
