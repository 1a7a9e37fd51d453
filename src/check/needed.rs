//! The modules that a call needs, each with what it is needed for.

use super::{finding::Findings, formats, modules::Modules, own::Own, peers::rings_by};
use crate::{asterisk_files::Conf, config::RingingKeys, session::listening_modules};

/// Modules, and what there is not where they are not loaded.
pub(super) type Needed = Vec<(&'static str, &'static str)>;

/// What a call needs of Asterisk whatever its dialplan is written in.
pub(super) fn needed(own: &Own) -> Needed {
    let mut needed = ALWAYS.to_vec();
    let (sip, pjsip) = (rings_by(own, "SIP"), rings_by(own, "PJSIP"));
    if sip {
        needed.push(("chan_sip", "nobody is rung by SIP/"));
    }
    if pjsip {
        needed.extend(PJSIP);
    }
    if sip || pjsip {
        needed.push(("res_rtp_asterisk", "SIP calls have no audio"));
    }
    let mut routes = own.config.routes();
    if routes.any(|route| route.ringing == RingingKeys::Heard) {
        let modules = listening_modules();
        needed.extend(modules.map(|module| (module, "nobody is heard while it rings")));
    }
    needed
}

/// Checks them; `in_extensions` tells whether callers come to the program by extensions.conf.
pub(super) fn check(
    own: &Own,
    modules: &Modules,
    voicemail: Option<&Conf>,
    in_extensions: bool,
    findings: &mut Findings,
) {
    let dialplan = (
        "pbx_config",
        "there is no dialplan: it reads extensions.conf",
    );
    let dialplan = in_extensions.then_some(dialplan);
    for (name, loss) in needed(own).into_iter().chain(dialplan) {
        check_one(modules, name, loss, findings);
    }
    check_voicemail(modules, findings);
    if let Some(voicemail) = voicemail.filter(|conf| !conf.partial) {
        check_recording(modules, voicemail, findings);
    }
}

pub(super) fn check_one(modules: &Modules, name: &str, loss: &str, findings: &mut Findings) {
    if let Err(culprit) = modules.is_loaded(name) {
        findings.error(
            modules.spot(culprit),
            format!("{name} is not loaded, and without it {loss}"),
            format!("write load => {name}.so in [modules], and no noload"),
        );
    } else if modules.is_installed(name) == Some(false) {
        let remedy = match name {
            // It was removed from Asterisk.
            "chan_sip" => "write PJSIP/ for SIP/: Asterisk 21 and later have no chan_sip",
            _ => "install the package of Asterisk that has it",
        };
        findings.error(
            modules.spot(None),
            format!("{name} is not installed, and without it {loss}"),
            remedy,
        );
    }
}

/// One variant of VoiceMail has to run, and no second one.
fn check_voicemail(modules: &Modules, findings: &mut Findings) {
    let running = VOICEMAILS.iter().copied();
    let running: Vec<_> = running.filter(|name| modules.may_run(name)).collect();
    if running.is_empty() {
        findings.error(
            modules.spot(modules.line(&["noload"], VOICEMAILS[0])),
            "no VoiceMail is installed and loaded, so no caller can leave a message",
            "install app_voicemail.so, and write load => app_voicemail.so in [modules], and no noload",
        );
    }
    if let [first, second, ..] = running[..]
        && modules.installed.is_some()
    {
        findings.warning(
            modules.spot(None),
            format!("{first} and {second} are both loaded: the one that fails takes the other's applications with it"),
            format!("write noload => {second}.so in [modules], or noload => {first}.so"),
        );
    }
}

/// VoiceMail passes over formats that no module writes; it needs one.
fn check_recording(modules: &Modules, voicemail: &Conf, findings: &mut Findings) {
    let set = voicemail.value("general", "format");
    let formats = set.map_or("wav", |entry| entry.value.as_str());
    let formats = formats
        .split('|')
        .map(|format| formats::module(format.trim()));
    // Of a format that is not known here nothing is known.
    let Some(writers) = formats.collect::<Option<Vec<_>>>() else {
        return;
    };
    if !writers.iter().any(|name| modules.may_run(name)) {
        check_one(modules, writers[0], "VoiceMail cannot record", findings);
    }
}

/// What each call needs.
const ALWAYS: [(&str, &str); 2] = [
    ("res_agi", "EAGI starts nothing"),
    ("app_dial", "nobody is rung"),
];
/// chan_pjsip and all that it does not load without, and what brings audio into its calls.
const PJSIP: [(&str, &str); 9] = [
    ("chan_pjsip", NO_PJSIP),
    ("res_pjsip", NO_PJSIP),
    ("res_pjsip_session", NO_PJSIP),
    ("res_pjsip_pubsub", NO_PJSIP),
    ("res_pjproject", NO_PJSIP),
    ("res_sorcery_config", NO_PJSIP),
    ("res_sorcery_memory", NO_PJSIP),
    ("res_sorcery_astdb", NO_PJSIP),
    ("res_pjsip_sdp_rtp", "SIP calls have no audio"),
];
const NO_PJSIP: &str = "nobody is rung by PJSIP/";
/// The variants of VoiceMail, by where they keep messages.
pub(super) const VOICEMAILS: [&str; 3] =
    ["app_voicemail", "app_voicemail_odbc", "app_voicemail_imap"];
