"""The program dies in the middle of a call, or loses what it needs: what the caller gets."""

import asyncio
import contextlib
import os
import pathlib
import signal
import time

import chroot
from case import Case, check
from scenarios import ringing
from scenarios.faults import moved_away
from scenarios.listing import ALONE, scenario
from scenarios.steps import SAID, dialled, leaves_message, logs_in, rings, speaks_and_hangs_up
from server import CALLER_VOICE

# A process that is ended from outside, and one that has a bug where Rust can have none.
SIGNALS = (signal.SIGKILL, signal.SIGSEGV)
# Seconds in which it is dead.
DEAD = 2.0


@contextlib.asynccontextmanager
async def dying(case, reach):
    """Calls that `reach` has brought to some phase; then their programs die, each by its signal."""
    calls = [
        Case(f"{case.name}-by-{number.name}", case.server, case.caller, case.callee)
        for number in SIGNALS
    ]
    try:
        await asyncio.gather(*map(reach, calls))
        running = [pid for pid, line in chroot.processes(case.server.root) if "voiceagent" in line]
        check(len(running) == len(calls), f"{len(running)} processes of {len(calls)} calls")
        for pid, number in zip(running, SIGNALS):
            await die(pid, number)
        yield calls
    finally:
        for one in calls:
            if one.call is not None:
                one.call.close()


async def die(pid, number):
    """Sends it until the process is dead: Rust takes the first SIGSEGV for a full stack's, and waits
    for the fault to come again."""
    deadline = time.monotonic() + DEAD
    while alive(pid):
        check(time.monotonic() < deadline, f"it survives {number.name}")
        os.kill(pid, number)
        await asyncio.sleep(0.02)


def alive(pid):
    """Whether a process runs; one that is only still to be waited for does not."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def carried_on(case, box):
    """The dialplan goes on from where the program was: nobody is rung again."""
    transcript = await case.transcript()
    steps = transcript.steps
    check(f"VoiceMail({box}@sales,u)" in steps, f"no VoiceMail by the dialplan: {steps}")
    dials = [step for step in transcript.executed + steps if step.startswith("Dial")]
    check(len(dials) == 1, f"rung by {dials}")
    # The rest of it depends on whether Asterisk sees the closed pipe or the dead process first.
    told = "voiceagent did not take the call: AGISTATUS="
    check(told in " ".join(steps), f"the console was not told: {steps}")


@scenario(lane=ALONE)
async def killed_while_it_rings(case):
    """It rings on; then VoiceMail takes the message, with its own greeting."""
    async with dying(case, rings) as calls:
        await asyncio.gather(*(leaves_message(one, "101") for one in calls))
        for one in calls:
            await carried_on(one, "101")


@scenario(lane=ALONE)
async def killed_in_the_greeting(case):
    """VoiceMail begins with its own greeting at once, and takes the message."""

    async def greeted(one):
        await one.dial("102")
        await one.hears("vm-intro", 0.5)

    async with dying(case, greeted) as calls:
        await asyncio.gather(*(leaves_message(one, "102") for one in calls))
        for one in calls:
            heard = one.listener.sounds()
            check(heard.count("vm-theperson") == 2, f"heard {heard}")
            await carried_on(one, "102")


async def recorded(one):
    """In the recording of 102."""
    await one.dial("102")
    await one.hears("beep", 0.1)
    await asyncio.sleep(0.5)


@scenario(lane=ALONE)
async def killed_in_the_recording(case):
    """The message is whole."""
    async with dying(case, recorded) as calls:
        await asyncio.gather(*(speaks_and_hangs_up(one, "102") for one in calls))


@scenario(lane=ALONE)
async def killed_in_a_recording_that_is_ended_by_a_key(case):
    """Whoever has left a message is not asked for another."""

    async def ends_the_message(one):
        await one.says(one.server.voice(CALLER_VOICE, SAID))
        await one.presses("#")
        await one.until(one.call.over, "the end of the call")

    async with dying(case, recorded) as calls:
        await asyncio.gather(*map(ends_the_message, calls))
        for one in calls:
            check(len(one.server.messages("102", one.name)) == 1, "not one message")
            heard = one.listener.sounds()
            check(heard.count("vm-theperson") == 1, f"heard {heard}")


@scenario(lane=ALONE)
async def killed_at_the_mailbox_login(case):
    """The owner goes on, and gets in with the PIN as without the program."""

    async def asked(one):
        await one.dial("*102")
        await one.hears("vm-password")

    async with dying(case, asked) as calls:
        await asyncio.gather(*(logs_in(one, "321") for one in calls))


async def goes_on_as_it_began(case, text):
    """In the greeting the configuration is removed, or becomes this text."""
    path = case.server.configuration
    await case.dial("102")
    await case.hears("vm-theperson")
    with moved_away(path):
        if text is not None:
            path.write_text(text)
        await leaves_message(case, "102")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


@scenario(lane=ALONE)
async def configuration_removed_during_the_call(case):
    """A call goes on as it began."""
    await goes_on_as_it_began(case, None)


@scenario(lane=ALONE)
async def configuration_emptied_during_the_call(case):
    """A call goes on as it began."""
    await goes_on_as_it_began(case, "")


@scenario(lane=ALONE)
async def configuration_half_written_during_the_call(case):
    """A call goes on as it began."""
    text = case.server.configuration.read_text()
    await goes_on_as_it_began(case, text[: text.rindex("@sales")])


@scenario(lane=ALONE)
async def configuration_half_written_while_it_is_heard(case):
    """A key ends ringing, and though the program started for it can do nothing, the message is left."""
    path = case.server.configuration
    text = path.read_text()
    # The registered phone is the one that is called.
    case.caller, case.callee = case.callee, case.caller
    called = await ringing.rings(case, "edited-101")
    with moved_away(path):
        path.write_text(text[: text.rindex("@sales")])
        await ringing.key_ends_ringing(case, called, "#")
        await leaves_message(case, "101")


@scenario(lane=ALONE)
async def without_a_sound(case):
    """Where the program cannot play the greeting, VoiceMail plays what there is."""
    (sound,) = (case.server.root / "usr/share/asterisk/sounds").glob("en_*_f_*/vm-theperson.wav")
    with moved_away(sound):
        await case.dial("102")
        await leaves_message(case, "102")
    check("vm-isunavail" in case.listener.sounds(), f"heard {case.listener.sounds()}")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])
