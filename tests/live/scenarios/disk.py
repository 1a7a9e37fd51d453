"""The disk is full, or every sound is gone: what the caller gets, and what is left behind."""

import asyncio
import contextlib
import json
import subprocess

from case import Case, check
from scenarios.faults import moved_away
from scenarios.listing import ALONE, scenario
from scenarios.steps import dialled, leaves_message

# Where the program logs in these tests, as it is seen in the system.
LOGS = "var/log/voiceagent"
# A disk in memory is as large as so many pages; the least is filled at once.
PAGE = 4096
FULL = 1
FILLER = "filler"
LESS_THAN_A_LINE, PADDING = 50, "x"
# Seconds of a message, and until VoiceMail has put it away.
SPEAKS = 4.0
# The bytes of as much of a recording as two callers differ by.
SECOND = 16_000
SETTLED = 1.0


@contextlib.contextmanager
def small_disk(folder, pages):
    """A disk of its own for a folder; what was in it is back afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    size = f"size={pages * PAGE},mode=777"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder):
    """Takes what is left of the disk, but for less than a line at the end of each file."""
    for file in folder.iterdir():
        if file.is_file():
            room = PAGE - file.stat().st_size % PAGE
            with file.open("a") as end:
                end.write(PADDING * (room - LESS_THAN_A_LINE - 1) + "\n")
    with contextlib.suppress(OSError), (folder / FILLER).open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(PAGE))


@contextlib.contextmanager
def logging(case):
    """The program writes both its logs there."""
    path = case.server.configuration
    text = path.read_text()
    with moved_away(path):
        path.write_text(f'{text}\n[logging]\nto = "/{LOGS}/log"\ncalls = "/{LOGS}/calls"\n')
        yield


def call_of(case, what):
    """One of several calls of a scenario."""
    return Case(f"{case.name}-{what}", case.server, case.caller, case.callee)


async def left_on(case, pages, number):
    """What a caller who skips to the beep and speaks for 4 s leaves on a disk so small, by name and
    size; `number` is dialled."""
    with small_disk(case.server.mailboxes / "102", pages) as folder:
        if pages == FULL:
            fill(folder)
        await case.dial(number)
        await case.hears("vm-theperson", 0.5)
        await case.presses("#")
        await case.hears("beep", 0.1)
        await asyncio.sleep(SPEAKS)
        # Where the disk is full VoiceMail may have ended the call.
        if not case.call.over.is_set():
            await case.hangs_up()
        await asyncio.sleep(SETTLED)
        files = [path for path in folder.rglob("*") if path.is_file() and path.name != FILLER]
        return sorted((path.name, path.stat().st_size) for path in files)


async def leaves_as_voicemail_alone(case, pages):
    """The program changes nothing of what VoiceMail makes of such a disk, and ends with the call."""
    plain, served = call_of(case, "plain"), call_of(case, "served")
    try:
        expected = await left_on(plain, pages, "asterisk-102")
        left = await left_on(served, pages, "102")
        alike = [name for name, _ in left] == [name for name, _ in expected] and all(
            abs(ours - theirs) < SECOND for (_, ours), (_, theirs) in zip(left, expected)
        )
        check(alike, f"left {left}, without the program {expected}")
        executed = [dialled(case, "peter"), "VoiceMail 102@sales"]
        await served.ended("VOICEMAIL", executed, "#", "signal")
        check(not case.server.agents(), f"still running: {case.server.agents()}")
    finally:
        for one in (plain, served):
            if one.call is not None:
                one.call.close()


@scenario(lane=ALONE)
async def full_disk_for_messages(case):
    """The caller hears greeting and beep, and leaves what VoiceMail alone would have kept."""
    await leaves_as_voicemail_alone(case, FULL)


@scenario(lane=ALONE)
async def disk_that_fills_in_the_recording(case):
    """The same where there is room for 3 s."""
    await leaves_as_voicemail_alone(case, 12)


@scenario(lane=ALONE)
async def full_disk_for_logs(case):
    """The call goes on, the console is told, and no line is left by halves."""
    folder = case.server.root / LOGS
    with small_disk(folder, 4), logging(case):
        await hung_up_in_the_greeting(call_of(case, "before"))
        fill(folder)
        full = call_of(case, "full")
        await full.dial("102")
        await leaves_message(full, "102")
        executed = [dialled(case, "peter"), "VoiceMail 102@sales"]
        transcript = await full.ended("VOICEMAIL", executed)
        told = " ".join(e.text for e in transcript.of("rx") if e.text.startswith("VERBOSE"))
        for log in ("log", "calls"):
            check(f"cannot log to /{LOGS}/{log}: " in told, f"the console was told {told}")
        (folder / FILLER).unlink()
        await hung_up_in_the_greeting(call_of(case, "after"))
        lines = (folder / "calls").read_text().splitlines()
        logged = [json.loads(line)["status"] for line in lines if not line.startswith(PADDING)]
        check(logged == ["HANGUP", "HANGUP"], f"logged were {logged}")
        mode = (folder / "calls").stat().st_mode & 0o777
        check(mode == 0o640, f"the mode is {mode:o}")


async def hung_up_in_the_greeting(case):
    """A short call, to its end in Asterisk."""
    await case.dial("102")
    await case.hears("vm-theperson", 0.5)
    await case.hangs_up()
    await case.ended("HANGUP", [dialled(case, "peter")])


@scenario(lane=ALONE)
async def without_any_sound(case):
    """Where VoiceMail itself cannot beep, the call ends, and the dialplan is told why."""
    (sounds,) = (case.server.root / "usr/share/asterisk/sounds").glob("en_*_f_*")
    with moved_away(sounds):
        await case.dial("102")
        await case.until(case.call.over, "the end of the call")
    transcript = await case.transcript()
    variables = transcript.variables
    check(variables.get("VOICEAGENTSTATUS") == "FAILED", f"variables {variables}")
    check("VoiceMail failed" in variables.get("VOICEAGENTCAUSE", ""), f"variables {variables}")
    asked = [step for step in transcript.steps if step.startswith("VoiceMail(")]
    check(asked == ["VoiceMail(102@sales,u)"], f"steps {transcript.steps}")
    check(not case.server.messages("102", case.name), "there is a message of nobody")
