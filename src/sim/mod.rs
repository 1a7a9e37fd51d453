//! A whole call offline: the real session and detectors against a simulated Asterisk, on a
//! virtual clock.
//!
//! What the simulation does was measured on real servers (Asterisk 16.28 and 22.10): which
//! commands carry audio, that Dial changes its format, that a stopped command sends no reply,
//! that a signalled key counts at its release. Where the two differ, the simulation is wrong.
//!
//! A call that was recorded can be run again ([`replay()`]): then the recording says what comes in, and
//! when.
//!
//! While it rings, the program that hears the caller on a channel of its own is simulated as well:
//! the same session, with its own pipes.

mod asterisk;
mod plot;
mod program;
mod replay;
mod script;
mod timeline;

use std::time::Duration;

use asterisk::{Asterisk, Wish};
use program::Program;
pub use replay::{Difference, Replay, replay};
pub use script::{Caller, DialEnd, Recordings, Script, SignalledKey};
pub use timeline::{Clip, Entry, Timeline, Who};

use crate::{config::Config, session::CallTime};

/// Runs one call to its end.
///
/// # Errors
/// When the call does not end within a day, or nothing can happen any more; either is a bug.
pub fn run(config: &Config, script: &Script) -> Result<Timeline, Stuck> {
    let mut call = Call {
        config,
        script,
        asterisk: Asterisk::new(script),
        agent: Program::new(config, Who::Agent, script).starved(script.starved.clone()),
        listener: None,
        timeline: Timeline::default(),
    };
    call.agent.take(CallTime::ZERO, call.asterisk.header());
    while call.timeline.exit.is_none() {
        call.step()?;
    }
    call.timeline.report = call.agent.report().clone();
    // Telephones send nothing before they are answered.
    call.timeline
        .audio
        .extend(call.asterisk.answered().map(|at| {
            let samples = script.caller.audio.clone();
            Clip { at, samples }
        }));
    call.timeline.variables = call.asterisk.into_variables();
    Ok(call.timeline)
}

/// The call came to no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the simulated call stands still at {0}")]
pub struct Stuck(CallTime);

struct Call<'a> {
    config: &'a Config,
    script: &'a Script,
    asterisk: Asterisk,
    /// The program on the caller's channel.
    agent: Program,
    /// The one that hears the caller while it rings.
    listener: Option<Program>,
    timeline: Timeline,
}

impl Call<'_> {
    /// Lets the next thing happen.
    fn step(&mut self) -> Result<(), Stuck> {
        let listener = self.listener.as_ref().and_then(Program::next_event);
        let now = [
            self.agent.next_event(),
            listener,
            self.asterisk.next_event(),
        ]
        .into_iter()
        .flatten()
        .min()
        .filter(|now| now.since_start() < LONGEST_CALL)
        .ok_or(Stuck(self.timeline.end()))?;

        if let Some(line) = self.agent.pop_command(now) {
            let deliveries = self.asterisk.command(now, &line, &mut self.timeline);
            self.agent.take(now, deliveries);
        }
        if let Some(listener) = &mut self.listener
            && let Some(line) = listener.pop_command(now)
        {
            let reply = self
                .asterisk
                .listeners_command(now, &line, &mut self.timeline);
            listener.take(now, reply);
        }
        if self.asterisk.next_event().is_some_and(|at| at <= now) {
            let deliveries = self.asterisk.advance(now, &mut self.timeline);
            self.agent.take(now, deliveries);
        }
        self.carry_out(now);
        if let Some(listener) = &mut self.listener {
            listener.take(now, self.asterisk.overheard());
            if listener.run(now, &mut self.timeline).is_some() {
                self.listener = None;
                self.asterisk.listener_is_gone();
            }
        }
        if let Some(exit) = self.agent.run(now, &mut self.timeline) {
            if self.asterisk.starts_anew(now, &mut self.timeline) {
                self.agent = Program::new(self.config, Who::Agent, self.script);
                self.agent.take(now, self.asterisk.header());
            } else {
                self.timeline.exit = Some(exit);
            }
        }
        Ok(())
    }

    /// Does what Asterisk does beside the caller's own channel.
    fn carry_out(&mut self, now: CallTime) {
        while let Some(wish) = self.asterisk.wish() {
            match wish {
                Wish::StartListener => {
                    let mut listener = Program::new(self.config, Who::Listener, self.script);
                    listener.take(now, vec![asterisk::listeners_header()]);
                    self.listener = Some(listener);
                }
                Wish::EndListener => {
                    if let Some(listener) = &mut self.listener {
                        listener.take(now, vec![asterisk::Delivery::HangUp]);
                    }
                }
                Wish::TellAgent(deliveries) => self.agent.take(now, deliveries),
            }
        }
    }
}

/// No simulated call is longer.
const LONGEST_CALL: Duration = Duration::from_secs(24 * 3600);
