//! Running the program, and a folder for its files.

use std::{
    env, fs,
    io::Write,
    path::PathBuf,
    process::{Command, Stdio},
};

/// What a command did.
pub(crate) struct Done {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Done {
    /// The lines of output as JSON objects.
    pub(crate) fn json(&self) -> Vec<serde_json::Value> {
        let lines = self.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// Those of them that are of this type.
    pub(crate) fn of_type(&self, wanted: &str) -> Vec<serde_json::Value> {
        let mut objects = self.json();
        objects.retain(|object| object["type"] == wanted);
        objects
    }
}

/// A folder of one test's own, in which it runs commands.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Empty at first; `name` must be the test's.
    pub(crate) fn new(name: &str) -> Self {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Done {
        self.run_with_input(arguments, &[])
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Done {
        self.run_prepared(arguments, input, |_| ())
    }

    /// With what `prepare` changes: where standard output and error lead, the environment.
    pub(crate) fn run_prepared(
        &self,
        arguments: &[&str],
        input: &[u8],
        prepare: impl FnOnce(&mut Command),
    ) -> Done {
        let mut command = Command::new(env!("CARGO_BIN_EXE_voiceagent"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("AST_AGI_DIR")
            .env_remove("VOICEAGENT_CONFIG")
            // Where there is none, unless the test makes one.
            .env("AST_CONFIG_DIR", &self.0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        prepare(&mut command);
        let mut child = command.spawn().unwrap();
        // The command holds the ends of pipes that it was given.
        drop(command);
        // A command that reads no input may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Done {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}
