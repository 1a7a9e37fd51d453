"""Which of Asterisk's sounds a caller hears, packet by packet.

A prompt reaches the caller as the G.711 bytes of its file, 20 ms at a time and unchanged, so every
packet can be told exactly: no correlation, no threshold. Asterisk itself converts the files once
(`file convert`), so that its own tables are used. Frames that several sounds share (silence) belong
to the sound that is being played when they come.
"""

FRAME = 160


class Library:
    """The sounds that matter to the tests in one law."""

    def __init__(self):
        self._sounds = {}
        self._places = {}

    def add(self, name, payload):
        """Learns a sound; a name that is known is replaced."""
        frames = [payload[i : i + FRAME] for i in range(0, len(payload) - FRAME + 1, FRAME)]
        # Calls listen while another thread learns: they see the old state or the new one.
        sounds = {**self._sounds, name: frames}
        places = {}
        for sound, its_frames in sounds.items():
            for index, frame in enumerate(its_frames):
                places.setdefault(frame, []).append((sound, index))
        self._sounds, self._places = sounds, places

    def place(self, frame, after):
        """(sound, index) of a frame that came after the one at `after`, or None."""
        if after is not None:
            sound, index = after
            frames = self._sounds[sound]
            if index + 1 < len(frames) and frames[index + 1] == frame:
                return sound, index + 1
        places = self._places.get(frame, [])
        return places[0] if len(places) == 1 else None

    def seconds(self, name):
        """How long a sound plays."""
        return len(self._sounds[name]) * FRAME / 8000


class Listener:
    """What one caller has heard so far."""

    def __init__(self, library, wake):
        self._library = library
        self._wake = wake
        self._last = None
        # Of each sound the last of its frames that came.
        self._farthest = {}
        self.heard = []

    def on_packet(self, packet):
        """Takes the next packet."""
        self._last = self._library.place(packet.payload, self._last)
        if self._last is not None:
            sound, index = self._last
            self.heard.append((packet.at, sound, index))
            self._farthest[sound] = max(index, self._farthest.get(sound, 0))
            self._wake()

    def sounds(self):
        """The names of the sounds heard, in order, each once for each time it was played."""
        names = []
        last = (None, 0)
        for _, sound, index in self.heard:
            if sound != last[0] or index <= last[1]:
                names.append(sound)
            last = (sound, index)
        return names

    def fraction(self, name):
        """How much of a sound was heard, the latest time it was played."""
        reached = [index for _, sound, index in self.heard if sound == name]
        return (reached[-1] + 1) * FRAME / 8000 / self._library.seconds(name) if reached else 0.0

    def last_of(self, names, since=0.0):
        """When the last packet of any of these sounds came, or None if none came since then."""
        times = [at for at, sound, _ in self.heard if sound in names and at >= since]
        return times[-1] if times else None

    def reached(self, name, seconds):
        """Whether this sound has been heard up to this second of it."""
        return self._farthest.get(name, -1) >= int(seconds * 8000 / FRAME)
