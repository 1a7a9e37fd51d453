//! Audio that does not come though it is due.

use std::time::Duration;

use voiceagent::{
    config::Config,
    session::{CallTime, Input, Output, Plan, Session},
};

use crate::support::CONFIG;

/// A call in which every command is replied to until the greeting plays.
fn playing(header: &str, now: CallTime) -> Session {
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(CONFIG).unwrap())));
    session.handle(now, Input::Agi(header.as_bytes()));
    loop {
        let input = match session.poll_output() {
            Some(Output::Send(line)) if line.starts_with("STREAM FILE") => return session,
            Some(Output::Send(line)) if line.contains("DIALSTATUS") => {
                Input::Agi(b"200 result=1 (NOANSWER)\n")
            }
            Some(Output::Send(line)) if line.contains("audioreadformat") => {
                Input::Agi(b"200 result=1 (slin)\n")
            }
            Some(Output::Send(_)) => Input::Agi(b"200 result=0\n"),
            Some(Output::LookUp { .. }) => Input::Recorded(Default::default()),
            Some(Output::Note(_)) => continue,
            other => panic!("{other:?} before the greeting"),
        };
        session.handle(now, input);
    }
}

const EAGI: &str = "agi_extension: 101\nagi_enhanced: 1.0\nagi_threadid: 1\n\n";
const AGI: &str = "agi_extension: 101\nagi_enhanced: 0.0\nagi_threadid: 1\n\n";

/// What is missing after frames of 20 ms that arrive at these times in milliseconds, the first
/// of them long after listening began: telephones take their time.
fn missing(arrivals: impl IntoIterator<Item = u64>) -> Duration {
    let at = |ms| CallTime::after(Duration::from_millis(ms));
    let mut session = playing(EAGI, at(5_000));
    for ms in arrivals {
        session.handle(at(6_000 + ms), Input::Audio(&[0; 320]));
    }
    session.report().missing
}

#[test]
fn frames_that_are_lost_are_missing() {
    let lossy = (0..250).filter(|n| n % 10 != 3).map(|n| 20 * n);
    assert_eq!(missing(lossy), Duration::from_millis(25 * 20));
}

#[test]
fn a_stream_that_pauses_is_missing_what_it_did_not_send() {
    let paused = (0..50).chain(100..150).map(|n| 20 * n);
    assert_eq!(missing(paused), Duration::from_secs(1));
}

#[test]
fn frames_that_are_late_are_not_missing() {
    let jittery = (0..250).map(|n| 20 * n + [0, 17, 55, 38, 30][n as usize % 5]);
    assert_eq!(missing(jittery), Duration::ZERO);
    let stalled = (0..250).map(|n| (20 * n).max(if n < 150 { 0 } else { 3_400 }));
    assert_eq!(missing(stalled), Duration::ZERO);
}

#[test]
fn audio_that_the_dialplan_does_not_ask_for_is_told_apart_from_audio_that_does_not_come() {
    let told = |header| playing(header, CallTime::ZERO).report().to_string();
    assert!(told(EAGI).ends_with(", listened 0.0 s in slin"));
    assert!(told(AGI).ends_with(", not listening: the dialplan says AGI, not EAGI"));
}
