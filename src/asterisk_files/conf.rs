//! What a configuration file says: sections of values, each with its place.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{Fault, Files, Unreadable, reader::Reader};

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as a full path where the folder was one.
    pub file: Arc<Path>,
    /// Counted from 1.
    pub line: usize,
}

/// `key = value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What stands before the `=`.
    pub key: String,
    /// What stands behind it.
    pub value: String,
    /// Where it is written: in the template, where it is inherited from one.
    pub place: Place,
}

/// `[name]` and the entries below it, those of its templates first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// What stands in the brackets.
    pub name: String,
    /// Where the brackets stand.
    pub place: Place,
    /// Whether it is there for others to inherit only: `[name](!)`.
    pub template: bool,
    /// In the order in which Asterisk has them.
    pub entries: Vec<Entry>,
}

/// A configuration file with everything it includes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conf {
    /// In their order. Several can have one name.
    pub sections: Vec<Section>,
    /// What Asterisk would refuse or pass over, and what was not read here.
    pub faults: Vec<Fault>,
    /// The file itself.
    pub file: PathBuf,
    /// Whether more may be in it than was read: what is not found here may be there.
    pub partial: bool,
}

impl Conf {
    /// Reads `name` in Asterisk's configuration folder.
    ///
    /// # Errors
    /// When the file itself cannot be read. A file that it includes is a [`Fault`].
    pub fn read(files: &dyn Files, folder: &Path, name: &str) -> Result<Self, Unreadable> {
        let file = folder.join(name);
        let bytes = files.read(&file)?;
        let mut reader = Reader::new(files, folder);
        reader.file(&file, &bytes);
        let (sections, faults) = reader.into_parts();
        Ok(Self {
            partial: faults.iter().any(|fault| fault.kind.hides_values()),
            sections,
            faults,
            file,
        })
    }

    /// All sections that are not templates.
    pub fn used(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| !section.template)
    }

    /// The used sections of this name, in either case.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Section> {
        self.used()
            .filter(move |section| section.name.eq_ignore_ascii_case(name))
    }

    /// What `key` is first set to in a section of this name.
    #[must_use]
    pub fn value(&self, section: &str, key: &str) -> Option<&Entry> {
        let mut used = self.used();
        used.find_map(|known| {
            let named = known.name.eq_ignore_ascii_case(section);
            named.then(|| known.value(key)).flatten()
        })
    }
}

impl Section {
    /// What `key` is first set to.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&Entry> {
        let mut entries = self.entries.iter();
        entries.find(|entry| entry.key.eq_ignore_ascii_case(key))
    }

    /// Everything `key` is set to.
    pub fn all<'a>(&'a self, key: &'a str) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.entries
            .iter()
            .filter(move |entry| entry.key.eq_ignore_ascii_case(key))
    }
}

impl Entry {
    /// Whether the value is one of those that mean yes.
    #[must_use]
    pub fn is_yes(&self) -> bool {
        is_true(&self.value)
    }
}

/// What Asterisk takes for a yes (its `ast_true`).
pub(crate) fn is_true(value: &str) -> bool {
    ["yes", "true", "y", "t", "1", "on"]
        .iter()
        .any(|yes| value.eq_ignore_ascii_case(yes))
}
