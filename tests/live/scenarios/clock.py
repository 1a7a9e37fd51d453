"""The time of day is set by an hour in the middle of a call. The program goes by the audio; Asterisk
itself goes by that clock in some places."""

import asyncio
import contextlib

from call import ring
from case import check
from scenarios.listing import ALONE, CLOCK, scenario
from scenarios.steps import dialled, leaves_message, logs_in, rings, speaks_and_hangs_up

# Seconds; 101 rings for five.
LONGER_THAN_IT_RINGS = 7.0


@contextlib.contextmanager
def clock_set(case, hours):
    """Another time of day from the middle of the call to its end."""
    with case.server.clock_set(hours):
        yield
    logged = case.server.hours_logged(case.name)
    check(logged == [0, hours], f"logged so many hours late: {logged}")


async def skips_the_greeting(case, hours):
    """`#` in the audio, after the clock has been set in the first words."""
    await case.dial("102")
    await case.hears("vm-theperson", 0.3)
    with clock_set(case, hours):
        await case.hears("vm-intro", 1.0)
        clip = await case.presses_in_audio("#")
        await case.is_cut(["vm-intro"], clip)
        await leaves_message(case, "102")
        executed = [dialled(case, "peter"), "VoiceMail 102@sales"]
        await case.ended("VOICEMAIL", executed, "#", "audio")


@scenario(lane=ALONE, server=CLOCK)
async def clock_set_on_in_the_greeting(case):
    """The key acts as at other times, and the message is whole."""
    await skips_the_greeting(case, 1)


@scenario(lane=ALONE, server=CLOCK)
async def clock_set_back_in_the_greeting(case):
    """The key acts as at other times, and the message is whole."""
    await skips_the_greeting(case, -1)


async def rings_anew(case, callee):
    """An hour on, a registration is over."""
    await case.caller.register()
    await rings(case, callee)


@scenario(lane=ALONE, server=CLOCK)
async def clock_set_on_while_it_rings(case):
    """Nobody answers; then comes the greeting as at other times."""
    await rings_anew(case, ring)
    with clock_set(case, 1):
        await leaves_message(case, "101")
        executed = [dialled(case, "bob"), "VoiceMail 101@sales"]
        await case.ended("VOICEMAIL", executed)


@scenario(lane=ALONE, server=CLOCK)
async def clock_set_back_while_it_rings(case):
    """Dial rings on, beyond its time; whoever answers then is connected."""

    async def answers_late(incoming):
        incoming.answer(180, "Ringing")
        await asyncio.sleep(LONGER_THAN_IT_RINGS)
        await incoming.pick_up(case.law)
        await asyncio.sleep(1.0)
        await incoming.hang_up()

    await rings_anew(case, answers_late)
    with clock_set(case, -1):
        await case.until(case.call.over, "the end of the call")
        await case.ended("ANSWERED", [dialled(case, "bob")])


async def is_recorded(case, hours):
    """The clock is set a second after the beep."""
    await case.dial("102")
    await case.hears("beep", 0.1)
    await asyncio.sleep(1.0)
    with clock_set(case, hours):
        await speaks_and_hangs_up(case, "102")
        await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


@scenario(lane=ALONE, server=CLOCK)
async def clock_set_on_in_the_recording(case):
    """The message is whole."""
    await is_recorded(case, 1)


@scenario(lane=ALONE, server=CLOCK)
async def clock_set_back_in_the_recording(case):
    """The message is whole."""
    await is_recorded(case, -1)


async def is_asked_for_a_pin(case, hours):
    """The clock is set in the question."""
    await case.dial("*102")
    await case.hears("vm-password")
    with clock_set(case, hours):
        await logs_in(case, "321")
        await case.ended("MAILBOX", ["VoiceMailMain 102@sales"])


@scenario(lane=ALONE, server=CLOCK)
async def clock_set_on_at_the_login(case):
    """The PIN opens the mailbox."""
    await is_asked_for_a_pin(case, 1)


@scenario(lane=ALONE, server=CLOCK)
async def clock_set_back_at_the_login(case):
    """The PIN opens the mailbox."""
    await is_asked_for_a_pin(case, -1)
