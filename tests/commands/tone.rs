use std::{fs, process::Command};

use crate::support::Folder;

#[test]
fn a_wav_has_the_length_asked_for() {
    let folder = Folder::new("tone_length");
    let done = folder.run(&[
        "tone", "123", "a.wav", "--length", "80", "--pause", "20", "--lead", "200", "--tail", "40",
        "--rate", "16000",
    ]);
    assert_eq!(
        (done.status, done.stdout.as_str()),
        (0, ""),
        "{}",
        done.stderr
    );
    let reader = hound::WavReader::open(folder.path("a.wav")).unwrap();
    assert_eq!(reader.spec().sample_rate, 16_000);
    assert_eq!(reader.duration(), 16_000 * 520 / 1_000);
}

#[test]
fn the_ending_decides_how_samples_are_written() {
    let folder = Folder::new("tone_endings");
    for (file, bytes) in [
        ("a.raw", 12_800),
        ("a.sln16", 25_600),
        ("a.alaw", 6_400),
        ("a.ul", 6_400),
    ] {
        let done = folder.run(&["tone", "5", file, "--lead", "400"]);
        assert_eq!(done.status, 0, "{}", done.stderr);
        assert_eq!(
            fs::metadata(folder.path(file)).unwrap().len(),
            bytes,
            "{file}"
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_noise_and_another_another() {
    let folder = Folder::new("tone_seed");
    for (file, seed) in [("a.raw", "1"), ("b.raw", "1"), ("c.raw", "2")] {
        let done = folder.run(&["tone", "5", file, "--snr", "12", "--seed", seed]);
        assert_eq!(done.status, 0, "{}", done.stderr);
    }
    let [a, b, c] = ["a.raw", "b.raw", "c.raw"].map(|file| fs::read(folder.path(file)).unwrap());
    assert_eq!(a, b);
    assert_ne!(a, c);
}

#[test]
fn wrong_usage_is_status_2_and_one_clear_message() {
    let folder = Folder::new("tone_usage");
    for (arguments, words) in [
        (&["tone", "12x", "a.wav"][..], "'x' is no key"),
        (
            &["tone", "1", "a.mp3"],
            "a.mp3: not known what kind of file",
        ),
        (
            &["tone", "1", "a.alaw", "--rate", "16000"],
            "alaw has 8000 samples a second",
        ),
        (
            &["tone", "1", "a.wav", "--level", "20"],
            "a number of dBm0 from -90 to 9",
        ),
        (&["tone", "1", "a.wav", "--length", "nan"], "a number of ms"),
        (&["tone", "1", "a.wav", "--pause", "-1"], "a number of ms"),
        (&["tone", "1", "a.wav", "--seed", "-1"], "a whole number"),
        (&["tone", "1", "a.wav", "--under", "350"], "350@-13"),
        (
            &["tone", "1", "a.wav", "--under", "5000@-10"],
            "higher --rate",
        ),
        (
            &["tone", "", "a.wav", "--lead", "0", "--tail", "0"],
            "nothing to write",
        ),
        (
            &["tone", "1", "a.wav", "--noise", "-30", "--snr", "9"],
            "cannot be used with",
        ),
        (
            &["tone", "12", "a.wav", "--gap", "200"],
            "a gap of 200 ms that begins 0 ms after the key does is none in a key of 100 ms: give a shorter --gap",
        ),
        (&["tone", "1"], "<FILE>"),
    ] {
        let done = folder.run(arguments);
        assert_eq!(
            (done.status, done.stdout.as_str()),
            (2, ""),
            "{arguments:?}"
        );
        assert!(
            done.stderr.contains(words),
            "{arguments:?}: {}",
            done.stderr
        );
    }
    assert!(!folder.path("a.wav").exists());
}

#[test]
fn a_wav_into_a_pipe_is_refused_before_anything_is_written() {
    let folder = Folder::new("tone_pipe");
    let made = Command::new("mkfifo").arg(folder.path("a.wav")).status();
    assert!(made.unwrap().success());
    let done = folder.run(&["tone", "5", "a.wav"]);
    assert_eq!((done.status, done.stdout.as_str()), (2, ""));
    let said = "a.wav: a .wav cannot be written into a pipe; name a pipe that ends with .sln";
    assert!(done.stderr.contains(said), "{}", done.stderr);
}

#[test]
fn what_is_clipped_is_said() {
    let folder = Folder::new("tone_clipped");
    let done = folder.run(&["tone", "1", "a.wav", "--level", "0"]);
    assert_eq!(done.status, 0);
    assert!(
        done.stderr
            .contains(" samples at full scale: what was louder is clipped"),
        "{}",
        done.stderr
    );
    let done = folder.run(&["tone", "1", "a.wav", "--level", "-4"]);
    assert_eq!((done.status, done.stderr.as_str()), (0, ""));
}

#[test]
fn a_file_that_cannot_be_written_is_status_1() {
    let folder = Folder::new("tone_unwritable");
    let done = folder.run(&["tone", "1", "no/such/folder/a.wav"]);
    assert_eq!(done.status, 1);
    assert!(
        done.stderr
            .contains("no/such/folder/a.wav: cannot be written"),
        "{}",
        done.stderr
    );
}
