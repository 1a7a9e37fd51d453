//! Whether Asterisk's user can write the files that calls are logged to, and the folder that they
//! are recorded in.

use std::{fs, io, path::Path};

use tracing::level_filters::LevelFilter;

use super::{
    access::{Answer, Owned, User, Wish},
    finding::{Findings, Severity, Spot},
    own::Own,
    reach::{self, Loss},
    site::Site,
};
use crate::config::LogTo;

pub(super) fn check(own: &Own, site: &Site, findings: &mut Findings) {
    let logging = &own.config.logging;
    let user = site.user();
    let to = own.spot(&["logging", "to"]);
    match &logging.to {
        _ if logging.level == LevelFilter::OFF => {}
        LogTo::File(file) => check_file(file, user, &to, findings),
        LogTo::Journal if !Path::new(JOURNAL).exists() => findings.warning(
            to,
            format!(
                "there is no {JOURNAL}, to which the journal listens, so calls are not logged there"
            ),
            "run systemd-journald, or name a file",
        ),
        LogTo::Journal | LogTo::Stderr => {}
    }
    if let Some(file) = &logging.calls {
        check_file(file, user, &own.spot(&["logging", "calls"]), findings);
    }
    if let Some(recording) = &own.config.recording {
        check_recordings(&recording.folder, user, &own.spot(&["record"]), findings);
    }
}

fn check_recordings(folder: &Path, user: Option<User>, spot: &Spot, findings: &mut Findings) {
    let shown = folder.display();
    let make = format!("install -d -o asterisk -m 750 {shown}");
    match fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => {
            let wishes = [Wish::Read, Wish::Write, Wish::Search];
            check_access(&wishes, folder, user, spot, "recorded", findings);
            if Owned::from(&metadata).is_open_to_others() {
                findings.warning(
                    spot.clone(),
                    format!("everybody can see in {shown} who called whom and when"),
                    format!("chmod o= {shown}"),
                );
            }
        }
        Ok(_) => findings.warning(
            spot.clone(),
            format!("{shown} is no folder, so calls are not recorded"),
            "name a folder",
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => findings.warning(
            spot.clone(),
            format!("there is no folder {shown}, so calls are not recorded"),
            make,
        ),
        Err(error) => findings.note(
            spot.clone(),
            format!("{shown} cannot be looked at: {error}"),
            "run this check as root",
        ),
    }
}

fn check_file(file: &Path, user: Option<User>, spot: &Spot, findings: &mut Findings) {
    let folder = file.parent().unwrap_or(file);
    match fs::metadata(file) {
        Ok(metadata) if metadata.is_dir() => findings.warning(
            spot.clone(),
            format!(
                "{} is a folder, so calls are not logged there",
                file.display()
            ),
            "name a file in it",
        ),
        Ok(_) => check_access(&[Wish::Write], file, user, spot, "logged", findings),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match fs::metadata(folder) {
            Ok(_) => {
                let wishes = [Wish::Write, Wish::Search];
                check_access(&wishes, folder, user, spot, "logged", findings);
            }
            Err(_) => findings.warning(
                spot.clone(),
                format!(
                    "there is no folder {}, so calls are not logged there",
                    folder.display()
                ),
                format!("install -d -o asterisk -m 750 {}", folder.display()),
            ),
        },
        Err(error) => findings.note(
            spot.clone(),
            format!("{} cannot be looked at: {error}", file.display()),
            "run this check as root",
        ),
    }
}

fn check_access(
    wishes: &[Wish],
    what: &Path,
    user: Option<User>,
    spot: &Spot,
    done: &str,
    findings: &mut Findings,
) {
    // Who runs Asterisk may not be known here; then nothing can be told.
    let Some(user) = user else {
        return;
    };
    let loss = Loss {
        severity: Severity::Warning,
        words: &format!("calls are not {done} there"),
    };
    let answer = reach::check(what, wishes, user, spot, loss, findings);
    let what = what.display();
    match answer {
        Answer::No => findings.warning(
            spot.clone(),
            format!(
                "the user that runs Asterisk ({}) cannot write {what}, so calls are not {done} there",
                user.uid
            ),
            format!("chown asterisk {what}"),
        ),
        Answer::IfMember => findings.note(
            spot.clone(),
            format!(
                "Asterisk can write {what} only if its user is a member of the group that owns it"
            ),
            format!("chown asterisk {what}"),
        ),
        Answer::Yes => {}
    }
}

/// Where systemd's journal takes messages (systemd-journald.service(8)).
const JOURNAL: &str = "/run/systemd/journal/socket";
