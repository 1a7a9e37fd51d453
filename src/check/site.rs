//! An Asterisk as its files describe it: the folder they are in, and the folders they name.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use super::{access::User, finding::Findings};
use crate::asterisk_files::{Conf, Disk, Unreadable};

/// Asterisk's configuration folder, and what asterisk.conf says.
pub(super) struct Site {
    pub(super) folder: PathBuf,
    pub(super) disk: Disk,
    pub(super) asterisk: Conf,
}

/// A folder that asterisk.conf can name.
#[derive(Clone, Copy)]
pub(super) enum Folder {
    AgiBin,
    Data,
    Modules,
    Spool,
}

impl Site {
    pub(super) fn open(folder: &Path, findings: &mut Findings) -> Self {
        let mut site = Self {
            folder: folder.to_owned(),
            disk: Disk::new(vec![folder.to_owned()]),
            asterisk: Conf::default(),
        };
        site.asterisk = site.conf("asterisk.conf", findings).unwrap_or_default();
        let named = site.asterisk.named("directories");
        let named = named.flat_map(|section| &section.entries);
        let mut folders = vec![folder.to_owned()];
        folders.extend(
            named
                .map(|entry| PathBuf::from(&entry.value))
                .filter(|folder| folder.is_absolute()),
        );
        for known in [Folder::AgiBin, Folder::Data, Folder::Modules, Folder::Spool] {
            folders.extend(site.candidates(known));
        }
        site.disk = Disk::new(folders);
        if let Some(unused) =
            site.asterisk.sections.iter().find(|section| {
                section.template && section.name.eq_ignore_ascii_case("directories")
            })
        {
            findings.note(
                &unused.place,
                "[directories] is a template here, so Asterisk passes over its paths and uses those it was built with",
                "drop the (!) where the paths are meant",
            );
        }
        site
    }

    /// A file of the folder, with its faults reported; none where there is no such file. Of one
    /// that cannot be read that is told, and nothing is known of what is in it.
    pub(super) fn conf(&self, name: &str, findings: &mut Findings) -> Option<Conf> {
        match Conf::read(&self.disk, &self.folder, name) {
            Ok(conf) => {
                for fault in &conf.faults {
                    findings.fault(fault);
                }
                Some(conf)
            }
            Err(Unreadable::Missing) => None,
            Err(why) => {
                findings.error(
                    self.folder.join(name).as_path(),
                    format!("the file {why}"),
                    "run this check as a user who may read Asterisk's files",
                );
                Some(Conf {
                    file: self.folder.join(name),
                    partial: true,
                    ..Conf::default()
                })
            }
        }
    }

    /// Where a folder is: what asterisk.conf names, else where it is in the usual builds. Nowhere
    /// that is known, where asterisk.conf may name it and could not be read.
    pub(super) fn candidates(&self, folder: Folder) -> Vec<PathBuf> {
        match self.asterisk.value("directories", folder.key()) {
            Some(named) => vec![PathBuf::from(&named.value)],
            None if self.asterisk.partial => Vec::new(),
            None => folder.usual().iter().map(PathBuf::from).collect(),
        }
    }

    /// The one of the candidates that is there and lacks the least of what Asterisk has in it.
    /// The folder of another build can be there as well: Debian has its sounds in one, and a
    /// folder of the same name for an administrator's own in the other.
    pub(super) fn existing(
        &self,
        folder: Folder,
        lacking: impl Fn(&Path) -> usize,
    ) -> Option<PathBuf> {
        fittest(self.candidates(folder), lacking)
    }

    /// Who runs Asterisk: the owner of its spool folder, in which it must write. That is known
    /// without asking for names, and where the user is set outside of asterisk.conf.
    pub(super) fn user(&self) -> Option<User> {
        let runuser = self.asterisk.value("options", "runuser");
        if runuser.is_some_and(|entry| entry.value == "root") {
            return Some(User { uid: 0, gid: 0 });
        }
        let spool = fs::metadata(self.existing(Folder::Spool, |_| 0)?).ok()?;
        let user = User {
            uid: spool.uid(),
            gid: spool.gid(),
        };
        // With another user named, a spool folder of root's tells nothing.
        (user.uid != 0 || runuser.is_none()).then_some(user)
    }
}

impl Folder {
    const fn key(self) -> &'static str {
        match self {
            Self::AgiBin => "astagidir",
            Self::Data => "astdatadir",
            Self::Modules => "astmoddir",
            Self::Spool => "astspooldir",
        }
    }

    /// Asterisk's own defaults, and Debian's.
    const fn usual(self) -> &'static [&'static str] {
        match self {
            Self::AgiBin => &["/var/lib/asterisk/agi-bin", "/usr/share/asterisk/agi-bin"],
            Self::Data => &["/var/lib/asterisk", "/usr/share/asterisk"],
            Self::Modules => &[
                "/usr/lib/asterisk/modules",
                "/usr/lib/x86_64-linux-gnu/asterisk/modules",
                "/usr/lib/aarch64-linux-gnu/asterisk/modules",
            ],
            Self::Spool => &["/var/spool/asterisk"],
        }
    }
}

/// The first of those folders that are there and lack the least.
fn fittest(candidates: Vec<PathBuf>, lacking: impl Fn(&Path) -> usize) -> Option<PathBuf> {
    let there = candidates.into_iter().filter(|path| path.is_dir());
    there.min_by_key(|path| lacking(path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::Scratch;

    #[test]
    fn of_the_folders_of_several_builds_the_one_that_has_things_in_it_counts() {
        let root = Scratch::new("site");
        let [empty, full] = ["empty", "full"].map(|name| root.join(name));
        fs::create_dir_all(&empty).expect("a scratch folder");
        fs::create_dir_all(full.join("thing")).expect("another");
        let chosen = |candidates: &[&PathBuf]| {
            let candidates = candidates.iter().map(|&path| path.clone()).collect();
            fittest(candidates, |path| usize::from(!path.join("thing").exists()))
        };
        let nowhere = root.join("nowhere");
        assert_eq!(chosen(&[&nowhere, &empty, &full]), Some(full.clone()));
        assert_eq!(chosen(&[&full, &empty]), Some(full.clone()));
        assert_eq!(chosen(&[&nowhere, &empty]), Some(empty.clone()));
        assert_eq!(chosen(&[&nowhere]), None);
    }
}
