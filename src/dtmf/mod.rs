//! Keys in the audio: a DTMF detector.
//!
//! The way of a sample, and the modules in the order in which to read them. (`tones` are the keypad's,
//! `history` the last samples and when each was heard, `verdict` the tests and what is said of them.)
//!
//! 1. `bank`: sixteen samples become one block, eight complex sums at the nominal tones (Q.23).
//! 2. `step`, `window`: five blocks are a step, two steps a view over 20 ms. (`avx2` makes the same
//!    blocks and steps, and excerpts of 4., where the processor can do more at once.)
//! 3. `screen`: every 10 ms, could this be a key that just begins? Almost always not.
//! 4. `excerpt`, `fit`: two tones with free frequencies, fitted by least squares (`products` are its
//!    sums over the samples, `gram` those that need none); with hum or a dial tone (`dialtone`)
//!    filtered away where there is one.
//! 5. `gains`, `edges`: where they begin and end, to the sample where the audio is clean.
//! 6. `stretch`: the two together, in three models, each better than the one before.
//! 7. `bands`, `past`, `evidence`: what is left without them, and what was there before them.
//! 8. `decide`, `company`, `coded`: the few ways in which evidence is a key, alone or over other sound, and
//!    what codecs make of one.
//! 9. `fragment`, `gap`, `pieces`: a key that breaks off and goes on, one with frames missing, and what
//!    is remembered of either.
//! 10. `burst`: a key that a codec has bent too much for any of this, known by its standing alone.
//! 11. `pure`: a key that takes the place of other sound, known by being alone from one moment to the next.
//! 12. `hold`, `behind`, `silence`: a key until it is up, be it over lost frames or fainter.
//! 13. `previous`: a key that is over, taken out of what the next one is looked for in.
//!
//! `detector` is the order of all this and [`Limits`] what a caller can set.
//!
//! ```
//! use voiceagent::dtmf::{Detector, Event, Limits};
//!
//! // 100 ms of silence, then 80 ms of 770 and 1336 Hz: the key 5.
//! let tone = |i: i32, hertz: f32| (std::f32::consts::TAU * hertz * i as f32 / 8000.0).cos();
//! let mut audio = vec![0; 800];
//! audio.extend((0..640).map(|i| (5000.0 * (tone(i, 770.0) + tone(i, 1336.0))) as i16));
//!
//! let mut detector = Detector::new(&Limits::ETSI);
//! let mut keys = Vec::new();
//! for frame in audio.chunks(160) {
//!     detector.push(frame, &mut |event| {
//!         if let Event::Down(down) = event {
//!             keys.push((down.key.label(), down.onset.samples()));
//!         }
//!     });
//! }
//! assert_eq!(keys, [('5', 800)]);
//! ```

#[cfg(target_arch = "x86_64")]
mod avx2;
mod bands;
mod bank;
mod behind;
mod burst;
mod coded;
mod company;
mod decide;
mod detector;
mod dialtone;
mod edges;
mod evidence;
mod excerpt;
mod fit;
mod fragment;
mod gains;
mod gap;
mod gram;
mod history;
mod hold;
mod limits;
mod past;
mod phasor;
mod pieces;
mod previous;
mod products;
mod pure;
mod screen;
mod silence;
mod step;
mod stretch;
mod tones;
mod verdict;
mod window;

pub use detector::Detector;
pub use limits::{LimitError, Limits};
pub(crate) use step::{STEP, WINDOW};
pub use verdict::{Test, Verdict};

use crate::{
    audio::{Dbm0, SampleTime},
    key::Key,
};

/// Something happened to a key. Down and up come in turn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// A key is down.
    Down(KeyDown),
    /// It is up again.
    Up(KeyUp),
}

/// A key was pressed, with what was measured of it until it was certain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyDown {
    /// The key.
    pub key: Key,
    /// Its first sample.
    pub onset: SampleTime,
    /// Level of one tone: the mean of both, in dB. Over a dial tone, which is filtered away, it is up to
    /// 0.5 dB low, and the twist up to 0.7 dB off.
    pub level: Dbm0,
    /// Level of the high tone over the low one, in dB.
    pub twist_db: f32,
    /// The low tone's offset from its nominal frequency (Q.23), relative.
    pub low_offset: f32,
    /// The high tone's offset from its nominal frequency (Q.23), relative.
    pub high_offset: f32,
    /// Level of one tone over all that is left without them, in dB; hum and a dial tone that were
    /// filtered away are not in it.
    pub snr_db: f32,
    /// Energy left among the tones' frequencies (600 to 1850 Hz) without them, relative to theirs; where
    /// next to nothing is left at all, that of the whole band.
    pub residual: f32,
}

/// A key was released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUp {
    /// The key.
    pub key: Key,
    /// Its first sample.
    pub onset: SampleTime,
    /// The sample after its last one. Known when the key can no longer go on: 30 to 41 ms later, and
    /// up to 106 ms where digital silence may stand for lost frames.
    pub end: SampleTime,
}
