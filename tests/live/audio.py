"""Sounds that a caller makes, and recordings. Samples are 16 bit at 8 kHz."""

import math
import pathlib
import wave
from array import array

RATE = 8000
_LOW = {697: "123A", 770: "456B", 852: "789C", 941: "*0#D"}
_HIGH = (1209, 1336, 1477, 1633)
# A full-scale sine is +3.14 dBm0 in A-law (ITU-T G.711).
_FULL_SCALE_DBM0 = 3.14


def key_tone(key, seconds, level_dbm0=-8.0):
    """The two tones of a key, each at this level: what a telephone set sends (ITU-T Q.23)."""
    low, column = next((f, keys.index(key)) for f, keys in _LOW.items() if key in keys)
    peak = 32767 * 10 ** ((level_dbm0 - _FULL_SCALE_DBM0) / 20)
    step_low, step_high = (2 * math.pi * f / RATE for f in (low, _HIGH[column]))
    return array(
        "h",
        (
            round(peak * (math.sin(step_low * n) + math.sin(step_high * n)))
            for n in range(round(seconds * RATE))
        ),
    )


def read_wav(source):
    """The samples of a mono 16-bit file (or its path) at 8 kHz, as Asterisk writes and reads them."""
    with wave.open(_opened(source)) as file:
        shape = (file.getframerate(), file.getnchannels(), file.getsampwidth())
        if shape != (RATE, 1, 2):
            raise ValueError(f"{source}: (rate, channels, bytes) is {shape}, not {(RATE, 1, 2)}")
        return array("h", file.readframes(file.getnframes()))


def write_wav(target, samples):
    """A file (or its path) that Asterisk plays."""
    with wave.open(_opened(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.tobytes())


def _opened(place):
    """What `wave` takes: a path as text, or a file."""
    return str(place) if isinstance(place, pathlib.Path) else place
