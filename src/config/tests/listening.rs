//! What keys do, and the limits by which keys and speech are heard.

use super::{Config, MINIMAL, error};
use crate::{dtmf, key::Key};

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
        (
            "[keys.goto]\n0 = \"*101\"\n",
            "line 6: key \"0\" leads to extension \"*101\", which opens a mailbox; expected one at which somebody is rung, such as \"101\"",
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

/// Though the pattern fits it, a caller who dials it opens the mailbox.
#[test]
fn a_key_leads_to_nobody_by_a_pattern_that_the_login_goes_before() {
    let operator = "[extensions.\"_*1XX\"]\ndial = \"SIP/operator\"\nmailbox = \"1@sales\"\n";
    let keys = |target: &str| {
        Config::parse(&format!(
            "{MINIMAL}{operator}[keys.goto]\n0 = \"{target}\"\n"
        ))
    };
    let error = keys("*101").expect_err("it is a login").to_string();
    assert!(error.starts_with("line 9: key \"0\" leads"), "{error}");
    assert!(error.contains("opens a mailbox"), "{error}");
    keys("*142").expect("nobody has 142");
}

#[test]
fn an_empty_key_switches_its_action_off() {
    let config = Config::parse(&format!("{MINIMAL}[keys]\nlogin = \"\"\n")).expect("well formed");
    assert_eq!(config.keys.login, None);
    assert!(!config.keys.acts(Key::STAR));
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
