//! `voiceagent analyze`: what the detectors of a call hear in recordings.

mod clipped;
mod crew;
mod json;
mod listener;
mod overview;
mod pictures;
mod plot;
mod quiet;
mod report;
mod style;
mod table;
mod timeline;
mod total;
mod why;

use std::{
    fs,
    io::{self, Write},
    ops::RangeInclusive,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

pub use self::pictures::Pictures;

use self::{
    listener::Listener,
    pictures::Album,
    plot::{Channel, Plot},
    report::{Report, Summary},
    style::Style,
    timeline::Timeline,
    total::Total,
};
use crate::{
    audio::{FileError, Reading, Recording, SAMPLE_RATE, SampleTime},
    dtmf, speech,
};

/// How recordings are listened to, and what is written of it.
#[derive(Clone, Debug)]
pub struct Analysis {
    /// JSON, an object a line, instead of a table.
    pub json: bool,
    /// Whether to say in the messages how each file is read.
    pub verbose: bool,
    /// Milliseconds of audio that arrive at once in the call that is imagined: a key is detected
    /// at the end of such a frame.
    pub frame_ms: u32,
    /// What is known of the files besides what they say.
    pub reading: Reading,
    /// What counts as a key.
    pub keys: dtmf::Limits,
    /// What counts as speech.
    pub speech: speech::Limits,
    /// A stretch of each recording for which to say why there are no keys.
    pub why: Option<RangeInclusive<SampleTime>>,
    /// Where to draw each recording.
    pub pictures: Option<Pictures>,
    /// How many recordings to listen to at once.
    pub threads: usize,
}

impl Default for Analysis {
    fn default() -> Self {
        Self {
            json: false,
            verbose: false,
            frame_ms: 20,
            reading: Reading::default(),
            keys: dtmf::Limits::default(),
            speech: speech::Limits::default(),
            why: None,
            pictures: None,
            threads: 1,
        }
    }
}

/// Whether all files were listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Outcome {
    /// All of them.
    Done,
    /// Some could not be read, or not to their end.
    Failed,
}

/// What is to be done in one run.
#[derive(Clone, Copy)]
struct Job<'a> {
    files: &'a [Result<PathBuf, FileError>],
    /// Bytes read so far.
    read: &'a Arc<AtomicU64>,
    /// Where pictures go.
    album: Option<&'a Album<'a>>,
}

impl Analysis {
    /// Writes what is heard in the recordings that `paths` name, folders with all that is in and
    /// below them, to `out`, and what is wrong with them to `messages`; tells `on_progress` from
    /// time to time the part of all bytes that has been read, 0 to 1.
    ///
    /// A file that cannot be read does not keep the others from being listened to.
    ///
    /// When the reader of `out` has had enough, no more is listened to.
    ///
    /// # Errors
    /// When `out` or `messages` cannot be written.
    pub fn run(
        &self,
        paths: &[PathBuf],
        out: &mut impl Write,
        messages: &mut impl Write,
        on_progress: &mut impl FnMut(f64),
    ) -> io::Result<Outcome> {
        let files: Vec<_> = paths
            .iter()
            .flat_map(|path| Recording::find(path))
            .collect();
        let lengths = files.iter().flatten().map(fs::metadata);
        let all: u64 = lengths.flatten().map(|metadata| metadata.len()).sum();
        let read = Arc::new(AtomicU64::new(0));
        let mut progress = || on_progress(part(read.load(Ordering::Relaxed), all));
        let mut total = Total::default();

        let recordings = files.iter().flatten().map(PathBuf::as_path);
        let album = self.pictures.as_ref();
        let album = album.map(|pictures| Album::new(pictures, recordings));
        let job = Job {
            files: &files,
            read: &read,
            album: album.as_ref(),
        };
        match self.run_all(job, &mut total, out, messages, &mut progress) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
        Ok(if total.all_read() {
            Outcome::Done
        } else {
            Outcome::Failed
        })
    }

    fn run_all(
        &self,
        job: Job<'_>,
        total: &mut Total,
        out: &mut impl Write,
        messages: &mut impl Write,
        progress: &mut impl FnMut(),
    ) -> io::Result<()> {
        if let [file] = job.files {
            // Told of while it goes on, as what comes from a pipe may never end.
            let heard = self.hear(file, job, out, messages, progress)?;
            self.conclude(heard, total, messages)?;
        } else {
            let hear = |file| {
                let (mut out, mut messages) = (Vec::new(), Vec::new());
                let heard = self.hear(file, job, &mut out, &mut messages, &mut || ())?;
                Ok((out, messages, heard))
            };
            let tell = |told: io::Result<(Vec<u8>, Vec<u8>, Heard<'_>)>| {
                let (text, said, heard) = told?;
                out.write_all(&text)?;
                messages.write_all(&said)?;
                self.conclude(heard, total, messages)
            };
            crew::work(self.threads, job.files, hear, tell, progress)?;
            if !self.json {
                total.write(out)?;
            }
            total.write_unread(messages)?;
        }
        Ok(())
    }

    /// Listens to one file; inside, what is wrong with it.
    fn hear<'a>(
        &self,
        file: &'a Result<PathBuf, FileError>,
        job: Job<'_>,
        out: &mut impl Write,
        messages: &mut impl Write,
        on_progress: &mut impl FnMut(),
    ) -> io::Result<Heard<'a>> {
        match file {
            Ok(file) => self.listen_to(file, job, out, messages, on_progress),
            Err(error) => Ok(Heard::Nothing(error)),
        }
    }

    fn conclude(
        &self,
        heard: Heard<'_>,
        total: &mut Total,
        messages: &mut impl Write,
    ) -> io::Result<()> {
        let error = match &heard {
            Heard::All(channels, warning) => {
                total.add(channels);
                return match warning {
                    Some(warning) => writeln!(messages, "voiceagent: {warning}"),
                    None => Ok(()),
                };
            }
            Heard::Broken(error) => error,
            Heard::Nothing(error) => error,
        };
        total.fail(error);
        writeln!(messages, "voiceagent: {error}")
    }

    fn listen_to(
        &self,
        file: &Path,
        Job { read, album, .. }: Job<'_>,
        out: &mut impl Write,
        messages: &mut impl Write,
        on_progress: &mut impl FnMut(),
    ) -> io::Result<Heard<'static>> {
        let mut recording = match Recording::open_counted(file, &self.reading, read) {
            Ok(recording) => recording,
            Err(error) => return Ok(Heard::Broken(error)),
        };
        if self.verbose {
            writeln!(
                messages,
                "voiceagent: {}: {} Hz, channels: {}",
                recording.name(),
                recording.rate(),
                recording.channels()
            )?;
        }
        let style = Style::new(self.json, &recording);
        let mut listeners = self.listeners(&recording, album.is_some());
        let mut timeline = Timeline::default();
        let mut drawn = vec![Vec::new(); listeners.len()];
        let mut tell = |out: &mut _, channel: usize, report: &Report| {
            if album.is_some() {
                drawn[channel].push(report.clone());
            }
            style.write_report(out, channel, report)
        };

        let mut is_begun = false;
        let read = loop {
            let read = recording.read(&mut |channel, samples| {
                listeners[channel].push(samples, &mut |report| timeline.add(channel, report));
            });
            if !matches!(read, Ok(true)) {
                break read;
            }
            // What turns out to hold no sound is told of in the messages alone.
            if !std::mem::replace(&mut is_begun, true) {
                style.write_head(out, &recording)?;
            }
            let settled = listeners.iter().map(Listener::settled).min();
            timeline.release(settled.unwrap_or_default(), |channel, report| {
                tell(out, channel, report)
            })?;
            on_progress();
        };
        for (channel, listener) in listeners.iter_mut().enumerate() {
            listener.finish(&mut |report| timeline.add(channel, report));
        }
        timeline.release_all(|channel, report| tell(out, channel, report))?;
        if let Err(error) = read {
            return Ok(Heard::Broken(error));
        }
        let summaries: Vec<Summary> = listeners.iter().map(Listener::summary).collect();
        self.tell_too_short(&recording, summaries[0].seconds, messages)?;
        for (channel, listener) in listeners.iter().enumerate() {
            if let Some(why) = listener.why() {
                style.write_why(out, channel, why)?;
            }
        }
        for (channel, summary) in summaries.iter().enumerate() {
            style.write_summary(out, channel, summary)?;
        }
        if let Some(album) = album {
            let channels = channels(listeners, drawn, &summaries);
            let plot = Plot::new(recording.name(), recording.rate(), channels);
            album.save(file, &plot)?;
        }
        Ok(Heard::All(summaries, recording.warning()))
    }

    /// One for each channel.
    fn listeners(&self, recording: &Recording, drawn: bool) -> Vec<Listener> {
        let frame = u64::from(self.frame_ms.max(1)) * u64::from(SAMPLE_RATE) / 1_000;
        let (keys, speech, why) = (&self.keys, &self.speech, self.why.as_ref());
        let listener = |_| Listener::new(keys, speech, frame, recording.delay(), why, drawn);
        (0..recording.channels()).map(listener).collect()
    }

    /// Says so, where what is asked about lies behind the end.
    fn tell_too_short(
        &self,
        recording: &Recording,
        end: f64,
        messages: &mut impl Write,
    ) -> io::Result<()> {
        let begin = self.why.as_ref().map(RangeInclusive::start);
        let Some(begin) = begin.filter(|begin| begin.seconds() >= end) else {
            return Ok(());
        };
        writeln!(
            messages,
            "voiceagent: {}: --why asks about {begin} on, and it ends at {end:.3} s",
            recording.name()
        )
    }
}

/// What is drawn of each channel.
fn channels(
    listeners: Vec<Listener>,
    drawn: Vec<Vec<Report>>,
    summaries: &[Summary],
) -> Vec<Channel> {
    let channels = listeners.into_iter().zip(drawn).zip(summaries);
    let channels = channels.filter_map(|((listener, reports), summary)| {
        let (overview, reasons) = listener.into_drawn()?;
        Some(Channel {
            overview,
            reports,
            reasons,
            summary: summary.clone(),
        })
    });
    channels.collect()
}

/// What came of one file.
enum Heard<'a> {
    /// Each channel's summary, and what was odd about the file.
    All(Vec<Summary>, Option<String>),
    Broken(FileError),
    Nothing(&'a FileError),
}

fn part(read: u64, all: u64) -> f64 {
    (read as f64 / all.max(1) as f64).min(1.0)
}
