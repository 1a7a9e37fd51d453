"""Calls whose audio is kept as the program got it on descriptor 3. Only run for `--capture`."""

import asyncio

import g711
from scenarios.listing import capture
from server import CALLER_VOICE

# A caller's set that returns what it plays, 20 dB fainter and 100 ms later: audio as it comes from
# real telephones, not from an ideal one.
ECHO_GAIN, ECHO_DELAY = 0.1, 0.1


async def greeted(case):
    """The greeting plays and its echo comes back."""
    await case.dial("capture-101")
    await case.until(case.call.answered, "the answer")
    case.call.media.send_back(ECHO_GAIN, ECHO_DELAY)
    await case.hears("vm-intro", 0.5)


async def save_after(case, clip, what):
    """Lets a little more audio come, ends the call, keeps what came around the clip."""
    await asyncio.sleep(0.5)
    await case.hangs_up()
    await case.transcript()
    case.keep_capture(clip, what)


@capture(laws=(g711.ALAW, g711.ULAW))
async def star_over_greeting(case):
    """`*` for 160 ms in the audio."""
    await greeted(case)
    await save_after(case, await case.presses_in_audio("*"), "`*`, 160 ms, each tone at -8 dBm0")


@capture()
async def hash_leaking_beside_event(case):
    """`#` as RFC 4733 event whose tone leaks for 60 ms."""
    await greeted(case)
    clip = await case.presses_leaking("#")
    await save_after(
        case, clip, "`#`, 60 ms, each tone at -8 dBm0, the beginning of an RFC 4733 event of 160 ms"
    )


@capture()
async def speech_over_greeting(case):
    """The caller talks for 3 s."""
    await greeted(case)
    clip = await case.says(case.server.voice(CALLER_VOICE, 3.0))
    await save_after(case, clip, f"3 s of speech, the beginning of Asterisk's sound {CALLER_VOICE}")


@capture()
async def recorded_star(case):
    """`*` in the audio of a call that the program itself records."""
    await case.dial("recorded-101")
    await case.until(case.call.answered, "the answer")
    case.call.media.send_back(ECHO_GAIN, ECHO_DELAY)
    await case.hears("vm-intro", 0.5)
    await case.presses_in_audio("*")
    await case.hears("vm-password", 0.5)
    await case.hangs_up()
    await case.transcript()
    case.keep_recording()
