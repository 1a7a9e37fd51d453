//! The README's table of codecs: how well keys are heard behind them, beside spandsp.
//!
//! `cargo bench --features peers --bench codecs`. The keys go through the encoders and decoders of ffmpeg,
//! whose AMR is in Debian's libavcodec-extra, and are scored as in `rows`.

#[path = "support/score.rs"]
mod score;
#[expect(dead_code, unreachable_pub, reason = "the tests use more of it")]
#[path = "../tests/rows/signal.rs"]
mod signal;
#[expect(dead_code, reason = "the other benches use more of it")]
mod support;

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    process::{self, Command},
};

use score::{Score, score};
use signal::{Line, Presses};

fn main() -> io::Result<()> {
    let folder = Folder::new()?;
    let encoders = ffmpeg(["-encoders"])?;
    let conditions = conditions();
    let mut out = io::stdout().lock();
    let names = conditions.iter().map(|condition| condition.name);
    let names = names.collect::<Vec<_>>().join(" | ");
    writeln!(
        out,
        "| | {names} | doubled | false | after (median / 99 %) |"
    )?;
    writeln!(out, "{}|", "| --- ".repeat(conditions.len() + 4))?;
    for codec in &CODECS {
        if !encoders.contains(codec.encoder) {
            eprintln!(
                "{} is left out: ffmpeg has no {}",
                codec.name, codec.encoder
            );
            continue;
        }
        write!(out, "| {} | ", codec.name)?;
        let mut totals = [Score::default(), Score::default()];
        for condition in &conditions {
            let scores = score(|seed| {
                let line = (condition.put)(condition.presses.record(seed));
                Ok((codec.pass(&line.samples(), &folder.0)?, line.presses))
            })?;
            let [own, peer] = scores.each_ref().map(Score::percent);
            write!(out, "{own:.1} % ({peer:.1}) | ")?;
            for (total, score) in totals.iter_mut().zip(scores) {
                total.merge(score);
            }
        }
        let [own, peer] = totals;
        write!(out, "{} ({}) | ", own.doubled, peer.doubled)?;
        write!(out, "{} ({}) | ", own.wrong, peer.wrong)?;
        writeln!(out, "{} ({}) |", own.after(), peer.after())?;
    }
    Ok(())
}

/// How keys are pressed before the codec.
struct Condition {
    name: &'static str,
    presses: Presses,
    put: Box<dyn Fn(Line) -> Line>,
}

fn conditions() -> Vec<Condition> {
    let voice = signal::voice(41, 60);
    let alone = |name, presses| Condition {
        name,
        presses,
        put: Box::new(|line| line),
    };
    vec![
        alone("40 ms", Presses::lasting(40.0, 40.0)),
        alone("50 ms", Presses::default()),
        alone("50 ms, twist 3 dB", Presses::default().with_twist(3.0)),
        alone("50 ms, twist -3 dB", Presses::default().with_twist(-3.0)),
        alone("100 ms", Presses::lasting(100.0, 100.0)),
        Condition {
            name: "100 ms, a voice 12 dB under",
            presses: Presses::lasting(100.0, 100.0),
            put: Box::new(move |line| line.with_background(&voice, 12.0)),
        },
    ]
}

/// A speech codec, in the terms of ffmpeg.
struct Codec {
    name: &'static str,
    encoder: &'static str,
    options: &'static [&'static str],
    /// Of the file's name, which tells ffmpeg its format.
    ending: &'static str,
}

const CODECS: [Codec; 6] = [
    Codec {
        name: "GSM full rate",
        encoder: "libgsm",
        options: &[],
        ending: "gsm",
    },
    Codec {
        name: "Opus, 12 kbit/s",
        encoder: "libopus",
        options: &["-b:a", "12k", "-application", "voip"],
        ending: "opus",
    },
    Codec {
        name: "AMR, 12.2 kbit/s",
        encoder: "libopencore_amrnb",
        options: &["-b:a", "12.2k"],
        ending: "amr",
    },
    Codec {
        name: "AMR, 5.9 kbit/s",
        encoder: "libopencore_amrnb",
        options: &["-b:a", "5.9k"],
        ending: "amr",
    },
    Codec {
        name: "Speex, 8 kbit/s",
        encoder: "libspeex",
        options: &["-b:a", "8k"],
        ending: "spx",
    },
    Codec {
        name: "G.723.1, 6.3 kbit/s",
        encoder: "g723_1",
        options: &["-b:a", "6.3k"],
        ending: "tco",
    },
];

impl Codec {
    /// What arrives of samples that go through it.
    fn pass(&self, samples: &[i16], folder: &Path) -> io::Result<Vec<i16>> {
        let path = |name: &str| folder.join(name).display().to_string();
        let (sent, heard) = (path("sent.raw"), path("heard.raw"));
        let coded = path(&format!("coded.{}", self.ending));
        let bytes = samples.iter().flat_map(|sample| sample.to_le_bytes());
        fs::write(&sent, bytes.collect::<Vec<_>>())?;
        let encode = ["-y", "-i", &sent, "-c:a", self.encoder];
        let encode = RAW.iter().chain(&encode).chain(self.options).copied();
        ffmpeg(encode.chain([coded.as_str()]))?;
        let decode = ["-y", "-i", &coded].into_iter().chain(RAW);
        ffmpeg(decode.chain([heard.as_str()]))?;
        let bytes = fs::read(&heard)?;
        let samples = bytes.as_chunks().0.iter();
        Ok(samples.map(|&sample| i16::from_le_bytes(sample)).collect())
    }
}

/// 16-bit samples at 8 kHz, one channel.
const RAW: [&str; 6] = ["-f", "s16le", "-ar", "8000", "-ac", "1"];

/// Runs ffmpeg; what it prints.
fn ffmpeg<'a>(arguments: impl IntoIterator<Item = &'a str>) -> io::Result<String> {
    let arguments: Vec<_> = arguments.into_iter().collect();
    let done = Command::new("ffmpeg")
        .args(["-v", "error", "-nostdin"])
        .args(&arguments)
        .output()
        .map_err(|error| io::Error::new(error.kind(), format!("ffmpeg: {error}")))?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let why = String::from_utf8_lossy(&done.stderr);
    Err(io::Error::other(format!("ffmpeg {arguments:?}: {why}")))
}

/// A folder of this process that goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let path = env::temp_dir().join(format!("voiceagent-codecs-{}", process::id()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Nothing is lost with what is left in a temporary folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}
