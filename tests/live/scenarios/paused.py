"""Asterisk stands still in the middle of a call, as under a debugger, and goes on: so does the call."""

import asyncio
import contextlib
import os
import signal

import audio
from case import check
from scenarios.listing import ALONE, scenario
from scenarios.steps import dialled, leaves_message, speaks_and_hangs_up, stock_greeting

# Longer than a caller's packets would wait in the kernel for somebody slower than a busy machine.
STANDS_STILL = 3.0
# What is on its way when Asterisk is stopped has arrived by then.
ON_ITS_WAY = 0.1


@contextlib.asynccontextmanager
async def stands_still(case, seconds=STANDS_STILL):
    """Stops Asterisk for so long; what is done meanwhile takes part of that."""
    os.kill(case.server.pid, signal.SIGSTOP)
    try:
        goes_on = asyncio.create_task(asyncio.sleep(seconds))
        yield
        await goes_on
    finally:
        os.kill(case.server.pid, signal.SIGCONT)


@scenario(lane=ALONE)
async def paused_in_the_greeting(case):
    """The caller hears the rest of the greeting, and leaves a message."""
    await case.dial("102")
    await case.hears("vm-isunavail")
    async with stands_still(case):
        check(len(case.server.agents()) == 1, "the program does not run")
    await leaves_message(case, "102")
    order = [sound for sound in case.listener.sounds() if sound != "beep"]
    check(order == stock_greeting("102"), f"heard {order}")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


@scenario(lane=ALONE)
async def paused_while_a_key_is_pressed(case):
    """The key acts, once, when Asterisk goes on."""
    await case.dial("102")
    await case.hears("vm-isunavail")
    async with stands_still(case, 1.5):
        await case.presses_in_audio("#")
    await leaves_message(case, "102")
    check("vm-intro" not in case.listener.sounds(), f"heard {case.listener.sounds()}")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"], "#", "audio")


@scenario(lane=ALONE)
async def paused_when_it_is_written_to(case):
    """What the program says meanwhile waits in the pipe, and is done when Asterisk goes on."""
    await case.dial("102")
    await case.hears("vm-isunavail")
    # After so short a tone the program waits a second for its signal, then says what is next.
    await case.says(audio.key_tone("#", 0.06))
    await asyncio.sleep(0.4)
    async with stands_still(case):
        pass
    await leaves_message(case, "102")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"], "#", "audio")


@scenario(lane=ALONE)
async def paused_while_the_caller_hangs_up(case):
    """Nothing is started for a caller who is gone when Asterisk goes on."""
    await case.dial("102")
    await case.hears("vm-isunavail")
    async with stands_still(case, 1.5):
        await case.presses_in_audio("#")
        hung_up = asyncio.create_task(case.hangs_up())
        await asyncio.sleep(ON_ITS_WAY)
    await hung_up
    await asyncio.sleep(1.0)
    transcript = await case.transcript()
    executed = [command.split(",")[0] for command in transcript.executed]
    check(executed == [dialled(case, "peter")], f"executed {transcript.executed}")
    check(not case.server.agents(), f"still running: {case.server.agents()}")
    check(not case.server.messages("102", case.name), "there is a message of nobody")


@scenario(lane=ALONE)
async def paused_in_the_recording(case):
    """The message is as long as the recording was, and all that was said is in it."""
    await case.dial("102")
    await case.hears("beep", 0.1)
    await asyncio.sleep(1.0)
    async with stands_still(case, 1.5):
        pass
    await speaks_and_hangs_up(case, "102")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])
