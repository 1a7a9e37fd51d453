"""Asterisk itself has no file descriptor left: what the caller gets, and what is left behind."""

import contextlib
import itertools
import os
import pathlib
import resource

from case import check
from scenarios.listing import ALONE, scenario
from scenarios.steps import leaves_message

# Descriptors left to Asterisk: a greeting and a message take fewer, the program's pipes more.
LEFT = 4


@contextlib.contextmanager
def limited_to(case, number):
    """Asterisk can open no descriptor of this number or a higher one for a while."""
    limits = resource.prlimit(case.server.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(case.server.pid, resource.RLIMIT_NOFILE, (number, limits[1]))
    try:
        yield
    finally:
        resource.prlimit(case.server.pid, resource.RLIMIT_NOFILE, limits)


def descriptors(case):
    """Asterisk's descriptors, and what each is."""
    folder = pathlib.Path(f"/proc/{case.server.pid}/fd")
    return {int(entry.name): os.readlink(entry) for entry in folder.iterdir()}


def lowest_free(case, after):
    """The number of the descriptor that comes so many after the next."""
    used = descriptors(case)
    return next(itertools.islice((n for n in itertools.count() if n not in used), after, None))


async def message_by_the_dialplan(case):
    """The caller leaves a message with the dialplan's own VoiceMail, which the console is told of."""
    await leaves_message(case, "102")
    transcript = await case.transcript(launched=False)
    steps = transcript.steps
    check(steps.count("VoiceMail(102@sales,u)") == 1, f"not asked for a message once: {steps}")
    dials = [step for step in transcript.executed + steps if step.startswith("Dial")]
    check(len(dials) <= 1, f"rung by {dials}")
    told = "voiceagent did not take the call: AGISTATUS="
    check(told in " ".join(steps), f"the console was not told: {steps}")
    return transcript


@scenario(lane=ALONE)
async def asterisk_without_descriptors_at_the_start(case):
    """Where it cannot start the program the dialplan rings and records without it."""
    await case.dial("later-102")
    await case.until(case.call.answered, "the answer")
    with limited_to(case, lowest_free(case, LEFT)):
        # VoiceMail itself can open what it plays.
        await case.hears("vm-theperson")
    transcript = await message_by_the_dialplan(case)
    check(not transcript.of("rx"), "the program was started")


@scenario(lane=ALONE)
async def asterisk_out_of_descriptors_in_the_greeting(case):
    """Where neither the program nor VoiceMail can go on, VoiceMail begins anew with what the program
    gives back, and takes the message once there is more."""
    await case.dial("102")
    await case.hears("vm-isunavail", 0.2)
    playing = min(n for n, what in descriptors(case).items() if "/sounds/" in what)
    with limited_to(case, playing):
        await case.hears("vm-intro")
    transcript = await message_by_the_dialplan(case)
    executed = transcript.executed
    check(executed[-1] == "VoiceMail 102@sales,u", f"executed {executed}")
    heard = case.listener.sounds()
    check(heard.count("vm-intro") == 1, f"heard {heard}")
    cause = transcript.variables.get("VOICEAGENTCAUSE")
    check(cause == "VoiceMail failed for mailbox 102@sales", f"VOICEAGENTCAUSE is {cause!r}")
