"""Measures what `load` describes: CHROOT PROGRAM CALLS_AT_ONCE NEW_CALLS_A_SECOND SECONDS.

The callers are sipp's, all with the same recording: words, then `*` near its end. The greeting is as
long, so that nearly all calls are in it at any time. Asterisk's log tells when each was answered and
when the program stopped the greeting; a call alone tells how long that takes without others.
"""

import collections
import os
import pathlib
import resource
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


def place(server, folder, length, count, at_once, rate):
    """Has sipp place these calls and waits for their end; yields now and then while they go on."""
    scenario = folder / "caller.xml"
    text = (HERE / "caller.xml").read_text()
    text = text.replace("AUDIO", str(folder / "caller.alaw"))
    scenario.write_text(text.replace("MILLISECONDS", str(round(length * 1000))))
    command = ["sipp", f"{server.address[0]}:{server.address[1]}", "-sf", str(scenario)]
    command += ["-s", "102", "-i", "127.0.0.1", "-mi", "127.0.0.1", "-p", "5070", "-nostdin"]
    command += ["-m", str(count), "-l", str(at_once), "-r", str(rate), "-aa"]
    with (folder / "sipp.log").open("w") as output:
        sipp = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        while sipp.poll() is None:
            yield
            time.sleep(1.0)
    if sipp.returncode:
        print(f"sipp ended with {sipp.returncode}: calls failed", flush=True)


def cpu_seconds(pid):
    """What a process has used, and what its children have that have ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own, children = int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])
    return own / CLOCK, children / CLOCK


def memory(server):
    """How many agents run, and what they hold together in MiB, shared pages counted once."""
    agents, kib = 0, 0
    for pid, command in chroot.processes(server.root):
        if "voiceagent" not in command:
            continue
        try:
            rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        agents += 1
        kib += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return agents, kib / 1024


def main(root, binary, at_once, rate, seconds):
    """Prints the figures; true when every key acted and no other."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    loopback.up()
    # As many calls at once come of so long a call at this rate.
    length = at_once / rate
    pressed = length - AFTER_KEY
    if pressed < WORDS:
        raise SystemExit(f"a call would last {length:.0f} s, at least {WORDS + AFTER_KEY:.0f} s are needed")
    server = Server("22", root)
    server.prepare(binary)
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
            return measure(server, folder, length, at_once, rate, seconds)
        finally:
            server.stop()


def measure(server, folder, length, at_once, rate, seconds):
    """Places the calls, alone and together."""
    written = server.log_path.stat().st_size
    for _ in place(server, folder, length, ALONE, ALONE, ALONE):
        pass
    alone = [call.stopped - call.answered for call in calls_of(server.log_path, written)]
    usual = statistics.median(alone)

    written = server.log_path.stat().st_size
    pid = server.pid
    before, began = cpu_seconds(pid), time.monotonic()
    agents, held = 0, 0.0
    count = round(rate * seconds)
    for _ in place(server, folder, length, count, at_once, rate):
        now = memory(server)
        agents, held = max(agents, now[0]), max(held, now[1])
    took = time.monotonic() - began
    own, children = (now - then for now, then in zip(cpu_seconds(pid), before))
    time.sleep(1.0)

    calls = list(calls_of(server.log_path, written))
    acted = [call for call in calls if call.acted]
    early = [call for call in acted if call.stopped - call.answered < usual - 0.1]
    late = sorted(1000 * (call.stopped - call.answered - usual) for call in acted)
    print(
        f"{server.name}: {count} calls, {agents} at once, {rate} new a second: "
        f"{len(acted)} keys acted, {count - len(acted)} did not, {len(early)} came too early"
    )
    if late:
        print(
            f"later than in a call alone: median {statistics.median(late):.0f} ms, "
            f"99 of 100 within {late[len(late) * 99 // 100]:.0f} ms, worst {late[-1]:.0f} ms"
        )
    print(
        f"of one core: {server.name} {100 * own / took:.0f} %, all agents {100 * children / took:.0f} %; "
        f"memory of all agents {held:.0f} MiB",
        flush=True,
    )
    return len(acted) == count and not early


if __name__ == "__main__":
    raise SystemExit(
        0
        if main(
            pathlib.Path(sys.argv[1]),
            pathlib.Path(sys.argv[2]),
            int(sys.argv[3]),
            float(sys.argv[4]),
            float(sys.argv[5]),
        )
        else 1
    )
