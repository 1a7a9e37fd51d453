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
use tracing::{info, warn};

use crate::{
    config::Storage,
    greeting,
    prompts::Prompts,
    session::{CallTime, Exit, Input, Output, Plan, Session},
    variant::is_elsewhere,
};

/// Serves the call that this process was started for, to its end.
///
/// Reads the dialogue on descriptor 0 and the caller's audio on descriptor 3, writes commands to
/// descriptor 1 and nothing else. `spool` is Asterisk's spool folder, below which mailboxes keep
/// their greetings.
///
/// # Errors
/// When the event loop or descriptor 0 cannot be set up; nothing has been said to Asterisk then.
pub fn run(plan: Plan, spool: PathBuf, started: Instant) -> io::Result<Exit> {
    // Before anything else can be given the number 3.
    let audio = open_audio();
    tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .build()?
        .block_on(Driver::new(plan, spool, started).run(audio))
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
}

impl Driver {
    fn new(plan: Plan, spool: PathBuf, started: Instant) -> Self {
        Self {
            session: Session::new(plan),
            spool,
            modules: env::var_os("AST_MODULE_DIR").map(PathBuf::from),
            prompts: Prompts::of_environment(),
            started,
        }
    }

    async fn run(mut self, audio: io::Result<File>) -> io::Result<Exit> {
        let mut hang_up = signal(SignalKind::hangup())?;
        let mut agi = open_agi()?;
        let mut audio = match audio.and_then(pipe::Receiver::from_file) {
            Ok(pipe) => Some(pipe),
            Err(error) => {
                warn!("no audio on descriptor 3: {error}; only signalled keys are heard");
                None
            }
        };
        let mut agi_bytes = vec![0; AGI_CHUNK];
        let mut audio_bytes = vec![0; PIPE_CAPACITY];
        loop {
            if let Some(exit) = self.carry_out() {
                return Ok(exit);
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
    }

    /// Does what the session wants, until it wants nothing more or is at its end.
    fn carry_out(&mut self) -> Option<Exit> {
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Send(line) => {
                    // A line is far shorter than a pipe holds, and at most two are under way.
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
                    let elsewhere = storage == Storage::Auto
                        && self.modules.as_deref().is_some_and(is_elsewhere);
                    let recorded =
                        (!elsewhere).then(|| greeting::look_up(&mailbox.folder(&self.spool)));
                    self.handle(Input::Recorded(recorded));
                }
                Output::Measure { piece, language } => {
                    let prompt = self.prompts.prompt(&piece, &language);
                    self.handle(Input::Prompt(prompt));
                }
                Output::Note(note) if note.is_trouble() => warn!("{note}"),
                Output::Note(note) => info!("{note}"),
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
