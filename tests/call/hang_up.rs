//! A caller who is gone gets nothing more, at whatever instant they go.

use std::time::Duration;

use voiceagent::{
    audio::{AudioFormat, Rng},
    sim::{Caller, DialEnd, Recordings, Script, Timeline},
};

use crate::support::{CONFIG, at, run, run_with, signalled, tone, unanswered, variable};

/// Calls that together pass through every state.
fn scripts() -> Vec<Script> {
    let mut scripts = vec![unanswered()];
    for status in ["BUSY", "ANSWER"] {
        scripts.push(Script {
            dial: DialEnd::from_status(status),
            ..unanswered()
        });
    }
    for temp in [false, true] {
        scripts.push(Script {
            recordings: Recordings {
                temp,
                unavail: true,
                ..Recordings::default()
            },
            caller: Caller {
                keys: vec![signalled('*', 2.0)],
                ..Caller::default()
            },
            ..unanswered()
        });
    }
    for key in ['*', '#', '0'] {
        scripts.push(Script {
            caller: Caller {
                audio: tone(key, 1.0, 0.1),
                ..Caller::default()
            },
            ..unanswered()
        });
    }
    scripts.push(Script {
        extension: "*101".to_owned(),
        ..unanswered()
    });
    scripts
}

#[test]
fn nothing_is_started_after_a_hang_up_at_any_instant() {
    for script in scripts() {
        let whole = run(&script).end().since_start().as_secs_f64();
        for step in 0..=300 {
            let instant = at(f64::from(step) / 300.0 * whole);
            let mut script = script.clone();
            script.caller.hang_up = Some(instant);
            let timeline = run(&script);
            nothing_is_started_after(&timeline);
        }
    }
}

#[test]
fn a_thousand_calls_hung_up_by_chance_start_nothing_afterwards() {
    let mut rng = Rng::new(1_000);
    let configs = ["", "greeting.barge_in = true", "keys.skip = \"5\""];
    let mut hung_up = 0;
    for _ in 0..1_000 {
        let config = format!("{}\n{CONFIG}", configs[rng.index(0, configs.len())]);
        let mut script = by_chance(&mut rng);
        let whole = run_with(&config, &script).end().since_start();
        // Half of the calls end near a key, where most happens.
        let instant = match script.caller.keys.first() {
            Some(key) if rng.index(0, 2) == 0 => {
                let answered = 5.0 * f64::from(u8::from(script.dial == DialEnd::NoAnswer));
                answered + key.at.as_secs_f64() + f64::from(rng.between(-0.3, 0.6))
            }
            _ => whole.as_secs_f64() * f64::from(rng.unit()),
        };
        script.caller.hang_up = Some(at(instant.max(0.0)));
        hung_up += u32::from(nothing_is_started_after(&run_with(&config, &script)));
    }
    assert!(hung_up > 900, "only {hung_up} calls were still there");
}

/// A call of chance.
fn by_chance(rng: &mut Rng) -> Script {
    let statuses = [
        "NOANSWER", "NOANSWER", "NOANSWER", "BUSY", "ANSWER", "CANCEL",
    ];
    let mut one_in = |n| rng.index(0, n) == 0;
    let recordings = Recordings {
        temp: one_in(5),
        unavail: one_in(3),
        busy: one_in(3),
        greet: one_in(3),
    };
    let extension = if one_in(10) { "*101" } else { "101" };
    let key = ['*', '#', '0', '5'][rng.index(0, 4)];
    let pressed = f64::from(rng.between(0.0, 13.0));
    let length = f64::from(rng.between(0.03, 0.4));
    // As tones, as a signal, or both; each may be the first to come.
    let as_tones = rng.index(0, 3);
    let signal = signalled(
        key,
        pressed + f64::from(rng.between(-0.1, 0.1)).max(-pressed),
    );
    Script {
        extension: extension.to_owned(),
        dial: DialEnd::from_status(statuses[rng.index(0, statuses.len())]),
        recordings,
        caller: Caller {
            audio: if as_tones > 0 {
                tone(key, pressed, length)
            } else {
                Vec::new()
            },
            keys: if as_tones < 2 {
                vec![signal]
            } else {
                Vec::new()
            },
            codec: [AudioFormat::ALAW, AudioFormat::ULAW, AudioFormat::SLIN][rng.index(0, 3)],
            ..Caller::default()
        },
        ..unanswered()
    }
}

/// Checks a call that the caller ends; false when it was over before.
fn nothing_is_started_after(timeline: &Timeline) -> bool {
    let Some(gone) = timeline
        .entries
        .iter()
        .find(|entry| entry.what.contains("hangs up") && !entry.what.contains("called"))
    else {
        return false;
    };
    // What was on its way already cannot be called back.
    let known = gone.at + Duration::from_micros(150);
    for entry in timeline.entries.iter().filter(|entry| entry.at > known) {
        let starts = ["EXEC", "STREAM", "SAY", "ANSWER"];
        assert!(
            !starts.iter().any(|verb| entry.what.starts_with(verb)),
            "{:?} after the hang-up at {} in {timeline:#?}",
            entry,
            gone.at
        );
    }
    let left = timeline.end() - gone.at;
    assert!(
        left.as_millis() < 100,
        "still there after {left:?}: {timeline:#?}"
    );
    assert_ne!(variable(timeline, "VOICEAGENTSTATUS"), "FAILED");
    true
}

#[test]
fn a_hang_up_in_the_recording_leaves_the_message() {
    let timeline = run(&unanswered());
    assert_eq!(variable(&timeline, "VMSTATUS"), "SUCCESS");
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "VOICEMAIL");
}

#[test]
fn a_hang_up_in_the_greeting_is_told() {
    let mut script = unanswered();
    script.caller.hang_up = Some(at(8.0));
    let timeline = run(&script);
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "HANGUP");
    assert_eq!(variable(&timeline, "VOICEAGENTCAUSE"), "NOANSWER");
}
