//! All sections that name people, and which of them an extension leads to.

use std::collections::BTreeMap;

use toml::Spanned;

use super::{
    ConfigError, Destination, Route,
    raw::{RawRoute, is_dialable},
    ringing::Defaults,
    route::Family,
    source::Source,
};
use crate::{agi::Plain, asterisk_files::Pattern};

/// Routes of single extensions, and families of them by pattern.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Routes {
    exact: BTreeMap<String, Route>,
    /// Most specific first.
    families: Vec<Family>,
}

impl Routes {
    /// Takes the section `[extensions.NAME]`, which is the only one of that name.
    pub(super) fn add(
        &mut self,
        source: &Source,
        name: &Spanned<String>,
        raw: RawRoute,
        defaults: &Defaults,
    ) -> Result<(), ConfigError> {
        let (at, name) = (name.span().start, name.get_ref());
        if name.starts_with('_') {
            let pattern = Pattern::new(name);
            let Some(sample) = pattern.sample().filter(|_| name.len() <= Plain::MAX) else {
                return Err(source.at(
                    at,
                    format!(
                        "pattern \"{name}\" fits nothing that can be dialled; expected one as in the dialplan, such as \"_1XX\""
                    ),
                ));
            };
            let (section, fault) = raw.check(source, name, defaults)?;
            let sample = section.checked_route(&sample).map_err(fault)?;
            let at = self
                .families
                .partition_point(|known| known.pattern.rank() < pattern.rank());
            let family = Family {
                pattern,
                section,
                sample,
            };
            self.families.insert(at, family);
            return Ok(());
        }
        if name.is_empty() || name.len() > Plain::MAX || !name.chars().all(is_dialable) {
            return Err(source.at(
                at,
                format!(
                    "extension \"{name}\" cannot be dialled; expected 1 to {} digits, letters, '*', '#' or '+', or a pattern such as \"_1XX\"",
                    Plain::MAX
                ),
            ));
        }
        let (section, fault) = raw.check(source, name, defaults)?;
        let route = section.checked_route(name).map_err(fault)?;
        self.exact.insert(name.clone(), route);
        Ok(())
    }

    pub(super) fn are_none(&self) -> bool {
        self.exact.is_empty() && self.families.is_empty()
    }

    /// The route of the extension as such, from a section of its own.
    pub(super) fn exact(&self, extension: &str) -> Option<Route> {
        self.exact.get(extension).cloned()
    }

    /// The route of the extension: from its own section, else from the most specific pattern.
    fn find(&self, extension: &str) -> Option<Route> {
        self.exact(extension).or_else(|| {
            self.families
                .iter()
                .find_map(|family| family.route(extension))
        })
    }

    /// Where the extension leads, with this login prefix.
    pub(super) fn destination(&self, extension: &str, login_prefix: &str) -> Option<Destination> {
        if let Some(route) = self.exact(extension) {
            return Some(Destination::Person(route));
        }
        let owner = extension.strip_prefix(login_prefix);
        if let Some(route) = owner.and_then(|owner| self.find(owner)) {
            return Some(Destination::Login(route));
        }
        self.find(extension).map(Destination::Person)
    }

    /// The names of all sections.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|route| route.section.as_str())
    }

    /// The routes of all extensions, and one of each pattern.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Route> {
        let samples = self.families.iter().map(|family| &family.sample);
        self.exact.values().chain(samples)
    }

    /// The family that a route is the sample of.
    pub(super) fn family(&self, route: &Route) -> Option<&Family> {
        self.families.iter().find(|family| family.sample == *route)
    }
}
