"""Tests have servers of their own in the var folder (`config.embedded`), or use those that the environment names:
there a database called `test_…`, and a numbered Redis database, which is emptied before every test."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation

from config.celery import app
from tests import audit_flush, database_roles

audit_flush.install()


def pytest_configure() -> None:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    os.environ["MERIDIAN_VAR"] = str(settings.VAR)  # for the processes that tests start
    url = redis_database_of_this_worker(settings.REDIS_URL)
    settings.CACHES["default"]["LOCATION"] = settings.REDIS_URL = url
    app.conf.broker_url = url.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")


def redis_database_of_this_worker(url: str) -> str:
    """Return the address of database 1 to 15: one for each of the processes that share out the tests."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 15 + 1
    if url.startswith("unix:"):
        return f"{url}?db={number}"
    return urlunsplit(urlsplit(url)._replace(path=f"/{number}"))


@pytest.fixture(autouse=True)
def _fresh_cache():
    """No test sees what another one remembered."""
    cache.clear()


@pytest.fixture(autouse=True)
def _own_language():
    """No test speaks the language that another one's last request chose."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tests that empty the tables put back what migrations have put in. From here on they are the application, which
    owns nothing."""
    with django_db_blocker.unblock():
        database_roles.make()
        audit_flush.keep_seeds()
        with database_roles.signed_in_as("meridian_app"):
            yield


@pytest.fixture
def owner(db):
    """The whole test is the owner's, not the application's: it makes tables, or undoes what protects them."""
    with database_roles.as_owner():
        yield
