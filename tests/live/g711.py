"""G.711 as on the wire: A-law and µ-law bytes from and to 16-bit samples."""

from array import array


def _decode_alaw(code):
    code ^= 0x55
    exponent, mantissa = (code & 0x70) >> 4, code & 0x0F
    magnitude = (mantissa << 4) + 8
    if exponent:
        magnitude = (magnitude + 0x100) << (exponent - 1)
    return magnitude if code & 0x80 else -magnitude


def _decode_ulaw(code):
    code = ~code & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return -magnitude if code & 0x80 else magnitude


class Law:
    """One of the two companding laws, with its name in SDP and its static payload type."""

    def __init__(self, name, sdp_name, payload_type, decode):
        self.name = name
        self.sdp_name = sdp_name
        self.payload_type = payload_type
        self._levels = array("h", (decode(code) for code in range(256)))
        # The nearest code of every sample is found once: 65,536 sorted lookups, not one a sample.
        by_level = sorted((level, code) for code, level in enumerate(self._levels))
        self._codes = bytearray(65536)
        nearest = 0
        for sample in range(-32768, 32768):
            while nearest + 1 < 256 and abs(by_level[nearest + 1][0] - sample) <= abs(
                by_level[nearest][0] - sample
            ):
                nearest += 1
            self._codes[sample & 0xFFFF] = by_level[nearest][1]

    def stream(self):
        """For one call: no byte depends on others."""
        return self

    def encode(self, samples):
        """The bytes that a phone would send for these samples."""
        return bytes(self._codes[sample & 0xFFFF] for sample in samples)

    def decode(self, payload):
        """The samples that Asterisk makes of these bytes."""
        return array("h", (self._levels[code] for code in payload))


ALAW = Law("alaw", "PCMA", 8, _decode_alaw)
ULAW = Law("ulaw", "PCMU", 0, _decode_ulaw)
