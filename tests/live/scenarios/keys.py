"""Keys: where they are heard, what they do, and that a press counts once."""

import asyncio
import time

from case import LEAK, PATIENCE, check
from scenarios.listing import BOTH_LAWS, LANE_102, scenario
from scenarios.steps import dialled, leaves_message, logs_in, stock_greeting
from server import CODECS


@scenario(laws=CODECS)
async def star_in_audio(case):
    """`*` as tones in the audio leads to the login while the greeting plays."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    pressed = await case.presses_in_audio("*")
    await case.is_cut(stock_greeting("101"), pressed)
    await logs_in(case, "123")
    await case.ended("MAILBOX", [dialled(case, "bob"), "VoiceMailMain 101@sales"], "*", "audio")


@scenario(laws=BOTH_LAWS)
async def hash_in_audio(case):
    """`#` as tones in the audio skips the greeting; the message is whole."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    pressed = await case.presses_in_audio("#")
    await case.is_cut(stock_greeting("101"), pressed)
    await leaves_message(case, "101")
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"], "#", "audio")


@scenario()
async def star_as_event(case):
    """`*` as RFC 4733 event."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    await case.presses("*")
    await logs_in(case, "123")
    await case.ended("MAILBOX", [dialled(case, "bob"), "VoiceMailMain 101@sales"], "*", "signal")


@scenario()
async def hash_as_event(case):
    """`#` as RFC 4733 event."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    await case.presses("#")
    await leaves_message(case, "101")
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"], "#", "signal")


@scenario()
async def star_as_info(case):
    """`*` as SIP INFO."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    await case.call.press_by_info("*", 160)
    await logs_in(case, "123")
    await case.ended("MAILBOX", [dialled(case, "bob"), "VoiceMailMain 101@sales"], "*", "signal")


@scenario()
async def hash_as_info(case):
    """`#` as SIP INFO."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    await case.call.press_by_info("#", 160)
    await leaves_message(case, "101")
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"], "#", "signal")


@scenario()
async def star_leaking_beside_its_event(case):
    """One press twice on the line: VoiceMailMain must not take the event for part of the PIN."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    await case.presses_leaking("*")
    await logs_in(case, "123")
    await case.ended(
        "MAILBOX", [dialled(case, "bob"), "VoiceMailMain 101@sales"], "*", "audio|signal"
    )


@scenario()
async def hash_leaking_beside_its_event(case):
    """One press twice on the line: the event must not end the message as a second `#`."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    await case.presses_leaking("#")
    await leaves_message(case, "101")
    await case.ended(
        "VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"], "#", "audio|signal"
    )


@scenario()
async def long_hash_leaking_beside_its_event(case):
    """The same with a key held long after its tone has been acted on."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    await case.presses_leaking("#", seconds=1.0)
    await leaves_message(case, "101")
    await case.ended(
        "VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"], "#", "audio|signal"
    )


@scenario()
async def hash_event_before_its_delayed_tone(case):
    """The audio comes later than the event: one press all the same."""
    await case.dial("101")
    await case.hears("vm-intro", 1.0)
    await case.presses("#", seconds=0.1)
    await asyncio.sleep(0.1)
    await case.presses_in_audio("#", seconds=LEAK)
    await leaves_message(case, "101")
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"], "#", "signal")


@scenario()
async def keys_without_a_meaning(case):
    """5 in the audio and 7 as event change nothing."""
    await case.dial("101")
    await case.hears("vm-isunavail")
    await case.presses_in_audio("5")
    await case.hears("vm-intro", 0.5)
    await case.presses("7")
    await leaves_message(case, "101")
    case.heard_whole(stock_greeting("101"))
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"])


@scenario()
async def star_at_16_kilohertz(case):
    """The dialplan chooses another format for descriptor 3."""
    await case.dial("slin16-101")
    await case.hears("vm-intro", 1.0)
    pressed = await case.presses_in_audio("*")
    await case.is_cut(stock_greeting("101"), pressed)
    await logs_in(case, "123")
    await case.ended("MAILBOX", [dialled(case, "bob"), "VoiceMailMain 101@sales"], "*", "audio")


@scenario()
async def login_by_number(case):
    """`*101` asks for the PIN and rings nobody."""
    await case.dial("*101")
    await logs_in(case, "123")
    await case.ended("MAILBOX", ["VoiceMailMain 101@sales"])


@scenario(lane=LANE_102)
async def guessed_pins(case):
    """After three wrong PINs the call is over, and the program opens no second login."""
    await case.dial("102")
    await case.hears("vm-theperson", 0.5)
    await case.presses_in_audio("*")
    for attempt in range(1, 4):
        deadline = time.monotonic() + PATIENCE
        while case.listener.sounds().count("vm-password") < attempt:
            check(time.monotonic() < deadline, f"heard {case.listener.sounds()}")
            check(not case.call.over.is_set(), f"over before attempt {attempt}")
            await asyncio.sleep(0.1)
        await asyncio.sleep(0.5)
        await case.enters("999#")
    await case.until(case.call.over, "the end of the call")
    executed = [dialled(case, "peter"), "VoiceMailMain 102@sales"]
    transcript = await case.ended("MAILBOX", executed, "*", "audio")
    again = [step for step in transcript.steps if step.startswith("VoiceMail")]
    check(not again, f"the dialplan went on to {again}")
