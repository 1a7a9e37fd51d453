use crate::support::Installation;

/// Where the shipped dialplan has the keys that may end ringing.
const SHIPPED_KEYS: &str = "exten => _[*#],1,Hangup(1)\n";
/// The lines behind `EAGI` that carry the caller on.
const AFTER: &str = " same => n,Goto(without-voiceagent,${EXTEN},1)\n";

fn with_dialplan(test: &str, text: &str) -> Installation {
    let installation = Installation::new(test);
    installation.write("extensions.conf", text);
    installation
}

#[test]
fn a_dialplan_that_does_not_call_the_program_is_an_error() {
    let installation = with_dialplan("plan_none", "[users]\nexten => 101,1,Dial(SIP/bob)\n");
    let found = installation.check();
    found.only(
        "error",
        "extensions.conf",
        "no line calls EAGI(voiceagent)",
        "EAGI(voiceagent,${EXTEN})",
    );
}

#[test]
fn a_program_that_a_global_variable_names_is_known_and_of_another_nothing_is_said() {
    let installation = Installation::new("plan_global");
    installation.replace(
        "extensions.conf",
        "n,EAGI(voiceagent,${EXTEN})",
        "n,EAGI(${P},${EXTEN})",
    );
    let line = installation.line("extensions.conf", "EAGI(${P}");
    installation.check().only(
        "note",
        &format!("extensions.conf:{line}"),
        "which program ${P} names is known on a call only",
        "",
    );
    installation.replace(
        "extensions.conf",
        "[globals]\n",
        "[globals]\nP=voiceagent\n",
    );
    installation.check().nothing();
    installation.replace("extensions.conf", "P=voiceagent\n", "P=old/voiceagent\n");
    installation
        .check()
        .only("error", "agi-bin/old/voiceagent", "NOTFOUND", "");
}

#[test]
fn agi_instead_of_eagi_is_an_error() {
    let installation = Installation::new("plan_agi");
    installation.replace(
        "extensions.conf",
        "n,EAGI(voiceagent,${",
        "n,AGI(voiceagent,${",
    );
    let place = format!(
        "extensions.conf:{}",
        installation.line("extensions.conf", "n,AGI(")
    );
    installation
        .check()
        .only("error", &place, "no audio", "EAGI(voiceagent,${EXTEN})");
}

#[test]
fn a_program_in_the_extension_of_hung_up_calls_is_a_warning_whatever_calls_it() {
    for call in ["EAGI", "AGI", "DeadAGI"] {
        let installation = Installation::new(&format!("plan_dead_{call}"));
        let dead = format!("exten => h,1,{call}(voiceagent,109)\n");
        installation.append("extensions.conf", &format!("[users](+)\n{dead}"));
        let line = installation.line("extensions.conf", &dead);
        installation.check().only(
            "warning",
            &format!("extensions.conf:{line}"),
            "the caller has hung up",
            &format!("take {call}(voiceagent) out of h"),
        );
    }
}

#[test]
fn blanks_around_the_programs_name_are_an_error() {
    for (test, written) in [("before", " voiceagent"), ("behind", "voiceagent ")] {
        let installation = Installation::new(&format!("plan_blank_{test}"));
        let padded = format!("n,EAGI({written},${{EXTEN}})");
        installation.replace("extensions.conf", "n,EAGI(voiceagent,${EXTEN})", &padded);
        let line = installation.line("extensions.conf", &padded);
        installation.check().only(
            "error",
            &format!("extensions.conf:{line}"),
            "blanks around voiceagent",
            "write EAGI(voiceagent,${EXTEN})",
        );
    }
}

#[test]
fn a_program_over_the_network_is_an_error_whatever_calls_it() {
    for call in ["EAGI", "AGI"] {
        let installation = Installation::new(&format!("plan_fast_{call}"));
        let fast = format!("n,{call}(agi://localhost/voiceagent,${{EXTEN}})");
        installation.replace("extensions.conf", "n,EAGI(voiceagent,${EXTEN})", &fast);
        let line = installation.line("extensions.conf", &fast);
        installation.check().only(
            "error",
            &format!("extensions.conf:{line}"),
            "agi://localhost/voiceagent is FastAGI",
            "write EAGI(voiceagent,${EXTEN})",
        );
    }
}

#[test]
fn a_call_inside_of_another_application_is_a_call() {
    let installation = Installation::new("plan_inside");
    installation.replace(
        "extensions.conf",
        "n,EAGI(voiceagent,${EXTEN})",
        "n,ExecIf($[1]?EAGI(voiceagent,${EXTEN}))",
    );
    installation.check().nothing();
}

#[test]
fn an_extension_that_no_pattern_fits_is_a_warning() {
    let installation = Installation::new("plan_unfit");
    installation.replace("extensions.conf", "_[*0-9]X.,1", "_[*1]01.,1");
    installation.replace(
        "extensions.conf",
        "[users]\n",
        "[users]\nexten => _[*1]01,1,Goto(1011,1)\n",
    );
    let found = installation.check();
    found.has(
        "warning",
        "voiceagent.toml:9",
        "no extension of [users] fits 102",
        "add one",
    );
}

#[test]
fn an_extension_that_leads_elsewhere_is_a_warning() {
    let installation = Installation::new("plan_elsewhere");
    installation.append(
        "extensions.conf",
        "[users](+)\nexten => 102,1,Dial(SIP/peter)\n",
    );
    let line = installation.line("extensions.conf", "102,1,Dial");
    let found = installation.check();
    found.only(
        "warning",
        "voiceagent.toml:9",
        &format!("102 in [users] leads to line {line}"),
        "call EAGI(voiceagent",
    );
}

#[test]
fn a_login_that_cannot_be_dialled_is_a_warning() {
    let text = format!(
        "[users]\nexten => a,1,NoOp()\nexten => _X.,1,EAGI(voiceagent,${{EXTEN}})\n{AFTER}"
    );
    let installation = with_dialplan("plan_login", &text);
    let found = installation.check();
    found.only("warning", "extensions.conf:3", "fits *101", "exten => *101");
    installation.append("voiceagent.toml", "\n[login]\nprefix = \"88\"\n");
    installation.check().nothing();
}

#[test]
fn an_extension_by_an_include_is_found() {
    let text =
        format!("[users]\ninclude => all\n[all]\nexten => _[*0-9]X.,1,EAGI(voiceagent)\n{AFTER}");
    with_dialplan("plan_include", &text).check().nothing();
}

#[test]
fn a_pattern_that_hides_what_its_context_includes_is_a_warning() {
    let installation = Installation::new("plan_hidden");
    installation.append(
        "extensions.conf",
        "[users](+)\ninclude => features\ninclude => emergency\n\
         [features]\nexten => h,1,NoOp()\nexten => #1,1,NoOp()\n\
         [emergency]\nexten => 101,1,NoOp()\nexten => 112,1,Dial(SIP/bob)\n",
    );
    let line = installation.line("extensions.conf", "EAGI(voiceagent,${EXTEN})");
    installation.check().only(
        "warning",
        &format!("extensions.conf:{line}"),
        "_[*0-9]X. goes before what [users] includes: nobody reaches 112 of [emergency]",
        "go on to emergency where VOICEAGENTSTATUS is NOROUTE",
    );
    installation.replace(
        "extensions.conf",
        "n(nobody),Hangup(1)",
        "n(nobody),Goto(emergency,${EXTEN},1)",
    );
    installation.check().nothing();
}

#[test]
fn without_an_exit_a_star_in_a_temporary_greeting_is_lost() {
    let text = format!("[users]\nexten => _X.,1,EAGI(voiceagent,${{EXTEN}})\n{AFTER}");
    let installation = with_dialplan("plan_exit", &text);
    installation.append("voiceagent.toml", "\n[login]\nprefix = \"88\"\n");
    let found = installation.check();
    found.only(
        "warning",
        "extensions.conf:2",
        "no * in a temporary greeting",
        "exten => a,1",
    );
    // Without that key, nothing needs it.
    installation.append("voiceagent.toml", "\n[keys]\nlogin = \"\"\n");
    installation.check().nothing();
}

#[test]
fn option_d_of_dial_needs_an_extension_for_each_key() {
    let installation = Installation::new("plan_option_d");
    installation.append("voiceagent.toml", "\n[dial]\noptions = \"gU(d)d\"\n");
    installation.replace("extensions.conf", SHIPPED_KEYS, "");
    let place = format!(
        "voiceagent.toml:{}",
        installation.line("voiceagent.toml", "options")
    );
    let found = installation.check();
    assert_eq!(found.count("warning"), 2, "{found}");
    found.has("warning", &place, "lets * through", "exten => *,1");
    found.has("warning", &place, "lets # through", "exten => #,1");
    installation.append("extensions.conf", "[users](+)\nexten => _[*#],1,NoOp()\n");
    installation.check().nothing();
}

#[test]
fn keys_while_it_rings_need_an_extension_each() {
    for (test, setting) in [
        ("plan_ringing", "\n[ringing]\nkeys = \"signalled\"\n"),
        (
            "plan_ringing_own",
            "\n[extensions.103]\ndial = \"SIP/bob\"\nmailbox = \"101@sales\"\nringing.keys = \"signalled\"\n",
        ),
    ] {
        let installation = Installation::new(test);
        installation.append("voiceagent.toml", setting);
        installation.check().nothing();
        installation.replace("extensions.conf", SHIPPED_KEYS, "");
        let line = installation.line("voiceagent.toml", "keys = \"signalled\"");
        let place = format!("voiceagent.toml:{line}");
        let found = installation.check();
        assert_eq!(found.count("warning"), 2, "{found}");
        found.has(
            "warning",
            &place,
            "lets * through",
            "ringing.keys = \"off\"",
        );
        found.has("warning", &place, "lets # through", "exten => #,1");
    }
}

#[test]
fn a_caller_is_heard_while_it_rings_only_with_what_the_shipped_dialplan_has() {
    let installation = Installation::new("plan_heard");
    installation.append("voiceagent.toml", "\n[ringing]\nkeys = \"heard\"\n");
    installation.check().nothing();
    for context in ["voiceagent-listen", "voiceagent-answered"] {
        let (section, other) = (format!("\n[{context}]\n"), format!("\n[not-{context}]\n"));
        installation.replace("extensions.conf", &section, &other);
        let line = installation.line("voiceagent.toml", "keys = \"heard\"");
        let place = format!("voiceagent.toml:{line}");
        let found = installation.check();
        let missing = format!("no extension s in [{context}]");
        found.has("error", &place, &missing, "config/extensions.conf");
        installation.replace("extensions.conf", &other, &section);
    }
    installation.append("modules.conf", "noload => app_chanspy.so\n");
    let line = installation.line("modules.conf", "noload");
    let place = format!("modules.conf:{line}");
    installation
        .check()
        .only("error", &place, "app_chanspy is not loaded", "load =>");
}

#[test]
fn in_a_macro_a_caller_is_not_heard_while_it_rings() {
    let installation = Installation::new("plan_macro");
    let runs = "exten => s,1,EAGI(voiceagent,101)\n";
    let keys = "exten => a,1,NoOp()\nexten => _[*#],1,NoOp()\n";
    installation.append(
        "extensions.conf",
        &format!("[macro-person]\n{runs}{AFTER}{keys}"),
    );
    installation.append("voiceagent.toml", "\n[ringing]\nkeys = \"signalled\"\n");
    installation.check().nothing();
    installation.replace("voiceagent.toml", "\"signalled\"", "\"heard\"");
    let line = installation.line("extensions.conf", runs);
    installation.check().only(
        "warning",
        &format!("extensions.conf:{line}"),
        "[macro-person] is a Macro",
        "in a Gosub, or write ringing.keys = \"signalled\"",
    );
}

#[test]
fn a_way_for_callers_to_what_hears_others_is_a_warning() {
    let installation = Installation::new("plan_heard_by_all");
    let include = "[users](+)\ninclude => voiceagent-listen\n";
    installation.append("extensions.conf", include);
    let line = installation.line("extensions.conf", "include => voiceagent-listen");
    let place = format!("extensions.conf:{line}");
    installation.check().only(
        "warning",
        &place,
        "reaches [voiceagent-listen]",
        "drop this include",
    );
}

#[test]
fn an_end_behind_the_program_that_only_hangs_up_is_a_note() {
    let text = "[users]\nexten => _[*0-9]X.,1,EAGI(voiceagent,${EXTEN})\n same => n,Verbose(1,over)\n same => n,Hangup()\n";
    let installation = with_dialplan("plan_end", text);
    installation.check().only(
        "note",
        "extensions.conf:2",
        "nothing carries the caller on",
        "VOICEAGENTSTATUS",
    );
}

#[test]
fn a_fixed_extension_that_is_not_configured_is_an_error() {
    let text = format!(
        "[users]\nexten => _[*0-9]X.,1,EAGI(voiceagent,${{EXTEN}})\n{AFTER}exten => door,1,EAGI(voiceagent,109)\n{AFTER}"
    );
    let installation = with_dialplan("plan_fixed", &text);
    installation.check().only(
        "error",
        "extensions.conf:4",
        "109 is not in voiceagent.toml",
        "[extensions.109]",
    );
}

#[test]
fn an_extension_known_on_a_call_only_is_a_note() {
    let text = format!("[sub]\nexten => *,1,EAGI(voiceagent,${{ARG1}})\n{AFTER}");
    let installation = with_dialplan("plan_argument", &text);
    installation
        .check()
        .only("note", "extensions.conf:2", "${ARG1}", "");
}

#[test]
fn a_login_without_a_pin_is_a_warning_anywhere() {
    let installation = Installation::new("plan_no_pin");
    installation.append(
        "extensions.conf",
        "[lobby]\nexten => 9,1,VoiceMailMain(101@sales,p(s)a(1))\n same => n,VoicemailMain(,gs)\n",
    );
    let line = installation.line("extensions.conf", ",gs)");
    let place = format!("extensions.conf:{line}");
    installation
        .check()
        .only("warning", &place, "asks for no PIN", "drop the s");
}

#[test]
fn other_dialplans_are_noted_as_not_read() {
    let installation = Installation::new("plan_others");
    installation.write("extensions.ael", "context a { }");
    installation.write("extensions.lua", "-- EAGI(voiceagent)");
    installation.append("extensions.conf", "[users](+)\nswitch => DUNDi/e164\n");
    let line = installation.line("extensions.conf", "switch");
    let found = installation.check();
    assert_eq!(found.count("note"), 3, "{found}");
    found.has("note", "extensions.ael", "AEL is not read", "");
    found.has("note", "extensions.lua", "Lua names the program", "");
    found.has("note", &format!("extensions.conf:{line}"), "DUNDi/e164", "");
}
