//! A program that gets no time to run for a while: it catches up, and no key acts that is stale.

use std::{ops::Range, time::Duration};

use voiceagent::{
    session::CallTime,
    sim::{Caller, Script},
};

use crate::support::{executed, run, tone, unanswered, variable, when};

const DIAL: &str = "Dial \"SIP/bob,5,g\"";
const LOGIN: &str = "VoiceMailMain \"101@sales\"";
const VOICE_MAIL: &str = "VoiceMail \"101@sales,s\"";

/// A call in whose audio these keys are pressed at these seconds after the answer.
fn pressing(keys: &[(char, f64)]) -> Script {
    let mut audio = Vec::new();
    for &(key, at) in keys {
        let before = audio.len() as f64 / 8_000.0;
        audio.extend(tone(key, at - before, 0.2));
    }
    Script {
        caller: Caller {
            audio,
            ..Caller::default()
        },
        ..unanswered()
    }
}

fn answered() -> CallTime {
    when(&run(&unanswered()), "answers the caller")
}

/// So many seconds from then on.
fn span(from: CallTime, seconds: f64) -> Range<CallTime> {
    from..from + Duration::from_secs_f64(seconds)
}

#[test]
fn a_key_that_passed_by_in_the_greeting_acts_once_and_as_soon_as_it_can() {
    let script = pressing(&[('*', 1.2)]);
    for tenths in 0..40 {
        let starved = span(answered() + Duration::from_secs(1), 0.1 * f64::from(tenths));
        let timeline = run(&Script {
            starved: Some(starved.clone()),
            ..script.clone()
        });
        assert_eq!(executed(&timeline), [DIAL, LOGIN], "{starved:?}");
        let known = answered() + Duration::from_millis(1_242);
        let stopped = when(&timeline, "stops playing");
        let late = stopped - starved.end.max(known);
        assert!(late < Duration::from_millis(1), "{late:?} for {starved:?}");
    }
}

#[test]
fn a_key_that_passed_by_before_the_greeting_does_nothing_in_it() {
    let script = pressing(&[('*', 0.5)]);
    let asks = when(&run(&unanswered()), "STREAM FILE") - answered();
    // From the answer to the greeting some questions are asked; any can be the one it sleeps in.
    for step in 0..40 {
        let from = answered() + asks * step / 40;
        let timeline = run(&Script {
            starved: Some(span(from, 2.0)),
            ..script.clone()
        });
        assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL], "from {from}");
        assert_eq!(variable(&timeline, "VOICEAGENTKEY"), "");
    }
}

#[test]
fn of_the_keys_that_passed_by_only_the_first_acts() {
    for (keys, last) in [("#*", VOICE_MAIL), ("*#", LOGIN)] {
        let presses: Vec<_> = keys.chars().zip([1.2, 1.7]).collect();
        let timeline = run(&Script {
            starved: Some(span(answered() + Duration::from_secs(1), 2.0)),
            ..pressing(&presses)
        });
        assert_eq!(executed(&timeline), [DIAL, last], "{keys}");
    }
}

#[test]
fn a_key_after_it_has_caught_up_acts_as_ever() {
    let timeline = run(&Script {
        starved: Some(span(answered() + Duration::from_secs(1), 2.0)),
        ..pressing(&[('5', 1.5), ('#', 4.0)])
    });
    assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    let latency = when(&timeline, "stops playing") - (answered() + Duration::from_secs(4));
    assert!(latency <= Duration::from_millis(42), "{latency:?}");
}

#[test]
fn a_pipe_that_overflows_loses_audio_and_nothing_else() {
    // 8.2 s of A-law fit; the greeting lasts longer.
    let timeline = run(&Script {
        starved: Some(span(answered() + Duration::from_secs(1), 8.8)),
        ..pressing(&[('5', 9.5), ('#', 10.0)])
    });
    assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    assert_eq!(variable(&timeline, "VOICEAGENTKEY"), "#");
    let missing = timeline.report.missing;
    assert!(missing > Duration::from_millis(500), "{missing:?}");
}

#[test]
fn nothing_is_started_before_asterisk_can_tell_that_the_caller_has_gone() {
    // Where Asterisk stood still, it goes on with the audio, and comes to the hang-up a little later.
    for seconds in [0.5, 1.5, 3.0] {
        let starved = span(answered() + Duration::from_secs(1), seconds);
        for news in [10, 50, 150] {
            let mut script = pressing(&[('#', 1.1)]);
            script.starved = Some(starved.clone());
            script.caller.hang_up = Some(starved.end + Duration::from_millis(news));
            let timeline = run(&script);
            assert_eq!(executed(&timeline), [DIAL], "{seconds} s, {news} ms");
        }
    }
}

#[test]
fn nothing_is_started_for_a_caller_who_has_hung_up_meanwhile() {
    let script = pressing(&[('#', 1.0)]);
    let whole = run(&script).end().since_start().as_secs_f64();
    for step in 0..150 {
        let from = CallTime::after(Duration::from_secs_f64(f64::from(step) / 150.0 * whole));
        let mut script = script.clone();
        script.caller.hang_up = Some(from + Duration::from_millis(500));
        let starved = span(from, 1.5);
        script.starved = Some(starved.clone());
        let timeline = run(&script);
        let late = timeline.entries.iter().find(|entry| {
            let starts = ["EXEC", "STREAM", "SAY", "ANSWER"];
            entry.at >= starved.end && starts.iter().any(|verb| entry.what.starts_with(verb))
        });
        assert_eq!(late, None, "starved in {starved:?}");
        let gone = timeline.end() - starved.end;
        assert!(
            gone < Duration::from_millis(100),
            "still there after {gone:?}"
        );
    }
}
