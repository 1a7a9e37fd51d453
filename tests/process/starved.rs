//! A program that gets no time to run, or that nobody reads: it catches up, and does nothing twice
//! or too late.

use std::io::Write;

use crate::support::{Agent, Audio, in_real_time, pressed};

const FORMAT: &str = "GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\"";

/// A call in its greeting, after so much of it that this audio can have come meanwhile.
fn greeted(audio: &[u8]) -> Agent {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    in_real_time(audio);
    agent
}

/// Lets the call go on after its greeting was stopped; the application that comes next.
fn goes_on_with(agent: &mut Agent) -> String {
    agent.answer_until(FORMAT);
    agent.say("200 result=1 (slin)\n");
    agent.answer_until("EXEC")
}

#[test]
fn a_key_that_passed_by_before_the_greeting_does_nothing_in_it() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until(FORMAT);
    agent.starve();
    let audio = pressed("*");
    in_real_time(&audio);
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    agent.say("200 result=1 (slin)\n");
    agent.feed();
    assert_eq!(agent.answer_until("EXEC"), "EXEC VoiceMail \"101@sales,s\"");
}

#[test]
fn of_the_keys_that_passed_by_in_the_greeting_only_the_first_acts() {
    let audio = pressed("#*");
    let mut agent = greeted(&audio);
    agent.starve();
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    agent.feed();
    assert_eq!(goes_on_with(&mut agent), "EXEC VoiceMail \"101@sales,s\"");
}

#[test]
fn a_key_after_it_has_caught_up_acts_as_ever() {
    let (before, key) = (pressed("57"), pressed("*"));
    let mut agent = greeted(&[before.as_slice(), &key].concat());
    agent.starve();
    agent.audio.as_mut().unwrap().write_all(&before).unwrap();
    agent.say("200 result=0 endpos=800\n");
    agent.feed();
    // The next piece: it has caught up.
    agent.answer_until("SAY DIGITS");
    agent.audio.as_mut().unwrap().write_all(&key).unwrap();
    assert_eq!(goes_on_with(&mut agent), "EXEC VoiceMailMain \"101@sales\"");
}

#[test]
fn a_key_that_passed_by_starts_nothing_for_a_caller_who_has_hung_up_since() {
    let audio = pressed("*");
    let mut agent = greeted(&audio);
    agent.starve();
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    agent.hang_up();
    agent.say("200 result=-1 endpos=800\n");
    agent.feed();
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(!commands.iter().any(|command| command.starts_with("EXEC")));
    assert!(commands.contains(&"SET VARIABLE VOICEAGENTSTATUS \"HANGUP\"".to_owned()));
}

/// Skips what filled the pipe.
fn drain(agent: &mut Agent, lines: usize) {
    for _ in 0..lines {
        assert_eq!(agent.command(), FILLER);
    }
}

#[test]
fn what_nobody_reads_yet_is_said_when_somebody_does() {
    let audio = pressed("#");
    let mut agent = greeted(&audio);
    let lines = agent.fill_stdout(FILLER);
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    drain(&mut agent, lines);
    assert_eq!(goes_on_with(&mut agent), "EXEC VoiceMail \"101@sales,s\"");
}

#[test]
fn nothing_is_started_for_a_caller_who_hung_up_while_nobody_read() {
    let audio = pressed("#");
    let mut agent = greeted(&audio);
    let lines = agent.fill_stdout(FILLER);
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    agent.hang_up();
    drain(&mut agent, lines);
    agent.say("200 result=-1 endpos=800\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(!commands.iter().any(|command| command.starts_with("EXEC")));
}

#[test]
fn when_asterisk_ends_without_reading_so_does_the_program() {
    let audio = pressed("#");
    let mut agent = greeted(&audio);
    agent.fill_stdout(FILLER);
    agent.audio.as_mut().unwrap().write_all(&audio).unwrap();
    assert!(agent.abandon().success());
}

/// Fits a pipe to its last byte.
const FILLER: &str = "filler!";
