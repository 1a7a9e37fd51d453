"""Callers who hang up at any instant: nothing may be started for them, and nothing be left."""

import asyncio
import collections
import random

import audio
import call
import g711
import log
import rtp
from case import PATIENCE, Case, check
from scenarios.listing import ALONE, scenario

CALLS = 100
# How res_agi ends for a caller who hung up: its AGI_RESULT_HANGUP, and what its documentation calls it.
HANGUP = "4"
AGI_STATUS = "NoOp(hung up: AGISTATUS=HANGUP)"
# Calls at once; more only makes Asterisk itself late.
AT_ONCE = 18
# When a caller hangs up, in seconds after dialling, and how many of ten do then: it rings for 5 s,
# the greeting lasts until 16.7 s, then comes the beep.
MOMENTS = (((0.0, 0.4), 2), ((0.4, 4.9), 1), ((4.9, 5.4), 2), ((5.4, 16.0), 3), ((16.0, 18.0), 2))
# Seconds of the beep, after which VoiceMail records.
BEEP = 0.4
# Asterisk has taken what was sent to it by so much later.
ON_ITS_WAY = 0.1
# A process that was told of the hang-up must have gone within this time.
GONE = 1.0
# VoiceMail misses a caller who leaves in its beep so much later, and tells us only then.
BEEP_MISSED = 4.5


@scenario(lane=ALONE)
async def hung_up_at_any_instant(case):
    """Many callers, each with an instant of chance; every third presses a key shortly before."""
    chance = random.Random(f"hung up on {case.server.version}")
    moments = [span for span, share in MOMENTS for _ in range(share)]
    at_once = asyncio.Semaphore(AT_ONCE)
    written = case.server.log_path.stat().st_size

    async def one(number):
        # The phone that calls in this lane is registered: here it is the one that is called.
        caller = Case(f"{case.name}-{number:03}", case.server, case.callee, case.caller)
        moment = chance.uniform(*moments[number % len(moments)])
        key = chance.choice("*#5") if number % 3 == 0 else None
        async with at_once:
            await hangs_up_after(caller, moment, key, chance.uniform(0.0, 0.4))
        return caller

    callers = await asyncio.gather(*(one(number) for number in range(CALLS)))
    await asyncio.sleep(BEEP_MISSED + GONE)
    await asyncio.to_thread(all_in_order, case, callers, written)


async def hangs_up_after(caller, moment, key, before):
    """One call; the key is pressed so long before its end, as tones or as a signal."""
    caller.callee.callee_of[caller.name] = call.ring
    caller.call = call.OutgoingCall(caller.caller, caller.name, rtp.Media(g711.ALAW))
    await caller.call.dial("101")
    await caller.call.authorized.wait()
    await asyncio.sleep(max(0.0, moment - before))
    if key is not None and caller.call.answered.is_set():
        if before < 0.2:
            caller.call.media.press(key, 0.1)
        else:
            caller.call.media.play(audio.key_tone(key, 0.16))
    await asyncio.sleep(min(moment, before))
    await asyncio.wait_for(caller.call.hang_up(), PATIENCE)


def recording_since(transcript):
    """When VoiceMail had beeped and began to record, or None when it had not."""
    beeps = [entry.at for entry in transcript.of("plays") if entry.text == "beep"]
    return beeps[-1] + BEEP if beeps else None


def all_in_order(case, callers, written):
    """Checks what Asterisk has written down since then, call by call."""
    ends = collections.Counter()
    left = 0
    for caller in callers:
        transcript = log.read(case.server.log_path, caller.name, written)
        if transcript is None or not transcript.of("tx"):
            ends["not launched"] += 1
            continue
        gone = caller.call.confirmed_at
        late = transcript.executed_after(gone + ON_ITS_WAY)
        check(not late, f"{caller.name}: executed after the caller had hung up: {late}")
        ended = transcript.of("ended")
        check(ended, f"{caller.name}: the program has not ended")
        noticed = next((entry.at for entry in transcript.of("tx") if entry.at > gone), gone)
        stayed = ended[-1].at - noticed
        check(stayed < GONE, f"{caller.name}: ended {stayed:.1f} s after it was told")
        ends[ended[-1].text] += 1
        told = [step for step in transcript.steps if "AGISTATUS" in step]
        check(told == [AGI_STATUS], f"{caller.name}: the dialplan was told {told}")
        began = recording_since(transcript)
        messages = case.server.messages("101", caller.name)
        check(began is not None or not messages, f"{caller.name}: a message of nobody")
        check(len(messages) <= 1, f"{caller.name}: {len(messages)} messages")
        # Of who leaves in its beep VoiceMail keeps a message of no length.
        heard = any(messages)
        check(not heard or gone > began, f"{caller.name}: a message of more than was spoken")
        left += heard
    check(not set(ends) - {HANGUP, "not launched"}, f"calls that ended otherwise: {ends}")
    check(ends["not launched"] < CALLS / 5, f"too few calls reached the program: {ends}")
    check(not case.server.agents(), f"still running: {case.server.agents()}")
    print(
        f"{case.server.name}: {ends[HANGUP]} calls were hung up, all in order; "
        f"{left} of the callers were recorded",
        flush=True,
    )
