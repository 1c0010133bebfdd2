"""What only the owner of the database can do to the log, for tests that must notice it."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import run as execute

from django.db import connection, transaction

from audit.services import emit

LOG = [
    "audit_event",
    "audit_secret",
    "audit_leaf",
    "audit_tile",
    "audit_checkpoint",
    "audit_anchor_receipt",
    "audit_era",
]


def write(count: int = 1) -> list[int]:
    """Return the ids of as many events, each of a transaction of its own."""
    return [emit("read", table="probe", pk=number) for number in range(count)]


def write_many(count: int) -> None:
    """Write as many events in one transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_emit('read', 'probe', n::text, '', '', '{}') FROM generate_series(1, %s) AS n", [count]
        )


def tamper(*statements: str) -> None:
    """Do it with the guards off, and put them back on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_event'::regclass")
        guarded = LOG + [name for (name,) in cursor.fetchall()]
        for table in guarded:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER audit_refuse")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SELECT c.relname FROM pg_class c WHERE c.relname = ANY (%s)", [guarded])
        for (table,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER audit_refuse")


def rebuild_tree() -> None:
    """Forget every leaf, tile and checkpoint, so that sealing makes them anew over what now stands in the log."""
    tamper(
        "DELETE FROM audit_anchor_receipt", "DELETE FROM audit_checkpoint", "DELETE FROM audit_tile", "DELETE FROM audit_leaf",
        "DELETE FROM audit_era",
    )  # fmt: skip


@contextmanager
def time_stamp_server(folder: Path, *, answer=None):
    """Run `openssl ts` behind HTTP, with an authority of its own; yield (address, path of the authority's certificate)."""
    authority = make_authority(folder)

    class Stamps(BaseHTTPRequestHandler):
        def do_POST(self):
            question = folder / "question.tsq"
            question.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            reply = folder / "answer.tsr"
            openssl(folder, "ts", "-reply", "-config", "ts.cnf", "-queryfile", question.name, "-out", reply.name)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer(reply.read_bytes()) if answer else reply.read_bytes())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Stamps)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


CONFIGURATION = """
[tsa]
default_tsa = stamps
[stamps]
serial = serial
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[stamping]
basicConstraints = CA:FALSE
extendedKeyUsage = critical, timeStamping
[other]
extendedKeyUsage = serverAuth
"""


def make_authority(folder: Path) -> Path:
    """Make an authority and a certificate for time-stamps in the folder, unless they are there."""
    if not (folder / "ca.pem").exists():
        (folder / "ts.cnf").write_text(CONFIGURATION)
        (folder / "serial").write_text("01\n")
        openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
                "-subj", "/CN=Authority", "-days", "3650", "-addext", "basicConstraints=critical,CA:TRUE")  # fmt: skip
        openssl(
            folder,
            "req",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-keyout",
            "tsa.key",
            "-out",
            "tsa.csr",
            "-subj",
            "/CN=Stamps",
        )
        openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-out", "tsa.pem", "-days", "3650", "-extfile", "ts.cnf", "-extensions", "stamping")  # fmt: skip
    return folder / "ca.pem"


def openssl(folder: Path, *arguments: str) -> None:
    execute(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
