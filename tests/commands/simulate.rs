//! A simulated call as a picture.

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
