import tempfile
from pathlib import Path

import pytest

from tests.service import mail_servers


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """Certificate and key of the servers of this session."""
    return mail_servers.make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def imap(certificate):
    """A Dovecot with one empty mailbox."""
    if mail_servers.DOVECOT is None:
        print("Dovecot is not installed (Debian and Ubuntu: apt install dovecot-imapd).")
        pytest.skip("Dovecot is not installed (Debian and Ubuntu: apt install dovecot-imapd).")
    # Not among pytest's own folders: Dovecot gives its rights up, and still has to come here.
    with tempfile.TemporaryDirectory(prefix="meridian-dovecot-") as folder:
        server = mail_servers.Dovecot(Path(folder), *certificate)
        yield server
        server.stop()


@pytest.fixture
def smtp(certificate):
    """An SMTP server that keeps what it is given in `post.mails`."""
    post = mail_servers.Post()
    controller = mail_servers.TlsController(post, *certificate)
    controller.start()
    post.port = controller.port
    yield post
    controller.stop()
