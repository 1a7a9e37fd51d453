//! A progress bar on standard error, where that is a terminal.

use std::{
    cell::Cell,
    io::{self, IsTerminal, Write},
    time::{Duration, Instant},
};

/// The bar.
pub(super) struct Bar {
    shown: bool,
    /// Whether it stands there now.
    drawn: Cell<bool>,
    next: Cell<Instant>,
}

impl Bar {
    pub(super) fn new() -> Self {
        Self {
            shown: io::stderr().is_terminal(),
            drawn: Cell::new(false),
            // Nobody wants a bar for what is done before they see it.
            next: Cell::new(Instant::now() + PACE),
        }
    }

    /// How far it is, 0 to 1, and what is being done.
    pub(super) fn show(&self, part: f64, now: &str) {
        if !self.shown || Instant::now() < self.next.get() {
            return;
        }
        let full = (part * LENGTH as f64).round() as usize;
        let bar = "#".repeat(full) + &"-".repeat(LENGTH.saturating_sub(full));
        // Where it cannot be shown all else goes on.
        let _ = write!(io::stderr(), "{CLEAR_LINE}{CUT}[{bar}] {now} {WRAP}");
        self.drawn.set(true);
        self.next.set(Instant::now() + PACE);
    }

    pub(super) fn clear(&self) {
        if self.drawn.take() {
            let _ = write!(io::stderr(), "{CLEAR_LINE}");
        }
    }

    /// A writer to the same terminal, for which the bar makes room.
    pub(super) const fn beside<W: Write>(&self, out: W) -> Beside<'_, W> {
        Beside { bar: self, out }
    }
}

/// Writes where the bar may stand.
pub(super) struct Beside<'a, W> {
    bar: &'a Bar,
    out: W,
}

impl<W: Write> Write for Beside<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bar.clear();
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Between two pictures of the bar.
const PACE: Duration = Duration::from_millis(100);
/// Characters.
const LENGTH: usize = 40;
/// What does not fit the line is cut, or goes on in the next (DEC's private mode 7, DECAWM): a bar on
/// two lines could not be cleared. What is cut is shown in the last column, so it ends with a blank.
const CUT: &str = "\x1b[?7l";
const WRAP: &str = "\x1b[?7h";
/// Back to the line's beginning, and nothing there (ECMA-48, EL).
const CLEAR_LINE: &str = "\r\x1b[K";
