//! Who is rung, by which arguments of Dial, and what keys do meanwhile.

use super::{Config, Destination, MINIMAL, error};
use crate::{
    agi::{Argument, Plain},
    config::RingingKeys,
};

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
