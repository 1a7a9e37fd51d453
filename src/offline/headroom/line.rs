//! One call: a simulated Asterisk on a process's pipes.

use std::{
    io::{self, PipeWriter, Write},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::unix::pipe,
    time::interval_at,
};

use super::{
    caller::{Caller, FRAME_TIME},
    program::{HEADER, Pipes},
};

/// What happened in all calls since it was last looked at.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// From when the frame that completes a key was due to the agent's command.
    pub(super) answers: Vec<Duration>,
    /// Keys that were not answered before the next one came.
    pub(super) unanswered: usize,
    /// Frames for which there was no room in the pipe, because seconds of audio lay in it.
    pub(super) lost_frames: usize,
    /// Processes that ended though their call had not.
    pub(super) ended: usize,
}

/// A call that rings nobody, plays a greeting that has no end, and begins again with each key.
pub(super) struct Line {
    caller: Arc<Caller>,
    tally: Arc<Mutex<Tally>>,
    pipes: Pipes,
    /// Where in the caller's audio it begins, in frames; no two calls shall be in step.
    phase: f64,
}

/// What the agent is doing, as its commands show.
enum Agent {
    /// Something between the header and the greeting.
    Busy,
    /// It has been listening since then.
    Listening(Instant),
    /// The key's last frame was due then, and it should act.
    Expected(Instant),
}

impl Line {
    /// The `number`th call.
    pub(super) fn new(
        number: usize,
        pipes: Pipes,
        caller: Arc<Caller>,
        tally: Arc<Mutex<Tally>>,
    ) -> Self {
        let phase = (number as f64 * GOLDEN_RATIO).fract() * caller.frames() as f64;
        Self {
            caller,
            tally,
            pipes,
            phase,
        }
    }

    /// Carries it on until it is dropped, or the agent ends.
    pub(super) async fn serve(self) {
        let tally = Arc::clone(&self.tally);
        if self.carry_on().await.is_err() {
            let mut tally = tally.lock().expect("its holders do not panic");
            tally.ended += 1;
        }
    }

    async fn carry_on(self) -> io::Result<()> {
        let Pipes {
            to_agent,
            from_agent,
            audio,
        } = self.pipes;
        let from_agent = pipe::Receiver::from_owned_fd(from_agent.into())?;
        let mut commands = BufReader::new(from_agent).lines();
        let mut asterisk = Asterisk {
            caller: self.caller,
            tally: self.tally,
            to_agent,
            audio: pipe::Sender::from_owned_fd(audio.into())?,
            number: self.phase as usize,
            agent: Agent::Busy,
        };
        let first = tokio::time::Instant::now() + FRAME_TIME.mul_f64(self.phase.fract());
        let mut frames = interval_at(first, FRAME_TIME);
        asterisk.to_agent.write_all(HEADER)?;
        loop {
            tokio::select! {
                command = commands.next_line() => {
                    let command = command?.ok_or(io::ErrorKind::UnexpectedEof)?;
                    asterisk.on_command(&command)?;
                }
                due = frames.tick() => asterisk.send_frame(due.into_std())?,
            }
        }
    }
}

/// The other side of the agent's pipes.
struct Asterisk {
    caller: Arc<Caller>,
    tally: Arc<Mutex<Tally>>,
    to_agent: PipeWriter,
    audio: pipe::Sender,
    /// Of the caller's next frame.
    number: usize,
    agent: Agent,
}

impl Asterisk {
    fn on_command(&mut self, command: &str) -> io::Result<()> {
        if command.starts_with("STREAM FILE") {
            // Silence is played while the agent waits for the key to be up.
            if !command.contains("silence") {
                self.agent = Agent::Listening(Instant::now());
            }
            // No reply: it is still playing.
            return Ok(());
        }
        if let Agent::Expected(due) = self.agent {
            self.count(|tally| tally.answers.push(due.elapsed()));
        }
        self.agent = Agent::Busy;
        self.to_agent.write_all(reply(command))
    }

    /// Sends the frame that was due at this moment. It is shorter than what a pipe takes in one
    /// piece or not at all.
    fn send_frame(&mut self, due: Instant) -> io::Result<()> {
        let (frame, known) = self.caller.frame(self.number);
        self.number += 1;
        match self.audio.try_write(frame) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.count(|tally| tally.lost_frames += 1);
            }
            Err(error) => return Err(error),
        }
        match self.agent {
            Agent::Listening(since) if known && since.elapsed() > WHOLE_KEY => {
                self.agent = Agent::Expected(due);
            }
            Agent::Expected(_) if known => self.count(|tally| tally.unanswered += 1),
            _ => {}
        }
        Ok(())
    }

    fn count(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.tally.lock().expect("its holders do not panic"));
    }
}

/// What Asterisk says to a command.
fn reply(command: &str) -> &'static [u8] {
    match command {
        "GET VARIABLE DIALSTATUS" => b"200 result=1 (NOANSWER)\n",
        "CHANNEL STATUS" => b"200 result=6\n",
        _ if command.starts_with("GET FULL VARIABLE") => b"200 result=1 (alaw)\n",
        _ => b"200 result=0\n",
    }
}

/// Spreads any number of calls evenly over time (Knuth, TAOCP 3, 6.4).
const GOLDEN_RATIO: f64 = 0.618_033_988_749_895;
/// Whoever has listened that long before a key is known has heard its beginning.
const WHOLE_KEY: Duration = Duration::from_millis(100);
