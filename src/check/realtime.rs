//! What Asterisk has in a database rather than in files, where no check of files can look.

use super::{finding::Findings, site::Site};
use crate::asterisk_files::Place;

/// The families of extconfig.conf that matter here, and where each is sent to a database.
#[derive(Default)]
pub(super) struct Realtime {
    pub(super) voicemail: Option<Place>,
    pub(super) sip: Option<Place>,
    pub(super) pjsip: Option<Place>,
    pub(super) extensions: Option<Place>,
    /// Whether any of them may be in a database without its being known here.
    pub(super) unknown: bool,
}

impl Realtime {
    pub(super) fn read(site: &Site, findings: &mut Findings) -> Self {
        let mut realtime = Self::default();
        if let Some(conf) = site.conf("extconfig.conf", findings) {
            realtime.unknown |= conf.partial;
            let place = |key| Some(conf.value("settings", key)?.place.clone());
            realtime.voicemail = place("voicemail").or_else(|| place("voicemail.conf"));
            realtime.sip = place("sippeers").or_else(|| place("sip.conf"));
            realtime.pjsip = place("ps_endpoints").or_else(|| place("pjsip.conf"));
            realtime.extensions = place("extensions").or_else(|| place("extensions.conf"));
        }
        // PJSIP's objects come from where sorcery.conf says; `config` is pjsip.conf.
        if let Some(conf) = site.conf("sorcery.conf", findings) {
            realtime.unknown |= conf.partial;
            let sections = conf.named("res_pjsip");
            let sources = sections.flat_map(|section| section.all("endpoint"));
            let elsewhere = sources
                .into_iter()
                .find(|entry| !entry.value.starts_with("config"));
            realtime.pjsip = realtime
                .pjsip
                .or(elsewhere.map(|entry| entry.place.clone()));
        }
        realtime
    }
}
