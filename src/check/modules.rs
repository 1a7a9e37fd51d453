//! The modules that a call needs, and where VoiceMail keeps its recordings.

use super::{
    finding::Findings,
    own::Own,
    peers::targets,
    site::{Folder, Site},
};
use crate::{
    asterisk_files::{Conf, Entry},
    config::Storage,
};

pub(super) fn check(own: &Own, site: &Site, voicemail: Option<&Conf>, findings: &mut Findings) {
    // Without the file Asterisk loads nothing, and somebody has other ways.
    let Some(conf) = site.conf("modules.conf", findings) else {
        return;
    };
    let modules = Modules { conf: &conf };
    let needed = needed(own);
    for name in needed {
        if let Err(entry) = modules.is_loaded(name) {
            let (message, remedy) = (
                format!("{name} is not loaded, and calls need it"),
                format!("write load => {name}.so in [modules], and no noload"),
            );
            match entry {
                Some(entry) => findings.error(&entry.place, message, remedy),
                None => findings.error(conf.file.as_path(), message, remedy),
            }
        }
    }
    check_voicemail(&modules, site, findings);
    if let Some(voicemail) = voicemail {
        check_storage(own, &modules, voicemail, findings);
    }
}

/// What modules.conf says.
struct Modules<'a> {
    conf: &'a Conf,
}

impl<'a> Modules<'a> {
    /// Whether the module is loaded if it is there; else the line that says no, if one does.
    fn is_loaded(&self, name: &str) -> Result<(), Option<&'a Entry>> {
        if let Some(entry) = self.line(&["noload"], name) {
            return Err(Some(entry));
        }
        let autoload = self.conf.value("modules", "autoload");
        let all = autoload.is_some_and(Entry::is_yes);
        let asked = self.line(&["load", "require", "preload", "preload-require"], name);
        if all || asked.is_some() {
            Ok(())
        } else {
            Err(autoload)
        }
    }

    fn line(&self, keys: &[&str], name: &str) -> Option<&'a Entry> {
        let sections = self.conf.named("modules");
        let mut entries = sections.flat_map(|section| &section.entries);
        entries.find(|entry| {
            let module = entry.value.strip_suffix(".so").unwrap_or(&entry.value);
            module == name && keys.iter().any(|key| entry.key.eq_ignore_ascii_case(key))
        })
    }

    /// Whether this variant of VoiceMail can be the one that runs.
    fn may_run(&self, name: &str) -> bool {
        self.is_loaded(name).is_ok()
    }
}

fn needed(own: &Own) -> Vec<&'static str> {
    let mut needed = vec!["res_agi", "app_dial"];
    for (technology, module) in [("SIP/", "chan_sip"), ("PJSIP/", "chan_pjsip")] {
        let mut all = own.config.routes().flat_map(targets);
        if all.any(|target| target.starts_with(technology)) {
            needed.push(module);
        }
    }
    needed
}

/// One variant of VoiceMail has to run, and no second one.
fn check_voicemail(modules: &Modules<'_>, site: &Site, findings: &mut Findings) {
    let folder = site.existing(Folder::Modules);
    let installed = |name: &str| {
        let file = folder
            .as_ref()
            .map(|folder| folder.join(format!("{name}.so")));
        file.is_some_and(|file| file.is_file())
    };
    let file = modules.conf.file.as_path();
    if !VOICEMAILS.iter().any(|name| modules.may_run(name)) {
        let line = modules.line(&["noload"], VOICEMAILS[0]);
        let (message, remedy) = (
            "no VoiceMail is loaded, so no caller can leave a message",
            "write load => app_voicemail.so in [modules], and no noload",
        );
        match line {
            Some(entry) => findings.error(&entry.place, message, remedy),
            None => findings.error(file, message, remedy),
        }
    }
    let running = VOICEMAILS
        .iter()
        .filter(|name| modules.may_run(name) && installed(name));
    let running: Vec<_> = running.copied().collect();
    if let [first, second, ..] = running[..] {
        findings.warning(
            file,
            format!("{first} and {second} are both installed and both loaded: the one that fails takes the other's applications with it"),
            format!("write noload => {second}.so in [modules], or noload => {first}.so"),
        );
    }
}

/// Whether greetings are where `[greeting] storage` says.
fn check_storage(own: &Own, modules: &Modules<'_>, voicemail: &Conf, findings: &mut Findings) {
    let set = |key, variant| {
        let entry = voicemail.value("general", key);
        entry.filter(|_| modules.may_run(variant))
    };
    let elsewhere = set("odbcstorage", "app_voicemail_odbc")
        .or_else(|| set("imapserver", "app_voicemail_imap"));
    let spot = own.spot(&["greeting", "storage"]);
    match (own.config.greeting.storage, elsewhere) {
        (Storage::Files, Some(entry)) => findings.warning(
            spot,
            format!(
                "storage is \"files\", but line {} of {} keeps greetings elsewhere: recorded ones are not played",
                entry.place.line,
                entry.place.file.display()
            ),
            "write storage = \"auto\" or \"elsewhere\"",
        ),
        (Storage::Elsewhere, None) => findings.warning(
            spot,
            "storage is \"elsewhere\", but voicemail.conf keeps greetings in files: no key in the audio is heard for nothing",
            "write storage = \"auto\" or \"files\"",
        ),
        _ => {}
    }
}

/// The variants of VoiceMail, by where they keep messages.
const VOICEMAILS: [&str; 3] = ["app_voicemail", "app_voicemail_odbc", "app_voicemail_imap"];
