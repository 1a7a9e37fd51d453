//! The mailboxes of our routes, and the PINs of all.

use std::collections::BTreeSet;

use super::{finding::Findings, own::Own, realtime::Realtime, site::Site};
use crate::{
    asterisk_files::{Conf, Entry},
    config::{Mailbox, nearest},
};

pub(super) fn check(
    own: &Own,
    site: &Site,
    voicemail: Option<&Conf>,
    realtime: &Realtime,
    findings: &mut Findings,
) {
    if let Some(place) = &realtime.voicemail {
        findings.note(
            place,
            "mailboxes are in a database, which is not read here",
            "compare the mailboxes of voiceagent.toml with it",
        );
    }
    let Some(conf) = voicemail else {
        if realtime.voicemail.is_none() {
            findings.error(
                site.folder.join("voicemail.conf").as_path(),
                "there is no voicemail.conf, so no mailbox exists",
                "create it with the mailboxes of voiceagent.toml",
            );
        }
        return;
    };
    let boxes = Boxes::of(conf);
    for route in own.config.routes() {
        if own.config.mailbox_varies(route) {
            findings.note(
                own.route(route, "mailbox"),
                format!(
                    "the mailboxes of pattern {} are known on a call only, and not checked",
                    route.section
                ),
                "",
            );
        } else if !boxes.has(&route.mailbox) && realtime.voicemail.is_none() {
            let (message, remedy) = boxes.missing(&route.mailbox, findings.may_suggest());
            findings.error(own.route(route, "mailbox"), message, remedy);
        }
    }
    check_pins(conf, &boxes, findings);
}

/// The mailboxes of voicemail.conf.
struct Boxes<'a> {
    /// Context, and the line that makes the mailbox.
    boxes: Vec<(&'a str, &'a Entry)>,
    /// Whole names in small letters, with those that stand for others.
    names: BTreeSet<String>,
}

impl<'a> Boxes<'a> {
    fn of(conf: &'a Conf) -> Self {
        let aliases = conf.value("general", "aliasescontext");
        let aliases = aliases.map_or("", |entry| entry.value.as_str());
        let is_alias = |name: &str| !aliases.is_empty() && name.eq_ignore_ascii_case(aliases);
        let mut found = Self {
            boxes: Vec::new(),
            names: BTreeSet::new(),
        };
        for section in conf.used() {
            let name = section.name.as_str();
            if is_alias(name) {
                let aliases = section.entries.iter();
                found
                    .names
                    .extend(aliases.map(|entry| entry.key.to_ascii_lowercase()));
            } else if !NO_CONTEXTS
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
            {
                for entry in &section.entries {
                    let whole = format!("{}@{name}", entry.key);
                    found.names.insert(whole.to_ascii_lowercase());
                    found.boxes.push((name, entry));
                }
            }
        }
        found
    }

    fn has(&self, mailbox: &Mailbox) -> bool {
        self.names
            .contains(&mailbox.to_string().to_ascii_lowercase())
    }

    /// What to say of a mailbox that is not there.
    fn missing(&self, mailbox: &Mailbox, suggests: bool) -> (String, String) {
        let number = mailbox.number();
        let elsewhere = self
            .boxes
            .iter()
            .find(|(_, entry)| entry.key.eq_ignore_ascii_case(number))
            .map(|(context, _)| format!("{number}@{context}"));
        let near = elsewhere.or_else(|| {
            let names = self.boxes.iter().filter(|_| suggests);
            let names = names.map(|(context, entry)| format!("{}@{context}", entry.key));
            let names: Vec<_> = names.collect();
            let names = names.iter().map(String::as_str);
            nearest(&mailbox.to_string(), names).map(str::to_owned)
        });
        let add = format!("add {number} to [{}] there", mailbox.context());
        (
            format!("mailbox {mailbox} is not in voicemail.conf, so VoiceMail fails"),
            near.map_or(add.clone(), |near| {
                format!("did you mean \"{near}\"? Else {add}")
            }),
        )
    }
}

/// PINs that anybody would try. What the PIN is, is not said.
fn check_pins(conf: &Conf, boxes: &Boxes<'_>, findings: &mut Findings) {
    // Then the PIN in voicemail.conf is only the first one.
    let location = conf.value("general", "passwordlocation");
    if location.is_some_and(|entry| entry.value.eq_ignore_ascii_case("spooldir")) {
        return;
    }
    for (context, entry) in &boxes.boxes {
        let pin = entry.value.split(',').next().unwrap_or_default().trim();
        // A leading '-' means that the owner cannot change it.
        let pin = pin.strip_prefix('-').unwrap_or(pin);
        let fault = if pin.is_empty() {
            "has no PIN"
        } else if pin == entry.key {
            "has its own number as PIN"
        } else {
            continue;
        };
        findings.warning(
            &entry.place,
            format!(
                "mailbox {}@{context} {fault}: every caller can open it",
                entry.key
            ),
            "set a PIN that nobody guesses",
        );
    }
}

/// Sections of voicemail.conf that hold no mailboxes.
const NO_CONTEXTS: [&str; 2] = ["general", "zonemessages"];
