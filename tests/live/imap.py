"""An Asterisk whose mailboxes are on an IMAP server (Dovecot), in a system that lasts for one run."""

import contextlib
import email
import email.mime.audio
import email.mime.multipart
import email.mime.text
import imaplib
import io
import re
import subprocess

import audio
import chroot
import imap_module
from layered import LayeredServer
from server import RECORDED

_PASSWORD = "secret"


class ImapServer(LayeredServer):
    """The same Asterisk with the VoiceMail for IMAP in place of the one for files."""

    NETWORK = "127.0.2."
    EXTRA = "imap"

    def prepare(self, binary):
        """Gives every mailbox an account of its number."""
        super().prepare(binary)
        if chroot.RELEASES[self.version].builds_imap:
            imap_module.install(self.root)
        shipped = self.root / "etc/asterisk/shipped/voicemail.conf"
        account = rf"\g<0>,,imapuser=\1|imappassword={_PASSWORD}"
        shipped.write_text(re.sub(r"^(\d+) => .*$", account, shipped.read_text(), flags=re.M))

    @property
    def beside(self):
        """The mail server."""
        return [["dovecot", "-F", "-c", f"/etc/asterisk/live/dovecot/{self.version}.conf"]]

    def messages(self, box, caller_name):
        """The recordings that this caller left, as samples."""
        found = []
        with self._account(box) as account:
            _, (numbers,) = account.search(None, "ALL")
            for number in numbers.split():
                _, ((_, text), *_) = account.fetch(number.decode(), "(RFC822)")
                message = email.message_from_bytes(text)
                if caller_name in message.get("X-Asterisk-VM-Caller-ID-Name", ""):
                    found += [
                        audio.read_wav(io.BytesIO(part.get_payload(decode=True)))
                        for part in message.walk()
                        if part.get_content_maintype() == "audio"
                    ]
        return found

    @contextlib.contextmanager
    def greetings_with_messages(self):
        """Greetings are on the mail server as well, as long as this lasts."""
        path = self.root / "etc/asterisk/voicemail.conf"
        text = path.read_text()
        path.write_text(f"{text}[general](+)\nimapgreetings=yes\n")
        self.cli("voicemail reload")
        try:
            yield
        finally:
            path.write_text(text)
            self.cli("voicemail reload")

    def mail_greeting(self, box, name, samples):
        """Puts a greeting on the mail server, as if its owner had recorded it."""
        file = io.BytesIO()
        audio.write_wav(file, samples)
        message = email.mime.multipart.MIMEMultipart()
        # app_voicemail tells greetings by the name of the first attachment.
        message.attach(email.mime.text.MIMEText("a greeting"))
        attached = email.mime.audio.MIMEAudio(file.getvalue(), "x-wav", name=f"{name}.wav")
        message.attach(attached)
        with self._account(box) as account:
            account.append("INBOX", None, None, message.as_bytes())
        copy = "/tmp/voiceagent-greeting.wav"
        (self.root / copy[1:]).write_bytes(file.getvalue())
        self._learn(RECORDED, copy)

    @contextlib.contextmanager
    def _account(self, box):
        with imaplib.IMAP4(self.address[0], timeout=5) as account:
            account.login(box, _PASSWORD)
            account.select("INBOX")
            yield account
