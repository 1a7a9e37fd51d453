"""The program dies in the middle of a call, and so do parts of Asterisk: what the caller gets."""

import asyncio
import os
import signal
import time

import chroot
from case import check
from scenarios.faults import moved_away
from scenarios.listing import ALONE, scenario
from scenarios.steps import SAID, dialled, leaves_message
from server import CALLER_VOICE


def kill(case, number):
    """Ends the one process of the program by this signal."""
    running = [pid for pid, line in chroot.processes(case.server.root) if "voiceagent" in line]
    check(len(running) == 1, f"{len(running)} processes of the program, expected 1")
    os.kill(running[0], number)


async def carried_on(case, box, rung):
    """The dialplan goes on from where the program was: nobody is rung again."""
    transcript = await case.transcript()
    steps = transcript.steps
    check(f"VoiceMail({box}@sales,u)" in steps, f"no VoiceMail by the dialplan: {steps}")
    dials = [step for step in transcript.executed + steps if step.startswith("Dial")]
    check(len(dials) == rung, f"rung by {dials}")


@scenario(lane=ALONE)
async def killed_while_it_rings(case):
    """It rings on; then VoiceMail takes the message, with its own greeting."""
    # The phone that calls in this lane is registered: here it is the one that is called.
    case.caller, case.callee = case.callee, case.caller
    await case.dial("101")
    await case.until(case.call.ringing, "ringing")
    await asyncio.sleep(1.0)
    kill(case, signal.SIGKILL)
    await leaves_message(case, "101")
    await carried_on(case, "101", rung=1)


@scenario(lane=ALONE)
async def crashed_in_the_greeting(case):
    """VoiceMail begins with its own greeting at once, and takes the message."""
    await case.dial("102")
    await case.hears("vm-intro", 0.5)
    kill(case, signal.SIGABRT)
    await leaves_message(case, "102")
    check(case.listener.sounds().count("vm-theperson") == 2, f"heard {case.listener.sounds()}")
    await carried_on(case, "102", rung=1)


@scenario(lane=ALONE)
async def killed_in_the_recording(case):
    """The message is whole."""
    await case.dial("102")
    await case.hears("beep", 0.1)
    await asyncio.sleep(0.5)
    kill(case, signal.SIGKILL)
    said = case.server.voice(CALLER_VOICE, SAID)
    await case.says(said)
    await asyncio.sleep(0.3)
    recorded = time.monotonic() - case.listener.last_of(["beep"])
    await case.hangs_up()
    await case.left_message("102", said, recorded)


@scenario(lane=ALONE)
async def killed_in_a_recording_that_is_ended_by_a_key(case):
    """Whoever has left a message is not asked for another."""
    await case.dial("102")
    await case.hears("beep", 0.1)
    await asyncio.sleep(0.5)
    kill(case, signal.SIGKILL)
    await case.says(case.server.voice(CALLER_VOICE, SAID))
    await case.presses("#")
    await case.until(case.call.over, "the end of the call")
    check(len(case.server.messages("102", case.name)) == 1, "not one message")
    check(case.listener.sounds().count("vm-theperson") == 1, f"heard {case.listener.sounds()}")


@scenario(lane=ALONE)
async def configuration_removed_during_the_call(case):
    """A call goes on as it began."""
    await case.dial("102")
    await case.hears("vm-theperson")
    with moved_away(case.server.configuration):
        await leaves_message(case, "102")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


@scenario(lane=ALONE)
async def without_a_sound(case):
    """Where the program cannot play the greeting, VoiceMail plays what there is."""
    (sound,) = (case.server.root / "usr/share/asterisk/sounds").glob("en_*_f_*/vm-theperson.wav")
    with moved_away(sound):
        await case.dial("102")
        await leaves_message(case, "102")
    check("vm-isunavail" in case.listener.sounds(), f"heard {case.listener.sounds()}")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


@scenario(lane=ALONE)
async def without_the_voicemail_module(case):
    """The dialplan is told that the caller could leave no message, and why."""
    await asyncio.to_thread(case.server.cli, "module unload app_voicemail.so")
    try:
        await case.dial("102")
        await case.until(case.call.over, "the end of the call")
        transcript = await case.transcript()
    finally:
        await asyncio.to_thread(case.server.cli, "module load app_voicemail.so")
    variables = transcript.variables
    check(variables.get("VOICEAGENTSTATUS") == "FAILED", f"variables {variables}")
    check("application VoiceMail" in variables.get("VOICEAGENTCAUSE", ""), f"variables {variables}")


@scenario(lane=ALONE)
async def asterisk_stops_in_the_greeting(case):
    """The program goes with it."""
    await case.dial("102")
    await case.hears("vm-intro", 0.5)
    check(len(case.server.agents()) == 1, "the program does not run")
    await asyncio.to_thread(case.server.cli, "core stop now")
    await asyncio.sleep(1.0)
    left = case.server.agents()
    case.call.over.set()
    # The next scenario wants it back.
    await asyncio.to_thread(case.server.stop)
    await asyncio.to_thread(case.server.start)
    check(not left, f"still running a second later: {left}")
