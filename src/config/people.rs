//! The sections that name people, gathered from all files.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{
    ConfigError,
    raw::{self, RawIncluded, RawRoute},
    ringing::Defaults,
    routes::Routes,
    source::Source,
};

/// What is read, and what becomes of faults in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading<'a> {
    /// All that is configured: every fault is an error.
    All,
    /// What a call to this extension needs: a fault is an error in its own section only.
    Call(&'a str),
    /// What was read for a call, once more: its own section had no fault.
    Again,
}

/// Sections as they are gathered.
pub(super) struct People<'a> {
    reading: Reading<'a>,
    login_prefix: &'a str,
    defaults: &'a Defaults,
    /// Where each section begins: file, and byte of its text.
    begins: BTreeMap<String, (&'a Source, usize)>,
    pub(super) routes: Routes,
    /// Faults of files and sections that are passed over.
    pub(super) set_aside: Vec<ConfigError>,
}

impl<'a> People<'a> {
    pub(super) fn new(reading: Reading<'a>, login_prefix: &'a str, defaults: &'a Defaults) -> Self {
        Self {
            reading,
            login_prefix,
            defaults,
            begins: BTreeMap::new(),
            routes: Routes::default(),
            set_aside: Vec::new(),
        }
    }

    /// Takes the sections of a file.
    pub(super) fn add(
        &mut self,
        source: &'a Source,
        sections: BTreeMap<Spanned<String>, RawRoute>,
    ) -> Result<(), ConfigError> {
        for (name, section) in sections {
            let added = self
                .begin(source, &name)
                .and_then(|()| self.routes.add(source, &name, section, self.defaults));
            if let Err(error) = added {
                if self.must_be_right(name.get_ref()) {
                    return Err(error);
                }
                self.set_aside.push(error);
            }
        }
        Ok(())
    }

    /// Notes where a section begins; another of the same name in another file is an error.
    fn begin(&mut self, source: &'a Source, name: &Spanned<String>) -> Result<(), ConfigError> {
        let (at, name) = (name.span().start, name.get_ref());
        if let Some((file, first)) = self.begins.get(name) {
            return Err(source.at(
                at,
                format!(
                    "extension \"{name}\" is configured twice; the other one is at {}, keep one",
                    file.place(*first)
                ),
            ));
        }
        self.begins.insert(name.clone(), (source, at));
        Ok(())
    }

    /// Takes the sections of an included file, which has nothing else.
    pub(super) fn include(&mut self, source: &'a Source) -> Result<(), ConfigError> {
        match raw::parse::<RawIncluded>(source) {
            Ok(file) => self.add(source, file.extensions),
            Err(error) if self.reading == Reading::All => Err(error),
            Err(error) => {
                self.set_aside.push(error);
                Ok(())
            }
        }
    }

    /// Whether a fault of this section is an error.
    fn must_be_right(&self, name: &str) -> bool {
        match self.reading {
            Reading::All => true,
            Reading::Call(extension) => {
                sections_of(extension, self.login_prefix).any(|section| section == name)
            }
            Reading::Again => false,
        }
    }
}

/// The sections that a call to this extension can be for: its own, and that of whoever's login it is.
pub(super) fn sections_of<'a>(
    extension: &'a str,
    login_prefix: &str,
) -> impl Iterator<Item = &'a str> {
    let owner = extension.strip_prefix(login_prefix);
    [Some(extension), owner].into_iter().flatten()
}
