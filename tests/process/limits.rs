//! A system that grants too little: the call is served, or nothing is said of it.

use crate::support::Agent;

/// The commands of a call that nobody answers, and whether the program was content.
fn call(limit: &str) -> (Vec<String>, bool) {
    let mut agent = Agent::start_limited(limit);
    agent.header();
    let (commands, status) = agent.answer_to_the_end();
    (commands, status.success())
}

#[test]
fn with_too_few_descriptors_the_dialplan_goes_on() {
    let (whole, _) = call("");
    let mut served = 0;
    for descriptors in 4..=16 {
        let (commands, content) = call(&format!("ulimit -n {descriptors}"));
        if content {
            assert_eq!(commands, whole, "{descriptors} descriptors");
            served += 1;
        } else {
            assert!(
                commands.is_empty(),
                "{descriptors} descriptors: {commands:?}"
            );
        }
    }
    assert!(
        (1..13).contains(&served),
        "served with {served} of the limits"
    );
}

#[test]
fn with_too_little_memory_it_ends_between_two_commands() {
    let (whole, _) = call("");
    let mut served = 0;
    for kib in (2_000..20_000).step_by(1_500) {
        let (commands, content) = call(&format!("ulimit -v {kib}"));
        assert_eq!(commands, whole[..commands.len()], "{kib} KiB");
        served += usize::from(content && commands == whole);
    }
    assert!(
        (1..12).contains(&served),
        "served with {served} of the limits"
    );
}
