//! Sections for all extensions that fit a pattern.

use super::{Config, Destination, error};

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
