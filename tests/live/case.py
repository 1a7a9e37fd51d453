"""One scenario's call: what the caller does and hears, and what must have happened in Asterisk."""

import asyncio
import time

import audio
import call
import g711
import rtp
import sounds

# A press of a key by hand.
PRESS = 0.16
# From one thing to the next Asterisk is never silent for so long, ringing (5 s) included.
PATIENCE = 20.0
# The log is written by other threads than the one that talks to the phone.
SETTLED = 6.0


class CheckFailed(Exception):
    """Something is not as it must be."""


def check(holds, otherwise):
    """Fails the scenario with these words unless it holds."""
    if not holds:
        raise CheckFailed(otherwise)


class Case:
    """What a scenario works with."""

    def __init__(self, name, server, caller, callee, law=g711.ALAW):
        self.name = name
        self.server = server
        self.caller = caller
        self.callee = callee
        self.law = law
        self.delays = []
        self.cancels = []
        self.capture_folder = None
        self.call = None
        self.listener = None
        self._something_heard = asyncio.Event()

    async def dial(self, number, callee=call.ring):
        """Places the call; `callee` says how the called phone behaves, if it is rung."""
        self.callee.callee_of[self.name] = callee
        self.listener = sounds.Listener(
            self.server.libraries[self.law.name], self._something_heard.set
        )
        media = rtp.Media(self.law, self.listener.on_packet)
        self.call = call.OutgoingCall(self.caller, self.name, media)
        await self.call.dial(number)

    async def until(self, event, what):
        """Waits for an event of the call."""
        try:
            await asyncio.wait_for(event.wait(), PATIENCE)
        except asyncio.TimeoutError:
            raise CheckFailed(f"{what} did not happen within {PATIENCE:.0f} s") from None

    async def hears(self, sound, seconds=0.0):
        """Waits until this sound reaches the caller, up to this second of it."""
        deadline = time.monotonic() + PATIENCE
        while not self.listener.reached(sound, seconds):
            check(not self.call.over.is_set(), f"the call ended before {sound} was heard")
            left = deadline - time.monotonic()
            check(left > 0, f"{sound} was not heard; heard {self.listener.sounds()}")
            self._something_heard.clear()
            try:
                await asyncio.wait_for(self._something_heard.wait(), min(left, 1.0))
            except asyncio.TimeoutError:
                continue

    async def says(self, samples):
        """Sends this audio and waits until it is sent."""
        clip = self.call.media.play(samples)
        await self.until(clip.done, "sending the audio")
        return clip

    async def presses_in_audio(self, key, seconds=PRESS):
        """The key's tones in the caller's own audio."""
        return await self.says(audio.key_tone(key, seconds))

    async def presses(self, key, seconds=PRESS):
        """The key as RFC 4733 event."""
        await self.until(self.call.media.press(key, seconds), "the key")

    async def presses_leaking(self, key, seconds=PRESS):
        """The key as RFC 4733 event, with the beginning of its tone in the audio."""
        clip = self.call.media.play(audio.key_tone(key, LEAK))
        await self.until(self.call.media.press(key, seconds, with_audio=True), "the key")
        return clip

    async def enters(self, keys):
        """Keys one after another, as at a login."""
        for key in keys:
            await self.presses(key, 0.1)
            await asyncio.sleep(0.15)

    async def is_cut(self, pieces, pressed):
        """The greeting stops after a press: notes how long its last packet took to come."""
        await asyncio.sleep(0.6)
        delay = self.went_on(pieces, pressed)
        self.delays.append(delay)
        check(delay < 0.5, f"the greeting went on for {delay:.3f} s after the press")

    def went_on(self, pieces, clip):
        """How long after the clip's first sample was sent the last sample of these was heard."""
        last = self.listener.last_of(pieces, since=clip.started)
        # A last packet before the clip has no delay; the packet itself plays for 20 ms more.
        return 0.0 if last is None else last - clip.started + rtp.FRAME_SECONDS

    async def hangs_up(self):
        """The caller ends the call."""
        await self.call.hang_up()

    async def transcript(self, launched=True):
        """What Asterisk wrote down, once the program has ended if it was launched at all."""
        deadline = time.monotonic() + SETTLED
        while True:
            found = await asyncio.to_thread(self.server.transcript, self.name)
            if found is not None and (found.of("ended") or not launched):
                return found
            check(
                time.monotonic() < deadline,
                f"the program had not ended {SETTLED:.0f} s after the call",
            )
            await asyncio.sleep(0.25)

    async def ended(self, status, executed, key="", source=""):
        """The call's end in Asterisk: variables, applications, nothing after a hang-up."""
        transcript = await self.transcript()
        applications = [_application(command) for command in transcript.executed]
        check(applications == executed, f"executed {applications}, expected {executed}")
        variables = transcript.variables
        check(
            variables.get("VOICEAGENTSTATUS") == status,
            f"VOICEAGENTSTATUS is {variables.get('VOICEAGENTSTATUS')!r}, expected {status!r}",
        )
        check(
            variables.get("VOICEAGENTKEY", "") == key,
            f"VOICEAGENTKEY is {variables.get('VOICEAGENTKEY')!r}, expected {key!r}",
        )
        heard_by = variables.get("VOICEAGENTKEYSOURCE", "")
        check(
            heard_by in source.split("|"),
            f"VOICEAGENTKEYSOURCE is {heard_by!r}, expected {source!r}",
        )
        if self.call.confirmed_at is not None:
            late = transcript.executed_after(self.call.confirmed_at)
            check(not late, f"executed after the caller had hung up: {late}")
            gone = transcript.of("ended")[-1].at - self.call.confirmed_at
            check(gone < 1.0, f"the program ended {gone:.1f} s after the hang-up")
        return transcript

    async def left_message(self, box, said, seconds):
        """The one message of this caller: as long as the recording was, with every word in it."""
        deadline = time.monotonic() + SETTLED
        while not (messages := self.server.messages(box, self.name)):
            check(time.monotonic() < deadline, f"no message in mailbox {box}")
            await asyncio.sleep(0.25)
        check(len(messages) == 1, f"{len(messages)} messages in mailbox {box}, expected 1")
        recorded = messages[0]
        length = len(recorded) / audio.RATE
        check(
            abs(length - seconds) < 0.5,
            f"the message is {length:.2f} s long, recorded were {seconds:.2f} s",
        )
        # What Asterisk records is the decoded bytes that were sent: compare exactly.
        sent = self.law.decode(self.law.encode(said)).tobytes()
        check(
            sent in recorded.tobytes(), "the message does not hold what was said, sample by sample"
        )

    def keep_capture(self, clip, what):
        """Keeps what came on descriptor 3 around this clip, and a line that says what it is."""
        (capture,) = self.server.captures()
        audio_bytes = capture.read_bytes()
        capture.unlink()
        at = audio_bytes.find(bytes(clip.sent))
        check(at >= 0, "what was sent did not arrive as it was")
        second = audio.RATE
        begin = max(0, at - CAPTURE_BEFORE * second)
        end = at + len(clip.sent) + CAPTURE_AFTER * second
        base = self.name.removesuffix(f"-{self.law.name}")
        name = f"{base}.asterisk-{self.server.version}.{self.law.name}"
        (self.capture_folder / name).write_bytes(audio_bytes[begin:end])
        print(f"{name}: {what}, from {(at - begin) / second:.3f} s")

    def recording(self):
        """The one file that this call was recorded in."""
        found = [
            path
            for path in self.server.recordings.glob("*.recording")
            if f"agi_calleridname: {self.name}\n" in path.read_text()
        ]
        check(len(found) == 1, f"{len(found)} recordings of this call")
        return found[0]

    async def replays(self, said):
        """The recording gives the same call again, of which this is said."""
        path = self.recording()
        check(path.stat().st_mode & 0o777 == 0o600, f"{path.name} has mode {path.stat().st_mode:o}")
        status, output = await asyncio.to_thread(self.server.replay, path)
        last = output.splitlines()[-3:]
        check(status == 0 and "no difference: " in output, f"run again it is not the same: {last}")
        check(said in output, f"run again it has no {said!r}: {last}")

    def keep_recording(self):
        """Keeps the recording of this call."""
        base = self.name.removesuffix(f"-{self.law.name}")
        name = f"{base}.asterisk-{self.server.version}.recording"
        (self.capture_folder / name).write_bytes(self.recording().read_bytes())
        print(f"{name}: {self.recording().name}")

    def heard_whole(self, pieces):
        """Every piece of a greeting reached the caller to its end, and in this order."""
        order = [sound for sound in self.listener.sounds() if sound in pieces]
        check(order == list(pieces), f"heard {order}, expected {list(pieces)}")
        for piece in pieces:
            part = self.listener.fraction(piece)
            check(part > 0.95, f"{part:.0%} of {piece} was heard")


# Seconds kept of a capture around what it is about.
CAPTURE_BEFORE, CAPTURE_AFTER = 1, 1
# A phone that detects its own tone lets so much of it through before it mutes it.
LEAK = 0.06


def _application(command):
    """`Dial SIP/bob,5,g` as `Dial SIP/bob`: options are the program's own affair."""
    return command.split(",")[0]
