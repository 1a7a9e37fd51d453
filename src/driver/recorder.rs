//! The call's end of its recording: a pipe to the process that writes it, which never holds the
//! call up.
//!
//! What the pipe does not take at once waits here, up to a limit, and then the recording ends; so
//! it does when that process says that it cannot write. Before the call's header is complete
//! nothing is handed on, since a recording has its name from there; what waits for that has the
//! same limit. Why it ended is asked for when the call
//! ends, for the closing line.

use std::{
    io::{self, ErrorKind},
    os::{fd::OwnedFd, unix::process::CommandExt},
    path::{Path, PathBuf},
    pin::Pin,
    process::{Command, Stdio},
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{io::AsyncWrite, net::unix::pipe, time::timeout};

use crate::{
    agi::{Dialogue, Header, Incoming},
    config::Config,
    recording::{ASK, DONE, Writer, file_name},
    session::{CallTime, Input, Output},
};

/// The argument with which this program is started as the process that writes a recording; behind
/// it come the folder and its limit in bytes.
pub const KEEP_RECORDING: &str = "keep-recording";

/// The recording of the call that this process serves.
pub struct Recorder {
    folder: PathBuf,
    /// What this recording may have, in bytes.
    limit: u64,
    /// The time of day at the call's start.
    time: String,
    process: Process,
    /// Until it is known by what the recording can be called.
    header: Option<Dialogue>,
    writer: Writer,
    /// What the pipe has not taken yet, from byte `taken` on.
    waiting: String,
    taken: usize,
    /// How much may wait.
    most_waiting: usize,
    /// Bytes written, those that wait included.
    length: u64,
    /// Whether nothing more is recorded, and why, until it is told.
    over: bool,
    reason: Option<String>,
}

/// The process that writes.
enum Process {
    /// It runs; these are its standard input and output.
    Started(OwnedFd, OwnedFd),
    /// The event loop knows them.
    Attached(Keeper),
    /// There is none.
    Failed,
}

struct Keeper {
    to: pipe::Sender,
    from: pipe::Receiver,
}

impl Recorder {
    /// A recorder where this configuration wants calls recorded; `now` gives the time of day, as
    /// in `2026-03-02T09:14:07.512345Z`.
    ///
    /// The process that writes is started here, before this one gives up what that takes.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn new(config: &Config, now: impl FnOnce() -> String) -> Option<Self> {
        let recording = config.recording.as_ref()?;
        let time = now();
        let writer = Writer::default();
        let mut waiting = String::with_capacity(FIRST);
        writer.head(&time, config.sources(), &mut waiting);
        let mut recorder = Self {
            folder: recording.folder.clone(),
            limit: recording.call_limit,
            time,
            process: Process::Failed,
            header: Some(Dialogue::default()),
            writer,
            length: waiting.len() as u64,
            // However long the configuration is.
            most_waiting: waiting.len() + MOST_WAITING,
            waiting,
            taken: 0,
            over: false,
            reason: None,
        };
        match start(&recording.folder, recording.limit) {
            Ok((to, from)) => recorder.process = Process::Started(to, from),
            Err(error) => recorder.fail(&no_process(&error)),
        }
        Some(recorder)
    }

    /// Makes the process known to the event loop, inside of which this is called.
    #[cold]
    #[inline(never)]
    pub(super) fn attach(&mut self) {
        match std::mem::replace(&mut self.process, Process::Failed) {
            Process::Started(to, from) => match Keeper::new(to, from) {
                Ok(keeper) => self.process = Process::Attached(keeper),
                Err(error) => self.fail(&no_process(&error)),
            },
            process => self.process = process,
        }
    }

    /// The session is about to be given this.
    #[cold]
    #[inline(never)]
    pub fn input(&mut self, now: CallTime, input: &Input<'_>) {
        self.record(now, |writer, out| writer.input(now, input, out));
        if let (Some(dialogue), Input::Agi(bytes)) = (&mut self.header, input) {
            dialogue.receive(bytes);
            if let Some(Incoming::Header(header)) = dialogue.poll() {
                self.header = None;
                // The process is told first of all.
                self.waiting.insert_str(0, &self.name(&header));
                self.hand_on();
            }
        }
    }

    /// The session wants this done.
    #[cold]
    #[inline(never)]
    pub(super) fn output(&mut self, now: CallTime, output: &Output) {
        self.record(now, |writer, out| writer.output(now, output, out));
    }

    /// The session wants nothing more until its deadline.
    #[cold]
    #[inline(never)]
    pub(super) fn deadline(&mut self, now: CallTime, deadline: Option<CallTime>) {
        self.record(now, |writer, out| writer.deadline(now, deadline, out));
    }

    /// Hands on what waits, as far as the pipe can take it; never done where nothing waits.
    #[cold]
    #[inline(never)]
    pub(super) fn poll_drain(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let waiting = &self.waiting.as_bytes()[self.taken..];
        let (Process::Attached(keeper), None, false) =
            (&mut self.process, &self.header, waiting.is_empty())
        else {
            return Poll::Pending;
        };
        let taken = ready!(Pin::new(&mut keeper.to).poll_write(context, waiting));
        self.took(taken);
        Poll::Ready(())
    }

    /// Waits, for a moment at most, until all is written; tells why it is not, the first time.
    #[cold]
    #[inline(never)]
    pub(super) fn settle(&mut self) -> Pin<Box<dyn Future<Output = Option<String>> + '_>> {
        Box::pin(async {
            if let Process::Attached(keeper) = &mut self.process
                && self.header.is_none()
            {
                let waiting = &self.waiting.as_bytes()[self.taken..];
                let settled = timeout(PATIENCE, keeper.settle(waiting)).await;
                self.forget();
                match settled {
                    Ok(Ok(())) => {}
                    Ok(Err(reason)) => self.fail(&reason),
                    Err(_) => self.fail(SLOW),
                }
            }
            self.reason.take()
        })
    }

    /// Adds lines, unless the call has had its share.
    fn record(&mut self, now: CallTime, add: impl FnOnce(&mut Writer, &mut String)) {
        if self.over {
            return;
        }
        let before = self.waiting.len();
        add(&mut self.writer, &mut self.waiting);
        let added = (self.waiting.len() - before) as u64;
        if self.length + added + LAST_LINE > self.limit {
            self.waiting.truncate(before);
            self.writer.full(now, &mut self.waiting);
            self.over = true;
            self.reason = Some(format!(
                "recorded in part only: record_call_limit_mib is {}",
                self.limit >> 20
            ));
        }
        self.length += added;
        self.hand_on();
    }

    /// Lets the pipe take what it can; the rest waits, if it is not too much.
    fn hand_on(&mut self) {
        if let (Process::Attached(keeper), None) = (&mut self.process, &self.header) {
            let taken = keeper.to.try_write(&self.waiting.as_bytes()[self.taken..]);
            self.took(taken);
        }
        if self.waiting.len() > self.most_waiting {
            let reason = self.header.as_ref().map_or(SLOW, |_| NO_HEADER);
            self.fail(reason);
        }
    }

    /// The pipe has taken so many bytes.
    fn took(&mut self, taken: io::Result<usize>) {
        match taken {
            Ok(taken) => self.taken += taken,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            // Why, it has said, and settling will tell.
            Err(_) => {
                self.over = true;
                return self.forget();
            }
        }
        if self.taken == self.waiting.len() {
            self.forget();
        }
    }

    /// Nothing waits any more.
    fn forget(&mut self) {
        self.waiting.clear();
        self.taken = 0;
    }

    fn fail(&mut self, reason: &str) {
        let folder = self.folder.display();
        self.reason = Some(format!("cannot record in {folder}: {reason}"));
        self.over = true;
        self.process = Process::Failed;
        self.header = None;
        self.forget();
    }

    /// The line that says by what name this is kept.
    fn name(&self, header: &Header) -> String {
        file_name(&self.time, header.dialled(), header.channel()) + "\n"
    }
}

/// Starts the process that writes; its standard input and output.
fn start(folder: &Path, limit: u64) -> io::Result<(OwnedFd, OwnedFd)> {
    // This very program, whatever has become of its file.
    let mut child = Command::new("/proc/self/exe")
        .arg0("voiceagent")
        .arg(KEEP_RECORDING)
        .arg(folder)
        .arg(limit.to_string())
        // Else it would think that Asterisk has started it.
        .env_clear()
        // What is meant for the call's process alone does not reach it.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let gone = || io::Error::other("it has no pipes");
    let to = child.stdin.take().ok_or_else(gone)?;
    let from = child.stdout.take().ok_or_else(gone)?;
    Ok((to.into(), from.into()))
}

fn no_process(error: &io::Error) -> String {
    format!("no process can be started for it: {error}")
}

impl Keeper {
    fn new(to: OwnedFd, from: OwnedFd) -> io::Result<Self> {
        Ok(Self {
            to: pipe::Sender::from_owned_fd(to)?,
            from: pipe::Receiver::from_owned_fd(from)?,
        })
    }

    /// Hands all on and waits until it is written; else tells why it is not.
    async fn settle(&mut self, waiting: &[u8]) -> Result<(), String> {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        // Where it is gone, its last words tell why.
        let handed_on = async {
            self.to.write_all(waiting).await?;
            self.to.write_all(&[ASK]).await
        };
        let _: io::Result<()> = handed_on.await;
        let mut answer = Vec::new();
        loop {
            let length = self.from.read_buf(&mut answer).await.unwrap_or(0);
            if answer == [DONE] {
                return Ok(());
            }
            if length == 0 {
                let said = String::from_utf8_lossy(&answer).trim().to_owned();
                return Err(match said.as_str() {
                    "" => "the process that writes has ended".to_owned(),
                    _ => said,
                });
            }
        }
    }
}

/// Of the header and a small configuration.
const FIRST: usize = 8 * 1024;
/// What can wait of the call itself: more than a minute.
const MOST_WAITING: usize = 1 << 20;
/// How long the end of a call may wait for a disk.
const PATIENCE: Duration = Duration::from_millis(200);
/// Room for the line that says that there is no more room.
const LAST_LINE: u64 = 32;
const SLOW: &str = "the disk does not keep up";
const NO_HEADER: &str = "too much came before the call's header was complete";
