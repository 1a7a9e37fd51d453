//! An installation, looked over: our configuration against itself and against Asterisk's files.
//!
//! [`check`] reads what is configured and says what would not work on a call, why, and how to mend
//! it. It executes nothing, changes nothing, and reads only our configuration, Asterisk's
//! configuration folder, and the folders that asterisk.conf names; of the files that calls are
//! logged to, the folder that they are recorded in, and all folders above, it looks at owner and
//! mode. Whatever stands in those files, or does not, is a [`Finding`].

mod access;
mod dialplan;
mod entries;
mod finding;
mod formats;
mod logs;
mod mailboxes;
mod modules;
mod needed;
mod own;
mod peers;
mod program;
mod reach;
mod realtime;
mod show;
mod site;
mod sounds;
mod storage;

use std::{fs, io::ErrorKind, path::Path};

pub use finding::{Finding, Severity};
pub use show::{Shown, show};

use crate::asterisk_files::Dialplan;
use finding::Findings;
use modules::Modules;
use own::Own;
use realtime::Realtime;
use site::Site;

/// Looks an installation over: our configuration file, and Asterisk's configuration folder.
#[must_use]
pub fn check(config: &Path, asterisk: &Path) -> Vec<Finding> {
    let mut findings = Findings::default();
    let found = &mut findings;
    if let Some(why) = no_folder(asterisk) {
        found.error(
            asterisk,
            format!("Asterisk's configuration folder {why}"),
            "name it with --asterisk-dir",
        );
        if !config.starts_with(asterisk) {
            let _ = Own::read(config, found);
        }
        return findings.into_all();
    }
    let site = Site::open(asterisk, found);
    program::check_configuration(config, &site, found);
    let Some(own) = Own::read(config, found) else {
        return findings.into_all();
    };
    program::check_included(&own, &site, found);
    let realtime = Realtime::read(&site, found);
    let extensions = site.conf("extensions.conf", found);
    let dialplan = extensions.as_ref().map(Dialplan::new).unwrap_or_default();
    let voicemail = site.conf("voicemail.conf", found);

    mailboxes::check(&own, &site, voicemail.as_ref(), &realtime, found);
    let modules = Modules::read(&own, &site, found);
    peers::check(&own, &site, &dialplan, &realtime, modules.as_ref(), found);
    let programs = dialplan::check(&own, &site, &dialplan, &realtime, found);
    program::check(&programs, &site, found);
    sounds::check(&own, &site, modules.as_ref(), found);
    if let Some(modules) = &modules {
        needed::check(
            &own,
            modules,
            voicemail.as_ref(),
            !programs.is_empty(),
            found,
        );
        if let Some(voicemail) = voicemail.as_ref().filter(|conf| !conf.partial) {
            storage::check(&own, modules, voicemail, found);
        }
    }
    logs::check(&own, &site, found);
    findings.into_all()
}

/// Why this is no folder to look into, if it is none.
fn no_folder(path: &Path) -> Option<String> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => None,
        Ok(_) => Some("is no folder".to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => Some("does not exist".to_owned()),
        Err(error) => Some(format!("cannot be looked at: {error}")),
    }
}
