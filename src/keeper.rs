//! The program as the process that writes a recording, as its call's own process starts it.

use std::{
    env,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use voiceagent::{driver::KEEP_RECORDING, recording};

/// Writes a recording, if this process was started for that.
pub(crate) fn run() -> Option<ExitCode> {
    let mut arguments = env::args_os().skip(1);
    if arguments.next()? != KEEP_RECORDING {
        return None;
    }
    let folder = PathBuf::from(arguments.next()?);
    let limit = arguments.next()?.to_str()?.parse().ok()?;
    let mut answer = io::stdout().lock();
    match recording::keep(&folder, limit, io::stdin().lock(), &mut answer) {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => {
            // The call is told, if it is still there.
            let _ = writeln!(answer, "{error}");
            Some(ExitCode::FAILURE)
        }
    }
}
