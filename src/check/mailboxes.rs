//! The mailboxes of our routes, and the PINs of all.

use std::collections::HashMap;

use super::{finding::Findings, own::Own, realtime::Realtime, site::Site};
use crate::{
    asterisk_files::{Conf, Entry},
    config::{Mailbox, Route, Storage, nearest},
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
        if realtime.voicemail.is_none() && !realtime.unknown {
            findings.error(
                site.folder.join("voicemail.conf").as_path(),
                "there is no voicemail.conf, so no mailbox exists",
                "create it with the mailboxes of voiceagent.toml",
            );
        }
        return;
    };
    let users = site.conf("users.conf", findings).unwrap_or_default();
    let boxes = Boxes::of(conf, &users);
    // Else one that is not found may be where nothing was read.
    let all_known =
        realtime.voicemail.is_none() && !realtime.unknown && !conf.partial && !users.partial;
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
        } else if all_known {
            check_one(own, route, &boxes, findings);
        }
    }
    check_pins(conf, &boxes, findings);
}

/// Checks that the mailbox is there, and named so that its folder is found as well.
fn check_one(own: &Own, route: &Route, boxes: &Boxes<'_>, findings: &mut Findings) {
    let mailbox = &route.mailbox;
    let Some(context) = boxes.context_of(mailbox) else {
        let (message, remedy) = boxes.missing(mailbox, findings.may_suggest());
        return findings.error(own.route(route, "mailbox"), message, remedy);
    };
    if context != mailbox.context() && own.config.greeting.storage != Storage::Elsewhere {
        let number = mailbox.number();
        findings.warning(
            own.route(route, "mailbox"),
            format!(
                "VoiceMail takes {mailbox} for {number}@{context}, whose greetings are in another folder: callers hear the stock prompts"
            ),
            format!("write \"{number}@{context}\""),
        );
    }
}

/// The mailboxes of voicemail.conf, and those that users of users.conf have.
struct Boxes<'a> {
    /// Context, and the line of voicemail.conf that makes the mailbox.
    boxes: Vec<(&'a str, &'a Entry)>,
    /// By whole names in small letters: the context as it is written.
    names: HashMap<String, &'a str>,
    /// Of each number in small letters the first mailbox that has it.
    numbers: HashMap<String, String>,
    /// What stands for another mailbox where lamps are concerned, and for which: VoiceMail knows
    /// none of them.
    aliases: HashMap<String, &'a str>,
    /// Whether VoiceMail takes a number from any context, whatever one is named.
    searches: bool,
}

impl<'a> Boxes<'a> {
    fn of(conf: &'a Conf, users: &Conf) -> Self {
        let general = |key| conf.value("general", key);
        let aliases = general("aliasescontext").map_or("", |entry| entry.value.as_str());
        let mut found = Self {
            boxes: Vec::new(),
            names: HashMap::new(),
            numbers: HashMap::new(),
            aliases: HashMap::new(),
            searches: general("searchcontexts").is_some_and(Entry::is_yes),
        };
        for section in conf.used() {
            let name = section.name.as_str();
            if NO_CONTEXTS
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
            {
                continue;
            }
            for entry in &section.entries {
                if !aliases.is_empty() && name.eq_ignore_ascii_case(aliases) {
                    let alias = entry.key.to_ascii_lowercase();
                    found.aliases.insert(alias, &entry.value);
                } else {
                    found.add(&entry.key, name);
                    found.boxes.push((name, entry));
                }
            }
        }
        let context = general("userscontext").map_or("default", |entry| entry.value.as_str());
        let usual = users.value("general", "hasvoicemail");
        for user in users.used() {
            let has = user.value("hasvoicemail").or(usual);
            if has.is_some_and(Entry::is_yes) && !user.name.eq_ignore_ascii_case("general") {
                found.add(&user.name, context);
            }
        }
        found
    }

    fn add(&mut self, number: &str, context: &'a str) {
        let whole = format!("{number}@{context}");
        let known = self.names.entry(whole.to_ascii_lowercase());
        known.or_insert(context);
        let first = self.numbers.entry(number.to_ascii_lowercase());
        first.or_insert(whole);
    }

    /// The context in which VoiceMail finds the mailbox, as voicemail.conf writes it.
    fn context_of(&self, mailbox: &Mailbox) -> Option<&str> {
        let whole = mailbox.to_string().to_ascii_lowercase();
        self.names.get(&whole).copied().or_else(|| {
            let found = self.elsewhere(mailbox).filter(|_| self.searches)?;
            found.split_once('@').map(|(_, context)| context)
        })
    }

    /// A mailbox of the same number.
    fn elsewhere(&self, mailbox: &Mailbox) -> Option<&str> {
        let number = mailbox.number().to_ascii_lowercase();
        self.numbers.get(&number).map(String::as_str)
    }

    /// What to say of a mailbox that is not there.
    fn missing(&self, mailbox: &Mailbox, suggests: bool) -> (String, String) {
        let whole = mailbox.to_string();
        if let Some(meant) = self.aliases.get(&whole.to_ascii_lowercase()) {
            return (
                format!("mailbox {whole} is an alias, which VoiceMail does not take, so it fails"),
                format!("write \"{meant}\""),
            );
        }
        let near = self.elsewhere(mailbox).or_else(|| {
            let names = self.numbers.values().filter(|_| suggests);
            nearest(&whole, names.map(String::as_str))
        });
        let add = format!("add {} to [{}] there", mailbox.number(), mailbox.context());
        (
            format!("mailbox {whole} is not in voicemail.conf, so VoiceMail fails"),
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
