//! The modules that a call needs, and where VoiceMail keeps its recordings.

use super::{
    finding::{Findings, Spot},
    own::Own,
    peers::targets,
    site::{Folder, Site},
};
use crate::{
    asterisk_files::{Conf, Entry, Files},
    config::{RingingKeys, Storage},
    session::listening_modules,
    variant::{Elsewhere, elsewhere},
};

pub(super) fn check(own: &Own, site: &Site, voicemail: Option<&Conf>, findings: &mut Findings) {
    // Without the file Asterisk loads nothing, and somebody has other ways.
    let Some(conf) = site.conf("modules.conf", findings) else {
        return;
    };
    if conf.partial {
        return;
    }
    let needed = needed(own);
    let folder = site.existing(Folder::Modules, |folder| {
        let is_missing = |name: &&&str| !folder.join(format!("{name}.so")).exists();
        needed.iter().filter(is_missing).count()
    });
    let modules = Modules {
        conf: &conf,
        installed: folder.as_deref().map(|folder| site.disk.list(folder)),
        variant: folder.as_deref().and_then(elsewhere),
    };
    for name in needed {
        check_one(&modules, name, findings);
    }
    check_voicemail(&modules, findings);
    if let Some(voicemail) = voicemail.filter(|conf| !conf.partial) {
        check_storage(own, &modules, voicemail, findings);
    }
}

/// What modules.conf says, and what there is to load.
struct Modules<'a> {
    conf: &'a Conf,
    /// The files of the folder of modules, where that is known.
    installed: Option<Vec<String>>,
    /// Which variant app_voicemail.so is, if it is not the one for files, in spite of its name.
    variant: Option<Elsewhere>,
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

    /// Whether the module's file is there, where that is known.
    fn is_installed(&self, name: &str) -> Option<bool> {
        let file = format!("{name}.so");
        self.installed.as_ref().map(|files| files.contains(&file))
    }

    /// Whether nothing is known that keeps the module from running.
    fn may_run(&self, name: &str) -> bool {
        self.is_loaded(name).is_ok() && self.is_installed(name) != Some(false)
    }

    /// The line that keeps the module out, else the file as such.
    fn spot(&self, culprit: Option<&Entry>) -> Spot {
        culprit.map_or(Spot::from(self.conf.file.as_path()), |entry| {
            Spot::from(&entry.place)
        })
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
    if own
        .config
        .routes()
        .any(|route| route.ringing == RingingKeys::Heard)
    {
        needed.extend(listening_modules());
    }
    needed
}

fn check_one(modules: &Modules<'_>, name: &str, findings: &mut Findings) {
    if let Err(culprit) = modules.is_loaded(name) {
        findings.error(
            modules.spot(culprit),
            format!("{name} is not loaded, and calls need it"),
            format!("write load => {name}.so in [modules], and no noload"),
        );
    } else if modules.is_installed(name) == Some(false) {
        let remedy = match name {
            // It was removed from Asterisk.
            "chan_sip" => "write PJSIP/ for SIP/: Asterisk 21 and later have no chan_sip",
            _ => "install the package of Asterisk that has it",
        };
        findings.error(
            modules.spot(None),
            format!("{name} is not installed, and calls need it"),
            remedy,
        );
    }
}

/// One variant of VoiceMail has to run, and no second one.
fn check_voicemail(modules: &Modules<'_>, findings: &mut Findings) {
    let running = VOICEMAILS.iter().copied();
    let running: Vec<_> = running.filter(|name| modules.may_run(name)).collect();
    if running.is_empty() {
        findings.error(
            modules.spot(modules.line(&["noload"], VOICEMAILS[0])),
            "no VoiceMail is installed and loaded, so no caller can leave a message",
            "install app_voicemail.so, and write load => app_voicemail.so in [modules], and no noload",
        );
    }
    if let [first, second, ..] = running[..]
        && modules.installed.is_some()
    {
        findings.warning(
            modules.spot(None),
            format!("{first} and {second} are both loaded: the one that fails takes the other's applications with it"),
            format!("write noload => {second}.so in [modules], or noload => {first}.so"),
        );
    }
}

/// Whether greetings are where `[greeting] storage` says.
fn check_storage(own: &Own, modules: &Modules<'_>, voicemail: &Conf, findings: &mut Findings) {
    let database = voicemail.value("general", "odbcstorage");
    // Only then are greetings on the mail server, where messages are.
    let mail = voicemail.value("general", "imapgreetings");
    let mail = mail.filter(|entry| entry.is_yes());
    let variant = modules.variant.filter(|_| modules.may_run(VOICEMAILS[0]));
    let used = match variant {
        Some(Elsewhere::Mail) => mail,
        _ => database
            .filter(|_| modules.may_run("app_voicemail_odbc"))
            .or_else(|| mail.filter(|_| modules.may_run("app_voicemail_imap"))),
    };
    let keeper = if variant == Some(Elsewhere::Database) {
        Some("the app_voicemail.so that is installed".to_owned())
    } else {
        used.map(|entry| {
            let file = entry.place.file.display();
            format!("line {} of {file}", entry.place.line)
        })
    };
    let spot = own.spot(&["greeting", "storage"]);
    let is_anywhere = database.is_some() || mail.is_some();
    match (own.config.greeting.storage, keeper) {
        (Storage::Files, Some(keeper)) => findings.warning(
            spot,
            format!(
                "storage is \"files\", but {keeper} keeps greetings elsewhere: recorded ones are not played"
            ),
            "write storage = \"auto\" or \"elsewhere\"",
        ),
        (Storage::Elsewhere, None) if !is_anywhere => findings.warning(
            spot,
            "storage is \"elsewhere\", but voicemail.conf keeps greetings in files: keys in the audio are not heard, for nothing",
            "write storage = \"auto\" or \"files\"",
        ),
        _ => {}
    }
}

/// The variants of VoiceMail, by where they keep messages.
const VOICEMAILS: [&str; 3] = ["app_voicemail", "app_voicemail_odbc", "app_voicemail_imap"];
