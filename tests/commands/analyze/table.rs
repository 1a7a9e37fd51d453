//! The table for people, and its last line.

use std::fs;

use hound::{SampleFormat, WavSpec, WavWriter};

use crate::support::Folder;

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
