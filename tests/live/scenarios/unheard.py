"""Who is heard by nobody while it rings: where Asterisk cannot, and by those who may not."""

import asyncio
import contextlib
import time

import audio
from case import SETTLED, Case, check
from scenarios.faults import told
from scenarios.listing import ALONE, scenario
from scenarios.ringing import LISTENER, Answers, channels, empty, key_ends_ringing, rings
from scenarios.steps import dialled

# Not found, and (where other numbers begin like it) address incomplete.
NO_SUCH_NUMBER = (404, 484)
# The modules that are needed besides app_chanspy, which cannot be unloaded.
MODULES = {
    "app_channelredirect": "application ChannelRedirect",
    "app_softhangup": "application SoftHangup",
    "app_stack": "application Gosub",
    "func_global": "function SHARED",
}


async def rings_as_usual(case, why, before=()):
    """A key in the audio does not end the ringing, who answers is connected, and one line says why."""
    called = Answers(case.law, 1.0)
    await case.dial("heard-102", called)
    await case.until(called.rung, "ringing")
    await case.until(case.call.answered, "the answer")
    ringing = await channels(case)
    check(len(ringing) == 2, f"channels while it rings: {ringing}")
    case.call.media.play(audio.key_tone("#", 0.16))
    await case.until(called.answered, "the answer of the called person")
    await asyncio.sleep(0.3)
    check(not called.call.over.is_set(), "the two were not connected")
    await case.hangs_up()
    transcript = await case.ended("ANSWERED", [*before, dialled(case, "peter")])
    said = told(transcript)
    check(
        len(said) == 1 and f"not listening while it rang: {why}" in said[0],
        f"the console was told {said}",
    )


@contextlib.asynccontextmanager
async def registered(phone):
    """A telephone that can be rung."""
    await phone.register()
    try:
        yield
    finally:
        await phone.register(0)


@contextlib.asynccontextmanager
async def changed(server, there, back):
    """Asterisk between two commands of its console."""
    await asyncio.to_thread(server.cli, there)
    try:
        yield
    finally:
        await asyncio.to_thread(server.cli, back)


@contextlib.asynccontextmanager
async def started_with(server, file, section, line):
    """Asterisk started anew with this line in one of its files, and then as before."""
    path = server.root / "etc/asterisk" / file
    text = path.read_text()
    path.write_text(text.replace(f"[{section}]", f"[{section}]\n{line}"))
    await asyncio.to_thread(restart, server)
    try:
        yield
    finally:
        path.write_text(text)
        await asyncio.to_thread(restart, server)


def restart(server):
    """Ends Asterisk and starts it."""
    server.stop()
    server.start()


@scenario(lane=ALONE)
async def unheard_without_originate(case):
    """The application that makes the channel."""
    module = "app_originate.so"
    async with registered(case.callee):
        async with changed(case.server, f"module unload {module}", f"module load {module}"):
            why = "Asterisk has no application Originate"
            await rings_as_usual(case, why, [LISTENER])


@scenario(lane=ALONE)
async def unheard_without_a_module(case):
    """What takes the caller out of Dial, what ends the listening, and how the programs know of each other."""
    async with registered(case.callee):
        for module, what in MODULES.items():
            one = Case(f"{case.name}-{module}", case.server, case.caller, case.callee, case.law)
            load, unload = (f"module {verb} {module}.so" for verb in ("load", "unload"))
            try:
                async with changed(case.server, unload, load):
                    await rings_as_usual(one, f"Asterisk has no {what}")
            finally:
                one.call.close()


@scenario(lane=ALONE)
async def unheard_without_its_contexts(case):
    """As in a dialplan to which one of them was not added."""
    async with registered(case.callee):
        for context in ("listen", "answered"):
            one = Case(f"{case.name}-{context}", case.server, case.caller, case.callee, case.law)
            remove = f"dialplan remove context voiceagent-{context}"
            try:
                async with changed(case.server, remove, "dialplan reload"):
                    await rings_as_usual(one, "the dialplan has no [voiceagent-listen]")
            finally:
                one.call.close()


@scenario(lane=ALONE)
async def unheard_at_the_limit_of_calls(case):
    """Asterisk takes as many calls as `maxcalls` says: the caller's own, and no channel for us."""
    async with started_with(case.server, "asterisk.conf", "options", "maxcalls = 1"):
        async with registered(case.callee):
            why = "no channel could be made for it: Originate says FAILED"
            await rings_as_usual(case, why, [LISTENER])


@scenario(lane=ALONE)
async def unheard_by_a_telephone(case):
    """Whatever a telephone dials, it gets nobody to be heard; nor where the dialplan lets it."""
    async with registered(case.callee):
        called = await rings(case, "heard-102")
        before = await channels(case)
        (heard,) = {line.split("!")[0] for line in before if "!Dial!" in line}
        for number in ("s", "voiceagent-listen", "s%40voiceagent-listen", "listen"):
            eve = await dials(case, number)
            check(eve.call.final is not None, f"{number} was not refused")
            status = eve.call.final.status
            check(status in NO_SUCH_NUMBER, f"{number} was answered {status}")
        now = await channels(case)
        check(len(now) == len(before), f"channels: {now}")
        eve = await dials(case, "eavesdrop-" + heard.replace("/", "-"))
        transcript = await eve.transcript()
        check(not transcript.executed, f"executed {transcript.executed}")
        status = transcript.variables.get("VOICEAGENTSTATUS")
        check(status == "NOROUTE", f"VOICEAGENTSTATUS is {status!r}")
        # The caller is still heard, by the program alone.
        await key_ends_ringing(case, called, "#")
        await case.hangs_up()
        await empty(case)


async def dials(case, number):
    """Another call from the same telephone, waited for until it is over."""
    name = f"{case.name}-{number.partition('%')[0]}"
    other = Case(name, case.server, case.caller, case.callee, case.law)
    await other.dial(number)
    deadline = time.monotonic() + SETTLED
    while not other.call.over.is_set():
        check(time.monotonic() < deadline, f"the call to {number} is not over")
        await asyncio.sleep(0.1)
    other.call.close()
    return other
