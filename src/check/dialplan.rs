//! The dialplan around the program: whether callers reach it, and where they are when it ends.

use std::collections::{BTreeSet, HashSet};

use super::{
    entries::{EntryPoint, PROGRAM, Unknown, entries, lines},
    finding::{Findings, Spot},
    own::Own,
    realtime::Realtime,
    site::Site,
};
use crate::{
    Key,
    asterisk_files::{Dialplan, Disk, Extension, Files, calls},
    config::{ANSWERED, RingingKeys, Route, letters},
    session::LISTEN,
};

/// Checks it, and tells by what names it calls the program.
pub(super) fn check(
    own: &Own,
    site: &Site,
    dialplan: &Dialplan,
    realtime: &Realtime,
    findings: &mut Findings,
) -> BTreeSet<String> {
    check_logins(dialplan, findings);
    let elsewhere =
        dialplan.partial | realtime.unknown | note_unread(site, dialplan, realtime, findings);
    let (entries, unknown) = entries(dialplan);
    let (behind, entries): (Vec<_>, Vec<_>) = entries
        .into_iter()
        .partition(EntryPoint::is_behind_the_call);
    for EntryPoint { line, call, .. } in &behind {
        findings.warning(
            &line.place,
            format!(
                "in extension h the caller has hung up: {PROGRAM} has nothing to do there, and Asterisk refuses EAGI"
            ),
            format!("take {}({PROGRAM}) out of h", call.name),
        );
    }
    if entries.is_empty() {
        for Unknown { line, program, .. } in &unknown {
            findings.note(
                &line.place,
                format!(
                    "which program {program} names is known on a call only: whether it is {PROGRAM} is not checked"
                ),
                "",
            );
        }
    }
    if entries.is_empty() && unknown.is_empty() && !elsewhere {
        findings.error(
            site.folder.join("extensions.conf").as_path(),
            format!("no line calls EAGI({PROGRAM}), so no call reaches it"),
            format!("add same => n,EAGI({PROGRAM},${{EXTEN}}) to the extensions that callers dial"),
        );
    }
    let wanted = Wanted::by(own);
    let mut contexts = BTreeSet::new();
    for entry in &entries {
        entry.check(own, findings);
        // What is not found in a dialplan that was read in part may be in the rest.
        if !dialplan.partial && contexts.insert(entry.context) {
            entry.check_context(dialplan, &wanted, findings);
            check_hidden(own, dialplan, entry.context, &entries, findings);
        }
    }
    if !dialplan.partial {
        check_routes(own, dialplan, &entries, &unknown, findings);
    }
    check_listening(own, dialplan, elsewhere, findings);
    check_macros(own, &entries, findings);
    let here = entries.into_iter().filter(|entry| !entry.is_elsewhere());
    here.map(|entry| entry.program).collect()
}

/// What keys want of the contexts from which callers come.
struct Wanted {
    /// Whether `*` leads to a login.
    star: bool,
    /// The keys that do something.
    keys: Vec<Key>,
    /// Where it is set that Dial has option d, and how it has not.
    option_d: Option<(Spot, &'static str)>,
}

impl Wanted {
    fn by(own: &Own) -> Self {
        let config = &own.config;
        let by_keys = |route: &&Route| route.ringing != RingingKeys::Off;
        let keys = config.keys.login.into_iter().chain(config.keys.skip);
        Self {
            keys: keys.chain(config.keys.goto.keys().copied()).collect(),
            star: config.keys.login == Some(Key::STAR) && config.routes().any(|route| route.star),
            option_d: match config.routes().find(by_keys) {
                Some(route) => Some((own.ringing(route), "ringing.keys = \"off\"")),
                None => config
                    .routes()
                    .any(has_option_d)
                    .then(|| (own.spot(&["dial", "options"]), "drop d")),
            },
        }
    }
}

impl EntryPoint<'_> {
    /// What the line itself says.
    fn check(&self, own: &Own, findings: &mut Findings) {
        let place = &self.line.place;
        let right = [&[PROGRAM], &self.call.arguments[1..]].concat().join(",");
        if self.is_elsewhere() {
            findings.error(
                place,
                format!(
                    "{} is FastAGI, a program on another machine, which Asterisk gives no audio: no call reaches {PROGRAM}",
                    self.program
                ),
                format!("write EAGI({right}): it runs where Asterisk does, from agi-bin"),
            );
        } else if self.call.is_padded {
            findings.error(
                place,
                format!(
                    "Asterisk takes the blanks around {PROGRAM} for part of its name, and finds no such program"
                ),
                format!("write {}({right})", self.call.name),
            );
        } else if !self.carries_audio() {
            findings.error(
                place,
                format!(
                    "{} gives the program no audio, so it hears no key",
                    self.call.name
                ),
                format!("write EAGI({})", self.call.arguments.join(",")),
            );
        }
        if !self.goes_on() {
            // While the program runs nothing is lost, so this is no fault.
            findings.note(
                place,
                "nothing carries the caller on when the program fails: the lines behind this one do nothing",
                "go on there when VOICEAGENTSTATUS is empty or FAILED, as config/extensions.conf does",
            );
        }
        let config = &own.config;
        if let Some(dialled) = self.fixed_number()
            && config.destination(dialled).is_none()
            && config.question(dialled).is_none()
        {
            findings.error(
                place,
                format!("extension {dialled} is not in voiceagent.toml"),
                format!("write ${{EXTEN}}, or add [extensions.{dialled}]"),
            );
        }
    }

    /// Whether its context has what keys need.
    fn check_context(&self, dialplan: &Dialplan, wanted: &Wanted, findings: &mut Findings) {
        let place = &self.line.place;
        let any = |fits: &dyn Fn(&Extension) -> bool| {
            let mut all = dialplan.extensions_of(self.context);
            all.any(|extension| extension.lines.contains_key(&1) && fits(extension))
        };
        if wanted.star && !any(&|e| e.pattern.fits("a") || e.pattern.can_begin_with('*')) {
            findings.warning(
                place,
                format!(
                    "[{}] has no extension a, and none that begins with *: VoiceMail takes no * in a temporary greeting",
                    self.context
                ),
                format!("add exten => a,1,NoOp() to [{}], or a pattern such as _*X.", self.context),
            );
        }
        if let Some((spot, otherwise)) = &wanted.option_d {
            for key in &wanted.keys {
                if !any(&|e| e.pattern.fits(&key.to_string())) {
                    findings.warning(
                        spot.clone(),
                        format!(
                            "Dial's option d lets {key} through while it rings only where [{}] has an extension {key}",
                            self.context
                        ),
                        format!(
                            "add exten => {key},1,NoOp() to [{}], or {otherwise}",
                            self.context
                        ),
                    );
                }
            }
        }
    }
}

/// Whether every extension of ours, and its login, can be dialled.
fn check_routes(
    own: &Own,
    dialplan: &Dialplan,
    entries: &[EntryPoint<'_>],
    unknown: &[Unknown<'_>],
    findings: &mut Findings,
) {
    let (by_extension, others): (Vec<_>, Vec<_>) =
        entries.iter().partition(|entry| entry.goes_by_extension());
    for entry in &others {
        if entry.fixed_number().is_none() {
            findings.note(
                &entry.line.place,
                format!(
                    "the program gets {} as extension, which is known on a call only: whether callers reach all extensions is not checked",
                    entry.call.arguments.get(1).copied().unwrap_or_default()
                ),
                "",
            );
        }
    }
    if by_extension.is_empty() || others.iter().any(|entry| entry.fixed_number().is_none()) {
        return;
    }
    let contexts: BTreeSet<&str> = by_extension.iter().map(|entry| entry.context).collect();
    let extensions = by_extension.iter().map(|entry| entry.extension);
    let extensions = extensions.chain(unknown.iter().map(|line| line.extension));
    let taken: HashSet<*const Extension> = extensions.map(std::ptr::from_ref).collect();
    let fixed: HashSet<_> = others
        .iter()
        .filter_map(|entry| entry.fixed_number())
        .collect();
    let reached = |dialled: &str| {
        let mut found = contexts
            .iter()
            .filter_map(|name| dialplan.find(name, dialled));
        fixed.contains(dialled) || found.any(|found| taken.contains(&std::ptr::from_ref(found)))
    };
    let first = by_extension[0];
    for route in own.config.routes() {
        if !reached(&route.extension) {
            let (message, remedy) = unreached(dialplan, first, &route.extension);
            findings.warning(own.extension(route), message, remedy);
        }
    }
    let login = |route: &Route| format!("{}{}", own.config.login_prefix(), route.extension);
    let mut missing = own
        .config
        .routes()
        .map(login)
        .filter(|dialled| !reached(dialled));
    if let Some(dialled) = missing.next() {
        let (message, remedy) = unreached(dialplan, first, &dialled);
        let message = format!("the mailbox login cannot be dialled: {message}");
        findings.warning(&first.line.place, message, remedy);
    }
}

/// Why a number does not lead to the program, and what to do.
fn unreached(dialplan: &Dialplan, entry: &EntryPoint<'_>, dialled: &str) -> (String, String) {
    let context = entry.context;
    let line = dialplan
        .find(context, dialled)
        .and_then(|other| other.lines.get(&1));
    match line {
        Some(line) => (
            format!(
                "{dialled} in [{context}] leads to line {} of {}, which does not call the program",
                line.place.line,
                line.place.file.display()
            ),
            format!("call EAGI({PROGRAM},${{EXTEN}}) there, or take that extension away"),
        ),
        None => (
            format!(
                "no extension of [{context}] fits {dialled}; {} there calls the program",
                entry.extension.pattern
            ),
            format!("add one that does, such as exten => {dialled},1,EAGI({PROGRAM},${{EXTEN}})"),
        ),
    }
}

/// Whether the program takes callers from what their context includes, which Asterisk tries only
/// where nothing of the context itself fits. Whoever goes on to an included context by its name
/// has seen to it.
fn check_hidden(
    own: &Own,
    dialplan: &Dialplan,
    context: &str,
    entries: &[EntryPoint<'_>],
    findings: &mut Findings,
) {
    let is_ours = |dialled: &str| own.config.destination(dialled).is_some() || own.config.asks();
    for (by, dialled, included) in dialplan.hidden_in(context) {
        let mut entries = entries.iter();
        let Some(entry) = entries.find(|entry| std::ptr::eq(entry.extension, by)) else {
            continue;
        };
        let mut lines = by.lines.values();
        if dialled.contains(|c: char| c.is_ascii_alphabetic())
            || is_ours(&dialled)
            || lines.any(|line| line.application.contains(included))
        {
            continue;
        }
        return findings.warning(
            &entry.line.place,
            format!(
                "{} goes before what [{context}] includes: nobody reaches {dialled} of [{included}]",
                by.pattern
            ),
            format!(
                "narrow it to the numbers of voiceagent.toml, or go on to {included} where VOICEAGENTSTATUS is NOROUTE"
            ),
        );
    }
}

/// Whether callers can be heard while it rings, where that is asked for, and by nobody else.
fn check_listening(own: &Own, dialplan: &Dialplan, elsewhere: bool, findings: &mut Findings) {
    let mut routes = own.config.routes();
    let heard = routes.find(|route| route.ringing == RingingKeys::Heard);
    for needed in [LISTEN, ANSWERED] {
        if let Some(route) = heard
            && !elsewhere
            && dialplan.find(needed, "s").is_none()
        {
            findings.error(
                own.ringing(route),
                format!(
                    "the dialplan has no extension s in [{needed}]: nobody is heard while it rings"
                ),
                format!("copy [{needed}] from config/extensions.conf"),
            );
        }
        for (name, context) in &dialplan.contexts {
            for (_, place) in context.includes.iter().filter(|(to, _)| to == needed) {
                findings.warning(
                    place,
                    format!(
                        "whoever can dial in [{name}] reaches [{needed}], which is no caller's"
                    ),
                    "drop this include",
                );
            }
        }
    }
}

/// Whether callers who are to be heard while it rings can be brought back to the program: into a
/// Macro nothing brings them.
fn check_macros(own: &Own, entries: &[EntryPoint<'_>], findings: &mut Findings) {
    let mut routes = own.config.routes();
    if !routes.any(|route| route.ringing == RingingKeys::Heard) {
        return;
    }
    for entry in entries.iter().filter(|entry| entry.is_in_macro()) {
        findings.warning(
            &entry.line.place,
            format!(
                "[{}] is a Macro, into which no key can bring a caller back: keys are not heard while it rings",
                entry.context
            ),
            format!("call {PROGRAM} in a Gosub, or write ringing.keys = \"signalled\""),
        );
    }
}

/// VoiceMailMain that asks for no PIN, anywhere.
fn check_logins(dialplan: &Dialplan, findings: &mut Findings) {
    for (_, _, _, line) in lines(dialplan) {
        for call in calls(&line.application, &["VoiceMailMain"]) {
            if letters(call.arguments.get(1).copied().unwrap_or_default()).contains('s') {
                findings.warning(
                    &line.place,
                    "VoiceMailMain with option s asks for no PIN: whoever dials this opens the mailbox",
                    "drop the s, unless only the mailbox's owner can get here",
                );
            }
        }
    }
}

/// Says which dialplans were not read; whether one of those names the program.
fn note_unread(
    site: &Site,
    dialplan: &Dialplan,
    realtime: &Realtime,
    findings: &mut Findings,
) -> bool {
    let mut elsewhere = false;
    for (name, language) in [("extensions.ael", "AEL"), ("extensions.lua", "Lua")] {
        let file = site.folder.join(name);
        if file.is_file() {
            let named = names_program(&site.disk, &file);
            elsewhere |= named;
            let message = match named {
                true => {
                    format!("the dialplan in {language} names the program, and is not read here")
                }
                false => format!("the dialplan in {language} is not read here"),
            };
            findings.note(file.as_path(), message, "");
        }
    }
    if let Some(place) = &realtime.extensions {
        elsewhere = true;
        findings.note(
            place,
            "extensions are in a database, which is not read here",
            "",
        );
    }
    for (name, place) in dialplan
        .contexts
        .values()
        .flat_map(|context| &context.switches)
    {
        elsewhere |= name.to_ascii_lowercase().starts_with("realtime");
        findings.note(
            place,
            format!("the dialplan of \"{name}\" is not read here"),
            "",
        );
    }
    elsewhere
}

fn names_program(disk: &Disk, file: &std::path::Path) -> bool {
    let text = disk.read(file).unwrap_or_default();
    text.windows(PROGRAM.len())
        .any(|window| window == PROGRAM.as_bytes())
}

fn has_option_d(route: &Route) -> bool {
    let options = route.dial.as_str().splitn(3, ',').nth(2);
    letters(options.unwrap_or_default()).contains('d')
}
