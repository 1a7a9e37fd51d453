//! The live edge: Asterisk's pipes, the signal, the clock. No decisions are made here.

mod recorder;

use std::{
    env,
    fs::{self, File},
    io::{self, Write},
    os::{
        fd::AsFd,
        unix::fs::{FileTypeExt, OpenOptionsExt},
    },
    path::PathBuf,
    task::Poll,
    time::{Duration, Instant},
};

pub use recorder::{KEEP_RECORDING, Recorder};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    net::unix::pipe,
    signal::unix::{SignalKind, signal},
    time::sleep_until,
};
use tracing::{Span, debug, error_span, field::Empty, info, warn};

use crate::{
    agi::Argument,
    config::Storage,
    greeting,
    pipe::CAPACITY as PIPE_CAPACITY,
    prompts::Prompts,
    session::{CallTime, Exit, Input, Output, Session, Status},
    variant::elsewhere,
};

/// Descriptor 3.
pub struct Audio(io::Result<File>);

impl Audio {
    /// Takes it, before anything else can be given its number. Opened anew, so that no descriptor
    /// is taken on trust; only a pipe is one that Asterisk writes to.
    #[must_use]
    pub fn open() -> Self {
        Self(open_audio())
    }
}

fn open_audio() -> io::Result<File> {
    let metadata = fs::metadata(AUDIO)?;
    if !metadata.file_type().is_fifo() {
        return Err(io::Error::other("it is not a pipe"));
    }
    fs::OpenOptions::new()
        .read(true)
        // Else a pipe whose writer is gone would never open.
        .custom_flags(libc::O_NONBLOCK)
        .open(AUDIO)
}

/// Serves the call that this process was started for, to its end; gives the session back then.
///
/// Reads the dialogue on descriptor 0 and the caller's audio, writes commands to descriptor 1 and
/// nothing else. `spool` is Asterisk's spool folder, below which mailboxes keep their greetings.
/// With a recorder, the call is recorded.
///
/// # Errors
/// When the event loop or descriptor 0 cannot be set up; nothing has been said to Asterisk then.
pub fn run(
    session: Session,
    audio: Audio,
    recorder: Option<Recorder>,
    spool: PathBuf,
    started: Instant,
) -> io::Result<(Exit, Session)> {
    // Whatever is logged of the call says of which one, from errors on.
    let span = error_span!(
        "call",
        channel = Empty,
        unique_id = Empty,
        extension = Empty
    );
    let _inside = span.enter();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?;
    let served = runtime.block_on(Driver::new(session, recorder, spool, started).run(audio.0));
    // Where descriptor 0 is no pipe, a thread waits for what comes next on it, and it may not come.
    runtime.shutdown_background();
    served
}

/// Descriptor 0: a pipe under Asterisk, anything when somebody tries the program by hand.
fn open_agi() -> io::Result<Box<dyn AsyncRead + Unpin>> {
    let stdin = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    if stdin.metadata()?.file_type().is_fifo() {
        return Ok(Box::new(pipe::Receiver::from_file(stdin)?));
    }
    Ok(Box::new(tokio::io::stdin()))
}

struct Driver {
    session: Session,
    spool: PathBuf,
    /// The folder of Asterisk's modules, where it tells.
    modules: Option<PathBuf>,
    prompts: Prompts,
    started: Instant,
    /// When the last input came.
    now: CallTime,
    recorder: Option<Box<Recorder>>,
    /// Whether the recording has been waited for.
    settled: bool,
    /// Whether logs know which call this is.
    introduced: bool,
}

impl Driver {
    fn new(session: Session, recorder: Option<Recorder>, spool: PathBuf, started: Instant) -> Self {
        Self {
            session,
            spool,
            modules: env::var_os("AST_MODULE_DIR").map(PathBuf::from),
            prompts: Prompts::of_environment(),
            started,
            now: CallTime::ZERO,
            recorder: recorder.map(Box::new),
            settled: false,
            introduced: false,
        }
    }

    async fn run(mut self, audio: io::Result<File>) -> io::Result<(Exit, Session)> {
        let mut hang_up = signal(SignalKind::hangup())?;
        // Taken, so that a log at the limit of its size is an error like any other and no death.
        let _too_large = signal(SignalKind::from_raw(libc::SIGXFSZ))?;
        let mut agi = open_agi()?;
        if let Some(recorder) = &mut self.recorder {
            recorder.attach();
        }
        let mut audio = match audio.and_then(pipe::Receiver::from_file) {
            Ok(pipe) => Some(pipe),
            Err(error) => {
                self.handle(Input::NoAudio(&error.to_string()));
                None
            }
        };
        // One read takes all that piled up, so that the audio's age is known, and nothing is done by half a
        // header.
        let mut agi_bytes = vec![0; PIPE_CAPACITY];
        let mut audio_bytes = vec![0; PIPE_CAPACITY];
        loop {
            let exit = self.carry_out();
            self.keep_recording(exit.is_some()).await;
            if let Some(exit) = exit {
                let report = self.session.report();
                let line = Argument::readable(&report.to_string());
                match report.ended {
                    Some((Status::Failed, _)) => warn!("{}", line.as_str()),
                    _ if self.introduced => info!("{}", line.as_str()),
                    _ => {}
                }
                return Ok((exit, self.session));
            }
            let deadline = self.session.deadline();
            let until = self.started + deadline.unwrap_or_default().since_start();
            tokio::select! {
                biased;
                _ = hang_up.recv() => self.handle(Input::HangUp),
                read = agi.read(&mut agi_bytes) => match read {
                    Ok(0) | Err(_) => self.handle(Input::AgiClosed),
                    Ok(length) => self.handle(Input::Agi(&agi_bytes[..length])),
                },
                read = read_audio(&mut audio, &mut audio_bytes) => match read {
                    Ok(0) | Err(_) => {
                        audio = None;
                        self.handle(Input::NoAudio("it has ended"));
                    }
                    Ok(length) => self.handle(Input::Audio(&audio_bytes[..length])),
                },
                () = drain(&mut self.recorder), if self.recorder.is_some() => {}
                () = sleep_until(until.into()), if deadline.is_some() => {
                    self.handle(Input::Timeout);
                }
            }
        }
    }

    /// Hands an input to the session.
    fn handle(&mut self, input: Input<'_>) {
        self.now = self.time();
        if let Some(recorder) = &mut self.recorder {
            recorder.input(self.now, &input);
        }
        self.session.handle_or_rescue(self.now, input);
        if !self.introduced {
            self.introduce();
        }
    }

    /// The call's time, to the microsecond, as recordings have it.
    fn time(&self) -> CallTime {
        let micros = self.started.elapsed().as_micros();
        CallTime::after(Duration::from_micros(micros.try_into().unwrap_or(u64::MAX)))
    }

    /// Notes until when the session waits; waits itself, once the call's end is known and once at
    /// the program's, until the recording is written. Whatever keeps it from that is told in the
    /// closing line, which is not said yet.
    async fn keep_recording(&mut self, ends: bool) {
        let Some(recorder) = &mut self.recorder else {
            return;
        };
        if !ends {
            recorder.deadline(self.now, self.session.deadline());
            if self.session.report().ended.is_none() || self.settled {
                return;
            }
            self.settled = true;
        }
        if let Some(reason) = recorder.settle().await {
            warn!("{reason}");
            self.session.handle(self.now, Input::Unlogged(&reason));
        }
    }

    /// Tells the logs which call this is, once the header has told it.
    fn introduce(&mut self) {
        let report = self.session.report();
        if report.channel.is_empty() {
            return;
        }
        Span::current()
            .record("channel", report.channel.as_str())
            .record("unique_id", report.unique_id.as_str())
            .record("extension", report.extension.as_str());
        info!("a call begins");
        self.introduced = true;
    }

    /// Does what the session wants, until it wants nothing more or is at its end.
    fn carry_out(&mut self) -> Option<Exit> {
        while let Some(output) = self.session.poll_output() {
            if let Some(recorder) = &mut self.recorder {
                recorder.output(self.now, &output);
            }
            match output {
                Output::Send(line) => {
                    // A line is far shorter than a pipe holds, and at most two are under way.
                    debug!("says {}", line.trim_end());
                    let mut stdout = io::stdout().lock();
                    if stdout
                        .write_all(line.as_bytes())
                        .and_then(|()| stdout.flush())
                        .is_err()
                    {
                        self.handle(Input::AgiClosed);
                    }
                }
                Output::LookUp { mailbox, storage } => {
                    let modules = self.modules.as_deref();
                    let modules = modules.filter(|_| storage == Storage::Auto);
                    match modules.and_then(elsewhere) {
                        Some(variant) => self.handle(Input::Elsewhere(variant)),
                        None => {
                            let recorded = greeting::look_up(&mailbox.folder(&self.spool));
                            self.handle(Input::Recorded(recorded));
                        }
                    }
                }
                Output::Measure { piece, language } => {
                    let prompt = self.prompts.prompt(&piece, &language);
                    self.handle(Input::Prompt(prompt));
                }
                Output::Note(note) if note.is_trouble() => warn!("{}", note.discreet()),
                Output::Note(note) => debug!("{}", note.discreet()),
                Output::Finish(exit) => return Some(exit),
            }
        }
        None
    }
}

/// The next audio; never, once there is none.
async fn read_audio(audio: &mut Option<pipe::Receiver>, bytes: &mut [u8]) -> io::Result<usize> {
    match audio {
        Some(pipe) => pipe.read(bytes).await,
        None => std::future::pending().await,
    }
}

/// Hands on what of a recording waits; never ends where nothing does.
async fn drain(recorder: &mut Option<Box<Recorder>>) {
    std::future::poll_fn(|context| match recorder {
        Some(recorder) => recorder.poll_drain(context),
        None => Poll::Pending,
    })
    .await;
}

/// Where Linux shows descriptor 3.
const AUDIO: &str = "/dev/fd/3";
