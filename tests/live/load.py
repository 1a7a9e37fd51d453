"""Measures what `load` describes: CHROOT PROGRAM CALLS_AT_ONCE NEW_CALLS_A_SECOND SECONDS, or --limit.

The callers are sipp's, all with the same recording: words, then `*` near its end. The greeting is as
long, so that nearly all calls are in it at any time. Asterisk's log tells when each was answered and
when the program stopped the greeting; a call alone tells how long that takes without others.
"""

import collections
import contextlib
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from array import array
from dataclasses import dataclass, field

import audio
import chroot
import g711
import log
import loopback
from server import CALLER_VOICE, GREETING_VOICE, HERE, Server

# The caller's words, before the key.
WORDS = 4.0
# From the key to the end of the call: the program ends its own part in a few milliseconds.
AFTER_KEY = 2.0
ALONE = 5
# Each call has its sockets, pipes and a process in Asterisk.
DESCRIPTORS = 16_384
# As many as a mailbox can have.
MESSAGES = 9999
# What callers dial: served by this program, and by the script that it replaces.
SERVED, ORIGINAL = "102", "original-102"
# Seconds of the same load with that script.
BESIDE = 60
# How many calls more at once each step to the limit has, and how long each call is.
STEP, STEP_LENGTH = 100, 20
# A caller whose key has done nothing after so long presses it again.
PATIENCE_MS = 500
# Seconds between two looks at the memory of all, which takes the kernel a tenth of one.
LOOK = 5.0
# Of sipp's words about calls that failed.
ERRORS_SHOWN = 20
INTERRUPTION = 'GET FULL VARIABLE "${CHANNEL(audioreadformat)}"'
CLOCK = os.sysconf("SC_CLK_TCK")


@dataclass
class Call:
    """What the log has of one call."""

    answered: float = 0.0
    stopped: float = 0.0
    playing: bool = False
    executed: list = field(default_factory=list)
    source: str = ""

    @property
    def acted(self):
        """Whether the key in the audio, and no other, led to the login."""
        return self.source == "audio" and [name.split()[0] for name in self.executed] == [
            "Dial",
            "VoiceMailMain",
        ]


def calls_of(path, offset):
    """Every call in the log from here on, by its channel."""
    calls = collections.defaultdict(Call)
    for channel, entry in log.dialogue(path, offset):
        call = calls[channel]
        if entry.kind != "rx":
            continue
        command = entry.text
        if command == "ANSWER":
            call.answered = entry.at
        elif command.startswith(("STREAM FILE", "SAY DIGITS")):
            call.playing = True
        elif command == INTERRUPTION and call.playing and not call.stopped:
            call.stopped = entry.at
        elif command.startswith("EXEC "):
            call.executed.append(command[5:])
        elif command.startswith("SET VARIABLE VOICEAGENTKEYSOURCE"):
            call.source = command.split('"')[1]
    return calls.values()


@dataclass
class Figures:
    """What a load came to; processors as parts of one of them, memory in MiB."""

    number: str
    count: int
    rate: float
    calls: list
    usual: float
    at_once: int = 0
    held: float = 0.0
    server_held: float = 0.0
    own: float = 0.0
    agents: float = 0.0
    callers: float = 0.0
    idle: float = 0.0
    waited: float = 0.0

    @property
    def acted(self):
        """The calls whose key acted."""
        return [call for call in self.calls if call.acted]

    @property
    def early(self):
        """Those of them that acted before the key can have come."""
        return [call for call in self.acted if call.stopped - call.answered < self.usual - 0.1]

    @property
    def late(self):
        """Milliseconds by which they acted later than in a call alone, in order."""
        return sorted(1000 * (call.stopped - call.answered - self.usual) for call in self.acted)

    @property
    def whole(self):
        """Whether every key acted, and none that nobody had pressed."""
        return len(self.acted) == self.count and not self.early

    @property
    def kept(self):
        """Whether nobody had to wait for that."""
        return self.whole and self.late[self.count * 99 // 100] <= PATIENCE_MS


def place(server, folder, number, length, count, at_once, rate):
    """Has sipp place these calls and waits for their end; yields now and then what it has used."""
    scenario = folder / "caller.xml"
    text = (HERE / "caller.xml").read_text()
    text = text.replace("AUDIO", str(folder / "caller.alaw"))
    scenario.write_text(text.replace("MILLISECONDS", str(round(length * 1000))))
    command = ["sipp", f"{server.address[0]}:{server.address[1]}", "-sf", str(scenario)]
    command += ["-s", number, "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", "5070", "-nostdin"]
    command += ["-m", str(count), "-l", str(at_once), "-r", str(rate), "-aa"]
    errors = folder / "sipp-errors.log"
    errors.unlink(missing_ok=True)
    command += ["-trace_err", "-error_file", str(errors)]
    with (folder / "sipp.log").open("w") as output:
        sipp = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        while sipp.poll() is None:
            yield cpu_seconds(sipp.pid)[0]
            time.sleep(1.0)
    if sipp.returncode:
        said = errors.read_text(errors="replace").splitlines() if errors.exists() else []
        print(f"sipp ended with {sipp.returncode}: calls failed; it says", *said[:ERRORS_SHOWN], sep="\n     ")


def cpu_seconds(pid):
    """What a process has used, and what its children have that have ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own, children = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
    return own / CLOCK, children / CLOCK


def memory(server):
    """How many agents run, and what they and Asterisk hold in MiB, shared pages counted once."""
    agents, kib, own = 0, 0, 0
    for pid, _ in chroot.processes(server.root):
        try:
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        held = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        if pid == server.pid:
            own = held
        else:
            agents += 1
            kib += held
    return agents, kib / 1024, own / 1024


def idle_seconds():
    """What the machine's processors have not used."""
    fields = pathlib.Path("/proc/stat").read_text().splitlines()[0].split()
    return int(fields[4]) / CLOCK


def waiting_seconds():
    """How long some process has waited for a processor, where Linux tells (CONFIG_PSI)."""
    try:
        some = pathlib.Path("/proc/pressure/cpu").read_text().splitlines()[0]
    except OSError:
        return 0.0
    return int(some.rpartition("total=")[2]) / 1e6


def main(root, binary, at_once, rate, seconds):
    """Prints the figures; true when every key acted and no other."""
    # As many calls at once come of so long a call at this rate.
    length = at_once / rate
    with serving(root, binary, length) as (server, folder):
        usual = alone(server, folder, length)
        served = load(server, folder, SERVED, length, at_once, rate, seconds, usual)
        keys(server, served)
        usage(server, served, "all agents")
        original = load(server, folder, ORIGINAL, length, at_once, rate, min(seconds, BESIDE), usual)
        usage(server, original, "all Perl scripts in their place, which hear nothing")
        return served.whole


def limit(root, binary):
    """Prints the figures of ever more calls, until keys act late or not at all."""
    with serving(root, binary, STEP_LENGTH) as (server, folder):
        usual = alone(server, folder, STEP_LENGTH)
        at_once, kept = 0, 0
        while at_once == kept:
            at_once += STEP
            rate = at_once / STEP_LENGTH
            figures = load(
                server, folder, SERVED, STEP_LENGTH, at_once, rate, 2 * STEP_LENGTH, usual
            )
            keys(server, figures)
            usage(server, figures, "all agents")
            kept = at_once if figures.kept else kept
        shares = {
            server.name: figures.own,
            "the agents": figures.agents,
            "the callers (sipp)": figures.callers,
        }
        most = max(shares, key=shares.get)
        print(
            f"{kept} calls at once were served in time, {at_once} were not; then the processors were "
            f"idle {100 * figures.idle / os.cpu_count():.0f} % of the time, some process waited for one "
            f"{100 * figures.waited:.0f} % of the time, and most was used by {most}",
            flush=True,
        )
    return kept > 0


@contextlib.contextmanager
def serving(root, binary, length):
    """An Asterisk with so long a greeting, and a folder with as long a caller's recording."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    loopback.up()
    pressed = length - AFTER_KEY
    if pressed < WORDS:
        raise SystemExit(f"a call would last {length:.0f} s, at least {WORDS + AFTER_KEY:.0f} s are needed")
    server = Server("22", root)
    server.prepare(binary)
    shutil.copy(HERE / "original.pl", root / chroot.AGI_BIN)
    # Each caller of the script leaves a message: room for all.
    with (root / "etc/asterisk/voicemail.conf").open("a") as file:
        file.write(f"\n[general](+)\nmaxmsg = {MESSAGES}\n")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        server.start()
        try:
            greeting = server.voice(GREETING_VOICE, min(length, 20.0))
            while len(greeting) < length * audio.RATE:
                greeting += greeting
            server.record_greeting("102", "unavail", greeting)
            words = server.voice(CALLER_VOICE, WORDS)
            quiet = array("h", bytes(2 * round((pressed - WORDS) * audio.RATE)))
            caller = words + quiet + audio.key_tone("*", 0.16) + array("h", bytes(2 * audio.RATE))
            (folder / "caller.alaw").write_bytes(g711.ALAW.encode(caller))
            yield server, folder
        finally:
            server.stop()


def alone(server, folder, length):
    """Seconds from the answer to the greeting's stop where nobody else calls."""
    written = server.log_path.stat().st_size
    for _ in place(server, folder, SERVED, length, ALONE, ALONE, ALONE):
        pass
    calls = calls_of(server.log_path, written)
    return statistics.median(call.stopped - call.answered for call in calls)


def load(server, folder, number, length, at_once, rate, seconds, usual):
    """Places the calls and measures meanwhile."""
    written = server.log_path.stat().st_size
    count = round(rate * seconds)
    figures = Figures(number, count, rate, [], usual)
    before, began = cpu_seconds(server.pid), time.monotonic()
    idle, waited = idle_seconds(), waiting_seconds()
    look = began
    for callers in place(server, folder, number, length, count, at_once, rate):
        figures.callers = callers
        if time.monotonic() < look:
            continue
        look += LOOK
        agents, held, own = memory(server)
        figures.at_once = max(figures.at_once, agents)
        figures.held = max(figures.held, held)
        figures.server_held = max(figures.server_held, own)
    took = time.monotonic() - began
    own, children = (now - then for now, then in zip(cpu_seconds(server.pid), before))
    figures.own, figures.agents = own / took, children / took
    figures.callers /= took
    figures.idle = (idle_seconds() - idle) / took
    figures.waited = (waiting_seconds() - waited) / took
    time.sleep(1.0)
    figures.calls = list(calls_of(server.log_path, written))
    return figures


def keys(server, figures):
    """Prints what became of the keys."""
    acted, late = len(figures.acted), figures.late
    print(
        f"{server.name}: {figures.count} calls, {figures.at_once} at once, {figures.rate:g} new a "
        f"second: {acted} keys acted, {figures.count - acted} did not, "
        f"{len(figures.early)} came too early"
    )
    if late:
        print(
            f"later than in a call alone: median {statistics.median(late):.0f} ms, "
            f"99 of 100 within {late[len(late) * 99 // 100]:.0f} ms, worst {late[-1]:.0f} ms"
        )


def usage(server, figures, agents):
    """Prints what it took."""
    print(
        f"of one core: {server.name} {100 * figures.own:.0f} %, {agents} "
        f"{100 * figures.agents:.0f} %, callers {100 * figures.callers:.0f} %; memory: "
        f"{server.name} {figures.server_held:.0f} MiB, {agents} {figures.held:.0f} MiB "
        f"({figures.at_once} at once)",
        flush=True,
    )


if __name__ == "__main__":
    ROOT, BINARY, *REST = sys.argv[1:]
    if REST == ["--limit"]:
        KEPT = limit(pathlib.Path(ROOT), pathlib.Path(BINARY))
    else:
        AT_ONCE, RATE, SECONDS = REST
        KEPT = main(
            pathlib.Path(ROOT), pathlib.Path(BINARY), int(AT_ONCE), float(RATE), float(SECONDS)
        )
    raise SystemExit(0 if KEPT else 1)
