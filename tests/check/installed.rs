use std::fs;

use crate::support::Installation;

#[test]
fn a_program_that_is_not_there_is_an_error() {
    let installation = Installation::new("installed_missing");
    fs::remove_file(installation.path("../agi-bin/voiceagent")).unwrap();
    installation
        .check()
        .only("error", "agi-bin/voiceagent", "NOTFOUND", "install -m 755");
}

#[test]
fn a_program_that_cannot_be_executed_is_an_error() {
    let installation = Installation::new("installed_mode");
    installation.mode("../agi-bin/voiceagent", 0o644);
    installation
        .check()
        .only("error", "agi-bin/voiceagent", "cannot execute", "chmod 755");
}

#[test]
fn a_folder_that_keeps_asterisk_from_the_program_is_an_error_that_names_it() {
    let installation = Installation::new("installed_folder");
    if !installation.is_run_by_another() {
        return;
    }
    installation.check().nothing();
    installation.mode("../agi-bin", 0o700);
    installation.check().only(
        "error",
        "agi-bin/voiceagent",
        "agi-bin, so EAGI does not start it",
        "chmod g+x",
    );
}

#[test]
fn a_program_that_this_user_may_not_look_at_is_not_said_to_be_missing() {
    let installation = Installation::new("installed_hidden");
    installation.mode("../agi-bin", 0o700);
    let Some(found) = installation.check_as_nobody() else {
        return;
    };
    found.only("note", "agi-bin/voiceagent", "cannot be looked at", "root");
}

#[test]
fn a_folder_in_which_others_can_replace_the_program_is_a_warning() {
    let installation = Installation::new("installed_replaceable");
    installation.mode("../agi-bin", 0o777);
    installation
        .check()
        .only("warning", "agi-bin", "another voiceagent", "chmod o-w");
}

#[test]
fn a_program_that_others_can_replace_is_a_warning() {
    let installation = Installation::new("installed_writable");
    installation.mode("../agi-bin/voiceagent", 0o757);
    installation
        .check()
        .only("warning", "agi-bin/voiceagent", "everybody", "chmod 755");
}

#[test]
fn a_program_of_some_other_users_is_a_warning() {
    let installation = Installation::new("installed_owner");
    let program = installation.path("../agi-bin/voiceagent");
    if std::os::unix::fs::chown(program, Some(4_321), None).is_err() {
        // Only root can give a file away.
        return;
    }
    installation.check().only(
        "warning",
        "agi-bin/voiceagent",
        "user 4321 owns",
        "chown root",
    );
}

#[test]
fn the_program_is_looked_for_where_the_dialplan_names_it() {
    let installation = Installation::new("installed_path");
    let other = installation
        .path("../agi-bin/old/voiceagent")
        .canonicalize();
    assert!(other.is_err());
    let folder = installation.path("../agi-bin").canonicalize().unwrap();
    let named = format!("EAGI({}/old/voiceagent,", folder.display());
    installation.replace(
        "extensions.conf",
        "n,EAGI(voiceagent,${E",
        &format!("n,{named}${{E"),
    );
    installation
        .check()
        .only("error", "agi-bin/old/voiceagent", "NOTFOUND", "");
    installation.replace("extensions.conf", &named, "EAGI(/opt/voiceagent,");
    installation
        .check()
        .only("note", "opt/voiceagent", "not looked at", "");
}

#[test]
fn a_template_of_directories_is_told_to_be_unused() {
    let installation = Installation::new("installed_template");
    installation.replace("asterisk.conf", "[directories]", "[directories](!)");
    installation.check().has(
        "note",
        "asterisk.conf:1",
        "passes over its paths",
        "drop the (!)",
    );
}

#[test]
fn sounds_that_are_missing_are_an_error() {
    let installation = Installation::new("installed_sounds");
    for sound in ["vm-intro.gsm", "digits/7.gsm"] {
        fs::remove_file(installation.path("../data/sounds/en").join(sound)).unwrap();
    }
    let found = installation.check();
    found.only(
        "error",
        "data/sounds/en",
        "language en: vm-intro, digits/7;",
        "core sounds",
    );
    // In any format, and in no folder of a language, they are there.
    installation.write("../data/sounds/vm-intro.sln16", "");
    installation.write("../data/sounds/digits/7.wav", "");
    installation.check().nothing();
}

#[test]
fn a_language_that_lacks_sounds_is_a_warning_where_it_is_set() {
    let installation = Installation::new("installed_language");
    installation.replace("sip.conf", "[bob]", "[bob]\nlanguage=de_AT");
    let place = format!("sip.conf:{}", installation.line("sip.conf", "language"));
    installation.check().only(
        "warning",
        &place,
        "language de_AT lacks vm-theperson",
        "core sounds",
    );
    installation.sounds("de");
    installation.check().nothing();
}

#[test]
fn the_default_language_is_looked_at_where_it_is_set() {
    let installation = Installation::new("installed_default");
    installation.append("asterisk.conf", "[options]\ndefaultlanguage = fr\n");
    let line = installation.line("asterisk.conf", "defaultlanguage");
    let place = format!("asterisk.conf:{line}");
    installation
        .check()
        .only("warning", &place, "language fr lacks", "core sounds");
}

#[test]
fn a_module_that_is_kept_out_is_an_error() {
    let installation = Installation::new("installed_noload");
    installation.append("modules.conf", "noload => res_agi.so\n");
    installation.check().only(
        "error",
        "modules.conf:3",
        "res_agi is not loaded",
        "load => res_agi.so",
    );
    installation.write(
        "modules.conf",
        "[modules]\nautoload=no\nload => res_agi\nload => app_dial.so\nrequire = app_voicemail.so\n\
         load => pbx_config.so\nload => res_rtp_asterisk.so\nload => format_gsm.so\nload => format_wav.so\n",
    );
    installation.check().only(
        "error",
        "modules.conf:2",
        "chan_sip is not loaded",
        "load => chan_sip.so",
    );
}

#[test]
fn what_a_call_needs_is_told_with_what_it_is_needed_for() {
    for (module, loss) in [
        ("pbx_config", "there is no dialplan"),
        ("res_rtp_asterisk", "have no audio"),
        ("format_gsm", "sounds of language en are not heard"),
        ("format_wav", "VoiceMail cannot record"),
    ] {
        let installation = Installation::new(&format!("installed_without_{module}"));
        installation.append("modules.conf", &format!("noload => {module}.so\n"));
        installation.check().only(
            "error",
            "modules.conf:3",
            &format!("{module} is not loaded, and without it"),
            &format!("load => {module}.so"),
        );
        installation
            .check()
            .has("error", "modules.conf:3", loss, "");
    }
}

#[test]
fn who_is_rung_by_pjsip_needs_all_that_its_channels_are_made_of() {
    for module in ["res_pjsip_session", "res_pjsip_pubsub", "res_sorcery_astdb"] {
        let installation = Installation::new(&format!("installed_pjsip_{module}"));
        installation.append("modules.conf", &format!("noload => {module}.so\n"));
        installation.check().nothing();
        installation.replace("voiceagent.toml", "SIP/bob", "PJSIP/bob");
        installation.write(
            "pjsip.conf",
            "[bob]\ntype=endpoint\naors=bob\n[bob]\ntype=aor\n",
        );
        installation.check().only(
            "error",
            "modules.conf:3",
            "nobody is rung by PJSIP/",
            &format!("load => {module}.so"),
        );
    }
}

#[test]
fn a_sound_needs_one_format_that_is_played_and_a_message_one_that_is_recorded() {
    let installation = Installation::new("installed_formats");
    installation.replace("voicemail.conf", "format=wav", "format=wav49|wav");
    installation.append("modules.conf", "noload => format_wav_gsm.so\n");
    installation.check().nothing();
    installation.append("modules.conf", "noload => format_gsm.so\n");
    let found = installation.check();
    found.only("error", "modules.conf:4", "format_gsm", "");
    for sound in fs::read_dir(installation.path("../data/sounds/en")).unwrap() {
        let sound = sound.unwrap().path();
        if sound.is_file() {
            fs::copy(&sound, sound.with_extension("wav")).unwrap();
        }
    }
    // The digits are in a folder of their own.
    installation
        .check()
        .only("error", "modules.conf:4", "format_gsm", "");
    for folder in ["digits", "silence"] {
        fs::remove_dir_all(installation.path("../data/sounds/en").join(folder)).unwrap();
        let folder = format!("../data/sounds/en/{folder}");
        for name in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] {
            installation.write(&format!("{folder}/{name}.wav"), "a sound");
        }
    }
    installation.check().nothing();
}

#[test]
fn a_module_that_is_not_installed_is_an_error() {
    let installation = Installation::new("installed_no_chan_sip");
    fs::remove_file(installation.path("../modules/chan_sip.so")).unwrap();
    let found = installation.check();
    found.only(
        "error",
        "modules.conf",
        "chan_sip is not installed",
        "write PJSIP/",
    );
    // To add somebody to its file would not help.
    fs::remove_file(installation.path("sip.conf")).unwrap();
    let found = installation.check();
    found.only("error", "modules.conf", "chan_sip is not installed", "");
}

#[test]
fn without_any_voicemail_nobody_can_leave_a_message() {
    let installation = Installation::new("installed_no_voicemail");
    installation.append("modules.conf", "noload => app_voicemail.so\n");
    installation.check().only(
        "error",
        "modules.conf:3",
        "no VoiceMail",
        "load => app_voicemail.so",
    );
    installation.replace("modules.conf", "noload => app_voicemail.so\n", "");
    fs::remove_file(installation.path("../modules/app_voicemail.so")).unwrap();
    installation.check().only(
        "error",
        "modules.conf",
        "no VoiceMail",
        "install app_voicemail.so",
    );
}

#[test]
fn two_voicemails_at_once_are_a_warning() {
    let installation = Installation::new("installed_two");
    installation.write("../modules/app_voicemail_odbc.so", "a module");
    let found = installation.check();
    found.only(
        "warning",
        "modules.conf",
        "both loaded",
        "noload => app_voicemail_odbc.so",
    );
    installation.append("modules.conf", "noload => app_voicemail_odbc.so\n");
    installation.check().nothing();
}
