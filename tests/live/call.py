"""One telephone call, from the side that places it or the side that it rings."""

import asyncio
import time

import rtp
import sip


class _Dialog:
    """What both ends of a call share: the dialog's requests, BYE, and the media."""

    def __init__(self, phone, call_id):
        self.phone = phone
        self.call_id = call_id
        self.media = None
        self.over = asyncio.Event()
        self._number = 100

    def close(self):
        """Ends the media, whatever the state."""
        if self.media is not None:
            self.media.close()

    def abandon(self):
        """Ends it on this side only, whatever is under way."""
        self.close()

    def _request(self, method, local, remote, target, extra=(), body=""):
        self._number += 1
        return sip.Message(
            f"{method} {target} SIP/2.0",
            [
                ("via", self.phone.via()),
                ("from", local),
                ("to", remote),
                ("call-id", self.call_id),
                ("cseq", f"{self._number} {method}"),
                ("max-forwards", "70"),
                ("contact", self.phone.contact),
                *extra,
            ],
            body,
        )

    def _handle_in_dialog(self, request, tag):
        """Answers what the server asks for within a call."""
        if request.method == "ACK" or (request.method == "INVITE" and self.media is None):
            return
        extra, body = (), ""
        if request.method == "BYE":
            self.over.set()
            self.close()
        elif request.method == "INVITE":
            # Asterisk moves the media of a bridged call to the phones themselves.
            remote = sip.media_address(request.body)
            if remote is not None:
                self.media.send_to(remote)
            extra = (("contact", self.phone.contact), ("content-type", "application/sdp"))
            body = self._description()
        self.phone.send(request.response(200, "OK", tag, extra, body))

    def _description(self):
        return sip.session_description(self.phone.address[0], self.media.port, self.media.law)


class OutgoingCall(_Dialog):
    """A call that this phone places. `caller_name` is how the scenario finds it again in the log."""

    def __init__(self, phone, caller_name, media):
        super().__init__(phone, sip.token())
        self.media = media
        self.authorized = asyncio.Event()
        self.ringing = asyncio.Event()
        self.answered = asyncio.Event()
        self.final = None
        self.hung_up_at = None
        # When the server had taken that: on a busy machine it is late itself.
        self.confirmed_at = None
        self._local = f'"{caller_name}" <sip:{phone.user}@{phone.server[0]}>;tag={sip.token()}'
        self._invite = None
        self._remote = None
        self._target = None
        self._attempt = None

    async def dial(self, extension):
        """Sends the INVITE and goes on at once; `ringing`, `answered` and `over` tell the rest."""
        await self.media.open(self.phone.address[0])
        self.phone.add(self)
        self._attempt = asyncio.create_task(self._dial(extension))

    async def _dial(self, extension):
        uri = f"sip:{extension}@{self.phone.server[0]}:{self.phone.server[1]}"

        def build(number, extra):
            self._invite = sip.Message(
                f"INVITE {uri} SIP/2.0",
                [
                    ("via", self.phone.via()),
                    ("from", self._local),
                    ("to", f"<{uri}>"),
                    ("call-id", self.call_id),
                    ("cseq", f"{number} INVITE"),
                    ("max-forwards", "70"),
                    ("contact", self.phone.contact),
                    ("content-type", "application/sdp"),
                    *extra,
                ],
                self._description(),
            )
            if extra:
                self.authorized.set()
            return self._invite

        def on_provisional(answer):
            if answer.status in (180, 183):
                self.ringing.set()

        answer, _ = await self.phone.authenticated("INVITE", uri, build, on_provisional)
        self.final = answer
        if answer.status != 200:
            self.over.set()
            return
        self._remote = answer.header("to")
        self._target = answer.header("contact").partition("<")[2].partition(">")[0]
        self.acknowledge_again(answer)
        self.media.send_to(sip.media_address(answer.body))
        self.answered.set()

    def acknowledge_again(self, answer):
        """Sends the ACK of a 200, the first time and for every repetition."""
        if self._target is None:
            return
        ack = self._request("ACK", self._local, self._remote, self._target)
        number = answer.header("cseq").split()[0]
        ack.headers = [(k, f"{number} ACK" if k == "cseq" else v) for k, v in ack.headers]
        self.phone.send(ack)

    async def hang_up(self):
        """Ends the call from this side, before or after the answer."""
        self.hung_up_at = time.time()
        if not self.answered.is_set():
            self._cancel()
            await _first(self.over, self.answered)
        # The answer can cross the CANCEL on its way.
        if self.answered.is_set():
            self.hung_up_at = time.time()
            await self.phone.transact(self._request("BYE", self._local, self._remote, self._target))
            self.over.set()
        self.confirmed_at = time.time()
        self.close()

    def _cancel(self):
        kept = [
            p
            for n in ("via", "from", "to", "call-id", "max-forwards")
            for p in self._invite.all_of(n)
        ]
        number = self._invite.header("cseq").split()[0]
        uri = self._invite.first_line.split()[1]
        self.phone.send(sip.Message(f"CANCEL {uri} SIP/2.0", [*kept, ("cseq", f"{number} CANCEL")]))

    async def press_by_info(self, key, milliseconds):
        """Sends a key as SIP INFO, at its release, as phones do."""
        body = f"Signal={key}\r\nDuration={milliseconds}\r\n"
        request = self._request(
            "INFO",
            self._local,
            self._remote,
            self._target,
            [("content-type", "application/dtmf-relay")],
            body,
        )
        answer = await self.phone.transact(request)
        if answer.status != 200:
            raise RuntimeError(f"INFO was not taken: {answer.first_line}")

    def handle(self, request):
        """A request of the server within this call."""
        self._handle_in_dialog(request, sip.parameter(self._local, "tag"))


class IncomingCall(_Dialog):
    """A call that rings this phone; a coroutine such as `ring` decides what becomes of it."""

    def __init__(self, phone, invite):
        super().__init__(phone, invite.header("call-id"))
        self.behaviour = None
        self._invite = invite
        self.cancelled_at = None
        self._tag = sip.token()
        self._pending = True

    @property
    def shown_caller(self):
        """Who calls, as the phone is told."""
        return self._invite.header("from")

    def answer(self, status, reason, extra=(), body=""):
        """Sends a response to the INVITE."""
        self._pending = self._pending and status < 200
        self.phone.send(self._invite.response(status, reason, self._tag, extra, body))

    async def pick_up(self, law):
        """Answers; what is said then is up to `media`."""
        self.media = rtp.Media(law)
        await self.media.open(self.phone.address[0])
        extra = (("contact", self.phone.contact), ("content-type", "application/sdp"))
        self.answer(200, "OK", extra, self._description())
        self.media.send_to(sip.media_address(self._invite.body))

    async def hang_up(self):
        """Ends the answered call from the called side."""
        await self.phone.transact(self._called_request("BYE"))
        self.over.set()
        self.close()

    async def transfer(self, extension):
        """Sends the caller to another extension."""
        place = f"<sip:{extension}@{self.phone.server[0]}>"
        asked = self._called_request("REFER", (("refer-to", place), ("referred-by", place)))
        answer = await self.phone.transact(asked)
        if answer.status != 202:
            raise RuntimeError(f"the transfer was not taken: {answer.first_line}")

    def _called_request(self, method, extra=()):
        target = self._invite.header("contact").partition("<")[2].partition(">")[0]
        local = f"{self._invite.header('to')};tag={self._tag}"
        return self._request(method, local, self._invite.header("from"), target, extra)

    def abandon(self):
        """Ends it on this side only, whatever is under way."""
        self.behaviour.cancel()
        self.close()

    def acknowledge_again(self, answer):
        """Nothing to do: this side never sends INVITE."""

    def handle(self, request):
        """A request of the server within this call."""
        if request.method == "CANCEL":
            self.cancelled_at = time.monotonic()
            self.phone.send(request.response(200, "OK", self._tag))
            if self._pending:
                self.answer(487, "Request Terminated")
            self.over.set()
            self.behaviour.cancel()
        else:
            self._handle_in_dialog(request, self._tag)


async def _first(*events):
    """Waits until one of these has happened."""
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def ring(call):
    """Nobody is in."""
    call.answer(180, "Ringing")


async def busy(call):
    """The called person is on the telephone."""
    call.answer(486, "Busy Here")
