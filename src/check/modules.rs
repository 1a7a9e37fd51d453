//! Which modules Asterisk has, and which it loads.

use super::{
    finding::{Findings, Spot},
    needed::needed,
    own::Own,
    site::{Folder, Site},
};
use crate::{
    asterisk_files::{Conf, Entry, Files},
    variant::{Elsewhere, elsewhere},
};

/// What modules.conf says, and what there is to load.
pub(super) struct Modules {
    conf: Conf,
    /// The files of the folder of modules, where that is known.
    pub(super) installed: Option<Vec<String>>,
    /// Which variant app_voicemail.so is, if it is not the one for files, in spite of its name.
    pub(super) variant: Option<Elsewhere>,
}

impl Modules {
    /// None where nothing is known: without the file Asterisk loads nothing, and somebody has other
    /// ways.
    pub(super) fn read(own: &Own, site: &Site, findings: &mut Findings) -> Option<Self> {
        let conf = site.conf("modules.conf", findings)?;
        if conf.partial {
            return None;
        }
        let needed = needed(own);
        let folder = site.existing(Folder::Modules, |folder| {
            let is_missing = |name: &str| !folder.join(format!("{name}.so")).exists();
            needed.iter().filter(|(name, _)| is_missing(name)).count()
        });
        let folder = folder.as_deref();
        Some(Self {
            conf,
            installed: folder.map(|folder| site.disk.list(folder)),
            variant: folder.and_then(elsewhere),
        })
    }

    /// Whether the module is loaded if it is there; else the line that says no, if one does.
    pub(super) fn is_loaded(&self, name: &str) -> Result<(), Option<&Entry>> {
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

    pub(super) fn line(&self, keys: &[&str], name: &str) -> Option<&Entry> {
        let sections = self.conf.named("modules");
        let mut entries = sections.flat_map(|section| &section.entries);
        entries.find(|entry| {
            let module = entry.value.strip_suffix(".so").unwrap_or(&entry.value);
            module == name && keys.iter().any(|key| entry.key.eq_ignore_ascii_case(key))
        })
    }

    /// Whether the module's file is there, where that is known.
    pub(super) fn is_installed(&self, name: &str) -> Option<bool> {
        let file = format!("{name}.so");
        self.installed.as_ref().map(|files| files.contains(&file))
    }

    /// Whether nothing is known that keeps the module from running.
    pub(super) fn may_run(&self, name: &str) -> bool {
        self.is_loaded(name).is_ok() && self.is_installed(name) != Some(false)
    }

    /// The line that keeps the module out, else the file as such.
    pub(super) fn spot(&self, culprit: Option<&Entry>) -> Spot {
        culprit.map_or(Spot::from(self.conf.file.as_path()), |entry| {
            Spot::from(&entry.place)
        })
    }
}
