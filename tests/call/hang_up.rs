//! A caller who is gone gets nothing more, at whatever instant they go.

use voiceagent::sim::{Caller, DialEnd, Recordings, Script};

use crate::support::{at, run, signalled, tone, unanswered, variable};

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
            let Some(gone) = timeline
                .entries
                .iter()
                .find(|entry| entry.what.contains("hangs up") && !entry.what.contains("called"))
            else {
                continue; // the call was over before
            };
            // What was on its way already cannot be called back.
            let known = gone.at + std::time::Duration::from_micros(150);
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
            assert_ne!(variable(&timeline, "VOICEAGENTSTATUS"), "FAILED");
        }
    }
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
