//! The program in agi-bin and its configuration: whether Asterisk may use them, and only it.

use std::{
    collections::BTreeSet,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use super::{
    access::{Answer, Owned, User, Wish},
    entries::PROGRAM,
    finding::{Findings, Severity},
    own::Own,
    reach::{self, Loss},
    site::{Folder, Site},
};

/// Checks the program by each name that the dialplan has for it.
pub(super) fn check(programs: &BTreeSet<String>, site: &Site, findings: &mut Findings) {
    if programs.is_empty() {
        return check_one(PROGRAM, site, findings);
    }
    for program in programs {
        check_one(program, site, findings);
    }
}

fn check_one(program: &str, site: &Site, findings: &mut Findings) {
    let Some(file) = find(program, site, findings) else {
        return;
    };
    let file = file.as_path();
    let metadata = match fs::metadata(file) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::PermissionDenied => {
            return findings.note(
                file,
                format!("the program cannot be looked at: {error}"),
                "run this check as root",
            );
        }
        Err(_) => {
            return findings.error(
                file,
                "the program is not there, so EAGI ends with AGISTATUS=NOTFOUND",
                format!("install -m 755 {PROGRAM} {}", file.display()),
            );
        }
    };
    if !metadata.is_file() {
        return findings.error(file, "this is no regular file", "put the program there");
    }
    let owned = Owned::from(&metadata);
    if owned.is_writable_by_others() {
        findings.warning(
            file,
            "everybody on this machine can replace what Asterisk runs",
            format!("chmod 755 {}", file.display()),
        );
    }
    check_folder(file, findings);
    match site.user() {
        Some(user) => check_user(file, owned, user, findings),
        None if owned.mode & 0o111 == 0 => not_executable(file, findings),
        None => {}
    }
}

/// Where Asterisk finds the program, if that can be looked at.
fn find(program: &str, site: &Site, findings: &mut Findings) -> Option<PathBuf> {
    if program.starts_with('/') {
        let file = PathBuf::from(program);
        if site.disk.has(&file) {
            return Some(file);
        }
        findings.note(
            file.as_path(),
            "the program is outside Asterisk's folders and is not looked at",
            "",
        );
        return None;
    }
    let lacking = |folder: &Path| usize::from(!folder.join(program).exists());
    if let Some(folder) = site.existing(Folder::AgiBin, lacking) {
        return Some(folder.join(program));
    }
    if let Some(usual) = site.candidates(Folder::AgiBin).first() {
        findings.warning(
            usual.as_path(),
            "the folder for AGI programs is not on this machine, so the program was not looked for",
            "name it by astagidir in asterisk.conf, and run this check where Asterisk runs",
        );
    }
    None
}

/// Checks that Asterisk's user can start the program and cannot change it.
fn check_user(file: &Path, owned: Owned, user: User, findings: &mut Findings) {
    let loss = Loss {
        severity: Severity::Error,
        words: "EAGI does not start it",
    };
    match reach::check(file, &[Wish::Execute], user, &file.into(), loss, findings) {
        Answer::Yes => {}
        Answer::No => not_executable(file, findings),
        Answer::IfMember => findings.note(
            file,
            "Asterisk can execute it only if its user is a member of the file's group",
            format!("chmod 755 {}", file.display()),
        ),
    }
    if owned.uid != 0 && owned.uid != user.uid {
        findings.warning(
            file,
            format!(
                "user {} owns the program, and can replace what Asterisk runs",
                owned.uid
            ),
            format!("chown root {}", file.display()),
        );
    }
}

/// Checks who can put another file in the place of this one.
fn check_folder(file: &Path, findings: &mut Findings) {
    let Some(folder) = file.parent() else {
        return;
    };
    if fs::metadata(folder).is_ok_and(|metadata| Owned::from(&metadata).lets_others_replace()) {
        findings.warning(
            folder,
            format!(
                "everybody on this machine can put another {} in the place of this one",
                file.file_name().unwrap_or_default().display()
            ),
            format!("chmod o-w {}", folder.display()),
        );
    }
}

fn not_executable(file: &Path, findings: &mut Findings) {
    findings.error(
        file,
        "Asterisk cannot execute it, so EAGI ends with AGISTATUS=FAILURE",
        format!("chmod 755 {}", file.display()),
    );
}

/// Checks who can read and change our configuration.
pub(super) fn check_configuration(file: &Path, site: &Site, findings: &mut Findings) {
    check_text(file, site, "every call fails", findings);
}

/// Checks the same of what it includes.
pub(super) fn check_included(own: &Own, site: &Site, findings: &mut Findings) {
    let Some(folder) = own.config.include() else {
        return;
    };
    if let Some(user) = site.user() {
        let wishes = [Wish::Read, Wish::Search];
        check_readable(
            folder,
            &wishes,
            user,
            "calls fail of those who may be in it",
            "750",
            findings,
        );
    }
    for file in own.config.included() {
        check_text(file, site, "calls fail of those who are in it", findings);
    }
}

fn check_text(file: &Path, site: &Site, loss: &str, findings: &mut Findings) {
    // One that is not there is reported when it is read.
    let Ok(metadata) = fs::metadata(file) else {
        return;
    };
    let owned = Owned::from(&metadata);
    if owned.is_writable_by_others() {
        findings.warning(
            file,
            "everybody on this machine can change who is rung and whose mailbox opens",
            format!("chmod 640 {}", file.display()),
        );
    }
    check_folder(file, findings);
    match site.user() {
        Some(user) => check_readable(file, &[Wish::Read], user, loss, "640", findings),
        None if owned.mode & 0o4 == 0 => findings.note(
            file,
            "who runs Asterisk is not known here: whether it can read this file is not checked",
            "",
        ),
        None => {}
    }
}

fn check_readable(
    path: &Path,
    wishes: &[Wish],
    user: User,
    loss: &str,
    mode: &str,
    findings: &mut Findings,
) {
    let remedy = format!("chgrp asterisk {0} && chmod {mode} {0}", path.display());
    let otherwise = Loss {
        severity: Severity::Error,
        words: loss,
    };
    match reach::check(path, wishes, user, &path.into(), otherwise, findings) {
        Answer::Yes => {}
        Answer::No => findings.error(
            path,
            format!(
                "the user that runs Asterisk ({}) cannot read it, so {loss}",
                user.uid
            ),
            remedy,
        ),
        Answer::IfMember => findings.note(
            path,
            "Asterisk can read it only if its user is a member of the group that owns it",
            remedy,
        ),
    }
}
