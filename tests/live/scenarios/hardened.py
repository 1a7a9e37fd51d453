"""A hardened Asterisk, as under systemd, runs the program as any other does; so does its own sandbox."""

import contextlib
import pathlib

import chroot
from case import check
from scenarios.faults import moved_away, told
from scenarios.listing import ALONE, HARDENED, LANE_102, scenario
from scenarios.steps import dialled, leaves_message, logs_in

# Where the service may write.
LOG = "var/log/asterisk/voiceagent.log"
CALLS = "var/log/asterisk/voiceagent-calls.jsonl"


def constraints(case):
    """What Linux says of the one process of the program, by name."""
    running = [pid for pid, line in chroot.processes(case.server.root) if "voiceagent" in line]
    check(len(running) == 1, f"{len(running)} processes of the program, expected 1")
    lines = pathlib.Path(f"/proc/{running[0]}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


async def skips_to_the_beep(case, filters):
    """`#` in the audio; meanwhile the process is looked at. What the console is told at the end."""
    await case.dial("102")
    await case.hears("vm-theperson", 0.5)
    status = constraints(case)
    check(status["NoNewPrivs"] == "1", f"new privileges: {status['NoNewPrivs']}")
    found = int(status["Seccomp_filters"])
    check(found == filters, f"{found} filters of system calls, expected {filters}")
    await case.presses_in_audio("#")
    await leaves_message(case, "102")
    executed = [dialled(case, "peter"), "VoiceMail 102@sales"]
    transcript = await case.ended("VOICEMAIL", executed, "#", "audio")
    return status, " ".join(told(transcript))


@scenario(lane=LANE_102, server=HARDENED)
async def hardened_message(case):
    """A key in the audio acts, and the message is whole."""
    status, _ = await skips_to_the_beep(case, filters=2)
    check(int(status["CapBnd"], 16) == 0, f"capabilities: {status['CapBnd']}")
    check("0" not in status["Uid"].split(), f"users: {status['Uid']}")


@scenario(lane=LANE_102, server=HARDENED)
async def hardened_login(case):
    """So does `*`."""
    await case.dial("102")
    await case.hears("vm-theperson", 0.5)
    await case.presses_in_audio("*")
    await logs_in(case, "321")
    executed = [dialled(case, "peter"), "VoiceMailMain 102@sales"]
    await case.ended("MAILBOX", executed, "*", "audio")


@contextlib.contextmanager
def sandboxed(case):
    """The program gives up what it does not need, and logs in both ways."""
    path = case.server.configuration
    text = path.read_text()
    with moved_away(path):
        path.write_text(
            f'sandbox = true\n{text}\n[logging]\nto = "/{LOG}"\ncalls = "/{CALLS}"\n'
        )
        path.chmod(0o644)
        yield
    for log in (LOG, CALLS):
        written = case.server.root / log
        check("VOICEMAIL" in written.read_text(), f"nothing of the call in {log}")
        mode = written.stat().st_mode & 0o777
        check(mode == 0o640, f"the mode of {log} is {mode:o}")
        written.unlink()


@scenario(lane=ALONE)
async def message_in_the_sandbox(case):
    """A key in the audio acts, the message is whole, the call is logged."""
    with sandboxed(case):
        _, closing = await skips_to_the_beep(case, filters=1)
    check("sandbox" not in closing, f"the console was told {closing}")


@scenario(lane=ALONE, server=HARDENED)
async def hardened_message_with_a_sandbox(case):
    """The service does not let a program confine itself: the console is told, the call goes on."""
    with sandboxed(case):
        _, closing = await skips_to_the_beep(case, filters=2)
    check("not in its sandbox" in closing, f"the console was told {closing}")
