"""The database that benchmarks run in: beside the company's own, never in it."""

import os
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

NAME = os.environ.get("BENCH_DATABASE", "meridian_bench")


def use_bench_database() -> None:
    """Make the bench database where it is missing, and point the settings at it. Called before Django reads them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    url = os.environ.get("DATABASE_URL") or _embedded_url()
    with psycopg.connect(url, autocommit=True) as server:
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
            server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(NAME)))
    parts = urlsplit(url)
    # urlunsplit drops the empty host of a socket address; keep its slashes.
    address = urlunsplit(parts._replace(path=f"/{NAME}"))
    os.environ["DATABASE_URL"] = address if "://" in address else address.replace(":", "://", 1)


def _embedded_url() -> str:
    from config import embedded

    return embedded.postgres_url()
