//! Whether the user that runs Asterisk gets as far as a file.

use std::path::Path;

use super::{
    access::{Answer, Obstacle, User, Wish, obstacle},
    finding::{Findings, Severity, Spot},
};

/// What it means where the user does not.
#[derive(Clone, Copy)]
pub(super) struct Loss<'a> {
    pub(super) severity: Severity,
    /// As in "so every call fails".
    pub(super) words: &'a str,
}

/// Whether the file itself grants all this. Where a folder above it is in the way that is told, and
/// there is nothing to say of the file.
pub(super) fn check(
    file: &Path,
    wishes: &[Wish],
    user: User,
    spot: &Spot,
    loss: Loss<'_>,
    findings: &mut Findings,
) -> Answer {
    let (folder, answer) = match obstacle(file, wishes, user) {
        None => return Answer::Yes,
        Some(Obstacle::File(answer)) => return answer,
        Some(Obstacle::Folder(folder, answer)) => (folder, answer),
    };
    let (file, folder) = (file.display(), folder.display());
    let remedy = format!("chgrp asterisk {folder} && chmod g+x {folder}, or move what is in it");
    if answer == Answer::No {
        let message = format!(
            "the user that runs Asterisk ({}) cannot get to {file}, since it may not search {folder}, so {}",
            user.uid, loss.words
        );
        findings.add(loss.severity, spot.clone(), message, remedy);
    } else {
        let message = format!(
            "Asterisk can get to {file} only if its user is a member of the group that owns {folder}"
        );
        findings.note(spot.clone(), message, remedy);
    }
    Answer::Yes
}
