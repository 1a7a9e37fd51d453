//! What a configuration says once it is read, and what is told of one that is wrong.

mod faults;
mod listening;
mod patterns;
mod records;
mod ringing;

use super::{Config, Destination};
use crate::key::Key;

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
