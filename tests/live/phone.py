"""A SIP telephone over UDP: registers, calls, is called, and lets a scenario act on what it hears.

A script of fixed pauses cannot answer "hang up 2 s after the beep" without guessing when the beep
comes; a phone inside the harness just waits for it. Loopback loses nothing, so of the protocol's
retransmissions only the receiving side is needed: a response seen twice is acknowledged twice.
"""

import asyncio

import sip
from call import IncomingCall, ring


class Phone(asyncio.DatagramProtocol):
    """One account on one server, with a socket of its own for all its calls."""

    def __init__(self, user, secret, server):
        self.user = user
        self.server = server
        self.callee_of = {}
        # The names of those who have called, in order.
        self.called_by = []
        self._secret = secret
        self._calls = {}
        self._waiting = {}
        self._transport = None

    async def open(self, address):
        """Takes a free port on this address."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=(address, 0)
        )
        self.address = self._transport.get_extra_info("sockname")

    def close(self):
        """Ends every call on this side and gives the port back."""
        for call in list(self._calls.values()):
            call.abandon()
        self._transport.close()

    async def register(self, seconds=3600):
        """Tells the server where this phone is; 0 seconds takes that back."""
        uri = f"sip:{self.server[0]}:{self.server[1]}"
        own = f"<sip:{self.user}@{self.server[0]}>"
        headers = [("contact", self.contact), ("expires", str(seconds))]
        call_id, tag = sip.token(), sip.token()

        def build(number, extra):
            return sip.Message(
                f"REGISTER {uri} SIP/2.0",
                [
                    ("via", self.via()),
                    ("from", f"{own};tag={tag}"),
                    ("to", own),
                    ("call-id", call_id),
                    ("cseq", f"{number} REGISTER"),
                    ("max-forwards", "70"),
                    *headers,
                    *extra,
                ],
            )

        answer, _ = await self.authenticated("REGISTER", uri, build)
        if answer.status != 200:
            raise RuntimeError(f"{self.user} cannot register: {answer.first_line}")

    async def authenticated(self, method, uri, build, on_provisional=None):
        """Sends a request and, when it is challenged, once more with digest credentials.

        `build(number, extra_headers)` makes the request. Returns the final response and the
        request that it answers.
        """
        request = build(1, ())
        answer = await self.transact(request, on_provisional)
        challenge = answer.header("www-authenticate") or answer.header("proxy-authenticate")
        if answer.status in (401, 407):
            name = "authorization" if answer.status == 401 else "proxy-authorization"
            value = sip.authorization(challenge, method, uri, self.user, self._secret)
            request = build(2, ((name, value),))
            answer = await self.transact(request, on_provisional)
        return answer, request

    async def transact(self, request, on_provisional=None):
        """Sends a request and returns its final response, acknowledged if it must be."""
        answers = asyncio.Queue()
        # CANCEL shares the branch of its INVITE and has a response of its own.
        transaction = request.branch, request.method
        self._waiting[transaction] = answers
        self.send(request)
        try:
            while True:
                answer = await answers.get()
                if answer.status < 200:
                    if on_provisional is not None:
                        on_provisional(answer)
                    continue
                if request.method == "INVITE" and answer.status >= 300:
                    self.send(_failure_ack(request, answer))
                return answer
        finally:
            del self._waiting[transaction]

    def send(self, message, to=None):
        """Puts a message on the wire."""
        self._transport.sendto(message.encode(), to or self.server)

    def via(self):
        """A new transaction's Via header."""
        return f"SIP/2.0/UDP {self.address[0]}:{self.address[1]};branch=z9hG4bK{sip.token()};rport"

    @property
    def contact(self):
        """Where this phone is."""
        return f"<sip:{self.user}@{self.address[0]}:{self.address[1]}>"

    def add(self, call):
        """Requests in this call's dialog go to it from now on."""
        self._calls[call.call_id] = call

    def datagram_received(self, data, addr):
        """Hands a response to its transaction, a request to its call."""
        message = sip.Message.parse(data)
        if message.status:
            waiting = self._waiting.get((message.branch, message.method))
            if waiting is not None:
                waiting.put_nowait(message)
            elif message.status >= 200 and message.method == "INVITE":
                call = self._calls.get(message.header("call-id"))
                if call is not None:
                    call.acknowledge_again(message)
            return
        call = self._calls.get(message.header("call-id"))
        if call is not None:
            call.handle(message)
        elif message.method == "INVITE":
            caller = sip.display_name(message.header("from"))
            self.called_by.append(caller)
            behave = self.callee_of.get(caller, ring)
            call = IncomingCall(self, message)
            self.add(call)
            call.behaviour = asyncio.create_task(behave(call))
        elif message.method != "ACK":
            self.send(message.response(200, "OK", sip.token()))


def _failure_ack(request, answer):
    """The ACK of a refused INVITE belongs to the INVITE's own transaction."""
    uri = request.first_line.split()[1]
    kept = [p for n in ("via", "from", "call-id", "max-forwards") for p in request.all_of(n)]
    number = request.header("cseq").split()[0]
    return sip.Message(
        f"ACK {uri} SIP/2.0",
        [*kept, ("to", answer.header("to")), ("cseq", f"{number} ACK")],
    )
