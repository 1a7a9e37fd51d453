//! Years of running, as far as minutes can tell: no memory is kept, no time is lost.

#![allow(clippy::unwrap_used)]

mod memory;

use std::time::Duration;

use voiceagent::{
    Key,
    audio::{AudioFormat, Codes, Press, Rng, Synth},
    config::Config,
    dtmf::Limits,
    ear::{Ear, Heard},
    session::{CallTime, Exit},
    sim::{self, Caller, DialEnd, Recordings, Script, SignalledKey},
    speech,
};

#[global_allocator]
static MEMORY: memory::Counted = memory::Counted;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Hears one minute again and again: a key, talk, noise and quiet in it.
fn listens(format: &str, length: Duration) {
    let format: AudioFormat = format.parse().unwrap();
    let mut synth = Synth::new(format.rate());
    let pressed = 1.2345;
    synth.silence(pressed);
    synth.press(Key::STAR, &Press::default());
    synth.silence(60.0 - synth.seconds());
    let mut samples = synth.into_samples();
    let mut rng = Rng::new(24);
    for sample in &mut samples[10 * format.rate() as usize..20 * format.rate() as usize] {
        *sample = (300.0 * rng.normal()) as i16;
    }
    let minute = Codes::new(format.encoding()).encode(&samples);

    let mut ear = Ear::new(format, &Limits::ETSI, Some(&speech::Limits::default())).unwrap();
    let frame = ear.bytes_in(Duration::from_millis(20));
    let before = memory::taken();
    let mut keys = 0;
    let minutes = length.as_secs() / 60;
    for n in 0..minutes {
        for frame in minute.chunks(frame) {
            ear.hear(frame, &mut |heard| {
                if let Heard::KeyDown { down, .. } = heard {
                    let due = 60.0 * n as f64 + pressed;
                    let drift = down.onset.seconds() - due;
                    assert!(drift.abs() < 0.001, "{drift} s after {n} minutes");
                    keys += 1;
                }
            });
        }
    }
    assert_eq!(keys, minutes);
    assert_eq!(memory::taken(), before, "the ear took memory");
    assert!(ear.heard().abs_diff(length) < Duration::from_millis(10));
}

#[test]
fn a_call_of_a_day_loses_no_key_and_no_time() {
    listens("alaw", DAY);
}

#[test]
fn a_resampled_call_of_two_hours_loses_no_key_and_no_time() {
    // 44,100 to 8,000 is the ratio with the most to go wrong.
    listens("slin44", DAY / 12);
}

#[test]
fn a_day_of_calls_leaves_no_memory_behind() {
    const CONFIG: &str = "[extensions.101]\ndial = \"SIP/bob\"\nmax_wait = 5\n\
                          mailbox = \"101@sales\"\n[greeting]\nbarge_in = true\n";
    let config = Config::parse(CONFIG).unwrap();
    let mut rng = Rng::new(365);
    let mut call = |n: u32| {
        let statuses = ["NOANSWER", "BUSY", "ANSWER", "CANCEL"];
        let key = Key::ALL[rng.index(0, 16)];
        let script = Script {
            extension: if n.is_multiple_of(9) { "*101" } else { "101" }.to_owned(),
            dial: DialEnd::from_status(statuses[rng.index(0, statuses.len())]),
            caller: Caller {
                keys: vec![SignalledKey {
                    key,
                    at: Duration::from_secs_f32(rng.between(0.0, 12.0)),
                    held: Duration::from_millis(200),
                }],
                hang_up: n
                    .is_multiple_of(3)
                    .then(|| CallTime::after(Duration::from_secs_f32(rng.between(0.0, 20.0)))),
                ..Caller::default()
            },
            recordings: Recordings {
                unavail: n.is_multiple_of(2),
                ..Recordings::default()
            },
            lookup: String::new(),
            prompts: None,
            can_listen: true,
            starved: None,
        };
        let timeline = sim::run(&config, &script).unwrap();
        assert_eq!(timeline.exit, Some(Exit::Success));
        timeline.end().since_start()
    };
    // What is made once and kept is made by the first calls.
    let mut served: Duration = (0..50).map(&mut call).sum();
    let before = memory::held();
    let mut calls = 50;
    while served < DAY {
        served += call(calls);
        calls += 1;
    }
    assert_eq!(memory::held(), before, "after {calls} calls");
}
