//! A simulated call as a picture, and recorded calls run again.

use std::{fs, path::Path};

use crate::support::Folder;

#[test]
fn a_simulated_call_is_drawn() {
    let folder = Folder::new("simulate_plot");
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let config = manifest.join("config/voiceagent.toml");
    let audio = manifest.join("fixtures/star-in-greeting.wav");
    let config = config.to_string_lossy();
    let audio = audio.to_string_lossy();
    let simulate = [
        "simulate", "--config", &config, "--exten", "101", "--audio", &audio, "--plot",
    ];
    let text = folder.run(&[&simulate[..], &["call.svg"]].concat());
    assert_eq!((text.status, text.stderr.as_str()), (0, ""));
    let svg = fs::read_to_string(folder.path("call.svg")).unwrap();
    for said in [
        "VOICEAGENTSTATUS=MAILBOX",
        ">plays vm-theperson</text>",
        ">* heard</text>",
        "EXEC VoiceMailMain &quot;101@sales&quot;</text>",
    ] {
        assert!(svg.contains(said), "{said}");
    }
    // All that happened is in the list under it.
    let entries = text
        .stdout
        .lines()
        .filter(|line| !line.contains('=') || line.contains("  "));
    for line in entries {
        let seconds = line.split_whitespace().next().unwrap();
        assert!(svg.contains(&format!("{seconds} s  ")), "{line}");
    }

    let done = folder.run(&[&simulate[..], &["call.png"]].concat());
    assert_eq!((done.status, &done.stdout), (0, &text.stdout));
    assert_eq!(fs::read(folder.path("call.png")).unwrap()[1..4], *b"PNG");

    let done = folder.run(&[&simulate[..], &["call.jpg"]].concat());
    assert_eq!(done.status, 2);
    assert!(done.stderr.contains(".svg or .png"), "{}", done.stderr);
    let done = folder.run(&[&simulate[..], &["none/call.png"]].concat());
    assert_eq!(done.status, 1);
    let said = &done.stderr;
    assert!(said.contains("none/call.png: cannot be written"), "{said}");
}

/// The picture of a call to 101 by this configuration.
fn drawn(test: &str, more: &str, caller: &[&str]) -> String {
    let folder = Folder::new(test);
    let shipped = include_str!("../../config/voiceagent.toml");
    fs::write(folder.path("voiceagent.toml"), format!("{shipped}{more}")).unwrap();
    let simulate = [
        "simulate",
        "--config",
        "voiceagent.toml",
        "--exten",
        "101",
        "--plot",
        "call.svg",
    ];
    let done = folder.run(&[&simulate[..], caller].concat());
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    fs::read_to_string(folder.path("call.svg")).unwrap()
}

#[test]
fn it_rings_until_it_stops_though_the_listener_is_told_something() {
    let svg = drawn("simulate_heard", "\n[ringing]\nkeys = \"heard\"\n", &[]);
    // In its bar, which has room for it only when it is as long as the ringing; in the list other
    // words stand before it.
    assert!(svg.contains(">rings SIP/bob</text>"), "{svg}");
}

#[test]
fn no_key_is_without_its_label() {
    let keys = ["1@1", "2@1.1", "3@1.2", "4@1.3", "5@1.4", "6@1.5", "*@1.6"];
    let keys: Vec<&str> = keys.iter().flat_map(|key| ["--key", key]).collect();
    let svg = drawn("simulate_keys", "", &keys);
    assert!(svg.contains(">123456* signalled</text>"), "{svg}");
}

#[test]
fn events_at_the_end_of_a_call_have_their_numbers_within_it() {
    let svg = drawn("simulate_end", "", &[]);
    let mut numbers = 0;
    for text in svg
        .lines()
        .filter_map(|line| line.strip_prefix("<text x=\""))
    {
        let (x, rest) = text.split_once('"').unwrap();
        let said = rest.split(['>', '<']).nth(1).unwrap();
        if said.chars().all(|c| c.is_ascii_digit() || c == '-') {
            let end = x.parse::<usize>().unwrap() + 7 * said.len();
            assert!(end <= 1_516, "{said} ends at {end}");
            numbers += 1;
        }
    }
    assert!(numbers > 20, "{numbers}");
}

#[test]
fn the_callers_audio_is_read_as_that_of_recordings() {
    let folder = Folder::new("simulate_audio");
    folder.run(&["tone", "*", "star.alaw", "--lead", "1000"]);
    fs::rename(folder.path("star.alaw"), folder.path("star.bin")).unwrap();
    let simulate = ["simulate", "--exten", "101", "--audio"];
    let done = folder.run(&[&simulate[..], &["star.bin"]].concat());
    assert_eq!(done.status, 1);
    let said = "for bare samples give --encoding and --rate";
    assert!(done.stderr.contains(said), "{}", done.stderr);
    let bare = ["star.bin", "--encoding", "alaw", "--rate", "8000"];
    let done = folder.run(&[&simulate[..], &bare].concat());
    assert!(
        done.stdout.contains("VOICEAGENTSTATUS=MAILBOX"),
        "{} {}",
        done.stdout,
        done.stderr
    );

    folder.run(&["tone", "*", "star.wav", "--lead", "1000"]);
    let bytes = fs::read(folder.path("star.wav")).unwrap();
    fs::write(folder.path("star.wav"), &bytes[..bytes.len() - 1_001]).unwrap();
    let done = folder.run(&[&simulate[..], &["star.wav"]].concat());
    assert_eq!(done.status, 0);
    let said = "voiceagent: star.wav: cut short, ";
    assert!(done.stderr.contains(said), "{}", done.stderr);
}

#[test]
fn a_lookup_that_nobody_makes_is_told() {
    let folder = Folder::new("simulate_lookup");
    let simulate = [
        "simulate",
        "--exten",
        "101",
        "--lookup",
        "SIP/bob,5,101@sales",
    ];
    let done = folder.run(&simulate);
    assert_eq!(done.status, 0);
    assert!(
        done.stderr.contains("--lookup is ignored"),
        "{}",
        done.stderr
    );
}

/// A recording in `fixtures/live`.
fn recording(name: &str) -> String {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/live");
    fixtures.join(name).display().to_string()
}

#[test]
fn calls_through_real_asterisks_are_today_what_they_were() {
    let folder = Folder::new("simulate_replay");
    for version in ["16", "22"] {
        let file = recording(&format!("recorded-star.asterisk-{version}.recording"));
        let done = folder.run(&["simulate", "--replay", &file, "--plot", "call.svg"]);
        assert_eq!(
            (done.status, done.stderr.as_str()),
            (0, ""),
            "{}",
            done.stdout
        );
        for said in [
            "agent     key * in the audio since ",
            "VOICEAGENTSTATUS=MAILBOX\n",
            "\nno difference: 21 commands as then, by voiceagent 0.1.0 at 2026-",
        ] {
            assert!(done.stdout.contains(said), "{said}: {}", done.stdout);
        }
        let svg = fs::read_to_string(folder.path("call.svg")).unwrap();
        for said in [
            "recorded call: ",
            ">plays vm-theperson</text>",
            ">* heard</text>",
        ] {
            assert!(svg.contains(said), "{said}");
        }
        let objects = folder
            .run(&["simulate", "--replay", &file, "--json"])
            .json();
        let end = objects.last().unwrap();
        assert_eq!((&end["type"], &end["exit"]), (&"end".into(), &0.into()));
    }
}

#[test]
fn a_key_that_would_no_longer_be_taken_is_the_first_difference() {
    let folder = Folder::new("simulate_difference");
    let file = recording("recorded-star.asterisk-22.recording");
    let config = "[extensions.101]\ndial = \"PJSIP/bob\"\nmax_wait = 5\nmailbox = \"101@sales\"\n\
                  [detector]\nmin_duration_ms = 60\n";
    fs::write(folder.path("longer.toml"), config).unwrap();
    let done = folder.run(&["simulate", "--replay", &file, "--config", "longer.toml"]);
    assert_eq!(done.status, 1);
    let same = "GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\"\n";
    let (_, told) = done.stdout.split_once("\nfirst difference at 11.").unwrap();
    assert!(
        told.contains(" s, after 160 bytes of audio (line "),
        "{told}"
    );
    assert!(
        told.contains(&format!("\n  then: {same}  now:  nothing until 11.")),
        "{told}"
    );
    assert!(told.ends_with(same), "{told}");
}

#[test]
fn a_call_is_either_simulated_or_run_again() {
    let folder = Folder::new("simulate_usage");
    let file = recording("recorded-star.asterisk-22.recording");
    for arguments in [
        &["simulate"][..],
        &["simulate", "--replay", &file, "--exten", "101"],
        &["simulate", "--replay", &file, "--key", "*@1"],
        &["simulate", "--replay", &file, "--rate", "8000"],
        &["simulate", "--exten", "101", "--encoding", "alaw"],
    ] {
        assert_eq!(folder.run(arguments).status, 2, "{arguments:?}");
    }
}
