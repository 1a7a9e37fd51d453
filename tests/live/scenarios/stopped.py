"""Asterisk, or a part of it, stops in the middle of a call: what the caller gets, and what is left."""

import asyncio
import contextlib

from case import Case, check
from scenarios.listing import ALONE, scenario
from scenarios.steps import dialled, leaves_message, speaks_and_hangs_up, stock_greeting

# Seconds in which the console has passed a command on.
TOLD = 1.0
# Seconds in which a call to 102 is answered at other times.
SERVED = 1.5
# Seconds in which Asterisk stops once the last call is over.
STOPS = 10.0


@contextlib.asynccontextmanager
async def voicemail_unloaded(case):
    """Takes VoiceMail out of Asterisk, as far as it lets go, and gives what it said to that."""
    said = await asyncio.to_thread(case.server.cli, "module unload app_voicemail.so")
    try:
        yield said
    finally:
        await asyncio.to_thread(case.server.cli, "module load app_voicemail.so")


async def ended_without_voicemail(case):
    """The call ends, and the dialplan is told that the caller could leave no message, and why."""
    await case.until(case.call.over, "the end of the call")
    variables = (await case.transcript()).variables
    check(variables.get("VOICEAGENTSTATUS") == "FAILED", f"variables {variables}")
    check("application VoiceMail" in variables.get("VOICEAGENTCAUSE", ""), f"variables {variables}")


@scenario(lane=ALONE)
async def without_the_voicemail_module(case):
    """The dialplan is told."""
    async with voicemail_unloaded(case):
        await case.dial("102")
        await ended_without_voicemail(case)


@scenario(lane=ALONE)
async def voicemail_unloaded_in_the_greeting(case):
    """The caller hears the greeting to its end; then the dialplan is told."""
    await case.dial("102")
    await case.hears("vm-isunavail")
    async with voicemail_unloaded(case):
        await ended_without_voicemail(case)
    case.heard_whole(stock_greeting("102"))


@scenario(lane=ALONE)
async def voicemail_unloaded_in_the_recording(case):
    """Asterisk keeps what is in use, and the message is whole."""
    await case.dial("102")
    await case.hears("beep", 0.1)
    await asyncio.sleep(1.0)
    async with voicemail_unloaded(case) as said:
        check("in use" in said or "failed" in said, f"Asterisk says {said}")
        await speaks_and_hangs_up(case, "102")
        await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])


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


@scenario(lane=ALONE)
async def stopped_gracefully_in_the_greeting(case):
    """The call goes on to its message; nobody else is served, and then Asterisk stops."""
    await case.dial("102")
    await case.hears("vm-isunavail")
    stopping = asyncio.create_task(asyncio.to_thread(case.server.cli, "core stop gracefully"))
    try:
        await serves_nobody_else(case)
        await leaves_message(case, "102")
        await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])
        await asyncio.wait_for(stopping, STOPS)
        check(not case.server.agents(), f"still running: {case.server.agents()}")
    finally:
        await asyncio.to_thread(case.server.stop)
        await asyncio.to_thread(case.server.start)


@scenario(lane=ALONE)
async def restarted_gracefully_in_the_greeting(case):
    """The call goes on to its message; the next one is served by the Asterisk that comes after."""
    await case.dial("102")
    await case.hears("vm-isunavail")
    restarting = asyncio.create_task(asyncio.to_thread(case.server.cli, "core restart gracefully"))
    await serves_nobody_else(case)
    await leaves_message(case, "102")
    await case.ended("VOICEMAIL", [dialled(case, "peter"), "VoiceMail 102@sales"])
    await asyncio.wait_for(restarting, STOPS)
    await asyncio.to_thread(case.server.wait_until_up)
    check(not case.server.agents(), f"still running: {case.server.agents()}")
    after = Case(f"{case.name}-after", case.server, case.caller, case.callee)
    try:
        await after.dial("102")
        await after.hears("vm-isunavail")
        await after.hangs_up()
    finally:
        after.call.close()
    await after.ended("HANGUP", [dialled(case, "peter")])


@scenario(lane=ALONE)
async def restarted_at_once_in_the_greeting(case):
    """The program goes with the Asterisk that started it, and the next one serves the next call."""
    await case.dial("102")
    await case.hears("vm-isunavail")
    await asyncio.to_thread(case.server.cli, "core restart now")
    await asyncio.sleep(1.0)
    left = case.server.agents()
    case.call.over.set()
    await asyncio.to_thread(case.server.wait_until_up)
    check(not left, f"still running a second later: {left}")


async def serves_nobody_else(case):
    """An Asterisk that is about to stop takes no new call: it refuses it, or chan_sip is silent."""
    await asyncio.sleep(TOLD)
    other = Case(f"{case.name}-late", case.server, case.caller, case.callee)
    try:
        await other.dial("102")
        await asyncio.sleep(SERVED)
        check(not other.call.answered.is_set(), "a new call was answered")
        check(len(case.server.agents()) == 1, f"running: {case.server.agents()}")
    finally:
        other.call.close()
