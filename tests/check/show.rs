use crate::support::Installation;

fn shown(test: &str, more: &str, extension: &str) -> (i32, String) {
    let installation = Installation::new(test);
    installation.append("voiceagent.toml", more);
    let done = installation.run(&["--show", extension]);
    assert_eq!(done.stderr, "");
    let folder = installation.folder().display().to_string();
    (done.status, done.stdout.replace(&folder, "ETC"))
}

#[test]
fn a_person_is_shown_with_what_is_rung_and_what_keys_do() {
    let (status, text) = shown("show_person", "\n[keys.goto]\n0 = \"102\"\n", "101");
    assert_eq!(
        text,
        "101: ETC/voiceagent.toml:4: [extensions.101]\n  \
           rings    Dial(SIP/bob,5,g)\n  \
           answered, or the caller gave up: the call ends, never voicemail\n  \
           busy: the busy greeting of 101@sales, then VoiceMail(101@sales,s)\n  \
           else: the unavailable greeting of 101@sales, then VoiceMail(101@sales,s)\n  \
           keys in the greeting:\n    \
             *  VoiceMailMain(101@sales)\n    \
             #  straight to the beep\n    \
             0  extension 102\n"
    );
    assert_eq!(status, 0);
}

#[test]
fn a_greeting_that_voicemail_alone_can_play_is_left_to_it() {
    let elsewhere = "\n[greeting]\nstorage = \"elsewhere\"\n";
    let line = 2 + text_before("[greeting]", elsewhere);
    let ends = format!(
        "  busy: VoiceMail(101@sales,b)\n  \
           else: VoiceMail(101@sales,u)\n  \
           keys in the greeting: those of VoiceMail, which plays it \
           (ETC/voiceagent.toml:{line}: storage = \"elsewhere\")\n"
    );
    let (status, text) = shown("show_elsewhere", elsewhere, "101");
    assert!(text.ends_with(&ends), "{text}");
    assert_eq!(status, 0);

    let ringing = format!("{elsewhere}[ringing]\nkeys = \"heard\"\n");
    let (_, text) = shown("show_elsewhere_ringing", &ringing, "101");
    let keys = "  keys while it rings:\n    \
                  *  VoiceMailMain(101@sales)\n    \
                  #  straight to the beep\n";
    assert!(text.ends_with(&format!("{ends}{keys}")), "{text}");
}

#[test]
fn a_login_is_shown_with_the_prefix_that_makes_it_one() {
    let (status, text) = shown("show_login", "\n[login]\nprefix = \"88\"\n", "88101");
    assert_eq!(status, 0);
    assert!(
        text.contains("the login prefix \"88\" before ETC/voiceagent.toml:4"),
        "{text}"
    );
    assert!(text.contains("VoiceMailMain(101@sales)"), "{text}");
}

#[test]
fn an_extension_that_leads_nowhere_is_status_1() {
    let (status, text) = shown("show_nowhere", "", "103");
    assert_eq!(status, 1);
    assert!(
        text.starts_with("103: not in ETC/voiceagent.toml; the nearest is 10"),
        "{text}"
    );
}

#[test]
fn an_extension_that_a_pattern_takes_is_shown_with_the_pattern() {
    let pattern = "\n[extensions._1XX]\ndial = \"SIP/p${EXTEN}\"\nmailbox = \"${EXTEN}@sales\"\n";
    let (status, text) = shown("show_pattern", pattern, "142");
    assert_eq!(status, 0);
    let line = 1 + text_before("[extensions._1XX]", pattern);
    assert!(
        text.starts_with(&format!(
            "142: ETC/voiceagent.toml:{line}: [extensions._1XX]\n"
        )),
        "{text}"
    );
    assert!(text.contains("Dial(SIP/p142,20,g)"), "{text}");
    assert!(text.contains("VoiceMailMain(142@sales)"), "{text}");
}

#[test]
fn a_pattern_itself_is_no_extension_and_one_that_it_takes_is_named() {
    let pattern = "\n[extensions._1XX]\ndial = \"SIP/p${EXTEN}\"\nmailbox = \"${EXTEN}@sales\"\n";
    let (status, text) = shown("show_pattern_itself", pattern, "_1XX");
    assert_eq!(status, 1);
    let line = 1 + text_before("[extensions._1XX]", pattern);
    assert_eq!(
        text,
        format!(
            "_1XX: ETC/voiceagent.toml:{line}: a pattern, which nobody dials; one that it takes is 100\n"
        )
    );
}

/// Line ends before `what`, which is appended to the shipped configuration.
fn text_before(what: &str, appended: &str) -> usize {
    let shipped = include_str!("../../config/voiceagent.toml");
    let whole = format!("{shipped}{appended}");
    whole[..whole.find(what).unwrap()].matches('\n').count()
}

#[test]
fn an_extension_of_which_asterisk_is_asked_is_shown_with_the_question() {
    let installation = Installation::new("show_lookup");
    let shipped = std::fs::read_to_string(installation.path("voiceagent.toml")).unwrap();
    let text = format!("lookup = \"${{DB(route/${{EXTEN}})}}\"\n{shipped}");
    installation.write("voiceagent.toml", text);
    let done = installation.run(&["--show", "*142"]);
    assert_eq!(done.status, 0);
    assert!(
        done.stdout
            .contains("voiceagent.toml:1: asks Asterisk for ${DB(route/142)}"),
        "{}",
        done.stdout
    );
    installation
        .check()
        .only("note", "voiceagent.toml:1", "whom the lookup names", "");
}

#[test]
fn a_configuration_that_this_user_may_not_read_is_not_said_to_be_kept_from_asterisk() {
    let installation = Installation::new("show_forbidden");
    installation.mode("voiceagent.toml", 0o000);
    let Some(done) = installation.run_as_nobody(&["--show", "101"]) else {
        return;
    };
    assert_eq!((done.status, done.stdout.as_str()), (1, ""));
    let words = "the user that runs this may not read the configuration file; run it as root";
    assert!(done.stderr.contains(words), "{}", done.stderr);
}
