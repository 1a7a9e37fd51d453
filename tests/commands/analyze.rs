use std::fs;

use hound::{SampleFormat, WavSpec, WavWriter};
use voiceagent::audio::{Reading, Recording};

use crate::support::Folder;

/// All keys, none twice in a row.
const KEYS: &str = "1234567890*#ABCD";

#[test]
fn keys_made_by_tone_are_heard_with_their_times_and_levels() {
    let folder = Folder::new("analyze_round_trip");
    for file in [
        "a.wav", "a.raw", "a.sln16", "a.sln44", "a.sln192", "a.alaw", "a.ulaw",
    ] {
        let made = folder.run(&["tone", KEYS, file, "--lead", "500", "--level", "-14"]);
        assert_eq!(made.status, 0, "{}", made.stderr);
        let done = folder.run(&["analyze", "--json", file]);
        assert_eq!((done.status, done.stderr.as_str()), (0, ""));

        let keys = done.of_type("key");
        assert_eq!(keys.len(), KEYS.len(), "{file}: {}", done.stdout);
        for (n, (key, label)) in keys.iter().zip(KEYS.chars()).enumerate() {
            let due = 0.5 + 0.2 * n as f64;
            let number = |name: &str| key[name].as_f64().unwrap();
            assert_eq!(key["file"], file);
            assert_eq!(key["key"], label.to_string());
            assert!((number("onset") - due).abs() <= 0.001, "{file}: {key}");
            assert!((number("end") - due - 0.1).abs() <= 0.001, "{file}: {key}");
            assert!((number("level_dbm0") + 14.0).abs() <= 0.1, "{file}: {key}");
            assert!(number("twist_db").abs() <= 0.1, "{file}: {key}");
            let latency = number("detected") - due;
            assert!((0.02..0.06).contains(&latency), "{file}: {key}");
            let frames = number("detected") / 0.02;
            assert!((frames - frames.round()).abs() < 1e-6, "{file}: {key}");
        }
        let last = done.json().pop().unwrap();
        assert_eq!(last["type"], "summary");
        assert_eq!(last["keys"], KEYS);
        assert_eq!(last["seconds"], 3.9);
        assert!(last["cpu_ns_per_sample"].as_f64().unwrap() > 0.0);
        assert!(done.of_type("speech").is_empty(), "keys are no speech");
    }
}

#[test]
fn twist_is_told_with_its_sign() {
    let folder = Folder::new("analyze_twist");
    for twist in ["-6", "6"] {
        let made = folder.run(&["tone", "5", "a.wav", "--twist", twist]);
        assert_eq!(made.status, 0, "{}", made.stderr);
        let done = folder.run(&["analyze", "--json", "a.wav"]);
        let heard = done.of_type("key")[0]["twist_db"].as_f64().unwrap();
        assert!(
            (heard - twist.parse::<f64>().unwrap()).abs() <= 0.1,
            "{heard}"
        );
    }
}

#[test]
fn shorter_frames_mean_earlier_detection() {
    let folder = Folder::new("analyze_frames");
    folder.run(&["tone", "5", "a.wav", "--lead", "303"]);
    let detected = |frame_ms| {
        let done = folder.run(&["analyze", "--json", "--frame-ms", frame_ms, "a.wav"]);
        done.of_type("key")[0]["detected"].as_f64().unwrap()
    };
    assert!(detected("1") < detected("20"));
    assert!(detected("20") < detected("100"));
}

#[test]
fn channels_are_heard_apart_and_in_order_of_time_or_mixed() {
    let folder = Folder::new("analyze_channels");
    folder.run(&["tone", "12", "left.raw", "--lead", "100"]);
    folder.run(&["tone", "34", "right.raw", "--lead", "700"]);
    let [left, right] = ["left.raw", "right.raw"]
        .map(|file| Recording::read_mixed(&folder.path(file), &Reading::default()).unwrap());
    let spec = WavSpec {
        channels: 2,
        sample_rate: 8_000,
        bits_per_sample: 24,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::create(folder.path("a.wav"), spec).unwrap();
    for n in 0..left.len().max(right.len()) {
        for channel in [&left, &right] {
            let sample = channel.get(n).copied().unwrap_or(0);
            writer.write_sample(i32::from(sample) << 8).unwrap();
        }
    }
    writer.finalize().unwrap();

    let done = folder.run(&["analyze", "--json", "a.wav"]);
    let heard: Vec<(u64, String)> = done
        .of_type("key")
        .iter()
        .map(|key| {
            let label = key["key"].as_str().unwrap().to_owned();
            (key["channel"].as_u64().unwrap(), label)
        })
        .collect();
    let due = [(1, "1"), (1, "2"), (2, "3"), (2, "4")];
    assert_eq!(heard, due.map(|(channel, key)| (channel, key.to_owned())));
    let summaries = done.of_type("summary");
    assert_eq!(summaries.len(), 2);
    assert_eq!(
        (&summaries[0]["keys"], &summaries[1]["keys"]),
        (&"12".into(), &"34".into())
    );

    let done = folder.run(&["analyze", "--json", "--mix", "a.wav"]);
    let summaries = done.of_type("summary");
    assert_eq!(summaries[0]["keys"], "1234");
    assert!(summaries[0].get("channel").is_none());
}

#[test]
fn a_bad_file_is_named_and_the_others_are_analysed() {
    let folder = Folder::new("analyze_bad_file");
    folder.run(&["tone", "7", "good.wav"]);
    fs::write(folder.path("bad.wav"), "no sound").unwrap();
    let done = folder.run(&["analyze", "missing.wav", "bad.wav", "good.wav"]);
    assert_eq!(done.status, 1);
    assert!(
        done.stderr.contains("missing.wav: cannot be opened"),
        "{}",
        done.stderr
    );
    assert!(
        done.stderr.contains("bad.wav: not a WAV file"),
        "{}",
        done.stderr
    );
    assert!(done.stdout.contains("key 7"), "{}", done.stdout);
}

#[test]
fn folders_are_searched_for_recordings_and_told_of_in_order() {
    let folder = Folder::new("analyze_folders");
    fs::create_dir_all(folder.path("calls/2026/11")).unwrap();
    for (key, file) in [
        ("1", "calls/a.wav"),
        ("2", "calls/2026/11/b.alaw"),
        ("3", "calls/2026/c.sln16"),
        ("4", "calls/z.raw"),
    ] {
        assert_eq!(folder.run(&["tone", key, file]).status, 0);
    }
    fs::write(folder.path("calls/notes.txt"), "no sound").unwrap();
    for jobs in ["1", "3"] {
        let done = folder.run(&["analyze", "--json", "--jobs", jobs, "calls"]);
        assert_eq!((done.status, done.stderr.as_str()), (0, ""));
        let keys: Vec<_> = done
            .of_type("summary")
            .iter()
            .map(|s| s["keys"].clone())
            .collect();
        assert_eq!(keys, ["2", "3", "1", "4"]);
    }
    let done = folder.run(&["analyze", "calls"]);
    let last = done.stdout.lines().last().unwrap();
    assert!(
        last.starts_with("total: 4 read, 0:00:03, keys: 4,"),
        "{last}"
    );
    assert!(last.ends_with("could not be read: 0"), "{last}");
}

#[test]
fn what_is_in_all_channels_is_told_beside_how_long_they_are() {
    let folder = Folder::new("analyze_total");
    folder.run(&["tone", "1", "a.wav", "--lead", "1500"]);
    let spec = WavSpec {
        channels: 2,
        sample_rate: 8_000,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::create(folder.path("b.wav"), spec).unwrap();
    for _ in 0..2 * 60 * 8_000 {
        writer.write_sample(0_i16).unwrap();
    }
    writer.finalize().unwrap();
    let done = folder.run(&["analyze", "a.wav", "b.wav"]);
    let last = done.stdout.lines().last().unwrap();
    assert!(
        last.starts_with("total: 2 read, 0:01:02, in 3 channels 0:02:02, keys: 1, "),
        "{last}"
    );
    assert!(last.contains("silence 121.500 s"), "{last}");
}

#[test]
fn no_key_is_detected_after_the_end_of_its_file() {
    let folder = Folder::new("analyze_last_frame");
    for (file, tail) in [("a.wav", "300"), ("b.sln44", "300"), ("c.wav", "0")] {
        folder.run(&["tone", "12", file, "--tail", tail]);
        for frame_ms in ["20", "300", "1000"] {
            let done = folder.run(&["analyze", "--json", "--frame-ms", frame_ms, file]);
            let seconds = &done.of_type("summary")[0]["seconds"];
            let keys = done.of_type("key");
            assert_eq!(keys.len(), 2, "{file}: {}", done.stdout);
            for key in keys {
                let [onset, detected] = ["onset", "detected"].map(|at| key[at].as_f64().unwrap());
                assert!(onset < detected, "{key}");
                assert!(detected <= seconds.as_f64().unwrap(), "{file}: {key}");
            }
        }
    }
}

#[test]
fn a_recording_without_sound_leaves_no_table() {
    let folder = Folder::new("analyze_no_sound");
    folder.run(&["tone", "1", "a.wav"]);
    let bytes = fs::read(folder.path("a.wav")).unwrap();
    fs::write(folder.path("a.wav"), &bytes[..44]).unwrap();
    let done = folder.run(&["analyze", "a.wav"]);
    assert_eq!((done.status, done.stdout.as_str()), (1, ""));
    assert!(
        done.stderr.contains("an empty recording"),
        "{}",
        done.stderr
    );
}

#[test]
fn what_could_not_be_read_is_counted_with_its_reasons() {
    let folder = Folder::new("analyze_unread");
    folder.run(&["tone", "7", "good.wav"]);
    fs::create_dir(folder.path("none")).unwrap();
    for bad in ["b1.wav", "b2.wav"] {
        fs::write(folder.path(bad), "no sound").unwrap();
    }
    let done = folder.run(&["analyze", ".", "none"]);
    assert_eq!(done.status, 1);
    assert!(
        done.stdout.ends_with("could not be read: 3\n"),
        "{}",
        done.stdout
    );
    let said = &done.stderr;
    assert!(said.contains("none: a folder without recordings"), "{said}");
    assert!(
        said.contains("voiceagent: 3 of 4 could not be read:\n"),
        "{said}"
    );
    assert!(said.contains("\n     2 not a WAV file"), "{said}");
}

#[test]
fn people_get_a_table_with_silence_and_clipping() {
    let folder = Folder::new("analyze_table");
    folder.run(&[
        "tone", "5", "a.wav", "--lead", "1500", "--level", "2", "--snr", "30", "--length", "200",
    ]);
    let done = folder.run(&["analyze", "a.wav"]);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let key = done
        .stdout
        .lines()
        .find(|line| line.contains("key 5"))
        .unwrap();
    let cells: Vec<&str> = key.split_whitespace().collect();
    assert_eq!(
        cells[..6],
        ["1.500", "s", "0.200", "s", "key", "5"],
        "{key}"
    );
    let sound = &done.stdout;
    assert!(sound.contains("clipping"), "{sound}");

    folder.run(&["tone", "5", "b.wav", "--lead", "1500", "--snr", "20"]);
    let done = folder.run(&["analyze", "b.wav"]);
    let key = done
        .stdout
        .lines()
        .find(|line| line.contains("key 5"))
        .unwrap();
    let noise = key.split(" dB ").nth(1).unwrap().trim();
    assert!((19..=21).contains(&noise.parse::<i32>().unwrap()), "{key}");

    folder.run(&["tone", "5", "c.wav", "--lead", "1500"]);
    let done = folder.run(&["analyze", "c.wav"]);
    let sound = &done.stdout;
    assert!(
        sound.contains("   0.000 s    1.500 s  silence   digital\n"),
        "{sound}"
    );
}

#[test]
fn why_names_the_test_that_failed_and_by_how_much() {
    let folder = Folder::new("analyze_why");
    folder.run(&["tone", "5", "a.sln16", "--lead", "500", "--twist", "11.6"]);
    let why = ["analyze", "--why", "0.4-0.7", "a.sln16"];
    let done = folder.run(&why);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let nearest = done
        .stdout
        .lines()
        .find(|l| l.contains("nearest to a key"))
        .unwrap();
    assert!(nearest.contains("key 5? twist +11"), "{nearest}");
    assert!(nearest.contains("dB, limit +10.5: "), "{nearest}");

    let done = folder.run(&["analyze", "--json", "--why", "0.4-0.7", "a.sln16"]);
    let reasons = done.of_type("why");
    let twist = reasons.iter().find(|r| r["test"] == "twist").unwrap();
    assert_eq!((&twist["key"], &twist["unit"]), (&"5".into(), &"dB".into()));
    assert!(
        (twist["start"].as_f64().unwrap() - 0.53).abs() < 0.02,
        "{twist}"
    );
    assert_eq!(done.json().last().unwrap()["type"], "summary");

    folder.run(&["tone", "5", "b.wav"]);
    let done = folder.run(&["analyze", "--why", "0.2-0.5", "b.wav"]);
    assert!(
        done.stdout.contains("0.300 s: key 5 was taken: -10.0 dBm0"),
        "{}",
        done.stdout
    );
}

#[test]
fn why_has_the_times_of_what_it_tells_and_no_others() {
    let folder = Folder::new("analyze_why_times");
    folder.run(&["tone", "*", "a.wav", "--lead", "300", "--tail", "300"]);
    let rows = |stretch: &str| {
        let done = folder.run(&["analyze", "--json", "--why", stretch, "a.wav"]);
        assert_eq!(done.status, 0);
        let objects = done.of_type("why").into_iter();
        let rows: Vec<(f64, f64, String)> = objects
            .map(|row| {
                let time = |name: &str| row[name].as_f64().unwrap();
                let test = row["test"].as_str().unwrap().to_owned();
                (time("start"), time("end"), test)
            })
            .collect();
        (rows, done.stderr)
    };
    let (around, _) = rows("0.29-0.32");
    let [silence, begun, young] = &around[..] else {
        panic!("{around:?}");
    };
    assert_eq!(silence, &(0.29, 0.3, "silence".to_owned()));
    assert_eq!((begun.0, begun.1), (0.3, 0.31));
    assert_eq!(young, &(0.31, 0.32, "duration".to_owned()));
    let (end, _) = rows("0.5-0.7");
    assert_eq!(end.last().unwrap().1, 0.7);
    let (first, _) = rows("0-0");
    assert_eq!(first, [(0.0, 0.01, "silence".to_owned())]);
    let (none, said) = rows("100-200");
    assert!(none.is_empty());
    assert!(
        said.contains("a.wav: --why asks about 100.000 s on, and it ends at 0.700 s"),
        "{said}"
    );
    // The table has the same times.
    let done = folder.run(&["analyze", "--why", "0.29-0.32", "a.wav"]);
    assert!(
        done.stdout.contains(
            "\n   0.290 s    0.010 s  digital silence\n   0.300 s    0.010 s  key *? just begun\n"
        ),
        "{}",
        done.stdout
    );
}

/// Width and height, and whether the file is one PNG from its signature to its last chunk.
fn png_size(file: &std::path::Path) -> (u32, u32) {
    let bytes = fs::read(file).unwrap();
    assert_eq!(bytes[..8], *b"\x89PNG\r\n\x1a\n");
    assert_eq!(bytes[bytes.len() - 8..][..4], *b"IEND");
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    (number(16), number(20))
}

#[test]
fn a_recording_is_drawn_as_svg_or_png() {
    let folder = Folder::new("analyze_plot");
    folder.run(&["tone", "12", "good.wav", "--lead", "1200"]);
    folder.run(&["tone", "12", "bad & worse.wav", "--twist", "11.5"]);
    for (recording, svg) in [("good.wav", "good.svg"), ("bad & worse.wav", "bad.svg")] {
        let done = folder.run(&["analyze", "--plot", svg, recording]);
        assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    }
    let good = fs::read_to_string(folder.path("good.svg")).unwrap();
    assert!(good.contains(">1.800 s: keys 12, silence 1.200 s<"));
    let text = |text: &str| format!(">{text}</text>");
    for said in ["1", "2", "697", "1633", "0.2 s", "key taken"] {
        assert!(good.contains(&text(said)), "{said}");
    }
    assert!(good.contains("data:image/png;base64,iVBORw0KGgo"));
    let bad = fs::read_to_string(folder.path("bad.svg")).unwrap();
    assert!(bad.contains("bad &amp; worse.wav: 8000 Hz"));
    assert!(bad.contains(">1? twist 11."), "why there is no key is said");

    let done = folder.run(&["analyze", "--plot", "good.png", "good.wav"]);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let (width, height) = png_size(&folder.path("good.png"));
    assert!(width > 1_000 && height > 500, "{width} {height}");
}

#[test]
fn keys_too_near_for_labels_of_their_own_are_counted() {
    let folder = Folder::new("analyze_many_keys");
    let keys = "1234567890*#".repeat(30);
    folder.run(&["tone", &keys, "a.wav", "--length", "60", "--pause", "60"]);
    folder.run(&["analyze", "--plot", "a.svg", "a.wav"]);
    let svg = fs::read_to_string(folder.path("a.svg")).unwrap();
    let label = svg.lines().find(|line| line.contains("... (360 keys)"));
    let label = label.unwrap_or_else(|| panic!("{svg}"));
    assert!(label.contains(">1234567890*#1234567890*#"), "{label}");
    for alone in ["1", "4", "7"] {
        assert!(!svg.contains(&format!(">{alone}</text>")), "{alone}");
    }
}

#[test]
fn of_a_long_path_the_files_name_is_in_the_title() {
    let folder = Folder::new("analyze_long_path");
    let path = format!("{}/today.wav", "a-folder-of-recordings/".repeat(9));
    fs::create_dir_all(folder.path(&path).parent().unwrap()).unwrap();
    folder.run(&["tone", "1", &path]);
    folder.run(&["analyze", "--plot", "a.svg", &path]);
    let svg = fs::read_to_string(folder.path("a.svg")).unwrap();
    let title = svg.lines().find(|line| line.contains(">...")).unwrap();
    assert!(
        title.ends_with("recordings//today.wav: 8000 Hz</text>"),
        "{title}"
    );
}

#[test]
fn several_recordings_are_drawn_into_a_folder() {
    let folder = Folder::new("analyze_plots");
    fs::create_dir(folder.path("calls")).unwrap();
    folder.run(&["tone", "1", "calls/a.wav"]);
    folder.run(&["tone", "1", "a.wav"]);
    let done = folder.run(&["analyze", "--plot", "drawn", "calls", "a.wav"]);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    for name in ["drawn/calls-a.wav.png", "drawn/a.wav.png"] {
        png_size(&folder.path(name));
    }
    for (plot, why) in [
        ("x.svg", "name a folder"),
        ("x.pdf", "ends with .svg or .png"),
        ("-", "ends with .svg or .png"),
    ] {
        let done = folder.run(&["analyze", "--plot", plot, "calls", "a.wav"]);
        assert_eq!(done.status, 2);
        assert!(done.stderr.contains(why), "{}", done.stderr);
    }
    let done = folder.run(&["analyze", "--plot", "no/folder/x.png", "a.wav"]);
    assert_eq!(done.status, 1);
    let said = &done.stderr;
    assert!(
        said.contains("no/folder/x.png: cannot be written"),
        "{said}"
    );
}

#[test]
fn recordings_whose_names_are_alike_have_pictures_of_their_own() {
    let folder = Folder::new("analyze_plots_alike");
    fs::create_dir_all(folder.path("col/a")).unwrap();
    folder.run(&["tone", "1", "col/a/b.wav"]);
    folder.run(&["tone", "1", "col/a-b.wav"]);
    let done = folder.run(&["analyze", "--plot", "drawn", "col"]);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
    let pictures = fs::read_dir(folder.path("drawn")).unwrap();
    assert_eq!(pictures.count(), 2);
}

#[test]
fn a_folder_for_pictures_that_cannot_be_made_is_named() {
    let folder = Folder::new("analyze_plots_nowhere");
    folder.run(&["tone", "1", "a.wav"]);
    fs::write(folder.path("drawn"), "no folder").unwrap();
    let done = folder.run(&["analyze", "--plot", "drawn", "a.wav"]);
    assert_eq!(done.status, 1);
    let said = "voiceagent: drawn: cannot be made: ";
    assert!(done.stderr.starts_with(said), "{}", done.stderr);
}

#[test]
fn a_file_cut_short_is_analysed_and_warned_of() {
    let folder = Folder::new("analyze_cut_short");
    folder.run(&["tone", "7", "a.wav"]);
    let bytes = fs::read(folder.path("a.wav")).unwrap();
    fs::write(folder.path("a.wav"), &bytes[..bytes.len() - 1_001]).unwrap();
    let done = folder.run(&["analyze", "a.wav"]);
    assert_eq!(done.status, 0);
    assert!(done.stdout.contains("keys 7"), "{}", done.stdout);
    assert!(done.stderr.contains("cut short"), "{}", done.stderr);
}

#[test]
fn standard_input_is_a_recording_like_any_other() {
    let folder = Folder::new("analyze_stdin");
    folder.run(&["tone", "9", "a.wav"]);
    folder.run(&["tone", "9", "a.alaw"]);
    let wav = fs::read(folder.path("a.wav")).unwrap();
    let done = folder.run_with_input(&["analyze", "-"], &wav);
    assert!(
        done.stdout.contains("keys 9"),
        "{} {}",
        done.stdout,
        done.stderr
    );
    let alaw = fs::read(folder.path("a.alaw")).unwrap();
    let done = folder.run_with_input(&["analyze", "-", "--encoding", "alaw"], &alaw);
    assert!(
        done.stdout.contains("keys 9"),
        "{} {}",
        done.stdout,
        done.stderr
    );
    fs::create_dir(folder.path("-")).unwrap();
    let done = folder.run_with_input(&["analyze", "-", "--plot", "drawn.svg"], &wav);
    assert!(
        done.stdout.contains("keys 9"),
        "whatever else is called so: {} {}",
        done.stdout,
        done.stderr
    );
    let done = folder.run_with_input(&["analyze", "-"], &[]);
    assert_eq!(done.status, 1);
    assert!(
        done.stderr.contains("standard input: an empty recording"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_files_name_does_nothing_to_a_terminal() {
    let folder = Folder::new("analyze_control");
    let name = "\u{1b}[31mred.wav";
    folder.run(&["tone", "5", name]);
    let done = folder.run(&["analyze", name, "\u{1b}[31mmissing.wav"]);
    assert!(done.stdout.contains("?[31mred.wav: 8000 Hz"));
    assert!(done.stderr.contains("?[31mmissing.wav: cannot be opened"));
    let done = folder.run(&["analyze", "--json", name]);
    assert_eq!(done.of_type("summary")[0]["file"], name);
}

#[test]
fn a_number_that_is_none_is_told_what_was_expected() {
    let folder = Folder::new("analyze_numbers");
    for (option, value, words) in [
        ("--rate", "-1", "a whole number of Hz from 4000 to 384000"),
        ("--rate", "abc", "a whole number of Hz from 4000 to 384000"),
        ("--frame-ms", "-20", "a whole number of ms from 1 to 1000"),
        ("--jobs", "0", "a whole number from 1 to 1024"),
        ("--why", "-1-2", "a number of seconds"),
    ] {
        let done = folder.run(&["analyze", option, value, "a.wav"]);
        assert_eq!(done.status, 2, "{option} {value}");
        assert!(done.stderr.contains(words), "{}", done.stderr);
    }
}

#[test]
fn wrong_usage_is_status_2() {
    let folder = Folder::new("analyze_usage");
    for arguments in [
        &["analyze"][..],
        &["analyze", "--frame-ms", "0", "a.wav"],
        &["analyze", "--encoding", "gsm", "a.wav"],
        &["analyze", "--rate", "1", "a.wav"],
        &["analyze", "--why", "3", "a.wav"],
        &["analyze", "--why", "3-2", "a.wav"],
    ] {
        let done = folder.run(arguments);
        assert_eq!(
            (done.status, done.stdout.as_str()),
            (2, ""),
            "{arguments:?}"
        );
        assert!(!done.stderr.is_empty());
    }
}

#[test]
fn speech_is_told_with_its_times_and_keys_in_it_come_after_its_beginning() {
    let folder = Folder::new("analyze_speech");
    folder.run(&["tone", "", "quiet.raw", "--lead", "1000", "--noise", "-65"]);
    folder.run(&[
        "tone", "5", "loud.raw", "--lead", "800", "--tail", "800", "--level", "-20", "--noise",
        "-26",
    ]);
    let [quiet, loud] = ["quiet.raw", "loud.raw"].map(|f| fs::read(folder.path(f)).unwrap());
    let bytes = [&quiet[..], &loud, &quiet].concat();
    fs::write(folder.path("a.raw"), bytes).unwrap();

    let done = folder.run(&["analyze", "--json", "a.raw"]);
    let starts: Vec<f64> = done
        .json()
        .iter()
        .filter_map(|object| object["start"].as_f64().or(object["onset"].as_f64()))
        .collect();
    assert!(starts.is_sorted(), "{}", done.stdout);
    let first = &done.json()[0];
    assert_eq!(first["type"], "speech");
    assert!(
        (first["start"].as_f64().unwrap() - 1.3).abs() <= 0.02,
        "{first}"
    );
    assert!(
        (first["level_dbm0"].as_f64().unwrap() + 26.0).abs() <= 1.0,
        "{first}"
    );
    assert_eq!(done.of_type("key")[0]["key"], "5");
}

#[test]
fn other_rates_are_heard_at_most_3_ms_later_than_8_khz() {
    let folder = Folder::new("analyze_rates");
    // Onsets at every part of a frame.
    let keys = KEYS.repeat(4);
    let mean_latency = |file: &str| {
        let made = folder.run(&["tone", &keys, file, "--pause", "103.7"]);
        assert_eq!(made.status, 0, "{}", made.stderr);
        let done = folder.run(&["analyze", "--json", file]);
        let heard = done.of_type("key");
        assert_eq!(heard.len(), keys.len(), "{file}");
        let latencies = heard.iter().enumerate().map(|(n, key)| {
            let due = 0.3 + 0.2037 * n as f64;
            key["detected"].as_f64().unwrap() - due
        });
        latencies.sum::<f64>() / keys.len() as f64
    };
    let at_8_khz = mean_latency("a.raw");
    for file in ["a.sln12", "a.sln16", "a.sln44", "a.sln48", "a.sln192"] {
        let later = mean_latency(file) - at_8_khz;
        assert!((0.0..=0.003).contains(&later), "{file}: {later:.4} s later");
    }
}
