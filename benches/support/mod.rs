//! What the benches of the detectors have in common.

pub(crate) mod signals;
#[cfg(feature = "peers")]
pub(crate) mod spandsp;

use voiceagent::{Key, dtmf};

/// Samples that come at once in a call: 20 ms.
pub(crate) const FRAME: usize = 160;

/// Something that hears keys.
pub(crate) trait Listener {
    /// Hears the next frame, and tells which keys began in it.
    fn hear_keys(&mut self, frame: &[i16], on_key: &mut impl FnMut(Key));

    /// Hears the next frame; how many keys began in it.
    fn hear(&mut self, frame: &[i16]) -> usize {
        let mut keys = 0;
        self.hear_keys(frame, &mut |_| keys += 1);
        keys
    }
}

impl Listener for dtmf::Detector {
    fn hear_keys(&mut self, frame: &[i16], on_key: &mut impl FnMut(Key)) {
        self.push(frame, &mut |event| {
            if let dtmf::Event::Down(down) = event {
                on_key(down.key);
            }
        });
    }
}

/// This project's key detector, as a call has it.
pub(crate) fn ours() -> dtmf::Detector {
    dtmf::Detector::new(&dtmf::Limits::default())
}

/// Hears all of `samples`, frame by frame; how many keys there were.
pub(crate) fn hear_all(listener: &mut impl Listener, samples: &[i16]) -> usize {
    samples
        .chunks(FRAME)
        .map(|frame| listener.hear(frame))
        .sum()
}
