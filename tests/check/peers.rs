use crate::support::Installation;

/// An installation in which 101 rings this.
fn ringing(test: &str, dial: &str) -> Installation {
    let installation = Installation::new(test);
    installation.replace("voiceagent.toml", "SIP/bob", dial);
    installation
}

#[test]
fn each_of_several_peers_is_checked() {
    let installation = ringing(
        "peers_several",
        "SIP/bob&SIP/peter&SIP/botb/5551&SIP/1@nobodyatall",
    );
    let found = installation.check();
    assert_eq!(found.count("error"), 2, "{found}");
    found.has(
        "error",
        "voiceagent.toml:5",
        "SIP/botb is not in sip.conf",
        "\"SIP/bob\"",
    );
    found.has(
        "error",
        "voiceagent.toml:5",
        "SIP/nobodyatall is not in",
        "add it to sip.conf",
    );
}

#[test]
fn a_peer_of_the_other_technology_is_told() {
    let installation = ringing("peers_other", "PJSIP/bob");
    installation.check().only(
        "error",
        "voiceagent.toml:5",
        "PJSIP/bob is not in pjsip.conf",
        "\"SIP/bob\"",
    );
}

#[test]
fn an_endpoint_is_what_has_the_type_itself_or_by_a_template() {
    let installation = ringing("peers_pjsip", "PJSIP/bob");
    installation.write("pjsip.conf", "[bob]\ntype=aor\n");
    installation
        .check()
        .has("error", "voiceagent.toml:5", "PJSIP/bob", "");
    installation.write(
        "pjsip.conf",
        "[phone](!)\ntype=endpoint\naors=bob\n[bob]\ntype=aor\n[bob](phone)\n",
    );
    installation.check().nothing();
    installation.write("pjsip.conf", "");
    installation.write("pjsip_wizard.conf", "[bob]\ntype=wizard\n");
    installation.check().nothing();
}

#[test]
fn an_endpoint_is_rung_only_where_it_can_be_registered() {
    let installation = ringing("peers_aors", "PJSIP/bob");
    installation.write("pjsip.conf", "[bob]\ntype=endpoint\n[bob]\ntype=aor\n");
    installation
        .check()
        .only("error", "pjsip.conf:1", "has no aors", "set aors=bob");
    installation.write(
        "pjsip.conf",
        "[bob]\ntype=endpoint\naors=bob-desk\n[bob]\ntype=aor\n",
    );
    installation
        .check()
        .only("error", "pjsip.conf:3", "no aor bob-desk", "type=aor");
    installation.write("pjsip_wizard.conf", "[bob-desk]\ntype=wizard\n");
    installation.check().nothing();
    installation.write("pjsip_wizard.conf", "");
    installation.replace("pjsip.conf", "aors=bob-desk", "aors=bob-desk, bob");
    installation.check().nothing();
    // A trunk, where what is dialled names the other side.
    installation.replace(
        "voiceagent.toml",
        "PJSIP/bob",
        "PJSIP/bob/sip:1@example.com",
    );
    installation.replace("pjsip.conf", "aors=bob-desk, bob", "");
    installation.check().nothing();
}

#[test]
fn a_section_that_is_no_telephone_cannot_be_rung() {
    let installation = Installation::new("peers_type");
    installation.write(
        "sip.conf",
        "[t](!)\ntype=friend\n[bob]\ntype=user\n[peter](t)\n",
    );
    installation
        .check()
        .only("error", "sip.conf:3", "no telephone", "type=friend");
}

#[test]
fn a_template_is_no_peer() {
    let installation = Installation::new("peers_template");
    installation.replace("sip.conf", "[bob]", "[bob](!)");
    installation
        .check()
        .only("error", "voiceagent.toml:5", "SIP/bob", "");
}

#[test]
fn a_local_channel_needs_its_extension() {
    let installation = ringing("peers_local", "Local/101@without-voiceagent/n");
    installation.check().nothing();
    installation.replace(
        "voiceagent.toml",
        "Local/101@without-voiceagent",
        "Local/s@without-voiceagent",
    );
    installation.check().only(
        "error",
        "voiceagent.toml:5",
        "no extension s in [without-voiceagent]",
        "add it",
    );
}

#[test]
fn what_cannot_be_checked_is_a_note() {
    for (test, dial, words) in [
        ("peers_dahdi", "DAHDI/1", "technology DAHDI"),
        ("peers_host", "SIP/bob@sip.example.com", "is a host"),
    ] {
        let installation = ringing(test, dial);
        installation
            .check()
            .only("note", "voiceagent.toml:5", words, "");
    }
}

#[test]
fn a_variable_that_nobody_would_evaluate_is_an_error() {
    ringing("peers_variable", "SIP/${WHO}").check().only(
        "error",
        "voiceagent.toml:5",
        "Dial gets it as it stands",
        "${EXTEN}",
    );
}

#[test]
fn peers_in_a_database_are_a_note() {
    let installation = ringing("peers_realtime", "SIP/zzz&PJSIP/zzz");
    installation.write("extconfig.conf", "[settings]\nsippeers => odbc,a\n");
    installation.write(
        "sorcery.conf",
        "[res_pjsip]\nendpoint=config,pjsip.conf\nendpoint=realtime,ps_endpoints\n",
    );
    let found = installation.check();
    assert_eq!(found.count("note"), 2, "{found}");
    found.has(
        "note",
        "extconfig.conf:2",
        "SIP peers are in a database",
        "",
    );
    found.has(
        "note",
        "sorcery.conf:3",
        "PJSIP endpoints are in a database",
        "",
    );
}

#[test]
fn of_a_pattern_that_rings_many_only_its_place_is_told() {
    let installation = Installation::new("peers_pattern");
    installation.append(
        "voiceagent.toml",
        "\n[extensions._1XX]\ndial = \"SIP/p${EXTEN}\"\nmailbox = \"${EXTEN}@sales\"\n\
         [extensions._2XX]\ndial = \"SIP/nobody\"\nmailbox = \"201@sales\"\n",
    );
    let found = installation.check();
    let line = installation.line("voiceagent.toml", "SIP/p${EXTEN}");
    found.has(
        "note",
        &format!("voiceagent.toml:{line}"),
        "whom pattern _1XX rings is known on a call only",
        "",
    );
    found.has(
        "note",
        &format!("voiceagent.toml:{}", line + 1),
        "the mailboxes of pattern _1XX",
        "",
    );
    found.has(
        "error",
        &format!("voiceagent.toml:{}", line + 3),
        "SIP/nobody is not in sip.conf",
        "",
    );
    found.has(
        "error",
        &format!("voiceagent.toml:{}", line + 4),
        "mailbox 201@sales is not in voicemail.conf",
        "",
    );
}
