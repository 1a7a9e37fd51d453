//! Where VoiceMail keeps its recordings.

use super::{finding::Findings, modules::Modules, needed::VOICEMAILS, own::Own};
use crate::{
    asterisk_files::{Conf, Entry},
    config::Storage,
    variant::Elsewhere,
};

/// Whether greetings are where `[greeting] storage` says.
pub(super) fn check(own: &Own, modules: &Modules, voicemail: &Conf, findings: &mut Findings) {
    let database = voicemail.value("general", "odbcstorage");
    // Only then are greetings on the mail server, where messages are.
    let mail = voicemail.value("general", "imapgreetings");
    let mail = mail.filter(|entry: &&Entry| entry.is_yes());
    let variant = modules.variant.filter(|_| modules.may_run(VOICEMAILS[0]));
    let used = match variant {
        Some(Elsewhere::Mail) => mail,
        _ => database
            .filter(|_| modules.may_run("app_voicemail_odbc"))
            .or_else(|| mail.filter(|_| modules.may_run("app_voicemail_imap"))),
    };
    let keeper = if variant == Some(Elsewhere::Database) {
        Some("the app_voicemail.so that is installed".to_owned())
    } else {
        used.map(|entry| {
            let file = entry.place.file.display();
            format!("line {} of {file}", entry.place.line)
        })
    };
    let spot = own.spot(&["greeting", "storage"]);
    let is_anywhere = database.is_some() || mail.is_some();
    match (own.config.greeting.storage, keeper) {
        (Storage::Files, Some(keeper)) => findings.warning(
            spot,
            format!(
                "storage is \"files\", but {keeper} keeps greetings elsewhere: recorded ones are not played"
            ),
            "write storage = \"auto\" or \"elsewhere\"",
        ),
        (Storage::Elsewhere, None) if !is_anywhere => findings.warning(
            spot,
            "storage is \"elsewhere\", but voicemail.conf keeps greetings in files: keys in the audio are not heard, for nothing",
            "write storage = \"auto\" or \"files\"",
        ),
        _ => {}
    }
}
