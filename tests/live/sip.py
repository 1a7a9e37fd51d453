"""SIP messages and digest authentication, as much as a telephone needs (RFC 3261, RFC 2617)."""

import hashlib
import re
import secrets


class Message:
    """A request or a response: its first line, its headers in order, its body."""

    def __init__(self, first_line, headers, body=""):
        self.first_line = first_line
        self.headers = headers
        self.body = body

    @classmethod
    def parse(cls, datagram):
        """Reads one datagram."""
        head, _, body = datagram.decode("utf-8", "replace").partition("\r\n\r\n")
        first_line, *lines = head.split("\r\n")
        headers = []
        for line in lines:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            headers.append((_LONG_NAMES.get(name, name), value.strip()))
        return cls(first_line, headers, body)

    def encode(self):
        """The datagram."""
        headers = [*self.headers, ("content-length", str(len(self.body.encode())))]
        lines = [self.first_line, *(f"{name.title()}: {value}" for name, value in headers)]
        return ("\r\n".join(lines) + "\r\n\r\n" + self.body).encode()

    def header(self, name):
        """The first header of this name, or an empty string."""
        return next((value for key, value in self.headers if key == name), "")

    def all_of(self, name):
        """All headers of this name, as a response copies them."""
        return [(key, value) for key, value in self.headers if key == name]

    @property
    def status(self):
        """The number of a response; 0 for a request."""
        return int(self.first_line.split()[1]) if self.first_line.startswith("SIP/2.0") else 0

    @property
    def method(self):
        """What is asked for, or what a response answers."""
        return self.header("cseq").split()[-1] if self.status else self.first_line.split()[0]

    @property
    def branch(self):
        """The name of the transaction."""
        return parameter(self.header("via"), "branch")

    def response(self, status, reason, to_tag, extra=(), body=""):
        """The answer to this request."""
        copied = [pair for name in ("via", "from", "call-id", "cseq") for pair in self.all_of(name)]
        to = self.header("to")
        if not parameter(to, "tag"):
            to += f";tag={to_tag}"
        return Message(f"SIP/2.0 {status} {reason}", [*copied, ("to", to), *extra], body)


_LONG_NAMES = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
}


def parameter(value, name):
    """The parameter `;name=…` of a header."""
    found = re.search(rf";\s*{name}=([^;>\s]+)", value)
    return found.group(1) if found else ""


def display_name(value):
    """The name before the address in a From header."""
    return value.partition("<")[0].strip().strip('"')


def token():
    """A name that nobody has used."""
    return secrets.token_hex(6)


def authorization(challenge, method, uri, user, secret):
    """The answer to a WWW-Authenticate header."""
    asked = {
        k: quoted or bare
        for k, quoted, bare in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', challenge)
    }
    ours = _md5(f"{user}:{asked['realm']}:{secret}")
    what = _md5(f"{method}:{uri}")
    fields = [
        f'username="{user}"',
        f'realm="{asked["realm"]}"',
        f'nonce="{asked["nonce"]}"',
        f'uri="{uri}"',
        "algorithm=MD5",
    ]
    if "qop" in asked:
        cnonce = token()
        digest = _md5(f"{ours}:{asked['nonce']}:00000001:{cnonce}:auth:{what}")
        fields += ["qop=auth", "nc=00000001", f'cnonce="{cnonce}"']
    else:
        digest = _md5(f"{ours}:{asked['nonce']}:{what}")
    if "opaque" in asked:
        fields.append(f'opaque="{asked["opaque"]}"')
    return "Digest " + ", ".join([*fields, f'response="{digest}"'])


def _md5(text):
    return hashlib.md5(text.encode()).hexdigest()


def session_description(address, port, law):
    """What a phone offers or answers: one G.711 law and telephone-event 101."""
    return "\r\n".join(
        [
            "v=0",
            f"o=- 1 1 IN IP4 {address}",
            "s=-",
            f"c=IN IP4 {address}",
            "t=0 0",
            f"m=audio {port} RTP/AVP {law.payload_type} 101",
            f"a=rtpmap:{law.payload_type} {law.sdp_name}/8000",
            "a=rtpmap:101 telephone-event/8000",
            "a=fmtp:101 0-16",
            "a=ptime:20",
            "a=sendrecv",
            "",
        ]
    )


def media_address(description):
    """Where the other side of a session description wants its RTP."""
    address = re.search(r"^c=IN IP4 (\S+)", description, re.M)
    port = re.search(r"^m=audio (\d+)", description, re.M)
    return (address.group(1), int(port.group(1))) if address and port else None
