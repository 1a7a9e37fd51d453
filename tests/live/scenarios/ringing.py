"""Keys while it rings, where the configuration says so."""

import asyncio
import time

import audio
import log
from call import busy as is_busy
from case import PRESS, SETTLED, Case, check
from scenarios.listing import ALONE, BOTH_LAWS, scenario
from scenarios.steps import dialled, leaves_message, logs_in

LISTENER = "Originate Local/s@voiceagent-listen/n"
PRESSES = 20
HANG_UPS = 6


class Called:
    """The called phone: rings, and keeps the call that it got."""

    def __init__(self):
        self.call = None
        self.rung = asyncio.Event()

    async def __call__(self, call):
        self.call = call
        call.answer(180, "Ringing")
        self.rung.set()

    async def falls_silent(self, case, pressed):
        """Waits for the CANCEL; notes how long after the press it came."""
        await case.until(self.call.over, "the end of ringing")
        check(self.call.cancelled_at is not None, "the called phone was not cancelled")
        case.cancels.append(self.call.cancelled_at - pressed)


async def rings(case, number):
    """Places the call and waits until it has rung for half a second, answered by Asterisk."""
    called = Called()
    await case.dial(number, called)
    await case.until(case.call.answered, "the answer")
    await case.until(called.rung, "ringing")
    await asyncio.sleep(0.5)
    return called


@scenario(laws=BOTH_LAWS)
async def star_signalled_while_it_rings(case):
    """`*` as RFC 4733 event ends ringing and leads to the login."""
    called = await rings(case, "signalled-101")
    pressed = time.monotonic()
    await case.presses("*")
    await called.falls_silent(case, pressed)
    await logs_in(case, "123")
    await case.ended("MAILBOX", [dialled(case, "bob"), "VoiceMailMain 101@sales"], "*", "signal")


@scenario(laws=BOTH_LAWS)
async def hash_signalled_while_it_rings(case):
    """`#` as RFC 4733 event ends ringing; the message is whole."""
    called = await rings(case, "signalled-101")
    pressed = time.monotonic()
    await case.presses("#")
    await called.falls_silent(case, pressed)
    await leaves_message(case, "101")
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"], "#", "signal")


@scenario()
async def dialplan_goes_on_where_it_was(case):
    """After a key while it rings, and a message ended by `#`, the next step is the program's own."""
    called = await rings(case, "signalled-101")
    pressed = time.monotonic()
    await case.presses("#")
    await called.falls_silent(case, pressed)
    await case.hears("beep")
    await asyncio.sleep(2.5)
    await case.presses("#")
    await case.until(case.call.over, "the end of the call")
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"], "#", "signal")
    await asyncio.sleep(0.5)
    steps = (await case.transcript()).steps
    gone_on = "NoOp(the dialplan goes on at signalled-101)"
    check(gone_on in steps, f"the dialplan did not go on: {steps}")


@scenario()
async def signalled_keys_of_no_meaning_while_it_rings(case):
    """5 changes nothing: the phone rings on until the greeting."""
    called = await rings(case, "signalled-101")
    await case.presses("5")
    await asyncio.sleep(0.5)
    check(called.call.cancelled_at is None, "ringing ended")
    await leaves_message(case, "101")
    await case.ended("VOICEMAIL", [dialled(case, "bob"), "VoiceMail 101@sales"])


async def key_ends_ringing(case, called, key):
    """Presses the key in the audio and waits until the called phone is silent."""
    clip = case.call.media.play(audio.key_tone(key, PRESS))
    await case.until(clip.done, "sending the key")
    await called.falls_silent(case, clip.started)


async def ended_by_second_program(case, status, last, key, anew=False):
    """What a key in the audio leaves behind: the program was started twice, for one call. Before, the
    phone may have rung anew."""
    deadline = time.monotonic() + SETTLED
    while len((transcript := await case.transcript()).of("ended")) < 2:
        check(time.monotonic() < deadline, "the program was not started a second time, or lives on")
        await asyncio.sleep(0.25)
    rung = [LISTENER, dialled(case, "bob")]
    before = [*rung, await _listener_ended(case)] if anew else []
    await case.ended(status, [*before, *rung, last], key, "audio")
    said = [entry.text for entry in transcript.of("rx") if entry.text.startswith("VERBOSE")]
    check(len(said) == 1, f"the console was told {said}")


@scenario(laws=BOTH_LAWS)
async def star_heard_while_it_rings(case):
    """`*` as tones in the audio ends ringing and leads to the login."""
    called = await rings(case, "heard-101")
    await key_ends_ringing(case, called, "*")
    await logs_in(case, "123")
    await ended_by_second_program(case, "MAILBOX", "VoiceMailMain 101@sales", "*")


@scenario(laws=BOTH_LAWS)
async def hash_heard_while_it_rings(case):
    """`#` as tones in the audio ends ringing; the message is whole."""
    called = await rings(case, "heard-101")
    await key_ends_ringing(case, called, "#")
    await leaves_message(case, "101")
    await ended_by_second_program(case, "VOICEMAIL", "VoiceMail 101@sales", "#")


@scenario()
async def hang_up_in_the_moment_of_a_key(case):
    """Whether the program is started once more for the key or no more, the call has not failed."""
    started = {1: 0, 2: 0}
    for step in range(HANG_UPS):
        one = Case(f"{case.name}-{step}", case.server, case.caller, case.callee, case.law)
        try:
            called = await rings(one, "heard-101")
            one.call.media.play(audio.key_tone("#", PRESS))
            await one.until(called.call.over, "the end of ringing")
            await asyncio.sleep(0.003 * step)
            await one.hangs_up()
            await one.transcript()
            await asyncio.sleep(0.5)
            transcript = await one.transcript()
        finally:
            if one.call is not None:
                one.call.close()
        started[len(transcript.of("ended"))] += 1
        status = transcript.variables.get("VOICEAGENTSTATUS")
        check(status == "HANGUP", f"VOICEAGENTSTATUS is {status!r} after {transcript.executed}")
    print(f"     {case.server.name}: programs started, and how often: {started}")


@scenario()
async def star_signalled_while_it_is_heard(case):
    """Signalled keys work as well, and what heard the caller is ended."""
    called = await rings(case, "heard-101")
    pressed = time.monotonic()
    await case.presses("*")
    await called.falls_silent(case, pressed)
    await logs_in(case, "123")
    await case.ended(
        "MAILBOX",
        [LISTENER, dialled(case, "bob"), await _listener_ended(case), "VoiceMailMain 101@sales"],
        "*",
        "signal",
    )


@scenario()
async def star_without_a_meaning_while_it_is_heard(case):
    """Where `*` acts for others only, the phone rings anew, and the caller is heard as before."""
    called = await rings(case, "heard-103")
    first = called.call
    called.rung.clear()
    await case.presses("*")
    await case.until(first.over, "the end of ringing")
    await case.until(called.rung, "ringing anew")
    await asyncio.sleep(0.5)
    await key_ends_ringing(case, called, "#")
    await leaves_message(case, "101")
    await ended_by_second_program(case, "VOICEMAIL", "VoiceMail 101@sales", "#", anew=True)


@scenario()
async def star_leaking_while_it_is_heard(case):
    """One press twice on the line: VoiceMailMain must not take the event for part of the PIN."""
    called = await rings(case, "heard-101")
    clip = await case.presses_leaking("*", 0.3)
    await called.falls_silent(case, clip.started)
    await logs_in(case, "123")
    variables = (await case.transcript()).variables
    check(variables.get("VOICEAGENTSTATUS") == "MAILBOX", f"{variables}")


@scenario()
async def long_star_heard_while_it_rings(case):
    """A key held long after it has been acted on is not part of the PIN either."""
    called = await rings(case, "heard-101")
    clip = case.call.media.play(audio.key_tone("*", 1.0))
    # Only then it is known when its first packet went.
    await case.until(called.call.over, "the end of ringing")
    await called.falls_silent(case, clip.started)
    await case.until(clip.done, "sending the key")
    await logs_in(case, "123")
    await ended_by_second_program(case, "MAILBOX", "VoiceMailMain 101@sales", "*")


@scenario()
async def nobody_answers_a_caller_who_is_heard(case):
    """The greeting and its keys are as ever, and what heard the caller is gone."""
    await rings(case, "heard-101")
    await case.hears("vm-intro", 1.0)
    heard_by = await listeners(case)
    check(not heard_by, f"still heard: {heard_by}")
    await case.presses_in_audio("#")
    await leaves_message(case, "101")
    await case.ended(
        "VOICEMAIL",
        [LISTENER, dialled(case, "bob"), await _listener_ended(case), "VoiceMail 101@sales"],
        "#",
        "audio",
    )


async def _listener_ended(case):
    """How the program ends what heard the caller: the channel's name is Asterisk's choice."""
    found = (await case.transcript()).executed
    return next((command for command in found if command.startswith("SoftHangup Local/")), "")


async def listeners(case):
    """The channels that hear a caller now."""
    return [line for line in await channels(case) if line.startswith("Local/s@voiceagent-listen")]


async def channels(case):
    """All channels: Asterisk puts `!` between the columns."""
    said = await asyncio.to_thread(case.server.cli, "core show channels concise")
    return [line for line in said.splitlines() if "!" in line]


async def empty(case):
    """A second after the end there is no channel and no process."""
    await asyncio.sleep(1.0)
    left = await channels(case)
    check(not left, f"channels a second after the end: {left}")
    check(not case.server.agents(), f"programs a second after the end: {case.server.agents()}")


async def is_heard(case):
    """A listener is one call inside of Asterisk: two channels."""
    heard_by = await listeners(case)
    check(len(heard_by) == 2, f"the caller is not heard: {heard_by}")


async def unheard_in_the_greeting(case):
    """Of those who are told that nobody answers, a second later nothing hears the caller."""
    await asyncio.sleep(1.0)
    heard_by = await listeners(case)
    check(not heard_by, f"still heard: {heard_by}")
    check(len(case.server.agents()) == 1, f"programs in the greeting: {case.server.agents()}")


async def over(case):
    """Ends the call, if it has not, and looks for what is left."""
    if not case.call.over.is_set():
        await case.hangs_up()
    await empty(case)


class Answers(Called):
    """The called phone: rings, and answers after a while."""

    def __init__(self, law, seconds):
        super().__init__()
        self.law = law
        self.seconds = seconds
        self.answered_at = None
        self.answered = asyncio.Event()

    async def __call__(self, call):
        await super().__call__(call)
        await asyncio.sleep(self.seconds)
        await call.pick_up(self.law)
        self.answered_at = time.monotonic()
        self.answered.set()


@scenario(lane=ALONE)
async def nothing_is_left_of_a_listener(case):
    """A caller who hangs up, a busy phone, one that cannot be reached: all are gone a second later."""
    await case.dial("heard-102")
    await case.hears("vm-theperson", 0.1)
    await unheard_in_the_greeting(case)
    await over(case)
    await case.callee.register()
    try:
        await rings(case, "heard-102")
        await is_heard(case)
        await over(case)
        await case.dial("heard-102", is_busy)
        await case.hears("vm-theperson", 0.1)
        await unheard_in_the_greeting(case)
        await case.hears("vm-isonphone", 0.1)
        await over(case)
    finally:
        await case.callee.register(0)


@scenario(lane=ALONE)
async def a_conversation_is_private(case):
    """Before the first second of a conversation is over nothing hears the caller any more."""
    await case.callee.register()
    rung = len(case.caller.called_by), len(case.callee.called_by)
    try:
        called = Answers(case.law, 0.8)
        await case.dial("heard-102", called)
        await case.until(called.rung, "ringing")
        await asyncio.sleep(0.4)
        await is_heard(case)
        check(len(case.server.agents()) == 2, f"programs while it rings: {case.server.agents()}")
        await case.until(called.answered, "the answer of the called person")
        await asyncio.sleep(0.6)
        left = await listeners(case)
        programs = case.server.agents()
        took = time.monotonic() - called.answered_at
        check(not left and len(programs) == 1, f"{took:.1f} s after the answer: {left} {programs}")
        ended = log.moments(case.server.log_path, r"voiceagent-listen-\w+;2>AGI Script \S+ completed")
        bridged = log.moments(case.server.log_path, "joined 'simple_bridge'")
        delay = ended[-1] - bridged[-1]
        check(delay < 1.0, f"the caller was heard for {delay:.3f} s of the conversation")
        print(f"     {case.server.name}: the program that heard the caller ended {delay * 1000:.0f} ms "
              "after the two were connected")
        await case.presses_in_audio("*")
        await asyncio.sleep(1.0)
        check(not called.call.over.is_set(), "a key ended the conversation")
        shown = called.call.shown_caller
        check(shown.startswith(f'"{case.name}" <sip:bob@'), f"the called person was shown {shown}")
        await over(case)
        rung = case.caller.called_by[rung[0] :], case.callee.called_by[rung[1] :]
        check(rung == ([], [case.name]), f"telephones were rung by {rung}")
    finally:
        await case.callee.register(0)


@scenario(lane=ALONE)
async def two_callers_who_are_heard(case):
    """The key of one takes the other nowhere."""
    await case.callee.register()
    other = Case(f"{case.name}-other", case.server, case.caller, case.callee, case.law)
    try:
        called = await rings(case, "heard-102")
        other_called = await rings(other, "heard-102")
        await key_ends_ringing(case, called, "#")
        await asyncio.sleep(1.0)
        check(not other_called.call.over.is_set(), "the other caller's telephone stopped ringing")
        await other.hangs_up()
        await over(case)
    finally:
        if other.call is not None:
            other.call.close()
        await case.callee.register(0)


@scenario(lane=ALONE, laws=BOTH_LAWS)
async def twenty_keys_heard_while_it_rings(case):
    """From the tone's first sample to the CANCEL."""
    await case.callee.register()
    try:
        for _ in range(PRESSES):
            called = await rings(case, "heard-102")
            await key_ends_ringing(case, called, "#")
            await case.hangs_up()
            case.call.close()
        await empty(case)
    finally:
        await case.callee.register(0)


@scenario(lane=ALONE)
async def a_key_in_the_moment_of_the_answer(case):
    """Either the key counts or the answer: nobody is taken out of a conversation."""
    await case.callee.register()
    outcomes = {"key": 0, "answer": 0, "crossed": 0}
    # The dialplan asks, at the answer, whether a key had been pressed before it.
    taken = r'voiceagent-answered:\d+\] ExecIf\("\S+/peter-\S+", "0\?'
    answers = len(log.moments(case.server.log_path, taken))
    try:
        for step in range(PRESSES):
            called = Answers(case.law, 1.0)
            await case.dial("heard-102", called)
            await case.until(called.rung, "ringing")
            # The key is known some 40 ms after its beginning: from well before to well after.
            await asyncio.sleep(0.9 + 0.006 * step)
            case.call.media.play(audio.key_tone("#", PRESS))
            await asyncio.sleep(1.2)
            outcome = "answer"
            if called.call.over.is_set():
                outcome = "key" if called.call.cancelled_at else "crossed"
            outcomes[outcome] += 1
            await case.hangs_up()
            case.call.close()
    finally:
        await case.callee.register(0)
    # An answer on its way when the CANCEL leaves is no answer yet (RFC 3261, 9.1), nor is one that
    # Asterisk sees after the key has taken the caller: both calls end by BYE. Whatever it had seen
    # before the key is a conversation.
    answers = len(log.moments(case.server.log_path, taken)) - answers
    check(answers == outcomes["answer"], f"of {answers} answers some were cut: {outcomes}")
    check(outcomes["key"] and outcomes["answer"], f"not both happened: {outcomes}")
    print(f"     {case.server.name}: {outcomes}")
