"""G.722 as on the wire, its lower band: a byte for each sample at 8 kHz, and nothing above 4 kHz."""

from array import array

_OCTAVE = [round(2048 * 2 ** (n / 32)) for n in range(32)]
_GROWTH = [-60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60]
_COARSE = [0, 20456, 12896, 8968, 6288, 4240, 2584, 1200]
_COARSE = [-x for x in _COARSE] + _COARSE[1:] + [0]
_FINE = [24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192]
_FINE += [6576, 6000, 5456, 4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728]
_FINE = [-136] * 4 + [-x for x in _FINE] + _FINE + [432, 136, -432, -136]
_UPPER_SILENCE = 0xC0


def _saturated(number):
    return max(-32768, min(32767, number))


class _Band:
    """One direction's predictor and step (ITU-T G.722, clause 6.2.1)."""

    def __init__(self):
        self._expected = self._by_zeros = self._log_step = 0
        self._step = 32
        self._poles, self._zeros = [0, 0], [0] * 6
        self._decoded, self._partial, self._differences = [0, 0], [0, 0], [0] * 6

    def decode(self, code):
        """The sample of a byte."""
        code &= 0x3F
        decoded = self._expected + (self._step * _FINE[code] >> 15)
        self._learn(code >> 2)
        return 2 * max(-16384, min(16383, decoded))

    def encode(self, sample):
        """The byte of a sample."""
        wanted = (sample >> 1) - self._expected
        step = self._step
        code = min(range(4, 64), key=lambda code: abs((step * _FINE[code] >> 15) - wanted))
        self._learn(code >> 2)
        return _UPPER_SILENCE | code

    def _learn(self, coarse):
        difference = self._step * _COARSE[coarse] >> 15
        log_step = (self._log_step * 127 >> 7) + _GROWTH[coarse]
        self._log_step = max(0, min(18432, log_step))
        fraction = _OCTAVE[self._log_step >> 6 & 31]
        self._step = (fraction << (self._log_step >> 11) >> 8) << 2
        decoded = _saturated(self._expected + difference)
        partial = _saturated(self._by_zeros + difference)
        self._poles = self._moved_poles(partial)
        for n, earlier in enumerate(self._differences):
            towards = 0 if difference == 0 else 128 if (difference < 0) == (earlier < 0) else -128
            self._zeros[n] = _saturated((self._zeros[n] * 32640 >> 15) + towards)
        self._differences = [difference, *self._differences[:5]]
        self._decoded = [decoded, self._decoded[0]]
        self._partial = [partial, self._partial[0]]
        self._by_zeros = self._filtered(self._zeros, self._differences)
        by_poles = self._filtered(self._poles, self._decoded)
        self._expected = _saturated(by_poles + self._by_zeros)

    def _moved_poles(self, partial):
        same = [(partial < 0) == (earlier < 0) for earlier in self._partial]
        first, second = self._poles
        four = _saturated(4 * first)
        second = (second * 32512 >> 15) + (128 if same[1] else -128)
        second += min(-four if same[0] else four, 32767) >> 7
        second = max(-12288, min(12288, second))
        first = _saturated((first * 32640 >> 15) + (192 if same[0] else -192))
        most = 15360 - second
        return [max(-most, min(most, first)), second]

    @staticmethod
    def _filtered(weights, past):
        return _saturated(sum(w * _saturated(2 * x) >> 15 for w, x in zip(weights, past)))


class G722:
    """The codec, with its names and its static payload type."""

    name = "g722"
    sdp_name = "G722"
    payload_type = 9

    def __init__(self):
        self._sent, self._received = _Band(), _Band()

    def stream(self):
        """For one call: each byte depends on all before it."""
        return G722()

    def encode(self, samples):
        """The bytes that a phone would send for the next samples."""
        return bytes(self._sent.encode(sample) for sample in samples)

    def decode(self, payload):
        """The samples of the next bytes."""
        return array("h", (self._received.decode(code) for code in payload))
