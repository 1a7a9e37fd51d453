//! The sounds of a greeting, in the languages that callers have.

use std::{collections::BTreeMap, path::Path};

use super::{
    finding::{Findings, Spot},
    formats,
    modules::Modules,
    needed,
    own::Own,
    site::{Folder, Site},
};
use crate::{
    asterisk_files::Conf,
    prompts::{ENGLISH, endings, folders},
};

pub(super) fn check(own: &Own, site: &Site, modules: Option<&Modules>, findings: &mut Findings) {
    let needed = needed(own);
    let languages = languages(site);
    let data = site.existing(Folder::Data, |data| {
        let sounds = data.join("sounds");
        let lacking = |language| missing(&needed, &sounds, &folders(language)).len();
        languages.keys().map(|language| lacking(language)).sum()
    });
    let Some(data) = data.or_else(|| site.candidates(Folder::Data).into_iter().next()) else {
        return;
    };
    let sounds = data.join("sounds");
    if !sounds.is_dir() {
        return findings.warning(
            sounds.as_path(),
            "the folder of Asterisk's sounds is not on this machine, so none was looked for",
            "name its parent by astdatadir in asterisk.conf, and run this check where Asterisk runs",
        );
    }
    for (language, spot) in languages {
        let all = folders(&language);
        let own = all.strip_suffix(&[ENGLISH]).unwrap_or(&all);
        let spot = spot.unwrap_or_else(|| Spot::from(sounds.join(&language).as_path()));
        let silent = missing(&needed, &sounds, &all);
        if !silent.is_empty() {
            findings.error(
                spot,
                format!(
                    "sounds are missing for language {language}: {}; callers hear nothing there",
                    silent.join(", ")
                ),
                format!(
                    "install Asterisk's core sounds in {}",
                    sounds.join(&language).display()
                ),
            );
            continue;
        }
        if let Some(modules) = modules {
            check_players(&needed, &sounds, &language, modules, findings);
        }
        let mut english = missing(&needed, &sounds, own);
        english.retain(|name| !name.starts_with("silence/"));
        if !english.is_empty() {
            findings.warning(
                spot,
                format!(
                    "language {language} lacks {}: callers hear English",
                    english.join(", ")
                ),
                format!(
                    "install its core sounds in {}",
                    sounds.join(&language).display()
                ),
            );
        }
    }
}

/// Checks that each sound is there in a format that Asterisk can play.
fn check_players(
    needed: &[String],
    sounds: &Path,
    language: &str,
    modules: &Modules,
    findings: &mut Findings,
) {
    for name in needed {
        let folders = folders(language)
            .into_iter()
            .map(|folder| sounds.join(folder));
        let endings = folders.flat_map(|folder| endings(&folder, name).collect::<Vec<_>>());
        // Of a format that is not known here nothing is known.
        let Some(players) = endings.map(formats::module).collect::<Option<Vec<_>>>() else {
            continue;
        };
        if let [first, ..] = players[..]
            && !players.iter().any(|player| modules.may_run(player))
        {
            let loss = format!("sounds of language {language} are not heard");
            needed::check_one(modules, first, &loss, findings);
        }
    }
}

/// Those of the needed sounds that are in none of these folders of `sounds`.
fn missing<'a>(needed: &'a [String], sounds: &Path, folders: &[&str]) -> Vec<&'a str> {
    let there = |name: &str| {
        let mut folders = folders.iter();
        folders.any(|folder| endings(&sounds.join(folder), name).next().is_some())
    };
    let all = needed.iter().map(String::as_str);
    all.filter(|name| !there(name)).collect()
}

/// What is played: `greeting` and the session name these.
fn needed(own: &Own) -> Vec<String> {
    let mut needed: Vec<_> = PROMPTS.map(str::to_owned).into();
    let mut numbers = own.config.routes().map(|route| route.mailbox.number());
    if numbers.any(|number| number.starts_with(|c: char| c.is_ascii_digit())) {
        needed.extend(('0'..='9').map(|digit| format!("digits/{digit}")));
    }
    needed
}

/// The languages that channels can have, and where each is set.
fn languages(site: &Site) -> BTreeMap<String, Option<Spot>> {
    let mut languages = BTreeMap::new();
    let default = site.asterisk.value("options", "defaultlanguage");
    match default {
        Some(entry) => languages.insert(entry.value.clone(), Some(Spot::from(&entry.place))),
        None => languages.insert(ENGLISH.to_owned(), None),
    };
    // Their faults have been reported with the peers.
    let unheard = &mut Findings::default();
    for name in ["sip.conf", "pjsip.conf", "pjsip_wizard.conf"] {
        let conf = site.conf(name, unheard).unwrap_or_default();
        for entry in set_languages(&conf) {
            let spot = Spot::from(&entry.place);
            languages.entry(entry.value.clone()).or_insert(Some(spot));
        }
    }
    languages.retain(|language, _| is_name(language));
    languages
}

fn set_languages(conf: &Conf) -> impl Iterator<Item = &crate::asterisk_files::Entry> {
    let entries = conf.used().flat_map(|section| &section.entries);
    entries.filter(|entry| {
        let key = entry.key.as_str();
        key.eq_ignore_ascii_case("language") || key.eq_ignore_ascii_case("endpoint/language")
    })
}

/// A language is the name of a folder, and leads out of none.
fn is_name(language: &str) -> bool {
    !language.is_empty()
        && language
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

const PROMPTS: [&str; 5] = [
    "vm-theperson",
    "vm-isunavail",
    "vm-isonphone",
    "vm-intro",
    "silence/1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_language_leads_out_of_the_sounds() {
        assert!(is_name("pt_BR") && !is_name("../../etc") && !is_name(""));
    }
}
