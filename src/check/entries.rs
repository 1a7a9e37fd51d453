//! The lines of the dialplan that call the program.

use crate::{
    asterisk_files::{Call, Dialplan, Extension, Line, calls},
    session::{LISTEN, MACRO},
};

/// A line that calls the program.
pub(super) struct EntryPoint<'a> {
    pub(super) context: &'a str,
    pub(super) extension: &'a Extension,
    pub(super) priority: i64,
    pub(super) line: &'a Line,
    pub(super) call: Call<'a>,
    /// Which program it is, with global variables in their places.
    pub(super) program: String,
}

/// A line that calls a program whose name is known on a call only.
pub(super) struct Unknown<'a> {
    pub(super) extension: &'a Extension,
    pub(super) line: &'a Line,
    pub(super) program: &'a str,
}

/// The lines that call the program, and those that may.
pub(super) fn entries(dialplan: &Dialplan) -> (Vec<EntryPoint<'_>>, Vec<Unknown<'_>>) {
    let (mut entries, mut unknown) = (Vec::new(), Vec::new());
    for (context, extension, priority, line) in lines(dialplan) {
        // There it serves no caller.
        if context == LISTEN {
            continue;
        }
        for call in calls(&line.application, &["EAGI", "AGI", "DeadAGI"]) {
            let Some(&written) = call.arguments.first() else {
                continue;
            };
            let Some(program) = dialplan.resolved(unquoted(written)) else {
                unknown.push(Unknown {
                    extension,
                    line,
                    program: written,
                });
                continue;
            };
            if is_ours(&program) {
                entries.push(EntryPoint {
                    context,
                    extension,
                    priority,
                    line,
                    call,
                    program: program.into_owned(),
                });
            }
        }
    }
    (entries, unknown)
}

pub(super) fn lines(dialplan: &Dialplan) -> impl Iterator<Item = (&str, &Extension, i64, &Line)> {
    dialplan.contexts.iter().flat_map(|(name, context)| {
        context.extensions.iter().flat_map(move |extension| {
            let lines = extension.lines.iter();
            lines.map(move |(&priority, line)| (name.as_str(), extension, priority, line))
        })
    })
}

impl EntryPoint<'_> {
    /// Whether it is run once there is no caller any more.
    pub(super) fn is_behind_the_call(&self) -> bool {
        self.extension.pattern.to_string() == "h"
    }

    pub(super) fn is_in_macro(&self) -> bool {
        self.context.starts_with(MACRO)
    }

    /// Whether a server is asked for it, as FastAGI does.
    pub(super) fn is_elsewhere(&self) -> bool {
        self.program.contains("://")
    }

    pub(super) fn carries_audio(&self) -> bool {
        self.call.name.eq_ignore_ascii_case("EAGI")
    }

    /// Whether a line behind this one does something for the caller.
    pub(super) fn goes_on(&self) -> bool {
        let behind = self.extension.lines.range(self.priority + 1..);
        behind.into_iter().any(|(_, line)| {
            let name = line
                .application
                .split('(')
                .next()
                .unwrap_or_default()
                .trim();
            !IDLE.iter().any(|idle| idle.eq_ignore_ascii_case(name))
        })
    }

    /// Whether the extension that is dialled here is what the program goes by.
    pub(super) fn goes_by_extension(&self) -> bool {
        matches!(self.call.arguments.get(1), None | Some(&"" | &"${EXTEN}"))
    }

    /// The number that it goes by, if it is always the same.
    pub(super) fn fixed_number(&self) -> Option<&str> {
        let argument = unquoted(self.call.arguments.get(1)?);
        (!argument.is_empty() && !argument.contains("${")).then_some(argument)
    }
}

/// Whether `EAGI`'s first argument is this program, whatever folder is before it.
fn is_ours(program: &str) -> bool {
    program.rsplit('/').next() == Some(PROGRAM)
}

fn unquoted(text: &str) -> &str {
    text.trim_matches('"')
}

/// What the program is called in agi-bin.
pub(super) const PROGRAM: &str = "voiceagent";
/// Applications that do nothing for a caller.
const IDLE: [&str; 7] = ["Hangup", "NoOp", "Verbose", "Log", "Set", "MSet", "Return"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_known_by_its_name() {
        assert!(is_ours("voiceagent") && is_ours("/opt/agi/voiceagent"));
        assert!(!is_ours("voiceagent-barge-in") && !is_ours("agi://host/x"));
    }
}
