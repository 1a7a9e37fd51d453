//! Keys while it rings, where the configuration lets Dial take them (its option `d`).

use std::{collections::BTreeSet, time::Duration};

use voiceagent::{
    config::Config,
    session::{CallTime, Exit, Input, Output, Plan, Session},
    sim::{Caller, DialEnd, Script, SignalledKey, Timeline, Who},
};

use crate::support::{
    CONFIG, executed, run, run_with, signalled, tone, unanswered, variable, when,
};

const DIAL: &str = "Dial \"SIP/bob,5,grd\"";

/// A call in which these keys are signalled, counted from the answer, by which it begins.
fn call(extension: &str, dial: &str, keys: Vec<SignalledKey>) -> Timeline {
    let config = format!("{CONFIG}\n[ringing]\nkeys = \"signalled\"\n");
    run_with(
        &config,
        &Script {
            extension: extension.to_owned(),
            dial: DialEnd::from_status(dial),
            caller: Caller {
                keys,
                ..Caller::default()
            },
            ..unanswered()
        },
    )
}

/// The commands of a call in which Dial is ended by this key.
fn commands_after(key: char) -> Vec<String> {
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(CONFIG).unwrap())));
    let header = "agi_context: users\nagi_extension: 101\nagi_priority: 2\nagi_enhanced: 1.0\n\
         agi_threadid: 1\n\n";
    session.handle(CallTime::ZERO, Input::Agi(header.as_bytes()));
    let mut commands = Vec::new();
    loop {
        match session.poll_output().expect("the call goes on") {
            Output::Send(line) => {
                let reply = match line.trim_end() {
                    "GET VARIABLE DIALSTATUS" => "200 result=1 (CANCEL)\n".to_owned(),
                    dial if dial.starts_with("EXEC Dial") => {
                        format!("200 result={}\n", u32::from(key))
                    }
                    _ => "200 result=0\n".to_owned(),
                };
                session.handle(CallTime::ZERO, Input::Agi(reply.as_bytes()));
                commands.push(line.trim_end().to_owned());
            }
            Output::Finish(_) => return commands,
            _ => {}
        }
    }
}

#[test]
fn a_hash_goes_straight_to_the_beep_and_leaves_the_dialplan_where_it_was() {
    let commands = commands_after('#');
    assert!(commands.contains(&"EXEC VoiceMail \"101@sales,s\"".to_owned()));
    assert_eq!(
        commands[commands.len() - 3..],
        [
            "SET CONTEXT \"users\"",
            "SET EXTENSION \"101\"",
            "SET PRIORITY \"3\""
        ]
    );
}

#[test]
fn a_star_opens_the_mailbox_login() {
    let commands = commands_after('*');
    assert!(commands.contains(&"EXEC VoiceMailMain \"101@sales\"".to_owned()));
    assert_eq!(commands.last().map(String::as_str), Some("HANGUP"));
}

#[test]
fn a_key_that_means_nothing_is_the_dialplans() {
    let commands = commands_after('5');
    assert!(!commands.iter().any(|command| command.starts_with("EXEC V")));
    assert!(
        !commands
            .iter()
            .any(|command| command.starts_with("SET CONTEXT"))
    );
    assert!(commands.contains(&"SET VARIABLE VOICEAGENTSTATUS \"CANCELLED\"".to_owned()));
}

#[test]
fn signalled_keys_do_while_it_rings_what_they_do_in_the_greeting() {
    for (key, last, status) in [
        ('*', "VoiceMailMain \"101@sales\"", "MAILBOX"),
        ('#', "VoiceMail \"101@sales,s\"", "VOICEMAIL"),
    ] {
        let timeline = call("101", "NOANSWER", vec![signalled(key, 1.0)]);
        assert_eq!(executed(&timeline), [DIAL, last]);
        assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), status);
        assert_eq!(variable(&timeline, "VOICEAGENTKEY"), key.to_string());
        assert_eq!(variable(&timeline, "VOICEAGENTKEYSOURCE"), "signal");
        let ringing = when(&timeline, "stops ringing") - when(&timeline, "rings");
        assert!(ringing < Duration::from_millis(1_210), "{ringing:?}");
    }
}

#[test]
fn a_key_after_the_answer_belongs_to_the_conversation() {
    let timeline = call("101", "ANSWER", vec![signalled('*', 2.0)]);
    assert_eq!(executed(&timeline), [DIAL]);
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "ANSWERED");
}

#[test]
fn a_login_key_that_a_mailbox_refuses_lets_the_telephone_ring_on() {
    let timeline = call("102", "NOANSWER", vec![signalled('*', 1.0)]);
    let dial = "Dial \"SIP/peter,5,grd\"";
    assert_eq!(
        executed(&timeline),
        [dial, dial, "VoiceMail \"102@sales,s\""]
    );
}

#[test]
fn a_call_without_a_key_goes_as_it_always_does() {
    for status in ["NOANSWER", "BUSY", "CONGESTION"] {
        let timeline = call("101", status, vec![]);
        assert_eq!(executed(&timeline), [DIAL, "VoiceMail \"101@sales,s\""]);
        assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "VOICEMAIL");
    }
}

#[test]
fn where_keys_are_off_nobody_is_answered_before_it_rings() {
    let off = run(&unanswered());
    let commands: Vec<_> = off.commands().take(2).collect();
    assert_eq!(
        commands,
        [
            "SET VARIABLE VOICEAGENTSTATUS \"FAILED\"",
            "EXEC Dial \"SIP/bob,5,g\""
        ]
    );
}

/// A call to a route that is listened to while it rings.
fn heard(audio: Vec<i16>, dial: &str) -> Timeline {
    let config = format!("{CONFIG}\n[ringing]\nkeys = \"heard\"\n");
    run_with(
        &config,
        &Script {
            dial: DialEnd::from_status(dial),
            caller: Caller {
                audio,
                ..Caller::default()
            },
            ..unanswered()
        },
    )
}

const ORIGINATE: &str = "Originate \"Local/s@voiceagent-listen/n,app,ChanSpy,\
     \\\"SIP/peter-00000001,uoqSE\\\",,1,v(VOICEAGENTCALLER=SIP/peter-00000001^CDR_PROP(disable)=1)\"";
const HEARD_DIAL: &str = "Dial \"SIP/bob,5,grdU(voiceagent-answered^SIP/peter-00000001)\"";
const END_LISTENER: &str = "SoftHangup \"Local/s@voiceagent-listen-00000001;2\"";
const VOICE_MAIL: &str = "VoiceMail \"101@sales,s\"";

/// When the program that hears the caller ended, the last one if there were several.
fn listener_ended(timeline: &Timeline) -> CallTime {
    let entries = timeline.entries.iter().rev();
    let mut ends = entries.filter(|entry| entry.who == Who::Listener && entry.what == "ends");
    ends.next().expect("it was started and ended").at
}

#[test]
fn keys_in_the_audio_do_while_it_rings_what_they_do_in_the_greeting() {
    for (key, last) in [('*', "VoiceMailMain \"101@sales\""), ('#', VOICE_MAIL)] {
        let timeline = heard(tone(key, 1.0, 0.2), "NOANSWER");
        assert_eq!(executed(&timeline), [ORIGINATE, HEARD_DIAL, last]);
        assert_eq!(variable(&timeline, "VOICEAGENTKEY"), key.to_string());
        assert_eq!(variable(&timeline, "VOICEAGENTKEYSOURCE"), "audio");
        // The program that rang says nothing: the one that was started anew tells of the call.
        let told = timeline
            .commands()
            .filter(|line| line.starts_with("VERBOSE"));
        assert_eq!(told.count(), 1);
        let pressed = when(&timeline, "answers the caller") + Duration::from_secs(1);
        let latency = when(&timeline, "stops ringing") - pressed;
        assert!(latency <= Duration::from_millis(43), "{latency:?}");
    }
}

#[test]
fn a_key_heard_while_somebody_else_rings_acts_for_them() {
    let general = format!("{CONFIG}\n[ringing]\nkeys = \"heard\"\n");
    // Here only 102 is listened to, and the greeting of 101 is where the first key comes.
    let one = CONFIG.replace(
        "[extensions.102]",
        "[extensions.102]\nringing.keys = \"heard\"",
    );
    for (config, first) in [(general, 1.0), (one, 2.0)] {
        for (key, last) in [
            ('#', "VoiceMail \"102@sales,s\""),
            ('*', "VoiceMailMain \"102@sales\""),
        ] {
            let config = config.replace("star = false", "star = true");
            let timeline = run_with(
                &config,
                &Script {
                    caller: Caller {
                        audio: [tone('0', first, 0.2), tone(key, 2.0, 0.2)].concat(),
                        ..Caller::default()
                    },
                    ..unanswered()
                },
            );
            let executed = executed(&timeline);
            let rung: Vec<_> = executed
                .iter()
                .filter(|what| what.starts_with("Dial"))
                .collect();
            assert_eq!(rung.len(), 2, "{executed:?}");
            assert_eq!(executed.last(), Some(&last), "{timeline:#?}");
        }
    }
}

#[test]
fn whenever_the_caller_hangs_up_about_a_key_the_call_has_not_failed() {
    let config = format!("{CONFIG}\n[ringing]\nkeys = \"heard\"\n");
    let mut seen = BTreeSet::new();
    for after in (0..2_500).map(|step| Duration::from_micros(20 * step)) {
        let timeline = run_with(
            &config,
            &Script {
                caller: Caller {
                    audio: tone('#', 1.0, 0.2),
                    hang_up: Some(CallTime::ZERO + Duration::from_secs(1) + after),
                    ..Caller::default()
                },
                ..unanswered()
            },
        );
        seen.insert(variable(&timeline, "VOICEAGENTSTATUS").to_owned());
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["HANGUP"]);
}

#[test]
fn a_key_that_means_nothing_lets_it_ring() {
    let timeline = heard(tone('5', 1.0, 0.2), "NOANSWER");
    assert_eq!(
        executed(&timeline),
        [ORIGINATE, HEARD_DIAL, END_LISTENER, VOICE_MAIL]
    );
}

#[test]
fn nobody_listens_once_it_rings_no_more() {
    for (status, over) in [
        ("NOANSWER", "200 result=1 (NOANSWER)"),
        ("BUSY", "200 result=1 (BUSY)"),
        ("CANCEL", "hangs up"),
        ("ANSWER", "the called person answers"),
    ] {
        let timeline = heard(Vec::new(), status);
        let left = listener_ended(&timeline) - when(&timeline, over);
        assert!(left < Duration::from_millis(2), "{status}: {left:?}");
    }
}

#[test]
fn a_key_after_the_answer_ends_no_conversation() {
    let timeline = heard(tone('*', 2.0, 0.2), "ANSWER");
    assert_eq!(executed(&timeline), [ORIGINATE, HEARD_DIAL]);
    assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), "ANSWERED");
}

#[test]
fn at_whatever_instant_a_key_comes_either_the_key_counts_or_the_answer() {
    // The telephone is answered 2 s after it began to ring.
    for ms in (1_940..2_020).step_by(2) {
        let timeline = heard(tone('#', f64::from(ms) / 1000.0, 0.1), "ANSWER");
        let all = executed(&timeline);
        let talked = timeline.entries.iter().any(|entry| {
            entry.what.contains("answers")
                && entry.who == Who::Asterisk
                && !entry.what.contains("caller")
        });
        assert_ne!(talked, all.contains(&VOICE_MAIL), "{ms} ms: {timeline:#?}");
        let status = if talked { "ANSWERED" } else { "VOICEMAIL" };
        assert_eq!(variable(&timeline, "VOICEAGENTSTATUS"), status, "{ms} ms");
    }
}

#[test]
fn a_key_that_was_known_too_late_takes_nobody_out_of_a_conversation() {
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(CONFIG).unwrap())));
    let header = "agi_channel: Local/s@voiceagent-listen-00000001;2\nagi_enhanced: 1.0\n\
         agi_context: voiceagent-listen\nagi_extension: s\nagi_priority: 4\nagi_threadid: 1\n\
         agi_arg_1: listen\nagi_arg_2: SIP/peter-00000001\n\n";
    session.handle(CallTime::ZERO, Input::Agi(header.as_bytes()));
    let audio: Vec<u8> = tone('#', 0.1, 0.2)
        .iter()
        .flat_map(|x| x.to_le_bytes())
        .collect();
    let mut ringing = ["*# 101 users,101,2", ""].into_iter();
    let mut said = Vec::new();
    loop {
        match session.poll_output() {
            Some(Output::Send(line)) => {
                let reply = match line.contains("GET FULL VARIABLE") {
                    true => format!("200 result=1 ({})\n", ringing.next().unwrap()),
                    false => "200 result=1\n".to_owned(),
                };
                said.push(line);
                session.handle(CallTime::ZERO, Input::Agi(reply.as_bytes()));
            }
            Some(Output::Finish(exit)) => {
                assert_eq!(exit, Exit::Success);
                break;
            }
            Some(_) => {}
            None => session.handle(CallTime::ZERO, Input::Audio(&audio)),
        }
    }
    assert!(
        said.iter()
            .any(|line| line.starts_with("SET VARIABLE") && line.contains("# 101")),
        "{said:?}"
    );
    assert!(
        !said.iter().any(|line| line.starts_with("EXEC")),
        "{said:?}"
    );
}

/// What is executed, and the closing line, in a call to be listened to where Asterisk answers this
/// when it is asked for what that takes, and this when it is asked how Originate ended.
fn unheard(means: &str, originate: &str, status: &str) -> (Vec<String>, String) {
    unheard_in("users", means, originate, status)
}

/// The same where the program is started in this context.
fn unheard_in(context: &str, means: &str, originate: &str, status: &str) -> (Vec<String>, String) {
    let config = format!("{CONFIG}\n[ringing]\nkeys = \"heard\"\n");
    let mut session = Session::new(Plan::Serve(Box::new(Config::parse(&config).unwrap())));
    let header = format!(
        "agi_enhanced: 1.0\nagi_channel: SIP/peter-00000001\nagi_context: {context}\n\
         agi_extension: 101\nagi_priority: 2\nagi_threadid: 1\n\n"
    );
    session.handle(CallTime::ZERO, Input::Agi(header.as_bytes()));
    let mut executed = Vec::new();
    let mut told = Vec::new();
    loop {
        match session.poll_output().expect("the call goes on") {
            Output::Send(line) => {
                let line = line.trim_end();
                if let Some(command) = line.strip_prefix("EXEC ") {
                    executed.push(command.to_owned());
                }
                if line.starts_with("VERBOSE") {
                    told.push(line.to_owned());
                }
                let reply = match line {
                    _ if line.contains("DIALPLAN_EXISTS") => format!("200 result=1 ({means})\n"),
                    _ if line.contains("ORIGINATE_STATUS") => format!("200 result=1 ({status})\n"),
                    _ if line.contains("DIALSTATUS") => "200 result=1 (ANSWER)\n".to_owned(),
                    _ if line.starts_with("EXEC Originate") => format!("{originate}\n"),
                    _ => "200 result=0\n".to_owned(),
                };
                session.handle(CallTime::ZERO, Input::Agi(reply.as_bytes()));
            }
            Output::Finish(_) => {
                assert_eq!(told.len(), 1, "{told:?}");
                return (executed, told.remove(0));
            }
            _ => {}
        }
    }
}

#[test]
fn whatever_asterisk_lacks_to_hear_the_caller_it_rings_and_one_line_says_why() {
    for (means, why) in [
        ("11/011111", "Asterisk has no application ChanSpy"),
        ("11/101111", "Asterisk has no application ChannelRedirect"),
        ("11/110111", "Asterisk has no application Dial"),
        ("11/111011", "Asterisk has no application SoftHangup"),
        ("11/111101", "Asterisk has no application Gosub"),
        ("11/111110", "Asterisk has no function SHARED"),
        ("10/11111", "the dialplan has no [voiceagent-listen]"),
        ("01/11111", "the dialplan has no [voiceagent-listen]"),
        ("", "the dialplan has no [voiceagent-listen]"),
    ] {
        let (executed, told) = unheard(means, "200 result=0", "SUCCESS");
        assert_eq!(executed, [DIAL], "{means}");
        assert!(told.contains(why), "{means}: {told}");
    }
}

#[test]
fn in_a_macro_it_rings_and_one_line_says_why() {
    let (executed, told) = unheard_in("macro-ring", "11/111111", "200 result=0", "SUCCESS");
    assert_eq!(executed, [DIAL]);
    assert!(
        told.contains("no key can bring a caller back into a Macro"),
        "{told}"
    );
}

#[test]
fn where_no_channel_can_be_made_it_rings_and_one_line_says_why() {
    for (originate, status, why) in [
        ("200 result=-2", "", "Asterisk has no application Originate"),
        ("200 result=0", "FAILED", "Originate says FAILED"),
        ("200 result=-1", "CONGESTION", "Originate says CONGESTION"),
        ("200 result=0", "", "Originate says nothing"),
    ] {
        // Of an Asterisk without IFMODULE it is not known what it lacks.
        let (executed, told) = unheard("11/", originate, status);
        assert_eq!(executed, [ORIGINATE, DIAL], "{originate} {status}");
        assert!(told.contains(why), "{told}");
    }
}

#[test]
fn without_the_dialplan_for_it_the_call_rings_and_one_line_says_why() {
    let config = format!("{CONFIG}\n[ringing]\nkeys = \"heard\"\n");
    let timeline = run_with(
        &config,
        &Script {
            can_listen: false,
            ..unanswered()
        },
    );
    assert_eq!(executed(&timeline), [DIAL, VOICE_MAIL]);
    let last = timeline.commands().last().expect("a closing line");
    assert!(
        last.contains("not listening while it rang: the dialplan has no [voiceagent-listen]"),
        "{last}"
    );
}

#[test]
fn a_dial_string_too_long_for_what_that_takes_is_rung_whole_and_one_line_says_why() {
    let phones = ["SIP/bob"; 116].join("&");
    let config = format!(
        "lookup = \"${{ODBC_ROUTE(${{EXTEN}})}}\"\n{CONFIG}\n[ringing]\nkeys = \"heard\"\n"
    );
    let timeline = run_with(
        &config,
        &Script {
            extension: "142".to_owned(),
            lookup: format!("{phones},5,101@sales"),
            ..unanswered()
        },
    );
    assert_eq!(
        executed(&timeline),
        [&format!("Dial \"{phones},5,grd\""), VOICE_MAIL]
    );
    let last = timeline.commands().last().expect("a closing line");
    assert!(
        last.contains("not listening while it rang: Dial's arguments are too long"),
        "{last}"
    );
}

#[test]
fn a_caller_who_pressed_what_acts_only_for_others_is_heard_again() {
    let config = format!("{CONFIG}\n[ringing]\nkeys = \"heard\"\n");
    let timeline = run_with(
        &config,
        &Script {
            extension: "102".to_owned(),
            caller: Caller {
                keys: vec![signalled('*', 1.0)],
                audio: tone('#', 3.0, 0.2),
                ..Caller::default()
            },
            ..unanswered()
        },
    );
    let dial = HEARD_DIAL.replace("bob", "peter");
    let last = "VoiceMail \"102@sales,s\"";
    assert_eq!(
        executed(&timeline),
        [ORIGINATE, &dial, END_LISTENER, ORIGINATE, &dial, last]
    );
    assert_eq!(variable(&timeline, "VOICEAGENTKEY"), "#");
    assert_eq!(variable(&timeline, "VOICEAGENTKEYSOURCE"), "audio");
}
