"""The media of one call: RTP sent on a 20 ms clock and RTP received, each packet with its time.

Asterisk's ports are left to Asterisk; ours is whatever is free. All times are time.monotonic().
"""

import asyncio
import collections
import struct
import time
from array import array
from dataclasses import dataclass, field

FRAME = 160
FRAME_SECONDS = 0.02
_EVENT_TYPE = 101
_EVENTS = "0123456789*#ABCD"


@dataclass
class Clip:
    """Audio on its way out.

    `started` is when the packet with its first sample went, `sent` what went in its time: the
    clip itself and whatever was mixed in.
    """

    samples: array
    started: float = 0.0
    sent: bytearray = field(default_factory=bytearray)
    done: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class _KeyEvent:
    """An RFC 4733 event under way: `slots` frames long, then its end is sent three times."""

    code: int
    slots: int
    with_audio: bool
    done: asyncio.Event
    timestamp: int = 0
    sent: int = 0


@dataclass(frozen=True)
class Packet:
    """One received audio packet."""

    at: float
    payload: bytes


class Media(asyncio.DatagramProtocol):
    """One RTP socket. It sends silence when there is nothing else, as a phone does."""

    def __init__(self, law, on_packet=None):
        self.law = law.stream()
        self._on_packet = on_packet
        self._remote = None
        self._clips = collections.deque()
        self._position = 0
        self._event = None
        self._echo = None
        self._sequence = 0
        self._timestamp = 0
        self._sender = None
        self._transport = None

    async def open(self, address):
        """Takes a free port on this address."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(address, 0)
        )

    @property
    def port(self):
        """The port to name in the session description."""
        return self._transport.get_extra_info("sockname")[1]

    def send_to(self, remote):
        """Starts sending, or goes on sending to another place after a re-INVITE."""
        self._remote = remote
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_forever())

    def close(self):
        """Stops sending and gives the port back."""
        if self._sender is not None:
            self._sender.cancel()
        if self._transport is not None:
            self._transport.close()

    def play(self, samples):
        """Queues audio. It starts with the next packet that is free."""
        clip = Clip(samples)
        self._clips.append(clip)
        return clip

    def press(self, key, seconds, with_audio=False):
        """Sends a key as RFC 4733 event, beside the audio or in its place. Returns when it is over."""
        slots = round(seconds / FRAME_SECONDS)
        self._event = _KeyEvent(_EVENTS.index(key), slots, with_audio, asyncio.Event())
        return self._event.done

    def send_back(self, gain, delay):
        """From now on the caller's set returns what it plays, so much fainter and later."""
        quiet = [array("h", bytes(2 * FRAME))] * round(delay / FRAME_SECONDS)
        self._echo = gain, collections.deque(quiet, maxlen=2 * len(quiet))

    def datagram_received(self, data, addr):
        """Hands on a packet of audio with its time of arrival."""
        if len(data) <= 12 or data[1] & 0x7F != self.law.payload_type:
            return
        packet = Packet(time.monotonic(), data[12:])
        if self._echo is not None:
            self._echo[1].append(self.law.decode(packet.payload))
        if self._on_packet is not None:
            self._on_packet(packet)

    async def _send_forever(self):
        due = time.monotonic()
        while True:
            self._send_slot()
            due += FRAME_SECONDS
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    def _send_slot(self):
        event = self._event
        if event is None or event.with_audio:
            self._send(self.law.payload_type, self._next_frame())
        if event is not None:
            self._send_event(event)
        self._timestamp += FRAME

    def _next_frame(self):
        clip = self._clips[0] if self._clips else None
        frame = self._next_of(clip) if clip is not None else array("h", bytes(2 * FRAME))
        if self._echo is not None and self._echo[1]:
            gain, returned = self._echo
            for n, sample in enumerate(returned.popleft()):
                frame[n] = max(-32768, min(32767, frame[n] + round(gain * sample)))
        encoded = self.law.encode(frame)
        if clip is not None:
            clip.sent += encoded
        return encoded

    def _next_of(self, clip):
        if self._position == 0:
            clip.started = time.monotonic()
        frame = clip.samples[self._position : self._position + FRAME]
        self._position += FRAME
        if self._position >= len(clip.samples):
            self._clips.popleft()
            self._position = 0
            clip.done.set()
        frame.extend([0] * (FRAME - len(frame)))
        return frame

    def _send_event(self, event):
        if event.sent == 0:
            event.timestamp = self._timestamp
        event.sent += 1
        over = event.sent >= event.slots
        payload = struct.pack("!BBH", event.code, (0x80 if over else 0) | 10, event.sent * FRAME)
        for _ in range(3 if over else 1):
            self._send(_EVENT_TYPE, payload, event.timestamp, marker=event.sent == 1)
        if over:
            self._event = None
            event.done.set()

    def _send(self, payload_type, payload, timestamp=None, marker=False):
        header = struct.pack(
            "!BBHII",
            0x80,
            payload_type | (0x80 if marker else 0),
            self._sequence & 0xFFFF,
            (self._timestamp if timestamp is None else timestamp) & 0xFFFFFFFF,
            0x5EED,
        )
        self._sequence += 1
        self._transport.sendto(header + payload, self._remote)
