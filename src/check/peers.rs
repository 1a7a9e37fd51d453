//! Who is rung: whether Asterisk has these telephones.

use std::collections::{HashMap, HashSet};

use super::{
    finding::{Findings, Spot},
    modules::Modules,
    own::Own,
    realtime::Realtime,
    site::Site,
};
use crate::{
    asterisk_files::{Conf, Dialplan, Section},
    config::{Route, nearest},
};

pub(super) fn check(
    own: &Own,
    site: &Site,
    dialplan: &Dialplan,
    realtime: &Realtime,
    modules: Option<&Modules>,
    findings: &mut Findings,
) {
    let sip = site.conf("sip.conf", findings);
    let pjsip = site.conf("pjsip.conf", findings);
    let wizard = site.conf("pjsip_wizard.conf", findings);
    let conf = [pjsip.as_ref(), wizard.as_ref()];
    let phones = Phones::new(sip.as_ref(), conf, realtime, dialplan, modules);
    for route in own.config.routes() {
        if own.config.dial_varies(route) {
            findings.note(
                own.route(route, "dial"),
                format!(
                    "whom pattern {} rings is known on a call only, and not checked",
                    route.section
                ),
                "",
            );
            continue;
        }
        for target in targets(route) {
            phones.check(target, &own.route(route, "dial"), findings);
        }
    }
}

/// Whether anybody is rung by this technology.
pub(super) fn rings_by(own: &Own, technology: &str) -> bool {
    let mut all = own.config.routes().flat_map(targets);
    all.any(|target| {
        let named = target.split_once('/');
        named.is_some_and(|(named, _)| named.eq_ignore_ascii_case(technology))
    })
}

/// Everybody whom this route rings: `SIP/bob&SIP/anna`, without time and options.
fn targets(route: &Route) -> impl Iterator<Item = &str> {
    let who = route.dial.as_str().split(',').next().unwrap_or_default();
    who.split('&').map(str::trim)
}

struct Phones<'a> {
    /// chan_sip's, by their names in small letters.
    sip: HashMap<String, &'a Section>,
    sip_is_partial: bool,
    /// Whether chan_sip is not installed, which is told with the modules: sip.conf mends nothing.
    has_no_sip: bool,
    /// chan_pjsip's, and their sections where they are not a wizard's.
    endpoints: HashMap<&'a str, Option<&'a Section>>,
    /// The names under which endpoints are registered.
    aors: HashSet<&'a str>,
    pjsip_is_partial: bool,
    realtime: &'a Realtime,
    dialplan: &'a Dialplan,
}

impl<'a> Phones<'a> {
    fn new(
        sip: Option<&'a Conf>,
        [pjsip, wizard]: [Option<&'a Conf>; 2],
        realtime: &'a Realtime,
        dialplan: &'a Dialplan,
        modules: Option<&Modules>,
    ) -> Self {
        let partial = |conf: &Conf| conf.partial || realtime.unknown;
        let mut by_name = HashMap::new();
        for section in sip.into_iter().flat_map(sip_sections) {
            let name = section.name.to_ascii_lowercase();
            by_name.entry(name).or_insert(section);
        }
        let of_pjsip = |kind| pjsip.into_iter().flat_map(move |conf| of_type(conf, kind));
        let plain = of_pjsip("endpoint");
        let wizards = || wizard.into_iter().flat_map(|conf| of_type(conf, "wizard"));
        Self {
            sip: by_name,
            has_no_sip: modules.is_some_and(|all| all.is_installed("chan_sip") == Some(false)),
            sip_is_partial: sip.map_or(realtime.unknown, partial),
            // A wizard makes an aor of its own name.
            aors: of_pjsip("aor")
                .chain(wizards())
                .map(|section| section.name.as_str())
                .collect(),
            endpoints: wizards()
                .map(|section| (section.name.as_str(), None))
                .chain(plain.map(|section| (section.name.as_str(), Some(section))))
                .collect(),
            pjsip_is_partial: [pjsip, wizard]
                .into_iter()
                .any(|conf| conf.map_or(realtime.unknown, partial)),
            realtime,
            dialplan,
        }
    }
}

/// Who is not found where only a part could be read may be in the rest: of them nothing is said.
impl Phones<'_> {
    fn check(&self, target: &str, spot: &Spot, findings: &mut Findings) {
        let Some((technology, peer)) = target.split_once('/') else {
            return findings.error(
                spot.clone(),
                format!("\"{target}\" has no technology, so Dial fails"),
                format!("write it as SIP/{target} or PJSIP/{target}"),
            );
        };
        match technology.to_ascii_uppercase().as_str() {
            "SIP" => self.check_sip(peer, spot, findings),
            "PJSIP" => self.check_pjsip(peer, spot, findings),
            "LOCAL" => self.check_local(peer, spot, findings),
            _ => findings.note(
                spot.clone(),
                format!(
                    "\"{target}\" is not checked: the technology {technology} is not known here"
                ),
                "",
            ),
        }
    }

    fn check_sip(&self, dialled: &str, spot: &Spot, findings: &mut Findings) {
        let peer = sip_peer(dialled);
        if let Some(section) = self.sip.get(&peer.to_ascii_lowercase()) {
            let kind = section
                .value("type")
                .map(|entry| entry.value.to_ascii_lowercase());
            if !matches!(kind.as_deref(), Some("friend" | "peer")) {
                findings.error(
                    &section.place,
                    format!("[{peer}] is no telephone that can be rung"),
                    "set type=friend or type=peer in it",
                );
            }
            return;
        }
        if self.sip_is_partial || self.has_no_sip {
            return;
        }
        if let Some(place) = &self.realtime.sip {
            findings.note(
                place,
                "SIP peers are in a database, which is not read here",
                "compare the peers of voiceagent.toml with it",
            );
        } else if dialled.contains('.') {
            let message =
                format!("SIP/{dialled} is a host, not a peer of sip.conf, and not checked");
            findings.note(spot.clone(), message, "");
        } else {
            let names = self.sip.values().filter(|_| findings.may_suggest());
            let names = names.map(|section| section.name.as_str());
            let elsewhere = self
                .endpoints
                .contains_key(peer)
                .then(|| format!("PJSIP/{dialled}"));
            let near = nearest(peer, names).map(|near| format!("SIP/{near}"));
            unknown(
                &format!("SIP/{peer}"),
                "sip.conf",
                near,
                elsewhere,
                spot,
                findings,
            );
        }
    }

    fn check_pjsip(&self, dialled: &str, spot: &Spot, findings: &mut Findings) {
        let peer = pjsip_endpoint(dialled);
        if self.pjsip_is_partial {
            return;
        }
        if let Some(&endpoint) = self.endpoints.get(peer) {
            // What is dialled may say itself where the telephone is.
            let needs_aor = !dialled.contains('/') && self.realtime.pjsip.is_none();
            if let Some(endpoint) = endpoint.filter(|_| needs_aor) {
                self.check_aors(endpoint, findings);
            }
            return;
        }
        if let Some(place) = &self.realtime.pjsip {
            return findings.note(
                place,
                "PJSIP endpoints are in a database, which is not read here",
                "compare the endpoints of voiceagent.toml with it",
            );
        }
        let names = self.endpoints.keys().filter(|_| findings.may_suggest());
        let near = nearest(peer, names.copied());
        let near = near.map(|near| format!("PJSIP/{near}"));
        let elsewhere = self.sip.contains_key(&peer.to_ascii_lowercase());
        let elsewhere = elsewhere.then(|| format!("SIP/{dialled}"));
        let files = "pjsip.conf";
        unknown(
            &format!("PJSIP/{peer}"),
            files,
            near,
            elsewhere,
            spot,
            findings,
        );
    }

    /// Whether Asterisk can know where the telephone is.
    fn check_aors(&self, endpoint: &Section, findings: &mut Findings) {
        let name = &endpoint.name;
        let Some(named) = endpoint.all("aors").next_back() else {
            return findings.error(
                &endpoint.place,
                format!("endpoint [{name}] has no aors, so it is never rung"),
                format!("set aors={name}, and add [{name}] with type=aor"),
            );
        };
        let mut aors = named.value.split(',').map(str::trim);
        if !aors.any(|aor| self.aors.contains(aor)) {
            let wanted = named.value.as_str();
            findings.error(
                &named.place,
                format!("pjsip.conf has no aor {wanted}, so endpoint [{name}] is never rung"),
                format!("add [{wanted}] with type=aor to it"),
            );
        }
    }

    fn check_local(&self, dialled: &str, spot: &Spot, findings: &mut Findings) {
        let (extension, rest) = dialled.split_once('@').unwrap_or((dialled, "default"));
        let context = rest.split('/').next().unwrap_or_default();
        let is_partial = self.dialplan.partial || self.realtime.unknown;
        if self.dialplan.find(context, extension).is_some() || is_partial {
            return;
        }
        if let Some(place) = &self.realtime.extensions {
            return findings.note(
                place,
                "extensions are in a database, which is not read here",
                "",
            );
        }
        findings.error(
            spot.clone(),
            format!("Local/{dialled}: the dialplan has no extension {extension} in [{context}]"),
            format!("add it, or name the context that has it: Local/{extension}@CONTEXT"),
        );
    }
}

/// A peer that is nowhere: one of a near name, else the same name in the other technology.
fn unknown(
    peer: &str,
    file: &str,
    near: Option<String>,
    elsewhere: Option<String>,
    spot: &Spot,
    findings: &mut Findings,
) {
    let remedy = match elsewhere.or(near) {
        Some(meant) => format!("did you mean \"{meant}\"?"),
        None => format!("add it to {file}"),
    };
    let message = format!("{peer} is not in {file}, so it is never rung");
    findings.error(spot.clone(), message, remedy);
}

fn of_type<'a>(conf: &'a Conf, kind: &'static str) -> impl Iterator<Item = &'a Section> {
    conf.used().filter(move |section| {
        let own = section.value("type");
        own.is_some_and(|entry| entry.value.eq_ignore_ascii_case(kind))
    })
}

fn sip_sections(conf: &Conf) -> impl Iterator<Item = &Section> {
    conf.used().filter(|section| {
        let name = section.name.as_str();
        !["general", "authentication"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
    })
}

/// `peer` of chan_sip's `[extension@]peer[:port][/extension][!…]`.
fn sip_peer(dialled: &str) -> &str {
    let dialled = dialled.split('!').next().unwrap_or_default();
    let peer = dialled.rsplit('@').next().unwrap_or_default();
    peer.split(['/', ':']).next().unwrap_or_default()
}

/// `endpoint` of chan_pjsip's `[user@]endpoint[/URI]`.
fn pjsip_endpoint(dialled: &str) -> &str {
    let endpoint = dialled.split('/').next().unwrap_or_default();
    endpoint.rsplit('@').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peer_is_found_in_what_is_dialled() {
        for (dialled, peer) in [
            ("bob", "bob"),
            ("bob/5551234", "bob"),
            ("5551234@trunk", "trunk"),
            ("5551234@trunk:5060", "trunk"),
            ("bob!\"Name\" <1>", "bob"),
        ] {
            assert_eq!(sip_peer(dialled), peer);
        }
        for (dialled, peer) in [
            ("bob", "bob"),
            ("5551234@trunk", "trunk"),
            ("trunk/sip:5551234@example.com", "trunk"),
        ] {
            assert_eq!(pjsip_endpoint(dialled), peer);
        }
    }
}
