"""Measures what `cost` describes: PROGRAM CHROOT REPETITIONS.

The programs take turns, so that whatever else the machine does falls on all of them alike. A
program is started with vfork (posix_spawn), its header already in the pipe; its time runs from just
before the start to the arrival of its first line.
"""

import contextlib
import multiprocessing
import os
import pathlib
import re
import shutil
import statistics
import sys
import tempfile
import time
import wave
from dataclasses import dataclass, field

import chroot
from server import PROJECT

HERE = pathlib.Path(__file__).resolve().parent
# A millisecond where a program that prints a line (/bin/echo) needs 0.4 ms: on a slower
# machine, so much more than that program.
FIRST_COMMAND_MS = 1.0
BEYOND_ECHO_MS = 0.6
PEAK_KIB = 3 * 1024
# With the code that reads a greeting and hears speech, and what is kept of the greeting.
BARGED_IN_PEAK_KIB = PEAK_KIB + 512
# A tenth of a millisecond where /bin/echo needs 0.4 ms, and as much of that on a slower machine.
SANDBOX_MS = 0.1
OF_ECHO = 0.25
# The folders with the configuration that asks for the sandbox, and for barge_in, in that with the
# program; and that with a mailbox's greeting.
SANDBOXED = "sandboxed"
BARGED_IN = "barged-in"
SPOOL = "spool"
GREETING_SECONDS = 180
HEADER = (
    "".join(
        f"agi_{name}: {value}\n"
        for name, value in {
            "request": "voiceagent",
            "channel": "SIP/peter-00000001",
            "language": "en",
            "type": "SIP",
            "uniqueid": "1700000000.1",
            "version": "16.28.0",
            "callerid": "peter",
            "calleridname": "Peter",
            "context": "users",
            "extension": "101",
            "priority": "2",
            "enhanced": "1.0",
            "accountcode": "",
            "threadid": "1",
            "arg_1": "101",
        }.items()
    ).encode()
    + b"\n"
)
# What Asterisk answers, by the beginning of the command; the call goes unanswered to voicemail.
ANSWERS = (
    (b"EXEC ", b"200 result=0\n"),
    (b"GET VARIABLE DIALSTATUS", b"200 result=1 (NOANSWER)\n"),
    (b"GET VARIABLE VMSTATUS", b"200 result=1 (SUCCESS)\n"),
    (b"GET FULL VARIABLE", b"200 result=1 (alaw)\n"),
    (b"STREAM FILE", b"200 result=0 endpos=16318\n"),
    (b"", b"200 result=0\n"),
)
# The file system is asked by name or by descriptor.
BY_DESCRIPTOR = ("fstat(", "newfstatat(", "statx(", "fstatfs(", "ftruncate(")
# Files are looked at; a pair of sockets is how a signal wakes the program, and leads nowhere else.
HARMLESS = (
    *("open(", "openat(", "stat(", "newfstatat(", "statx(", "readlink(", "access("),
    "socketpair(AF_UNIX",
)
CHANGES = re.compile(r"O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)")
SECOND_OF_AUDIO = b"\xd5" * 8000


@dataclass
class Program:
    """One of the programs that are compared."""

    what: str
    place: str
    command: list
    root: str
    # What Asterisk tells it otherwise than the rest.
    environment: dict = field(default_factory=dict)

    @property
    def name(self):
        """Its row in the table."""
        return f"{self.what}, {self.place}"


@dataclass
class Sample:
    """One start: milliseconds, KiB, threads, and whether system calls are filtered."""

    first_command: float = 0.0
    peak: int = 0
    threads: int = 0
    filtered: bool = False


def call(command, otherwise=None):
    """Starts a program as Asterisk does, answers it, and measures it when it asks for VoiceMail."""
    environment = {**os.environ, **(otherwise or {})}
    header, commands, audio = os.pipe(), os.pipe(), os.pipe()
    os.write(header[1], HEADER)
    theirs = (header[0], commands[1], audio[0])
    actions = [(os.POSIX_SPAWN_DUP2, fd, place) for fd, place in zip(theirs, (0, 1, 3))]
    began = time.perf_counter()
    pid = os.posix_spawn(command[0], command, environment, file_actions=actions)
    for fd in theirs:
        os.close(fd)
    sample = Sample()
    with os.fdopen(commands[0], "rb") as lines:
        for line in lines:
            if not sample.first_command:
                sample.first_command = (time.perf_counter() - began) * 1000
            if line.startswith(b"STREAM FILE"):
                os.write(audio[1], SECOND_OF_AUDIO)
            elif re.match(rb'EXEC "?VoiceMail', line):
                status = pathlib.Path(f"/proc/{pid}/status").read_text()
                sample.peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1])
                sample.threads = int(re.search(r"Threads:\s+(\d+)", status)[1])
                sample.filtered = "\nSeccomp:\t2\n" in status
            answer = next(answer for start, answer in ANSWERS if line.startswith(start))
            try:
                os.write(header[1], answer)
            except BrokenPipeError:
                break
    os.waitpid(pid, 0)
    os.close(header[1])
    os.close(audio[1])
    return sample


def opened(command):
    """What a program asks the system for in a call like that: files, and what it never may."""
    with tempfile.NamedTemporaryFile() as trace:
        wanted = "trace=%file,%net,clone,clone3,fork,vfork,execveat"
        call(["/usr/bin/strace", "-f", "-qq", "-e", wanted, "-o", trace.name, *command])
        lines = pathlib.Path(trace.name).read_text().splitlines()
    # Its own start is no news, and what goes by a descriptor was asked for by name before.
    calls = [re.sub(r"^\d+\s+", "", line).split(", {")[0] for line in lines[1:]]
    return [call for call in calls if '"/' in call or not call.startswith(BY_DESCRIPTOR)]


def forbidden(trace):
    """What a program has no business with: the network, other programs, changing files."""
    return [call for call in trace if not call.startswith(HARMLESS) or CHANGES.search(call)]


def measure(programs, repetitions):
    """All samples of each program, taken in turns."""
    samples = {program.name: [] for program in programs}
    context = multiprocessing.get_context("fork")
    with contextlib.ExitStack() as stack:
        pools = {
            root: stack.enter_context(context.Pool(1, os.chroot, (root,)))
            for root in {program.root for program in programs}
        }
        for _ in range(repetitions):
            for program in programs:
                started = (program.command, program.environment)
                samples[program.name].append(pools[program.root].apply(call, started))
    return samples


def long_greeting(folder):
    """A configuration with barge_in, and a mailbox whose greeting is long."""
    (folder / BARGED_IN).mkdir(exist_ok=True)
    (folder / BARGED_IN / "voiceagent.toml").write_text(
        'greeting = { barge_in = true, storage = "files" }\n'
        '[extensions.101]\ndial = "SIP/bob"\nmailbox = "101@sales"\n'
    )
    mailbox = folder / SPOOL / "voicemail/sales/101"
    mailbox.mkdir(parents=True, exist_ok=True)
    with wave.open(str(mailbox / "unavail.wav"), "wb") as greeting:
        greeting.setparams((1, 2, 8000, 0, "NONE", "not compressed"))
        greeting.writeframes(bytes(range(256)) * (GREETING_SECONDS * 16000 // 256))


def main(binary, debian_11, repetitions):
    """Prints the table; returns whether the program keeps its limits."""
    installed = "/tmp/voiceagent-cost"
    for root in ("/", str(debian_11)):
        folder = pathlib.Path(root + installed)
        folder.mkdir(exist_ok=True)
        shutil.copy(binary, folder / "voiceagent")
        shutil.copy(HERE / "original.pl", folder)
        shutil.copy(PROJECT / "config/voiceagent.toml", folder)
        (folder / SANDBOXED).mkdir(exist_ok=True)
        text = (PROJECT / "config/voiceagent.toml").read_text()
        (folder / SANDBOXED / "voiceagent.toml").write_text(f"sandbox = true\n{text}")
    long_greeting(pathlib.Path(installed))
    # As Asterisk sets them, but for the configuration, which is not installed for this.
    os.environ["AST_AGI_DIR"] = installed
    os.environ["AST_CONFIG_DIR"] = installed
    os.environ["AST_SPOOL_DIR"] = "/var/spool/asterisk"
    # Only Debian 11 has modules there; this machine need not have an Asterisk.
    os.environ["AST_MODULE_DIR"] = "/usr/lib/asterisk/modules"
    agent = [f"{installed}/voiceagent", "101"]
    perl = ["/usr/bin/perl", f"{installed}/original.pl", "101"]
    echo = ["/bin/echo"]
    programs = [
        Program(what, place, command, root)
        for place, root in (("this machine", "/"), ("Debian 11", str(debian_11)))
        for what, command in (("voiceagent", agent), ("Perl original", perl), ("/bin/echo", echo))
    ]
    sandboxed, barged_in = (
        Program(what, "this machine", agent, "/", environment)
        for what, environment in (
            ("voiceagent in its sandbox", {"AST_CONFIG_DIR": f"{installed}/{SANDBOXED}"}),
            (
                "voiceagent with barge_in",
                {
                    "AST_CONFIG_DIR": f"{installed}/{BARGED_IN}",
                    "AST_SPOOL_DIR": f"{installed}/{SPOOL}",
                },
            ),
        )
    )
    # Behind another program, as the one without is: who comes second finds everything warm.
    programs.insert(3, sandboxed)
    programs.append(barged_in)
    mounted = chroot.mount(debian_11)
    try:
        samples = measure(programs, repetitions)
        trace = opened(agent)
    finally:
        chroot.unmount(mounted)
        for root in ("/", str(debian_11)):
            shutil.rmtree(root + installed)
    print(
        f"{repetitions} starts each, the programs in turns; time from the start to the first command"
    )
    print(f"{'':30} {'median':>8} {'fastest tenth':>14} {'peak memory':>12} {'threads':>8}")
    good = True
    first_of = {
        name: statistics.median(sample.first_command for sample in taken)
        for name, taken in samples.items()
    }
    quick = {
        name: sorted(sample.first_command for sample in taken)[repetitions // 10]
        for name, taken in samples.items()
    }
    for program in programs:
        taken = samples[program.name]
        first = first_of[program.name]
        fast = quick[program.name]
        peak = max(sample.peak for sample in taken)
        threads = max(sample.threads for sample in taken)
        memory = f"{peak} KiB" if peak else "-"
        print(f"{program.name:30} {first:5.2f} ms {fast:11.2f} ms {memory:>12} {threads or '-':>8}")
        if program.command is agent:
            # Those starts in which nothing else ran: on a busy machine the others tell how busy it is.
            limit = max(FIRST_COMMAND_MS, BEYOND_ECHO_MS + quick[f"/bin/echo, {program.place}"])
            most = BARGED_IN_PEAK_KIB if program is barged_in else PEAK_KIB
            good = good and fast <= limit and 0 < peak < most and threads == 1
    sandbox = quick[sandboxed.name] - quick[programs[0].name]
    print(f"the sandbox takes {1000 * sandbox:.0f} us, by the fastest tenths")
    good = good and all(sample.filtered for sample in samples[sandboxed.name])
    good = good and sandbox <= max(SANDBOX_MS, OF_ECHO * quick["/bin/echo, this machine"])
    print("what voiceagent asks the system for by name in such a call:")
    for line in trace:
        print(f"  {line}")
    for line in forbidden(trace):
        print(f"NOT allowed: {line}")
        good = False
    size = pathlib.Path(binary).stat().st_size
    print(f"the program is one file of {size / 2**20:.2f} MiB")
    print("within its limits" if good else "NOT within its limits", flush=True)
    return good


if __name__ == "__main__":
    KEPT = main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]))
    raise SystemExit(0 if KEPT else 1)
