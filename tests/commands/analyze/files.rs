//! What is read: channels, folders, standard input, and files that are broken.

use std::fs;

use hound::{SampleFormat, WavSpec, WavWriter};
use voiceagent::audio::{Reading, Recording};

use crate::support::Folder;

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
