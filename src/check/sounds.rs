//! The sounds of a greeting, in the languages that callers have.

use std::{collections::BTreeMap, path::Path};

use super::{
    finding::{Findings, Spot},
    own::Own,
    site::{Folder, Site},
};
use crate::{asterisk_files::Conf, greeting::SOUND_ENDINGS};

pub(super) fn check(own: &Own, site: &Site, findings: &mut Findings) {
    let folders = site.candidates(Folder::Data);
    let sounds = folders.iter().map(|folder| folder.join("sounds"));
    let Some(sounds) = sounds.into_iter().find(|sounds| sounds.is_dir()) else {
        return findings.warning(
            folders[0].join("sounds").as_path(),
            "the folder of Asterisk's sounds is not on this machine, so none was looked for",
            "name its parent by astdatadir in asterisk.conf, and run this check where Asterisk runs",
        );
    };
    let needed = needed(own);
    for (language, spot) in languages(site) {
        let missing_in = |folders: &[&str]| -> Vec<&str> {
            let there = |name: &str| {
                folders
                    .iter()
                    .any(|folder| exists(&sounds.join(folder), name))
            };
            let all = needed.iter().map(String::as_str);
            all.filter(|name| !there(name)).collect()
        };
        // Asterisk takes the language, the language without its region, none, and at last English.
        let chain = chain(&language);
        let chain: Vec<&str> = chain.iter().map(String::as_str).collect();
        let with_english = [&chain[..], &[ENGLISH]].concat();
        let spot = spot.unwrap_or_else(|| Spot::from(sounds.join(&language).as_path()));
        let silent = missing_in(&with_english);
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
        let mut english = missing_in(&chain);
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

/// `en_US_f` is looked for in `en_US_f`, `en_US`, `en`, and in no folder.
fn chain(language: &str) -> Vec<String> {
    let mut chain = vec![language.to_owned()];
    let mut rest = language;
    while let Some((shorter, _)) = rest.rsplit_once('_') {
        chain.push(shorter.to_owned());
        rest = shorter;
    }
    chain.push(String::new());
    chain
}

fn exists(folder: &Path, name: &str) -> bool {
    let mut endings = SOUND_ENDINGS.iter();
    endings.any(|ending| folder.join(format!("{name}.{ending}")).is_file())
}

/// A language is the name of a folder, and leads out of none.
fn is_name(language: &str) -> bool {
    !language.is_empty()
        && language
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
}

/// What Asterisk falls back to (its `DEFAULT_LANGUAGE`).
const ENGLISH: &str = "en";
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
    fn a_language_is_looked_for_with_less_and_less_of_its_region() {
        assert_eq!(chain("en_US_f"), ["en_US_f", "en_US", "en", ""]);
        assert_eq!(chain("de"), ["de", ""]);
    }

    #[test]
    fn no_language_leads_out_of_the_sounds() {
        assert!(is_name("pt_BR") && !is_name("../../etc") && !is_name(""));
    }
}
