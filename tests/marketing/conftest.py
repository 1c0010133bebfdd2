import pytest

from tests.marketing.providers import running


@pytest.fixture
def post(tmp_path):
    """A mail server that counts."""
    folder = tmp_path / "smtp"
    folder.mkdir()
    with running("smtp_sink", folder) as server:
        yield server


@pytest.fixture
def gateway(tmp_path, settings):
    """A gateway for text messages that can hang, lie and answer 429."""
    folder = tmp_path / "gateway"
    folder.mkdir()
    with running("http_provider", folder) as server:
        settings.GATEWAYS = {"sms": {"url": f"http://127.0.0.1:{server.port}/messages", "secret": "shared-key"}}
        yield server
