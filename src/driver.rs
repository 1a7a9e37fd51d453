//! The live edge: Asterisk's pipes, the signal, the clock. No decisions are made here.

use std::{
    env,
    fs::{self, File},
    io::{self, Write},
    os::{
        fd::AsFd,
        unix::fs::{FileTypeExt, OpenOptionsExt},
    },
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    time::Instant,
};

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
    prompts::Prompts,
    session::{CallTime, Exit, Input, Output, Report, Session, Status},
    variant::elsewhere,
};

/// Serves the call that this process was started for, to its end.
///
/// Reads the dialogue on descriptor 0 and the caller's audio on descriptor 3, writes commands to
/// descriptor 1 and nothing else. `spool` is Asterisk's spool folder, below which mailboxes keep
/// their greetings.
///
/// # Errors
/// When the event loop or descriptor 0 cannot be set up; nothing has been said to Asterisk then.
pub fn run(session: Session, spool: PathBuf, started: Instant) -> io::Result<(Exit, Report)> {
    // Before anything else can be given the number 3.
    let audio = open_audio();
    // Whatever is logged of the call says of which one, from errors on.
    let span = error_span!(
        "call",
        channel = Empty,
        unique_id = Empty,
        extension = Empty
    );
    let _inside = span.enter();
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?
        .block_on(Driver::new(session, spool, started).run(audio))
}

/// Descriptor 3, when it is a pipe. Opened anew, so that no descriptor is taken on trust.
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
    /// Whether logs know which call this is.
    introduced: bool,
    /// Why none comes, until it is logged.
    no_audio: Option<io::Error>,
}

impl Driver {
    fn new(session: Session, spool: PathBuf, started: Instant) -> Self {
        Self {
            session,
            spool,
            modules: env::var_os("AST_MODULE_DIR").map(PathBuf::from),
            prompts: Prompts::of_environment(),
            started,
            introduced: false,
            no_audio: None,
        }
    }

    async fn run(mut self, audio: io::Result<File>) -> io::Result<(Exit, Report)> {
        let mut hang_up = signal(SignalKind::hangup())?;
        let mut agi = open_agi()?;
        let mut audio = match audio.and_then(pipe::Receiver::from_file) {
            Ok(pipe) => Some(pipe),
            Err(error) => {
                self.no_audio = Some(error);
                None
            }
        };
        let mut agi_bytes = vec![0; AGI_CHUNK];
        let mut audio_bytes = vec![0; PIPE_CAPACITY];
        loop {
            if let Some(exit) = self.carry_out() {
                let report = self.session.report();
                let line = Argument::readable(&report.to_string());
                match report.ended {
                    Some((Status::Failed, _)) => warn!("{}", line.as_str()),
                    _ if self.introduced => info!("{}", line.as_str()),
                    _ => {}
                }
                return Ok((exit, report.clone()));
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
                    Ok(0) | Err(_) => audio = None,
                    Ok(length) => self.handle(Input::Audio(&audio_bytes[..length])),
                },
                () = sleep_until(until.into()), if deadline.is_some() => {
                    self.handle(Input::Timeout);
                }
            }
        }
    }

    /// Hands an input to the session; a bug there must not cost the caller the call.
    fn handle(&mut self, input: Input<'_>) {
        let now = CallTime::after(self.started.elapsed());
        let session = &mut self.session;
        if catch_unwind(AssertUnwindSafe(|| session.handle(now, input))).is_err() {
            session.rescue();
        }
        if !self.introduced {
            self.introduce();
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
        if let Some(error) = self.no_audio.take() {
            warn!("no audio on descriptor 3: {error}; only signalled keys are heard");
        }
    }

    /// Does what the session wants, until it wants nothing more or is at its end.
    fn carry_out(&mut self) -> Option<Exit> {
        while let Some(output) = self.session.poll_output() {
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

/// Where Linux shows descriptor 3.
const AUDIO: &str = "/dev/fd/3";
/// Replies are short; a header takes two reads.
const AGI_CHUNK: usize = 1024;
/// What a pipe holds on Linux: one read takes all that piled up, so that its age is known.
const PIPE_CAPACITY: usize = 64 * 1024;
