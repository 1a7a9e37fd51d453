use tracing::level_filters::LevelFilter;

use super::{Config, Destination, LogTo, RingingKeys};
use crate::{
    agi::{Argument, Plain},
    dtmf,
    key::Key,
};

const MINIMAL: &str =
    "[extensions.101]\ndial = \"SIP/bob\"\nmax_wait = 5\nmailbox = \"101@sales\"\n";

fn error(text: &str) -> String {
    Config::parse(text).expect_err("it is wrong").to_string()
}

#[test]
fn four_lines_are_a_whole_configuration() {
    let config = Config::parse(MINIMAL).expect("well formed");
    let Some(Destination::Person(route)) = config.destination("101") else {
        panic!("101 is configured");
    };
    assert_eq!(route.dial.as_str(), "SIP/bob,5,g");
    assert_eq!(route.mailbox.to_string(), "101@sales");
    assert!(route.star);
    assert!(
        matches!(config.destination("*101"), Some(Destination::Login(login)) if login == route)
    );
    assert_eq!(config.destination("102"), None);
    assert_eq!(config.destination("*"), None);
    assert_eq!(config.destination(""), None);
    assert!(config.keys.acts(Key::STAR) && config.keys.acts(Key::HASH));
}

#[test]
fn the_sandbox_is_wanted_only_where_it_is_asked_for() {
    let wanted = |text: &str| Config::parse(text).expect("well formed").sandbox;
    assert!(!wanted(MINIMAL));
    assert!(wanted(&format!("sandbox = true\n{MINIMAL}")));
}

#[test]
fn keys_while_it_rings_are_set_for_all_and_for_each() {
    let dial = |text: &str, extension: &str| {
        let config = Config::parse(text).expect("well formed");
        let Some(Destination::Person(route)) = config.destination(extension) else {
            panic!("{extension} is configured");
        };
        (route.ringing, route.dial.as_str().to_owned())
    };
    let all = format!("[ringing]\nkeys = \"signalled\"\n{MINIMAL}");
    let on = (RingingKeys::Signalled, "SIP/bob,5,grd".to_owned());
    let off = (RingingKeys::Off, "SIP/bob,5,g".to_owned());
    assert_eq!(dial(MINIMAL, "101"), off);
    assert_eq!(dial(&all, "101"), on);
    assert_eq!(dial(&format!("{all}ringing.keys = \"off\"\n"), "101"), off);
    let part = format!("{MINIMAL}[extensions.101.ringing]\nkeys = \"signalled\"\n");
    assert_eq!(dial(&part, "101"), on);
    let error = error(&format!("{MINIMAL}ringing.keys = \"loud\"\n"));
    assert!(
        error.contains("line 5") && error.contains("loud"),
        "{error}"
    );
}

#[test]
fn each_fault_is_named_with_its_line_and_what_was_expected() {
    for (text, expected) in [
        ("[extensions.101\n", "line 1: "),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmailbx = \"101@sales\"\n",
            "line 3: unknown key \"mailbx\"; did you mean \"mailbox\"?",
        ),
        (
            "[greetings]\n",
            "line 1: unknown key \"greetings\"; did you mean \"greeting\"?",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmailbox = \"101\"\n",
            "line 3: mailbox \"101\" has no context",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmax_wait = 0\nmailbox = \"101@sales\"\n",
            "line 3: max_wait (seconds of ringing) is 0; expected 1 to 3600",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmax_wait = 100000\nmailbox = \"101@sales\"\n",
            "line 3: max_wait (seconds of ringing) is 100000; expected 1 to 3600",
        ),
        (
            "[extensions.101]\ndial = \"bob\"\nmailbox = \"101@sales\"\n",
            "line 2: dial \"bob\" is not TECHNOLOGY/PEER",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob,20\"\nmailbox = \"101@sales\"\n",
            "line 2: dial \"SIP/bob,20\" has a comma",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob|20\"\nmailbox = \"101@sales\"\n",
            "line 2: dial \"SIP/bob|20\" has a \"|\"; expected only who is rung",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\n",
            "line 1: the key \"mailbox\" is missing; expected a line mailbox = … below",
        ),
        (
            "[extensions.101]\ndial = 5\nmailbox = \"101@sales\"\n",
            "line 2: invalid type: integer `5`, expected a string",
        ),
        (
            "\n[extensions.\"10 1\"]\ndial = \"SIP/bob\"\nmailbox = \"101@sales\"\n",
            "line 2: extension \"10 1\" cannot be dialled",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmax_wait = \"5\"\nmailbox = \"101@sales\"\n",
            "line 3: invalid type: string \"5\", expected a whole number",
        ),
        (
            "[ringing]\nkeys = \"herd\"\n",
            "line 2: unknown value \"herd\"; did you mean \"heard\"?",
        ),
        (
            "[ringing]\nkeys = \"yes\"\n",
            "line 2: unknown value \"yes\"; expected one of off, signalled, heard",
        ),
        (
            "[extensions.101]\ndial = \"SIP/bob\"\nmailbox = \"101@sales\"\nringing = \"heard\"\n",
            "line 4: invalid type: string \"heard\", expected ringing.keys = \"off\", \"signalled\" or \"heard\"",
        ),
        (
            "keys = 5\n",
            "line 1: invalid type: integer `5`, expected a section [keys]",
        ),
        (
            "[extensions]\n101 = 5\n",
            "line 2: invalid type: integer `5`, expected a section [extensions.NAME] with dial and mailbox",
        ),
        (
            "detector = \"etsi\"\n",
            "line 1: invalid type: string \"etsi\", expected a section",
        ),
        (
            "include = 2026-03-02\n",
            "line 1: invalid type: date or section, expected a string",
        ),
        ("", "no extension is configured"),
    ] {
        let error = error(text);
        assert!(error.starts_with(expected), "{text:?} gave {error:?}");
        assert!(!error.contains('\n'), "one line: {error:?}");
    }
}

/// The names of this program's own types say nothing to who writes a configuration.
#[test]
fn whatever_stands_in_the_place_of_another_it_is_told_in_words() {
    for key in [
        "include",
        "lookup",
        "sandbox",
        "record",
        "record_limit_mib",
        "extensions",
        "extensions.101",
        "extensions.101.dial",
        "extensions.101.max_wait",
        "extensions.101.star",
        "extensions.101.ringing",
        "extensions.101.ringing.keys",
        "login",
        "login.prefix",
        "dial",
        "dial.options",
        "ringing",
        "ringing.keys",
        "keys",
        "keys.login",
        "keys.goto",
        "keys.goto.0",
        "keys.hold_off_ms",
        "greeting",
        "greeting.storage",
        "greeting.barge_in",
        "detector",
        "speech",
        "logging",
        "logging.level",
        "logging.calls",
        "logging.json",
    ] {
        let told = error(&format!("{key} = 1.5\n"));
        assert!(told.starts_with("line 1: "), "{key}: {told}");
        for foreign in ["struct", "Raw", "map", "enum", "variant", "i64", "tuple"] {
            assert!(!told.contains(foreign), "{key}: {told}");
        }
    }
}

#[test]
fn a_dial_string_leaves_room_for_what_it_takes_to_hear_the_caller() {
    let with = |length: usize, keys: &str| {
        let dial = format!("SIP/{}", "x".repeat(length - 4));
        let extension = format!("dial = \"{dial}\"\nmailbox = \"1@s\"\nringing.keys = \"{keys}\"");
        Config::parse(&format!("[extensions.101]\n{extension}\n"))
    };
    let added = format!(",20,grdU(voiceagent-answered^{})", "x".repeat(Plain::MAX));
    let longest = Argument::MAX - added.len();
    assert!(with(longest, "heard").is_ok());
    assert!(with(longest + 1, "signalled").is_ok());
    let told = with(longest + 1, "heard")
        .expect_err("too long")
        .to_string();
    assert!(
        told.starts_with("line 2: dial \"SIP/x")
            && told.contains(&format!(
                "it has {} bytes, at most {} fit a command",
                Argument::MAX + 1,
                Argument::MAX
            )),
        "{told}"
    );
}

#[test]
fn options_of_dial_that_leave_no_room_for_anybody_are_told_at_their_own_line() {
    let with = |options: &str, dial: &str| {
        let text = format!("[dial]\noptions = \"{options}\"\n{MINIMAL}");
        Config::parse(&text.replace("SIP/bob", dial))
    };
    let longest = "g".repeat(Argument::MAX / 2);
    assert!(with(&longest, "SIP/bob").is_ok());
    for (options, dial, expected) in [
        (
            format!("{longest}g"),
            "SIP/bob".to_owned(),
            "line 2: dial options have 481 bytes, at most 480 leave room for who is rung; expected",
        ),
        (
            "g\\n".to_owned(),
            "SIP/bob".to_owned(),
            "line 2: dial options have the control character '\\n'; expected",
        ),
        (
            "g,r".to_owned(),
            "SIP/bob".to_owned(),
            "line 2: dial options \"g,r\" have a comma; expected",
        ),
        (
            longest,
            format!("SIP/{}", "x".repeat(Argument::MAX / 2)),
            "line 4: dial \"SIP/x",
        ),
    ] {
        let told = with(&options, &dial).expect_err("too long").to_string();
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn a_fault_is_told_in_one_line_whatever_it_quotes() {
    let mailbox = "\"\"\"101\n102\t@sales\"\"\"";
    let told = error(&MINIMAL.replace("\"101@sales\"", mailbox));
    assert!(
        told.starts_with("line 4: mailbox \"101 102 @sales\" "),
        "{told}"
    );
    assert!(!told.contains(char::is_control));
}

/// What an extension leads to, in a line.
fn led(config: &Config, extension: &str) -> String {
    match config.destination(extension) {
        Some(Destination::Person(route)) => {
            format!(
                "{} rings {} for {}",
                route.section,
                route.dial.as_str(),
                route.mailbox
            )
        }
        Some(Destination::Login(route)) => format!("{} opens {}", route.section, route.mailbox),
        None => "nowhere".to_owned(),
    }
}

#[test]
fn a_pattern_is_a_section_for_every_extension_that_fits() {
    let config = Config::parse(
        "[extensions._1XX]\ndial = \"PJSIP/p${EXTEN}\"\nmailbox = \"${EXTEN:1}@sales\"\n\
         [extensions._14X]\ndial = \"PJSIP/boss\"\nmailbox = \"140@sales\"\n\
         [extensions.150]\ndial = \"PJSIP/${EXTEN}\"\nmailbox = \"150@sales\"\n\
         [extensions.\"_[*]9.\"]\ndial = \"Local/${EXTEN:-1}@x\"\nmailbox = \"1@sales\"\n",
    )
    .expect("well formed");
    for (extension, expected) in [
        ("142", "_14X rings PJSIP/boss,20,g for 140@sales"),
        ("132", "_1XX rings PJSIP/p132,20,g for 32@sales"),
        ("150", "150 rings PJSIP/150,20,g for 150@sales"),
        ("*132", "_1XX opens 32@sales"),
        ("*150", "150 opens 150@sales"),
        ("*97", "_[*]9. rings Local/7@x,20,g for 1@sales"),
        ("1322", "nowhere"),
        ("200", "nowhere"),
        ("*9a", "nowhere"),
    ] {
        assert_eq!(led(&config, extension), expected, "{extension}");
    }
}

#[test]
fn the_login_goes_before_a_pattern_that_fits_everything() {
    let config =
        Config::parse("[extensions.\"_.\"]\ndial = \"PJSIP/${EXTEN}\"\nmailbox = \"1@sales\"\n")
            .expect("well formed");
    assert_eq!(led(&config, "*142"), "_. opens 1@sales");
    assert_eq!(led(&config, "142"), "_. rings PJSIP/142,20,g for 1@sales");
}

#[test]
fn only_what_can_be_dialled_gets_into_a_pattern() {
    let config =
        Config::parse("[extensions.\"_.\"]\ndial = \"PJSIP/${EXTEN}\"\nmailbox = \"1@sales\"\n")
            .expect("well formed");
    for hostile in [
        "1&SIP/x", "1,60,e", "${X}", "1 2", "1\n2", "\u{661}", "bob", "1|2",
    ] {
        assert_eq!(led(&config, hostile), "nowhere", "{hostile:?}");
    }
}

#[test]
fn a_pattern_that_cannot_work_is_an_error_before_any_call() {
    for (section, dial, mailbox, expected) in [
        (
            "_1XX",
            "PJSIP/${EXTEN:3}",
            "1@s",
            "line 2: dial \"PJSIP/\" is not TECHNOLOGY/PEER",
        ),
        (
            "_1XX",
            "PJSIP/x",
            "${EXTEN:3}@s",
            "line 3: mailbox \"@s\" has an empty number",
        ),
        (
            "_1XX",
            "PJSIP/${PEER}",
            "1@s",
            "line 2: dial \"PJSIP/${PEER}\" has a variable",
        ),
        (
            "101",
            "PJSIP/${PEER}",
            "1@s",
            "line 2: dial \"PJSIP/${PEER}\" has a variable",
        ),
        (
            "_[ab]",
            "PJSIP/x",
            "1@s",
            "line 1: pattern \"_[ab]\" fits nothing that can be dialled",
        ),
    ] {
        let error = error(&format!(
            "[extensions.\"{section}\"]\ndial = \"{dial}\"\nmailbox = \"{mailbox}\"\n"
        ));
        assert!(error.starts_with(expected), "{section} {dial}: {error:?}");
    }
}

#[test]
fn an_extension_that_stands_twice_is_an_error_at_the_second() {
    let error = error(&format!("{MINIMAL}{MINIMAL}"));
    assert!(
        error.starts_with("line 5: \"101\" is there twice; expected once"),
        "{error}"
    );
}

#[test]
fn keys_that_clash_or_lead_nowhere_are_errors() {
    for (section, expected) in [
        (
            "[keys]\nlogin = \"#\"\n",
            "line 6: \"#\" is the key for both login and skip; give skip another key, or \"\" for none",
        ),
        (
            "[keys]\nskip = \"*\"\n",
            "line 6: \"*\" is the key for both login and skip; give login another key, or \"\" for none",
        ),
        (
            "[keys]\nlogin = \"1\"\nskip = \"1\"\n",
            "line 7: \"1\" is the key for both login and skip; give login another key, or \"\" for none",
        ),
        ("[keys]\nskip = \"##\"\n", "line 6: \"##\" is no key"),
        (
            "[keys.goto]\n0 = \"110\"\n",
            "line 6: key \"0\" leads to extension \"110\", which is not configured; did you mean \"101\"?",
        ),
        ("[keys.goto]\n\"*\" = \"101\"\n", "has a meaning already"),
        (
            "[keys]\nhold_off_ms = -1\n",
            "line 6: hold_off_ms is -1; expected 0 to 2000",
        ),
    ] {
        let error = error(&format!("{MINIMAL}{section}"));
        assert!(error.contains(expected), "{section:?} gave {error:?}");
    }
}

#[test]
fn every_limit_of_the_detectors_can_be_set_and_is_checked() {
    let config = Config::parse(&format!(
        "{MINIMAL}[detector]\nprofile = \"att\"\nmax_twist_db = 6\n[speech]\nhang_over_ms = 500\n"
    ))
    .expect("well formed");
    assert_eq!(
        config.detector,
        dtmf::Limits {
            max_twist_db: 6.0,
            ..dtmf::Limits::ATT
        }
    );
    assert_eq!(config.speech.hang_over_ms, 500.0);
    for (section, expected) in [
        (
            "[detector]\nprofile = \"at\"\n",
            "line 6: profile is \"at\"; expected \"etsi\", \"att\" or \"ntt\"; did you mean \"att\"?",
        ),
        (
            "[detector]\nprofile = 8\n",
            "line 6: profile is no text; expected \"etsi\", \"att\" or \"ntt\"",
        ),
        (
            "[detector]\nmax_twist = 6\n",
            "line 6: unknown key \"max_twist\"; did you mean \"max_twist_db\"?",
        ),
        (
            "[detector]\nmax_twist_db = 60\n",
            "line 6: max_twist_db = 60 is out of range: ",
        ),
        (
            "[detector]\nmax_twist_db = \"6\"\n",
            "line 6: max_twist_db is not a number",
        ),
        (
            "[speech]\n\nhang_over_ms = 1\n",
            "line 7: hang_over_ms = 1 is out of range: ",
        ),
    ] {
        let error = error(&format!("{MINIMAL}{section}"));
        assert!(error.starts_with(expected), "{section:?} gave {error:?}");
    }
}

#[test]
fn an_empty_key_switches_its_action_off() {
    let config = Config::parse(&format!("{MINIMAL}[keys]\nlogin = \"\"\n")).expect("well formed");
    assert_eq!(config.keys.login, None);
    assert!(!config.keys.acts(Key::STAR));
}

#[test]
fn nothing_is_logged_unless_a_level_or_a_place_is_named() {
    let logging = |section: &str| {
        let config = Config::parse(&format!("{MINIMAL}{section}")).expect("well formed");
        (config.logging.level, config.logging.to)
    };
    assert_eq!(logging(""), (LevelFilter::OFF, LogTo::Stderr));
    assert_eq!(
        logging("[logging]\nlevel = \"debug\"\n"),
        (LevelFilter::DEBUG, LogTo::Stderr)
    );
    assert_eq!(
        logging("[logging]\nto = \"journal\"\n"),
        (LevelFilter::INFO, LogTo::Journal)
    );
    assert_eq!(
        logging("[logging]\nto = \"/x/y\"\nlevel = \"off\"\n"),
        (LevelFilter::OFF, LogTo::File("/x/y".into()))
    );
}

#[test]
fn what_cannot_be_logged_is_an_error_with_what_was_meant() {
    for (section, expected) in [
        (
            "level = \"warning\"",
            "line 7: level is \"warning\"; expected \"off\", \"error\", \"warn\", \"info\" or \"debug\"; did you mean \"warn\"?",
        ),
        ("level = 3", "line 7: invalid type: integer `3`"),
        (
            "to = \"journald\"",
            "line 7: to is \"journald\"; expected \"stderr\", \"journal\" or a file such as \"/var/log/asterisk/voiceagent.log\"; did you mean \"journal\"?",
        ),
        (
            "calls = \"calls.jsonl\"",
            "line 7: calls is \"calls.jsonl\"; expected a file's whole path, such as",
        ),
        (
            "call = \"/x\"",
            "line 7: unknown key \"call\"; did you mean \"calls\"?",
        ),
        ("verbose = 11", "line 7: verbose is 11; expected 1 to 10"),
        ("json = \"yes\"", "line 7: invalid type: string \"yes\""),
    ] {
        let error = error(&format!("{MINIMAL}\n[logging]\n{section}\n"));
        assert!(error.starts_with(expected), "{section:?} gave {error:?}");
    }
}

#[test]
fn calls_are_recorded_where_a_folder_is_named_within_limits() {
    let recording = |text: &str| {
        let config = Config::parse(&format!("{text}\n{MINIMAL}")).expect("well formed");
        let read: Vec<_> = config
            .sources()
            .iter()
            .map(|source| source.as_str().to_owned())
            .collect();
        config.recording.map(|recording| (recording, read))
    };
    assert_eq!(recording("record = \"\"\nrecord_limit_mib = 20"), None);
    let (set, read) = recording("record = \"/x\"").expect("a folder is named");
    assert_eq!(set.folder.to_str(), Some("/x"));
    assert_eq!((set.limit, set.call_limit), (100 << 20, 10 << 20));
    assert_eq!(read, [format!("record = \"/x\"\n{MINIMAL}")]);
    for (text, expected) in [
        (
            "record = \"x\"",
            "line 1: record is \"x\"; expected a folder's whole path",
        ),
        (
            "record_limit_mib = 0",
            "line 1: record_limit_mib is 0; expected 1 to",
        ),
        ("record_limit_mib = 9", "line 1: a call may have 10 MiB"),
        (
            "\nrecord_call_limit_mib = 101",
            "line 2: a call may have 101 MiB",
        ),
    ] {
        let error = error(&format!("{text}\n{MINIMAL}"));
        assert!(error.contains(expected), "{error}");
    }
}
