//! Descriptor 3, whatever it is and however audio comes.

use std::io::Write;

use voiceagent::{
    Key,
    audio::{Press, SAMPLE_RATE, Synth},
};

use crate::support::{Agent, Audio, noise};

/// A `*` between two stretches of silence, as slin bytes: less than a pipe holds.
fn star() -> Vec<u8> {
    let mut synth = Synth::new(SAMPLE_RATE);
    synth.silence(0.3);
    synth.press(Key::STAR, &Press::default());
    synth.silence(0.3);
    let samples = synth.into_samples();
    samples.into_iter().flat_map(i16::to_le_bytes).collect()
}

/// Plays audio in chunks of `size` bytes while the greeting runs, until the program interrupts.
///
/// Chunks come as fast as they are read, which is faster than real time; so that none counts as
/// piled up before, the greeting is let run for as long as the audio lasts.
fn star_in_chunks(size: usize) {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    let bytes = star();
    std::thread::sleep(std::time::Duration::from_secs_f64(
        bytes.len() as f64 / 16_000.0,
    ));
    let mut audio = agent.audio.take().unwrap();
    let writer = std::thread::spawn(move || {
        for chunk in bytes.chunks(size) {
            audio.write_all(chunk).unwrap();
        }
        audio
    });
    // The greeting is stopped by the question for the format; it sends no reply itself.
    agent.answer_until("GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\"");
    agent.say("200 result=1 (slin)\n");
    let command = agent.answer_until("EXEC");
    assert_eq!(command, "EXEC VoiceMailMain \"101@sales\"");
    drop(writer.join().unwrap());
}

#[test]
fn a_key_is_heard_in_chunks_of_any_size() {
    for size in [160, 319, 320, 4_001] {
        star_in_chunks(size);
    }
}

#[test]
fn what_piled_up_before_the_greeting_is_not_taken_for_now() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("EXEC Dial");
    agent.audio.as_mut().unwrap().write_all(&star()).unwrap();
    agent.say("200 result=0\n");
    let command = agent.answer_until("EXEC");
    assert_eq!(command, "EXEC VoiceMail \"101@sales,s\"");
}

#[test]
fn the_call_goes_on_whatever_descriptor_3_is() {
    for (audio, why) in [
        (Audio::Closed, "No such file or directory (os error 2)"),
        (Audio::Null, "it is not a pipe"),
        (Audio::File, "it is not a pipe"),
    ] {
        let mut agent = Agent::start(audio);
        agent.header();
        let (commands, status) = agent.answer_to_the_end();
        assert!(status.success());
        assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
        let last = commands
            .iter()
            .rfind(|command| command.starts_with("VERBOSE"));
        let told = format!("not listening: no audio on descriptor 3: {why}");
        assert!(last.is_some_and(|last| last.contains(&told)), "{last:?}");
    }
}

#[test]
fn the_end_of_the_audio_is_not_the_end_of_the_call() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    agent.audio = None;
    agent.say("200 result=0 endpos=800\n");
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
}

#[test]
fn no_amount_of_audio_stops_the_call() {
    let mut agent = Agent::start(Audio::Pipe);
    let mut audio = agent.audio.take().unwrap();
    let noise = noise(4_000_000);
    let writer = std::thread::spawn(move || {
        let _ = audio.write_all(&noise); // the program may end before it has read all
    });
    agent.header();
    let (commands, status) = agent.answer_to_the_end();
    assert!(status.success());
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
    writer.join().unwrap();
}

#[test]
fn a_flood_of_audio_keeps_no_reply_waiting() {
    let mut agent = Agent::start(Audio::Pipe);
    agent.header();
    agent.answer_until("STREAM FILE");
    let mut audio = agent.audio.take().unwrap();
    // As fast as it is read, until it is read no more.
    let writer = std::thread::spawn(move || while audio.write_all(&[0; 65_536]).is_ok() {});
    std::thread::sleep(std::time::Duration::from_millis(200));
    agent.say("200 result=42 endpos=800\n");
    let command = agent.answer_until("EXEC");
    assert_eq!(command, "EXEC VoiceMailMain \"101@sales\"");
    drop(agent);
    writer.join().unwrap();
}
