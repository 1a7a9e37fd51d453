//! A recording of a call with any content.

use std::path::Path;

use voiceagent::{
    config::Config,
    recording::{CallRecording, Ending},
    session::Note,
    sim::{self, Who},
};

/// The bytes are the file.
pub(crate) fn holds(data: &[u8]) {
    let file = Path::new("a.recording");
    let recording = match CallRecording::read(file, data) {
        Ok(recording) => recording,
        Err(error) => {
            let lines = data.split(|&byte| byte == b'\n').count();
            let line = error.line().expect("memory can be read");
            assert!((1..=lines).contains(&line), "{error}");
            assert!(!error.to_string().contains(char::is_control), "{error}");
            return;
        }
    };
    let in_order = recording.entries.is_sorted_by_key(|entry| entry.at);
    assert!(in_order, "time goes backwards");
    let [main, included @ ..] = &recording.sources[..] else {
        panic!("a call without a configuration");
    };
    if let Ok(config) = Config::read_again(main, included) {
        let replay = sim::replay(&recording, &config);
        let rescue = Note::Rescue.to_string();
        for entry in &replay.timeline.entries {
            // The same words may be in what Asterisk is recorded to have said.
            assert!(
                entry.who == Who::Asterisk || entry.what != rescue,
                "{entry:?}"
            );
            assert!(!entry.what.contains(char::is_control), "{entry:?}");
        }
        let whole = replay.timeline.exit.is_some() || replay.difference.is_some();
        assert!(
            whole || recording.ending != Ending::Whole,
            "neither an end nor a difference"
        );
    }
    // Wherever writing had ended, what was written would be read.
    let call = data.windows(6).position(|text| text == b"\ncall\n");
    let call = call.expect("where the call begins") + 6;
    for cut in [call, call + (data.len() - call) / 2, data.len() - 1] {
        let cut = CallRecording::read(file, &data[..cut.max(call)]);
        let cut = cut.unwrap_or_else(|error| panic!("{error}"));
        assert!(cut.entries.len() <= recording.entries.len());
    }
}
