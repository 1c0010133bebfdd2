"""Real servers on loopback ports: Dovecot for IMAP, aiosmtpd for SMTP, both under TLS with a certificate of their own."""

import datetime
import imaplib
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from dataclasses import dataclass, field
from email import message_from_bytes
from ipaddress import ip_address
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
STARTS_WITHIN = 20  # seconds
USER, PASSWORD = "support", "a password of a mailbox"

CONFIGURATION = """
base_dir = {folder}/run
log_path = {folder}/log
state_dir = {folder}/state
instance_name = {name}
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = yes
mail_location = maildir:{folder}/mail/%u
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = scheme=plain {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
first_valid_uid = 1
first_valid_gid = 0
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine, which vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption()))
    return paths


class Dovecot:
    """A Dovecot of one user, in a folder; `deliver` puts a mail into a folder of theirs."""

    def __init__(self, folder: Path, certificate: Path, key: Path):
        self.folder, self.port, self.certificate = folder, free_port(), certificate
        root = os.geteuid() == 0
        owner = pwd.getpwnam("nobody") if root else pwd.getpwuid(os.geteuid())
        internal = pwd.getpwnam("dovecot") if root else owner
        folder.chmod(0o755)
        for part in ("mail", "home", "run", "state"):
            (folder / part).mkdir()
            if root and part in ("mail", "home"):
                os.chown(folder / part, owner.pw_uid, owner.pw_gid)
        (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
        for secret in (folder / "users", key):
            secret.chmod(0o644)
        (folder / "dovecot.conf").write_text(
            CONFIGURATION.format(
                folder=folder, certificate=certificate, key=key, port=self.port, uid=owner.pw_uid, gid=owner.pw_gid,
                internal=internal.pw_name, internal_group=_group(internal.pw_gid), name=folder.name,
                login="dovenull" if root else owner.pw_name,
            )
        )  # fmt: skip
        self.process = subprocess.Popen([DOVECOT, "-F", "-c", folder / "dovecot.conf"], stderr=subprocess.DEVNULL)
        self._wait()

    def _wait(self) -> None:
        ends = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < ends:
            try:
                self.signed_in().logout()
                return
            except (OSError, imaplib.IMAP4.error):
                time.sleep(0.1)
        self.stop()
        raise RuntimeError((self.folder / "log").read_text())

    def signed_in(self) -> imaplib.IMAP4_SSL:
        context = ssl.create_default_context(cafile=self.certificate)
        server = imaplib.IMAP4_SSL("127.0.0.1", self.port, ssl_context=context, timeout=STARTS_WITHIN)
        server.login(USER, PASSWORD)
        return server

    def deliver(self, raw: bytes, folder: str = "INBOX") -> None:
        server = self.signed_in()
        assert server.append(folder, None, None, raw)[0] == "OK"
        server.logout()

    def flags(self, folder: str = "INBOX") -> list[str]:
        """Return the flags of each mail of a folder."""
        server = self.signed_in()
        count = int(server.select(folder, readonly=True)[1][0])
        found = server.fetch("1:*", "(FLAGS)")[1] if count else []
        server.logout()
        return [line.decode() for line in found if line]

    def renumber(self, folder: str = "INBOX") -> None:
        """Give the folder another UIDVALIDITY, as a restored one has."""
        for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
            (self.folder / "mail" / USER / name).unlink(missing_ok=True)
        time.sleep(1.1)  # the new one is the time in seconds

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def _group(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


@dataclass
class Received:
    """What one mail was given to the server with."""

    sender: str
    receivers: list[str]
    raw: bytes

    @property
    def letter(self):
        return message_from_bytes(self.raw)


@dataclass
class Post:
    """What an SMTP server does with mail: keeps it, or what `refusals` say, one at a time."""

    mails: list[Received] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.refusals and self.refusals[0].startswith("RCPT "):
            return self.refusals.pop(0)[5:]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        kept = Received(envelope.mail_from, envelope.rcpt_tos, envelope.content)
        if self.refusals and self.refusals[0] == "cut":  # takes the mail, and the line breaks before it says so
            self.refusals.pop(0)
            self.mails.append(kept)
            server.transport.abort()
            return "250 OK"
        if self.refusals and self.refusals[0].startswith("DATA "):
            return self.refusals.pop(0)[5:]
        self.mails.append(kept)
        return "250 OK"


class TlsController(Controller):
    """aiosmtpd with STARTTLS and a password demanded."""

    def __init__(self, post: Post, certificate: Path, key: Path):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        super().__init__(post, hostname="127.0.0.1", port=free_port())

    def factory(self):
        return SMTP(
            self.handler, hostname="localhost", tls_context=self.context, require_starttls=True, auth_required=True,
            authenticator=self._judge, enable_SMTPUTF8=True,
        )  # fmt: skip

    @staticmethod
    def _judge(server, session, envelope, mechanism, auth_data):
        right = isinstance(auth_data, LoginPassword) and auth_data.password == PASSWORD.encode()
        return AuthResult(success=right and auth_data.login == USER.encode(), handled=False)
