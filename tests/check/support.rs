//! An installation in a folder of a test's own: the shipped files, an agi-bin, sounds.

use std::{
    fs,
    os::unix::{
        fs::{MetadataExt, PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// What a command did.
pub(crate) struct Done {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// What a check found.
pub(crate) struct Found(Vec<Value>);

/// An Asterisk with our program, to be spoilt by a test.
pub(crate) struct Installation(PathBuf);

impl Installation {
    /// One in which nothing is wrong; `name` must be the test's.
    pub(crate) fn new(name: &str) -> Self {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("check_{name}"));
        let _ = fs::remove_dir_all(&root);
        let installation = Self(root);
        for file in [
            "extensions.conf",
            "sip.conf",
            "voicemail.conf",
            "voiceagent.toml",
        ] {
            let shipped = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("config")
                .join(file);
            installation.write(file, fs::read(shipped).unwrap());
        }
        let folder = |name: &str| installation.0.join(name).display().to_string();
        installation.write(
            "asterisk.conf",
            format!(
                "[directories]\nastagidir => {}\nastdatadir => {}\nastspooldir => {}\nastmoddir => {}\n",
                folder("agi-bin"),
                folder("data"),
                folder("spool"),
                folder("modules"),
            ),
        );
        installation.write("modules.conf", "[modules]\nautoload=yes\n");
        installation.write("../agi-bin/voiceagent", "the program");
        installation.mode("../agi-bin/voiceagent", 0o755);
        installation.sounds("en");
        fs::create_dir_all(installation.0.join("spool")).unwrap();
        for module in MODULES {
            installation.write(&format!("../modules/{module}.so"), "a module");
        }
        installation
    }

    /// Asterisk's configuration folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.0.join("etc")
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.folder().join(file)
    }

    pub(crate) fn write(&self, file: &str, text: impl AsRef<[u8]>) {
        let path = match file.strip_prefix("../") {
            Some(beside) => self.0.join(beside),
            None => self.path(file),
        };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }

    pub(crate) fn mode(&self, file: &str, mode: u32) {
        fs::set_permissions(self.path(file), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Replaces the one place where `from` stands.
    pub(crate) fn replace(&self, file: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.path(file)).unwrap();
        assert_eq!(text.matches(from).count(), 1, "{from} in {file}");
        self.write(file, text.replace(from, to));
    }

    pub(crate) fn append(&self, file: &str, text: &str) {
        let before = fs::read_to_string(self.path(file)).unwrap_or_default();
        self.write(file, before + text);
    }

    /// The line in which `text` stands first, from 1.
    pub(crate) fn line(&self, file: &str, text: &str) -> usize {
        let all = fs::read_to_string(self.path(file)).unwrap();
        let at = all.find(text).unwrap_or_else(|| panic!("{text} in {file}"));
        1 + all[..at].matches('\n').count()
    }

    /// All sounds of a greeting in a language.
    pub(crate) fn sounds(&self, language: &str) {
        let digits = (0..10).map(|digit| format!("digits/{digit}"));
        let prompts = [
            "vm-theperson",
            "vm-isunavail",
            "vm-isonphone",
            "vm-intro",
            "silence/1",
        ];
        for name in prompts.map(str::to_owned).into_iter().chain(digits) {
            self.write(&format!("../data/sounds/{language}/{name}.gsm"), "a sound");
        }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        Done::of(self.command(arguments).output().unwrap())
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_voiceagent"));
        command
            .args(["check", "--asterisk-dir"])
            .arg(self.folder())
            .args(arguments)
            .env_remove("AST_AGI_DIR")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn check(&self) -> Found {
        Found::by(self.run(&["--json"]))
    }

    /// Makes another user the one that runs Asterisk. Only root can; false too where what is above
    /// the installation keeps that user out, so that all of it would be found.
    pub(crate) fn is_run_by_another(&self) -> bool {
        let root = fs::canonicalize(&self.0).unwrap();
        let is_open = |folder: &Path| folder.metadata().unwrap().mode() & 0o1 != 0;
        root.ancestors().all(is_open)
            && chown(self.path("../spool"), Some(ANOTHER), Some(ANOTHER)).is_ok()
    }

    /// By a user who is not root and owns nothing; none where nobody else can start the program.
    pub(crate) fn check_as_nobody(&self) -> Option<Found> {
        self.run_as_nobody(&["--json"]).map(Found::by)
    }

    /// As [`run`](Self::run), by that user.
    pub(crate) fn run_as_nobody(&self, arguments: &[&str]) -> Option<Done> {
        let mut command = self.command(arguments);
        let is_root = fs::metadata("/proc/self").unwrap().uid() == 0;
        if is_root {
            command.uid(NOBODY).gid(NOBODY);
        }
        let output = command.output().ok()?;
        Some(Done::of(output))
    }
}

impl Done {
    fn of(output: Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Found {
    fn by(done: Done) -> Self {
        assert_eq!(done.stderr, "");
        let lines = done.stdout.lines();
        let found: Vec<Value> = lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let clean = found.iter().all(|finding| finding["severity"] == "note");
        assert_eq!(done.status, i32::from(!clean), "{}", done.stdout);
        Self(found)
    }

    /// Asserts that nothing but this one was found: how bad, where (`file:line`, or `file`), and
    /// words of what is wrong and of how to mend it.
    pub(crate) fn only(&self, severity: &str, place: &str, words: &str, remedy: &str) {
        assert_eq!(self.0.len(), 1, "{self}");
        self.has(severity, place, words, remedy);
    }

    /// Asserts that this one is among what was found.
    pub(crate) fn has(&self, severity: &str, place: &str, words: &str, remedy: &str) {
        let says = |finding: &Value, key: &str, words: &str| {
            finding[key].as_str().unwrap().contains(words)
        };
        let is_it = |finding: &&Value| {
            let file = finding["file"].as_str().unwrap();
            let found = match finding["line"].as_u64() {
                Some(line) => format!("{file}:{line}"),
                None => file.to_owned(),
            };
            finding["severity"] == severity
                && found.ends_with(&format!("/{place}"))
                && says(finding, "message", words)
                && says(finding, "remedy", remedy)
        };
        assert!(
            self.0.iter().any(|finding| is_it(&finding)),
            "no {severity} at {place}: {words}; {remedy}\n{self}"
        );
    }

    pub(crate) fn count(&self, severity: &str) -> usize {
        let all = self.0.iter();
        all.filter(|finding| finding["severity"] == severity)
            .count()
    }

    /// Asserts that nothing was found.
    pub(crate) fn nothing(&self) {
        assert!(self.0.is_empty(), "{self}");
    }
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0
            .iter()
            .try_for_each(|finding| writeln!(f, "{finding}"))
    }
}

/// Some user.
const ANOTHER: u32 = 4_321;
/// The user without rights.
const NOBODY: u32 = 65_534;

/// What is installed.
const MODULES: [&str; 24] = [
    "app_channelredirect",
    "app_chanspy",
    "app_dial",
    "app_originate",
    "app_softhangup",
    "app_stack",
    "app_voicemail",
    "chan_pjsip",
    "chan_sip",
    "format_gsm",
    "format_sln",
    "format_wav",
    "func_global",
    "pbx_config",
    "res_agi",
    "res_pjproject",
    "res_pjsip",
    "res_pjsip_pubsub",
    "res_pjsip_sdp_rtp",
    "res_pjsip_session",
    "res_rtp_asterisk",
    "res_sorcery_astdb",
    "res_sorcery_config",
    "res_sorcery_memory",
];
