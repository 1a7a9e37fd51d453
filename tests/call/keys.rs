//! Keys in the greeting, from the audio and from signals.

use std::time::Duration;

use voiceagent::{
    audio::{AudioFormat, Rng, talk},
    sim::{Caller, Recordings, Script, SignalledKey, Timeline},
};

use crate::support::{
    CONFIG, executed, run, run_with, signalled, tone, unanswered, variable, when,
};

const DIAL: &str = "Dial \"SIP/bob,5,g\"";
const LOGIN: &str = "VoiceMailMain \"101@sales\"";
const VOICE_MAIL: &str = "VoiceMail \"101@sales,s\"";

fn call(audio: Vec<i16>, keys: Vec<SignalledKey>) -> Timeline {
    run(&Script {
        caller: Caller {
            audio,
            keys,
            ..Caller::default()
        },
        ..unanswered()
    })
}

fn heard(timeline: &Timeline) -> (&str, &str) {
    (
        variable(timeline, "VOICEAGENTKEY"),
        variable(timeline, "VOICEAGENTKEYSOURCE"),
    )
}

#[test]
fn a_star_in_the_audio_opens_the_mailbox_login() {
    for codec in [AudioFormat::ALAW, AudioFormat::ULAW, AudioFormat::SLIN] {
        let timeline = run(&Script {
            caller: Caller {
                audio: tone('*', 1.2, 0.2),
                codec,
                ..Caller::default()
            },
            ..unanswered()
        });
        assert_eq!(executed(&timeline), [DIAL, LOGIN]);
        assert_eq!(heard(&timeline), ("*", "audio"));
        assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "MAILBOX");
    }
}

#[test]
fn a_hash_in_the_audio_skips_to_the_beep() {
    let timeline = call(tone('#', 1.2, 0.2), vec![]);
    assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    assert_eq!(heard(&timeline), ("#", "audio"));
}

#[test]
fn the_greeting_stops_while_the_key_is_still_down() {
    let timeline = call(tone('#', 1.2, 0.5), vec![]);
    let answered = when(&timeline, "answers the caller");
    let pressed = answered + Duration::from_secs_f64(1.2);
    let latency = when(&timeline, "stops playing") - pressed;
    // At most 21 ms of evidence, the rest of the frame, the frame's own way.
    assert!(latency <= Duration::from_millis(42), "{latency:?}");
}

#[test]
fn a_signalled_key_acts_at_its_release() {
    for (key, last) in [('*', LOGIN), ('#', VOICE_MAIL)] {
        let timeline = call(vec![], vec![signalled(key, 1.2)]);
        assert_eq!(executed(&timeline), [DIAL, last]);
        assert_eq!(heard(&timeline), (key.to_string().as_str(), "signal"));
    }
}

#[test]
fn a_press_that_is_both_tone_and_signal_counts_once() {
    // A whole tone beside the signal, and a leak before it; the second `#` would end the message.
    for length in [0.2, 0.04] {
        let timeline = call(tone('#', 1.2, length), vec![signalled('#', 1.2)]);
        assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
        assert_eq!(heard(&timeline), ("#", "audio"));
        let recording = when(&timeline, "records");
        let left = when(&timeline, "has spoken and hangs up") - recording;
        assert!(left >= Duration::from_secs(5), "the message is whole");
    }
}

#[test]
fn a_tone_that_comes_after_its_signal_counts_once() {
    let config =
        format!("{CONFIG}\n[keys]\nskip = \"\"\n").replace("[keys.goto]\n0 = \"102\"\n", "");
    let timeline = run_with(
        &config,
        &Script {
            caller: Caller {
                audio: tone('#', 1.30, 0.05),
                keys: vec![signalled('#', 1.1)],
                ..Caller::default()
            },
            ..unanswered()
        },
    );
    assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    assert_eq!(heard(&timeline), ("", ""));
}

#[test]
fn keys_that_mean_nothing_do_not_disturb_the_greeting() {
    let plain = call(vec![], vec![]);
    let timeline = call(tone('5', 1.2, 0.2), vec![signalled('7', 3.0)]);
    assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    assert_eq!(when(&timeline, "records"), when(&plain, "records"));
    assert_eq!(heard(&timeline), ("", ""));
}

#[test]
fn a_key_can_lead_to_another_extension() {
    for caller in [
        Caller {
            audio: tone('0', 1.2, 0.2),
            ..Caller::default()
        },
        Caller {
            keys: vec![signalled('0', 1.2)],
            ..Caller::default()
        },
    ] {
        let timeline = run(&Script {
            caller,
            ..unanswered()
        });
        assert_eq!(
            executed(&timeline),
            [DIAL, "Dial \"SIP/peter,5,g\"", "VoiceMail \"102@sales,s\""]
        );
    }
}

#[test]
fn a_mailbox_can_refuse_the_login_key() {
    for caller in [
        Caller {
            audio: tone('*', 1.2, 0.2),
            ..Caller::default()
        },
        Caller {
            keys: vec![signalled('*', 1.2)],
            ..Caller::default()
        },
    ] {
        let timeline = run(&Script {
            extension: "102".to_owned(),
            caller,
            ..unanswered()
        });
        assert_eq!(
            executed(&timeline),
            ["Dial \"SIP/peter,5,g\"", "VoiceMail \"102@sales,s\""]
        );
    }
}

#[test]
fn keys_work_in_a_temporary_greeting_too() {
    let with_key = |key| {
        run(&Script {
            recordings: Recordings {
                temp: true,
                ..Recordings::default()
            },
            caller: Caller {
                keys: vec![signalled(key, 1.2)],
                ..Caller::default()
            },
            ..unanswered()
        })
    };
    let temp = "VoiceMail \"101@sales,d\"";
    let star = with_key('*');
    assert_eq!(executed(&star), [DIAL, temp, LOGIN]);
    assert_eq!(heard(&star), ("*", "signal"));
    assert_eq!(executed(&with_key('#')), [DIAL, temp]);
    // A key without a meaning takes the caller out of VoiceMail: back in, and not out again.
    let again = "VoiceMail \"101@sales\"";
    assert_eq!(executed(&with_key('5')), [DIAL, temp, again]);
}

#[test]
fn what_was_pressed_while_it_rang_is_not_taken_for_now() {
    // Asterisk gives no audio during Dial, and telephones send none before the answer.
    let mut script = unanswered();
    script.caller.keys = vec![signalled('5', 0.1)];
    assert_eq!(executed(&run(&script)), [DIAL, VOICE_MAIL]);
}

/// How long after the end of a `#` VoiceMail begins, where the telephone sends its tone, this much
/// silence, and then nothing more; both in seconds.
fn wait_without_audio(length: f64, silence: f64) -> Duration {
    let mut audio = tone('#', 1.2, length);
    audio.resize(audio.len() + (silence * 8_000.0) as usize, 0);
    let timeline = run(&Script {
        caller: Caller {
            audio,
            falls_silent: true,
            ..Caller::default()
        },
        ..unanswered()
    });
    assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    let up = when(&timeline, "answers the caller") + Duration::from_secs_f64(1.2 + length);
    when(&timeline, "EXEC VoiceMail") - up
}

#[test]
fn where_the_audio_ends_with_the_key_the_caller_waits_no_longer_than_elsewhere() {
    for (length, silence) in [(0.1, 0.02), (0.2, 0.0), (0.2, 0.02), (1.0, 0.02)] {
        let wait = wait_without_audio(length, silence);
        let limit = Duration::from_millis(250);
        assert!(wait < limit, "{length} s and {silence} s: {wait:?}");
    }
}

#[test]
fn a_key_whose_tone_leaks_is_waited_for_where_no_audio_comes_beside_its_signal() {
    let held = SignalledKey {
        held: Duration::from_secs(2),
        ..signalled('#', 1.2)
    };
    let timeline = run(&Script {
        caller: Caller {
            audio: tone('#', 1.2, 0.06),
            falls_silent: true,
            keys: vec![held],
            ..Caller::default()
        },
        ..unanswered()
    });
    assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    let released = when(&timeline, "releases key #");
    assert!(when(&timeline, "EXEC VoiceMail") > released);
}

#[test]
fn a_caller_who_speaks_leaves_the_key_that_acted_before_as_it_was() {
    let config = format!("{CONFIG}\n[greeting]\nbarge_in = true\n");
    let mut audio = tone('0', 1.2, 0.2);
    // Behind the ringing of the other extension.
    audio.resize(8_000 * 8, 0);
    audio.extend(speech());
    let timeline = run_with(
        &config,
        &Script {
            caller: Caller {
                audio,
                ..Caller::default()
            },
            ..unanswered()
        },
    );
    assert!(when(&timeline, "speech since") < when(&timeline, "records"));
    assert_eq!(heard(&timeline), ("0", "audio"));
}

/// Somebody talks, loud, for two seconds.
fn speech() -> Vec<i16> {
    let voice = talk(&mut Rng::new(1), 16_000);
    let loudest = voice.iter().fold(0.0f32, |most, x| most.max(x.abs()));
    let loud = voice.into_iter().map(|x| (x * 16_000.0 / loudest) as i16);
    loud.collect()
}
