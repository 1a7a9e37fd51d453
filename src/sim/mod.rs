//! A whole call offline: the real session and detectors against a simulated Asterisk, on a
//! virtual clock.
//!
//! What the simulation does was measured on real servers (Asterisk 16.28 and 22.10): which
//! commands carry audio, that Dial changes its format, that a stopped command sends no reply,
//! that a signalled key counts at its release. Where the two differ, the simulation is wrong.

mod asterisk;
mod media;
mod plot;
mod script;
mod timeline;
mod voicemail;
mod words;

use std::{collections::VecDeque, path::Path, time::Duration};

use asterisk::{Asterisk, Delivery};
pub use script::{Caller, DialEnd, Recordings, Script, SignalledKey};
pub use timeline::{Entry, Timeline, Who};

use crate::{
    config::{Config, Mailbox},
    greeting::Recorded,
    session::{CallTime, Input, Output, Plan, Session},
};

/// Runs one call to its end.
///
/// # Errors
/// When the call does not end within a day, or nothing can happen any more; either is a bug.
pub fn run(config: &Config, script: &Script) -> Result<Timeline, Stuck> {
    let mut call = Call {
        session: Session::new(Plan::Serve(Box::new(config.clone()))),
        asterisk: Asterisk::new(script),
        recordings: script.recordings,
        to_agent: VecDeque::new(),
        to_asterisk: VecDeque::new(),
        timeline: Timeline::default(),
    };
    call.asterisk.begin(&mut call.to_agent);
    while call.timeline.exit.is_none() {
        call.step()?;
    }
    call.timeline.report = call.session.report().clone();
    call.timeline.answered = call.asterisk.answered();
    call.timeline.variables = call.asterisk.into_variables();
    Ok(call.timeline)
}

/// The call came to no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the simulated call stands still at {0}")]
pub struct Stuck(CallTime);

struct Call {
    session: Session,
    asterisk: Asterisk,
    recordings: Recordings,
    to_agent: VecDeque<(CallTime, Delivery)>,
    to_asterisk: VecDeque<(CallTime, String)>,
    timeline: Timeline,
}

impl Call {
    /// Lets the next thing happen.
    fn step(&mut self) -> Result<(), Stuck> {
        let now = [
            self.to_agent.front().map(|(at, _)| *at),
            self.to_asterisk.front().map(|(at, _)| *at),
            self.asterisk.next_event(),
            self.session.deadline(),
        ]
        .into_iter()
        .flatten()
        .min()
        .filter(|now| now.since_start() < LONGEST_CALL)
        .ok_or(Stuck(self.timeline.end()))?;

        if let Some((_, line)) = self.to_asterisk.pop_front_if(|(at, _)| *at <= now) {
            let deliveries = self.asterisk.command(now, &line, &mut self.timeline);
            self.deliver(now, deliveries);
        }
        if self.asterisk.next_event().is_some_and(|at| at <= now) {
            let deliveries = self.asterisk.advance(now, &mut self.timeline);
            self.deliver(now, deliveries);
        }
        if let Some((_, delivery)) = self.to_agent.pop_front_if(|(at, _)| *at <= now) {
            match &delivery {
                Delivery::Agi(text) => self.handle(now, Input::Agi(text.as_bytes())),
                Delivery::Audio(bytes) => self.handle(now, Input::Audio(bytes)),
                Delivery::HangUp => self.handle(now, Input::HangUp),
            }
        }
        if self.session.deadline().is_some_and(|at| at <= now) {
            self.handle(now, Input::Timeout);
        }
        Ok(())
    }

    fn deliver(&mut self, now: CallTime, deliveries: Vec<Delivery>) {
        self.to_agent
            .extend(deliveries.into_iter().map(|what| (now + LINK, what)));
    }

    fn handle(&mut self, now: CallTime, input: Input<'_>) {
        self.session.handle(now, input);
        while let Some(output) = self.session.poll_output() {
            match output {
                Output::Send(line) => {
                    self.timeline.push(now, Who::Agent, line.trim_end());
                    self.to_asterisk.push_back((now + LINK, line));
                }
                Output::LookUp { mailbox, .. } => {
                    let recorded = self.recordings.of(&mailbox, Path::new(SPOOL));
                    self.session.handle(now, Input::Recorded(Some(recorded)));
                }
                // The simulated caller's telephone returns no echo.
                Output::Measure { .. } => {}
                Output::Note(note) => self.timeline.push(now, Who::Agent, &note.to_string()),
                Output::Finish(exit) => {
                    self.timeline.push(now, Who::Agent, "ends");
                    self.timeline.exit = Some(exit);
                }
            }
        }
    }
}

impl Recordings {
    /// These recordings as a look-up would find them.
    fn of(self, mailbox: &Mailbox, spool: &Path) -> Recorded {
        let path = |there: bool, name: &str| {
            let path = mailbox.folder(spool).join(name);
            there.then(|| crate::agi::Argument::readable(&path.to_string_lossy()))
        };
        Recorded {
            temp: path(self.temp, "temp"),
            unavail: path(self.unavail, "unavail"),
            busy: path(self.busy, "busy"),
            greet: path(self.greet, "greet"),
        }
    }
}

/// A pipe and a scheduler between Asterisk and the program.
const LINK: Duration = Duration::from_micros(100);
/// No simulated call is longer.
const LONGEST_CALL: Duration = Duration::from_secs(24 * 3600);
/// Where the simulated Asterisk keeps voicemail.
const SPOOL: &str = "/var/spool/asterisk";
