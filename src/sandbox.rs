//! What the program gives up for the rest of a call, with `sandbox = true`.
//!
//! It reads what strangers send. Should that ever lead it astray, the kernel refuses what a call
//! has no use for: Landlock every change to a file but the configured logs, and every execution;
//! seccomp sockets and processes. Reading stays free, because greetings and sounds are wherever a
//! link leads, and what is read can go nowhere. What is said to Asterisk no kernel can judge.

use std::{env::consts::ARCH, path::Path};

use landlock::{
    ABI, AccessFs, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr, RulesetStatus,
    Scope,
};
use seccompiler::{BpfProgram, SeccompAction, SeccompFilter, apply_filter, sock_filter};

/// Gives it up; these files can still be appended to, and made anew beside what replaced them.
///
/// # Errors
/// Why something is not given up; the rest is.
pub(crate) fn enter(logs: &[&Path]) -> Result<(), String> {
    let kept: Vec<String> = [give_up_files(logs), give_up_calls()]
        .into_iter()
        .filter_map(Result::err)
        .collect();
    if kept.is_empty() {
        return Ok(());
    }
    Err(format!("not in its sandbox: {}", kept.join(", ")))
}

/// Whatever this kernel's Landlock knows of it, which is all since Linux 6.12.
fn give_up_files(logs: &[&Path]) -> Result<(), String> {
    let restricted = || {
        let mut rules = Ruleset::default()
            .handle_access(AccessFs::from_write(ABI::V5) | AccessFs::Execute)?
            .scope(Scope::Signal)?
            .create()?;
        // Half a line is taken back.
        let write = AccessFs::WriteFile | AccessFs::Truncate;
        let folders = logs.iter().filter_map(|log| log.parent());
        for (path, access) in folders
            .map(|folder| (folder, write | AccessFs::MakeReg))
            // The log itself may be elsewhere, behind a link.
            .chain(logs.iter().map(|&log| (log, write)))
        {
            // What is not there needs no permission, and has been told already.
            if let Ok(place) = PathFd::new(path) {
                rules = rules.add_rule(PathBeneath::new(place, access))?;
            }
        }
        rules.restrict_self()
    };
    match restricted() {
        Ok(status) if status.ruleset == RulesetStatus::NotEnforced => Err(NO_LANDLOCK.to_owned()),
        Ok(_) => Ok(()),
        Err(error) => Err(format!("Landlock: {error}")),
    }
}

fn give_up_calls() -> Result<(), String> {
    let refused = || apply_filter(&filter()?);
    refused().map_err(|error| format!("seccomp: {error}"))
}

/// What the kernel asks of each system call.
fn filter() -> Result<BpfProgram, seccompiler::Error> {
    let refuse = SeccompAction::Errno(libc::EPERM.cast_unsigned());
    let rules = CALLS.iter().map(|&number| (number, Vec::new())).collect();
    let filter = SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        refuse.clone(),
        ARCH.try_into()?,
    )?;
    // Its jumps lead forward by so many, so it is the same behind others.
    let mut program = refuse_other_numbers(refuse.into()).to_vec();
    program.extend(BpfProgram::try_from(filter)?);
    Ok(program)
}

/// Answers so where a number has the bit by which x86-64 takes the same system calls once more (x32).
fn refuse_other_numbers(answer: u32) -> [sock_filter; 3] {
    let step = |code: u32, k, jf| sock_filter {
        code: code as u16,
        jt: 0,
        jf,
        k,
    };
    [
        step(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, NUMBER, 0),
        step(libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K, X32, 1),
        step(libc::BPF_RET | libc::BPF_K, answer, 0),
    ]
}

/// An old kernel has none, and a service that filters system calls may not let it be used.
const NO_LANDLOCK: &str = "Landlock is missing or not permitted";
/// Where a filter finds a system call's number (`struct seccomp_data`).
const NUMBER: u32 = 0;
/// Numbers from here on are x32's (`__X32_SYSCALL_BIT`); no other architecture has any.
const X32: u32 = 0x4000_0000;
/// The system calls that make sockets and processes, with or without a ring.
const CALLS: &[libc::c_long] = &[
    libc::SYS_socket,
    libc::SYS_execve,
    libc::SYS_execveat,
    libc::SYS_clone,
    libc::SYS_clone3,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_fork,
    #[cfg(target_arch = "x86_64")]
    libc::SYS_vfork,
    libc::SYS_io_uring_setup,
];

#[cfg(test)]
mod tests {
    use std::{
        env,
        fs::{self, File, OpenOptions},
        io::{ErrorKind, Write},
        net::{TcpListener, TcpStream, UdpSocket},
        os::unix::net::UnixDatagram,
        path::PathBuf,
        process::Command,
        thread,
    };

    use super::*;

    /// What a thread that is in the sandbox finds; the others stay as they are.
    fn inside<T: Send + 'static>(logs: Vec<PathBuf>, try_it: fn() -> T) -> Option<T> {
        let confined = move || {
            let logs: Vec<&Path> = logs.iter().map(PathBuf::as_path).collect();
            match enter(&logs) {
                Ok(()) => Some(try_it()),
                // Then there is nothing to find here but that it is told.
                Err(reason) => {
                    assert_eq!(reason, format!("not in its sandbox: {NO_LANDLOCK}"));
                    None
                }
            }
        };
        thread::spawn(confined).join().expect("it only tries")
    }

    /// What the filter answers to the system call with this number, as the kernel runs it.
    fn answer(number: u32) -> u32 {
        let program = filter().expect("it can be made");
        // Whatever architecture it asks for is this one.
        let ours = program
            .iter()
            .find(|step| step.k >= 0x8000_0000 && step.jt == 1);
        let ours = ours.expect("it asks for the architecture").k;
        let (mut at, mut loaded) = (0, 0);
        loop {
            let step = &program[at];
            let jump = |truth: bool| usize::from(if truth { step.jt } else { step.jf });
            at += 1;
            match u32::from(step.code) {
                LOAD => loaded = [number, ours][step.k as usize / 4],
                JUMP => at += step.k as usize,
                JUMP_IF_EQUAL => at += jump(loaded == step.k),
                JUMP_IF_AT_LEAST => at += jump(loaded >= step.k),
                libc::BPF_RET => return step.k,
                code => panic!("{code:#x} is not known here"),
            }
        }
    }

    const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
    const JUMP: u32 = libc::BPF_JMP | libc::BPF_JA;
    const JUMP_IF_EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ;
    const JUMP_IF_AT_LEAST: u32 = libc::BPF_JMP | libc::BPF_JGE;

    #[test]
    fn no_system_call_is_let_through_by_another_number_of_its_own() {
        let refused = libc::SECCOMP_RET_ERRNO | libc::EPERM.cast_unsigned();
        for &call in CALLS {
            let number = u32::try_from(call).expect("numbers are small");
            for number in [number, X32 | number] {
                assert_eq!(answer(number), refused, "{number:#x}");
            }
        }
        // x32 has numbers besides, execve's among them, and none of them is needed.
        for number in [X32, X32 | 520, X32 | 545, u32::MAX] {
            assert_eq!(answer(number), refused, "{number:#x}");
        }
        for call in [libc::SYS_read, libc::SYS_write, libc::SYS_openat] {
            let number = u32::try_from(call).expect("numbers are small");
            assert_eq!(answer(number), libc::SECCOMP_RET_ALLOW, "{call}");
        }
    }

    #[test]
    fn no_socket_can_be_opened() {
        let opened = inside(Vec::new(), || {
            [
                UdpSocket::bind("127.0.0.1:0").err(),
                TcpListener::bind("127.0.0.1:0").err(),
                TcpStream::connect("127.0.0.1:9").err(),
                UnixDatagram::unbound().err(),
            ]
        });
        for refused in opened.into_iter().flatten() {
            let kind = refused.map(|error| error.kind());
            assert_eq!(kind, Some(ErrorKind::PermissionDenied));
        }
    }

    #[test]
    fn nothing_can_be_executed_and_no_thread_be_started() {
        let started = inside(Vec::new(), || {
            [
                Command::new("/bin/true").spawn().err(),
                Command::new("/proc/self/exe").spawn().err(),
                thread::Builder::new().spawn(|| {}).err(),
            ]
        });
        for refused in started.into_iter().flatten() {
            let kind = refused.map(|error| error.kind());
            assert_eq!(kind, Some(ErrorKind::PermissionDenied));
        }
    }

    /// A scratch folder by the name of its test.
    fn scratch(name: &str) -> PathBuf {
        env::temp_dir().join(format!("voiceagent-sandbox-{name}-{}", std::process::id()))
    }

    fn append(path: &Path) -> Option<ErrorKind> {
        let opened = OpenOptions::new().append(true).create(true).open(path);
        let written = opened.and_then(|mut file| file.write_all(b"line\n"));
        written.err().map(|error| error.kind())
    }

    #[test]
    fn only_logs_can_be_written_and_everything_can_be_read() {
        fn tries() -> [Option<ErrorKind>; 6] {
            let folder = scratch("files");
            let kind = |result: std::io::Result<()>| result.err().map(|error| error.kind());
            [
                append(&folder.join("logs/log")),
                kind(File::open(folder.join("other/file")).map(drop)),
                append(&folder.join("other/file")),
                append(&folder.join("other/new")),
                kind(fs::remove_file(folder.join("other/file"))),
                kind(fs::rename(
                    folder.join("logs/log"),
                    folder.join("other/log"),
                )),
            ]
        }
        let folder = scratch("files");
        for name in ["logs", "other"] {
            fs::create_dir_all(folder.join(name)).expect("a scratch folder");
        }
        fs::write(folder.join("other/file"), "").expect("a scratch file");
        let found = inside(vec![folder.join("logs/log")], tries);
        fs::remove_dir_all(&folder).expect("it goes");
        let refused = Some(ErrorKind::PermissionDenied);
        if let Some(found) = found {
            assert_eq!(&found[..5], [None, None, refused, refused, refused]);
            assert!(found[5].is_some(), "a log was moved away");
        }
    }

    #[test]
    fn a_log_behind_a_link_can_be_written() {
        let folder = scratch("link");
        for name in ["logs", "other"] {
            fs::create_dir_all(folder.join(name)).expect("a scratch folder");
        }
        fs::write(folder.join("other/log"), "").expect("a scratch file");
        std::os::unix::fs::symlink(folder.join("other/log"), folder.join("logs/log"))
            .expect("a link");
        let found = inside(vec![folder.join("logs/log")], || {
            append(&scratch("link").join("logs/log"))
        });
        fs::remove_dir_all(&folder).expect("it goes");
        assert!(found.is_none_or(|refused| refused.is_none()), "{found:?}");
    }
}
