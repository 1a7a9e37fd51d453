"""Greetings that the owner of a mailbox has recorded."""

import asyncio
import contextlib

from call import busy as is_busy
from case import check
from scenarios.listing import LANE_102, scenario
from scenarios.steps import dialled, leaves_message, logs_in
from server import GREETING_VOICE, RECORDED


@contextlib.asynccontextmanager
async def recorded(case, box, name):
    """A greeting in the mailbox for the length of one scenario."""
    voice = case.server.voice(GREETING_VOICE, 4.0)
    # It asks Asterisk's console, which may take its time; other calls go on.
    path = await asyncio.to_thread(case.server.record_greeting, box, name, voice)
    try:
        yield
    finally:
        path.unlink()


@scenario(lane=LANE_102)
async def recorded_unavailable_greeting(case):
    """The owner's own words, to their end."""
    async with recorded(case, "102", "unavail"):
        await case.dial("102")
        await leaves_message(case, "102")
    case.heard_whole([RECORDED])
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


@scenario(lane=LANE_102)
async def star_in_a_recorded_greeting(case):
    """Its keys work as in the stock prompts."""
    async with recorded(case, "102", "unavail"):
        await case.dial("102")
        await case.hears(RECORDED, 1.5)
        pressed = await case.presses_in_audio("*")
        await case.is_cut([RECORDED], pressed)
        await logs_in(case, "321")
    await case.ended("MAILBOX", [dialled(case, "peter"), "VoiceMailMain 102@sales"], "*", "audio")


@scenario(lane=LANE_102)
async def recorded_busy_greeting(case):
    """Played when the phone is busy."""
    await case.callee.register()
    try:
        async with recorded(case, "102", "busy"):
            await case.dial("102", is_busy)
            await leaves_message(case, "102")
    finally:
        await case.callee.register(0)
    case.heard_whole([RECORDED])
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


@scenario(lane=LANE_102)
async def recorded_temporary_greeting(case):
    """VoiceMail plays it whatever its options: it must not be heard twice."""
    async with recorded(case, "102", "temp"):
        await case.dial("102")
        await leaves_message(case, "102")
    case.heard_whole([RECORDED])
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


@scenario(lane=LANE_102)
async def star_in_a_temporary_greeting(case):
    """`*` leads to the login there as well."""
    async with recorded(case, "102", "temp"):
        await case.dial("102")
        await case.hears(RECORDED, 1.5)
        await case.presses("*")
        await logs_in(case, "321")
    transcript = await case.transcript()
    check(transcript.executed[-1].startswith("VoiceMailMain 102@sales"), "the login was not opened")
    check(transcript.variables.get("VOICEAGENTSTATUS") == "MAILBOX", f"{transcript.variables}")


@scenario(lane=LANE_102)
async def hash_in_a_temporary_greeting(case):
    """`#` skips it."""
    async with recorded(case, "102", "temp"):
        await case.dial("102")
        await case.hears(RECORDED, 1.5)
        await case.presses("#")
        await leaves_message(case, "102")
    check(case.listener.sounds().count(RECORDED) == 1, f"heard {case.listener.sounds()}")
    check(case.listener.fraction(RECORDED) < 0.8, "the greeting was played to its end")
    transcript = await case.transcript()
    check(transcript.variables.get("VOICEAGENTSTATUS") == "VOICEMAIL", f"{transcript.variables}")


@scenario(lane=LANE_102)
async def another_key_in_a_temporary_greeting(case):
    """A key without a meaning leads to a message all the same, not to the login."""
    async with recorded(case, "102", "temp"):
        await case.dial("102")
        await case.hears(RECORDED, 1.5)
        await case.presses("5")
        await leaves_message(case, "102")
    transcript = await case.transcript()
    check("VoiceMailMain" not in " ".join(transcript.executed), f"executed {transcript.executed}")
    check(transcript.variables.get("VOICEAGENTSTATUS") == "VOICEMAIL", f"{transcript.variables}")
