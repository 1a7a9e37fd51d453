//! Asterisk's own files with any content.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use voiceagent::asterisk_files::{Conf, Dialplan, Files, Pattern, Unreadable, calls};

use super::bytes::Bytes;

/// A length and what is dialled; the rest is the files, with a zero byte between them.
pub(crate) fn holds(data: &[u8]) {
    let mut bytes = Bytes::new(data);
    let dialled = String::from_utf8_lossy(bytes.piece()).into_owned();
    let texts = bytes.rest().split(|&byte| byte == 0);
    let paths = NAMES.map(|name| Path::new(FOLDER).join(name));
    let files = Table(paths.into_iter().zip(texts.map(<[u8]>::to_vec)).collect());
    let Ok(conf) = Conf::read(&files, Path::new(FOLDER), NAMES[0]) else {
        return;
    };
    for fault in &conf.faults {
        let told = fault.kind.to_string() + &fault.kind.remedy();
        assert!(!told.is_empty());
    }
    let dialplan = Dialplan::new(&conf);
    for section in conf.used() {
        let _ = conf
            .value(&section.name, "secret")
            .map(|entry| entry.is_yes());
        let _ = dialplan.find(&section.name, &dialled);
        for extension in dialplan.extensions_of(&section.name) {
            fits_its_sample(&extension.pattern, &dialled);
            for line in extension.lines.values() {
                for call in calls(&line.application, &["EAGI", "AGI", "Dial"]) {
                    assert!(line.application.contains(call.name));
                }
            }
        }
    }
    fits_its_sample(&Pattern::new(&dialled), "101");
}

fn fits_its_sample(pattern: &Pattern, dialled: &str) {
    let _ = (pattern.fits(dialled), pattern.rank());
    if let Some(sample) = pattern.sample() {
        assert!(pattern.fits(&sample), "{pattern:?} gives {sample:?}");
        let first = sample.chars().find(|&c| c != '-');
        assert!(
            first.is_none_or(|first| pattern.can_begin_with(first)),
            "{pattern:?}"
        );
    }
}

/// Files by name.
struct Table(BTreeMap<PathBuf, Vec<u8>>);

impl Files for Table {
    fn read(&self, path: &Path) -> Result<Vec<u8>, Unreadable> {
        self.0.get(path).cloned().ok_or(Unreadable::Missing)
    }

    fn list(&self, folder: &Path) -> Vec<String> {
        let names = self.0.keys().filter_map(|path| {
            let name = path.strip_prefix(folder).ok()?;
            Some(name.to_str()?.to_owned())
        });
        names.collect()
    }
}

const FOLDER: &str = "/etc/asterisk";
/// The first is read; it can include the others and itself.
const NAMES: [&str; 3] = ["extensions.conf", "a.conf", "b.conf"];
