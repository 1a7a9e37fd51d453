//! Copies of the program, started as Asterisk starts them.

use std::{
    env,
    fs::{self, File},
    io::{self, PipeReader, PipeWriter, Write},
    os::fd::AsRawFd,
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
};

/// The program and the configuration that its copies run with.
pub(super) struct Program {
    path: PathBuf,
    /// Has no name any more, so that nothing is left whatever ends this process.
    config: File,
}

/// One copy. It ends when this is dropped, and also when nobody holds its descriptor 0.
pub(super) struct Process(Child);

/// This side of a copy's pipes.
pub(super) struct Pipes {
    pub(super) to_agent: PipeWriter,
    pub(super) from_agent: PipeReader,
    pub(super) audio: PipeWriter,
}

impl Program {
    pub(super) fn new(path: &Path) -> io::Result<Self> {
        let name = format!("voiceagent-headroom-{}.toml", process::id());
        let file = env::temp_dir().join(name);
        let mut config = File::create_new(&file)?;
        fs::remove_file(&file)?;
        config.write_all(CONFIG.as_bytes())?;
        Ok(Self {
            path: path.to_owned(),
            config,
        })
    }

    /// Starts a copy that listens.
    ///
    /// Descriptor 3 can only be given by unsafe means; so the audio goes to the shell as
    /// descriptor 2, and the shell moves it and becomes the program.
    pub(super) fn start(&self) -> io::Result<(Process, Pipes)> {
        let (their_stdin, to_agent) = io::pipe()?;
        let (from_agent, their_stdout) = io::pipe()?;
        let (their_audio, audio) = io::pipe()?;
        let mut command = Command::new("sh");
        command
            .args(["-c", "exec \"$0\" 3<&2 2>/dev/null"])
            .arg(&self.path)
            .stdin(their_stdin)
            .stdout(their_stdout)
            .stderr(their_audio);
        let process = self.spawn(command)?;
        let pipes = Pipes {
            to_agent,
            from_agent,
            audio,
        };
        Ok((process, pipes))
    }

    /// Starts a copy without audio and without a shell before it, to be timed.
    pub(super) fn start_bare(&self, stdin: PipeReader) -> io::Result<(Process, PipeReader)> {
        let (from_agent, their_stdout) = io::pipe()?;
        let mut command = Command::new(&self.path);
        command
            .stdin(stdin)
            .stdout(their_stdout)
            .stderr(Stdio::null());
        Ok((self.spawn(command)?, from_agent))
    }

    fn spawn(&self, mut command: Command) -> io::Result<Process> {
        let config = format!("/proc/{}/fd/{}", process::id(), self.config.as_raw_fd());
        command
            .env("AST_AGI_DIR", "/")
            .env("AST_SPOOL_DIR", "/nonexistent")
            .env("VOICEAGENT_CONFIG", config);
        command.spawn().map(Process)
    }
}

impl Process {
    pub(super) fn id(&self) -> u32 {
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What Asterisk says first.
pub(super) const HEADER: &[u8] = b"agi_request: voiceagent\nagi_channel: PJSIP/peter-00000001\n\
    agi_language: en\nagi_type: PJSIP\nagi_uniqueid: 1700000000.1\nagi_version: 22.0.0\n\
    agi_callerid: 102\nagi_calleridname: Peter\nagi_context: users\nagi_extension: 101\n\
    agi_priority: 2\nagi_enhanced: 1.0\nagi_accountcode: \nagi_threadid: 1\nagi_arg_1: 101\n\n";
/// A person who never answers and whose caller begins again with a key.
const CONFIG: &str = "[extensions.101]\ndial = \"PJSIP/bob\"\nmailbox = \"101@default\"\n\
    [keys.goto]\n1 = \"101\"\n[greeting]\nstorage = \"files\"\n";
