//! A process of the program, and this side of its pipes.

use std::{
    env,
    fs::{self, File, OpenOptions},
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    os::{
        fd::OwnedFd,
        unix::{fs::OpenOptionsExt, net::UnixStream},
    },
    path::PathBuf,
    process::{Child, ChildStdout, Command, ExitStatus, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::Duration,
};

use voiceagent::{
    Key,
    audio::{Press, SAMPLE_RATE, Synth},
};

/// One extension.
pub(crate) const CONFIG: &str = r#"
[extensions.101]
dial = "SIP/bob"
max_wait = 5
mailbox = "101@sales"
"#;

/// What descriptor 3 is.
#[derive(Clone, Copy)]
pub(crate) enum Audio {
    /// A pipe, as under Asterisk.
    Pipe,
    /// Not open.
    Closed,
    /// `/dev/null`.
    Null,
    /// A file with a minute of noise.
    File,
}

/// The program, started as Asterisk would.
pub(crate) struct Agent {
    child: Child,
    to_agent: Option<Box<dyn Write>>,
    from_agent: Option<BufReader<ChildStdout>>,
    pub(crate) audio: Option<File>,
    folder: PathBuf,
}

impl Agent {
    pub(crate) fn start(audio: Audio) -> Self {
        Self::start_with(CONFIG, audio)
    }

    /// Starts it where the system grants no more than this command of the shell says.
    pub(crate) fn start_limited(limit: &str) -> Self {
        Self::start_by(limit, CONFIG, Audio::Pipe)
    }

    /// Starts it with this configuration, or none where it is empty.
    pub(crate) fn start_with(config: &str, audio: Audio) -> Self {
        Self::start_by("", config, audio)
    }

    /// Starts it with a socket where Asterisk has a pipe, as others may who play Asterisk.
    pub(crate) fn start_on_socket() -> Self {
        let (ours, its) = UnixStream::pair().unwrap();
        let mut agent = Self::start_reading(OwnedFd::from(its).into(), "", CONFIG, Audio::Pipe);
        agent.to_agent = Some(Box::new(ours));
        agent
    }

    /// Starts it after this command of the shell.
    pub(crate) fn start_by(before: &str, config: &str, audio: Audio) -> Self {
        Self::start_reading(Stdio::piped(), before, config, audio)
    }

    fn start_reading(stdin: Stdio, before: &str, config: &str, audio: Audio) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("voiceagent-process-{}-{number}", std::process::id());
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).unwrap();
        if !config.is_empty() {
            fs::write(folder.join("voiceagent.toml"), config).unwrap();
        }
        let pipe = folder.join("audio");
        let redirection = match audio {
            Audio::Pipe => {
                let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
                assert!(made.success());
                "3<\"$PIPE\""
            }
            Audio::Closed => "3<&-",
            Audio::Null => "3</dev/null",
            Audio::File => {
                fs::write(&pipe, noise(960_000)).unwrap();
                "3<\"$PIPE\""
            }
        };
        // The shell opens descriptor 3 and becomes the program.
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("{before}\nexec \"$PROGRAM\" 101 {redirection}"))
            .env("PROGRAM", env!("CARGO_BIN_EXE_voiceagent"))
            .env("PIPE", &pipe)
            .env("AST_AGI_DIR", &folder)
            .env("AST_CONFIG_DIR", &folder)
            .env("AST_SPOOL_DIR", &folder)
            .env_remove("VOICEAGENT_CONFIG")
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let audio = match audio {
            Audio::Pipe => Some(OpenOptions::new().write(true).open(&pipe).unwrap()),
            _ => None,
        };
        let to_agent = child.stdin.take();
        let to_agent = to_agent.map(|stdin| Box::new(stdin) as Box<dyn Write>);
        let from_agent = child.stdout.take().map(BufReader::new);
        Self {
            child,
            to_agent,
            from_agent,
            audio,
            folder,
        }
    }

    /// Says it; a program that has ended does not hear it.
    pub(crate) fn say(&mut self, text: &str) {
        let written = self.to_agent.as_mut().unwrap().write_all(text.as_bytes());
        if let Err(error) = written {
            assert_eq!(error.kind(), ErrorKind::BrokenPipe);
        }
    }

    /// Sends the header of a call to 101.
    pub(crate) fn header(&mut self) {
        self.say(
            "agi_request: voiceagent\nagi_channel: SIP/peter-00000001\n\
             agi_uniqueid: 1700000000.1\nagi_extension: 101\nagi_enhanced: 1.0\n\
             agi_threadid: 1\n\n",
        );
    }

    /// The next command, without its end; empty at the end of the stream.
    pub(crate) fn command(&mut self) -> String {
        let mut line = String::new();
        self.from_agent
            .as_mut()
            .unwrap()
            .read_line(&mut line)
            .unwrap();
        line.trim_end().to_owned()
    }

    /// Replies as in a call that nobody answers, until a command begins with `until`, which is
    /// returned without a reply.
    pub(crate) fn answer_until(&mut self, until: &str) -> String {
        self.answer_all_until(until).pop().unwrap()
    }

    /// The same; all commands until then, that one included.
    pub(crate) fn answer_all_until(&mut self, until: &str) -> Vec<String> {
        let mut commands = Vec::new();
        loop {
            let command = self.command();
            assert!(!command.is_empty(), "it ended before {until:?}");
            let last = command.starts_with(until);
            if !last {
                self.say(reply(&command));
            }
            commands.push(command);
            if last {
                return commands;
            }
        }
    }

    /// Replies until the program ends; the commands it sent, and how it ended.
    pub(crate) fn answer_to_the_end(mut self) -> (Vec<String>, ExitStatus) {
        let mut commands = Vec::new();
        loop {
            let command = self.command();
            if command.is_empty() {
                return (commands, self.wait());
            }
            self.say(reply(&command));
            commands.push(command);
        }
    }

    /// SIGHUP, as Asterisk sends it when the caller hangs up.
    pub(crate) fn hang_up(&self) {
        self.signal("HUP");
    }

    /// Lets it run no more, as on a machine that has no time for it.
    pub(crate) fn starve(&self) {
        self.signal("STOP");
        while !self.proc("stat").contains(") T ") {
            thread::yield_now();
        }
    }

    /// Lets it run again.
    pub(crate) fn feed(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let process = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &process]).status();
        assert!(sent.unwrap().success());
    }

    /// A file of what Linux tells of the process.
    pub(crate) fn proc(&self, file: &str) -> String {
        fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap()
    }

    /// Writes lines of this text into its standard output until no more fit; how many did.
    pub(crate) fn fill_stdout(&self, text: &str) -> usize {
        let mut pipe = OpenOptions::new()
            .write(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(format!("/proc/{}/fd/1", self.child.id()))
            .unwrap();
        let mut lines = 0;
        while pipe.write_all(format!("{text}\n").as_bytes()).is_ok() {
            lines += 1;
        }
        lines
    }

    /// SIGKILL, which nobody can do anything about.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The processes that it has started, by number.
    pub(crate) fn children(&self) -> Vec<String> {
        let process = self.child.id();
        let children = format!("/proc/{process}/task/{process}/children");
        let children = fs::read_to_string(children).unwrap();
        children.split_whitespace().map(str::to_owned).collect()
    }

    /// Closes descriptor 0, as Asterisk does at its own end.
    pub(crate) fn close(&mut self) {
        self.to_agent = None;
    }

    /// Closes both pipes of the dialogue, whatever is in them, and waits for the end.
    pub(crate) fn abandon(&mut self) -> ExitStatus {
        self.to_agent = None;
        self.from_agent = None;
        self.child.wait().unwrap()
    }

    pub(crate) fn threads(&self) -> usize {
        let tasks = format!("/proc/{}/task", self.child.id());
        fs::read_dir(tasks).unwrap().count()
    }

    /// Waits for the end, and tells whether anything was still said.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        let mut rest = String::new();
        let from_agent = self.from_agent.as_mut().unwrap();
        from_agent.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "nothing is said after the end");
        self.child.wait().unwrap()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // Whatever the test found, no process and no folder stays.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// What Asterisk would say to a command in a call that nobody answers.
fn reply(command: &str) -> &'static str {
    match command {
        "GET VARIABLE DIALSTATUS" => "200 result=1 (NOANSWER)\n",
        "GET VARIABLE VMSTATUS" => "200 result=1 (SUCCESS)\n",
        "GET FULL VARIABLE \"${CHANNEL(audioreadformat)}\"" => "200 result=1 (slin)\n",
        "CHANNEL STATUS" => "200 result=6\n",
        _ if command.starts_with("GET FULL") => "200 result=1 (00)\n",
        _ if command.starts_with("STREAM FILE") => "200 result=0 endpos=800\n",
        _ => "200 result=0\n",
    }
}

/// These keys one after the other, with silence around each, as slin bytes.
pub(crate) fn pressed(keys: &str) -> Vec<u8> {
    let mut synth = Synth::new(SAMPLE_RATE);
    for label in keys.chars() {
        synth.silence(0.1);
        synth.press(Key::from_char(label).unwrap(), &Press::default());
    }
    synth.silence(0.2);
    let samples = synth.into_samples();
    samples.into_iter().flat_map(i16::to_le_bytes).collect()
}

/// Waits as long as these slin bytes last: what is longer than the time since listening began has
/// piled up before, and does not count.
pub(crate) fn in_real_time(audio: &[u8]) {
    thread::sleep(Duration::from_secs_f64(audio.len() as f64 / 16_000.0));
}

/// That many bytes that mean nothing.
pub(crate) fn noise(length: u32) -> Vec<u8> {
    (0..length)
        .map(|n| (n.wrapping_mul(n) >> 8) as u8)
        .collect()
}
