"""An Asterisk whose mailboxes are in a database (ODBC, SQLite), in a system that lasts for one run."""

import contextlib
import io
import sqlite3

import audio
from layered import LayeredServer
from server import RECORDED

# As the server and as everybody else sees the database.
_INSIDE = "/var/lib/asterisk/voicemail.sqlite"
_DATA_SOURCE = f"""[voicemail]
Driver = /usr/lib/x86_64-linux-gnu/odbc/libsqlite3odbc.so
Database = {_INSIDE}
Timeout = 5000
"""
# The columns that app_voicemail reads and writes.
_TABLE = """CREATE TABLE voicemessages (
    dir TEXT, msgnum INTEGER, context TEXT, macrocontext TEXT, callerid TEXT, origtime TEXT,
    duration TEXT, mailboxuser TEXT, mailboxcontext TEXT, recording BLOB, flag TEXT,
    category TEXT, msg_id TEXT, PRIMARY KEY (dir, msgnum))"""
_FOLDER = "/var/spool/asterisk/voicemail/sales"
# The number that app_voicemail gives to what is no message.
_GREETING = -1


class DatabaseServer(LayeredServer):
    """The same Asterisk with the VoiceMail for databases in place of the one for files."""

    NETWORK = "127.0.1."
    EXTRA = "database"

    def prepare(self, binary):
        """Makes the database and lets Asterisk know it."""
        super().prepare(binary)
        (self.root / "etc/odbc.ini").write_text(_DATA_SOURCE)
        with self._database() as database:
            database.execute(_TABLE)

    def record_greeting(self, box, name, samples):
        """Puts a greeting into a mailbox, as if its owner had recorded it."""
        file = io.BytesIO()
        audio.write_wav(file, samples)
        with self._database() as database:
            database.execute(
                "INSERT INTO voicemessages (dir, msgnum, mailboxuser, mailboxcontext, recording)"
                " VALUES (?, ?, ?, 'sales', ?)",
                (f"{_FOLDER}/{box}/{name}", _GREETING, box, file.getvalue()),
            )
        copy = "/tmp/voiceagent-greeting.wav"
        (self.root / copy[1:]).write_bytes(file.getvalue())
        self._learn(RECORDED, copy)

    def forget_greeting(self, box, name):
        """Takes it out again."""
        with self._database() as database:
            database.execute(
                "DELETE FROM voicemessages WHERE dir = ?", (f"{_FOLDER}/{box}/{name}",)
            )

    def messages(self, box, caller_name):
        """The recordings that this caller left, as samples."""
        with self._database() as database:
            rows = database.execute(
                "SELECT recording FROM voicemessages WHERE dir = ? AND instr(callerid, ?)",
                (f"{_FOLDER}/{box}/INBOX", caller_name),
            ).fetchall()
        return [audio.read_wav(io.BytesIO(recording)) for (recording,) in rows if recording]

    @contextlib.contextmanager
    def _database(self):
        with contextlib.closing(sqlite3.connect(self.root / _INSIDE[1:], timeout=5)) as database:
            with database:
                yield database
