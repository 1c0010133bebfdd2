import pytest
from django.core.cache import cache

from tests import audit_flush

audit_flush.install()


@pytest.fixture(autouse=True)
def _fresh_cache():
    """No test sees what another one remembered."""
    cache.clear()
