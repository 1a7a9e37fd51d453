//! Pictures of recordings.

use std::fs;

use crate::support::Folder;

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
