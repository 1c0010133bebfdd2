#!/usr/bin/env python3
"""Pictures of every page, by role, in each language, theme and width, into shots/; `make shots`.

Runs against the database of this installation, with the demo company in it, and changes nothing there but sessions,
which it ends. Reports what the browser complains of, unexpected answers, and pages wider than their window; then exits
with 1.

    python -m scripts.shots [--only customer] [--languages en,zh-hans] [--themes light] [--widths 1440] [--full]
"""

from __future__ import annotations

import argparse
import logging
import os
import shutil
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402 models can be asked for only now
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.test.testcases import LiveServerThread  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402

from scripts.shown_pages import PAGES, REFUSED, Shot  # noqa: E402
from staff.middleware import PreferencesMiddleware  # noqa: E402

OUT = Path(settings.ROOT) / "shots"
HEIGHTS = {1440: 900, 390: 844}


class SpokenLanguage(PreferencesMiddleware):
    """Speaks the language that the camera asks for, whatever the person has chosen."""

    def __call__(self, request):
        if request.user.is_authenticated:
            request.user.language = request.headers.get("X-Shots-Language", "en")
            request.user.theme = "system"
        return super().__call__(request)


def main() -> int:
    wish = arguments()
    logging.getLogger("django.request").setLevel(logging.ERROR)  # a page that refuses is wanted here
    from playwright.sync_api import sync_playwright

    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        return say("Chromium is not installed: pictures need it (Debian and Ubuntu: apt install chromium).")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's event loop runs in this thread
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    middleware = [
        "scripts.shots.SpokenLanguage" if name.endswith(".PreferencesMiddleware") else name
        for name in settings.MIDDLEWARE
    ]
    whole = override_settings(STORAGES={**settings.STORAGES, **plain}, MIDDLEWARE=middleware, MFA_REQUIRED_ROLES=[])
    with whole, served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        problems = [problem for taken in take_all(browser, address, wish) for problem in taken]
        browser.close()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}")
    return say("\n".join(problems)) if problems else 0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--languages", default="en,zh-hans")
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--widths", default="1440,390")
    parser.add_argument("--full", action="store_true", help="the whole page and not only what the window shows")
    return parser.parse_args()


class served:
    """The site on a port of its own while the block runs."""

    def __enter__(self) -> str:
        self.thread = LiveServerThread("127.0.0.1", StaticFilesHandler)
        self.thread.daemon = True
        self.thread.start()
        self.thread.is_ready.wait()
        if self.thread.error:
            raise self.thread.error
        return f"http://127.0.0.1:{self.thread.port}"

    def __exit__(self, *failure: Any) -> None:
        self.thread.terminate()


def take_all(browser: Any, address: str, wish: argparse.Namespace) -> Iterator[list[str]]:
    shots = [shot for shot in PAGES if wish.only in shot.name]
    roles = sorted({role for shot in shots for role in shot.roles})
    settings_of = product(roles, wish.languages.split(","), wish.themes.split(","), map(int, wish.widths.split(",")))
    for role, language, theme, width in settings_of:
        session = sign_in(role)
        if role and not session:
            yield [f"nobody has the role {role}: run `manage.py demo` first"]
            continue
        context = browser.new_context(
            base_url=address, viewport={"width": width, "height": HEIGHTS.get(width, 900)}, color_scheme=theme,
            locale=language, extra_http_headers={"X-Shots-Language": language}, reduced_motion="reduce",
        )  # fmt: skip
        if session:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])
        for shot in shots:
            if role in shot.roles:
                yield take(context, shot, f"{shot.name}-{role or 'nobody'}-{language}-{theme}-{width}", wish.full)
        context.close()
        import_module(settings.SESSION_ENGINE).SessionStore(session).delete()


def sign_in(role: str) -> str:
    """Open a session for the first person of a role and return its key; nothing for nobody."""
    person = get_user_model().objects.filter(is_active=True, groups__name=role).order_by("pk").first() if role else None
    if person is None:
        return ""
    # Made by hand and not by signing in, which would be an event in the log and the person's last visit.
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session.session_key


def take(context: Any, shot: Shot, name: str, full: bool) -> list[str]:
    """Take one picture; return what is wrong with the page, a line each."""
    path = path_of(shot)
    if not path:
        print(f"{name}: there is no such page, or no record to show on it")
        return []
    page, said = context.new_page(), []
    page.on("console", lambda message: message.type == "error" and said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    answer = page.goto(path)
    for key in shot.keys:
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    page.wait_for_timeout(500)  # charts draw themselves, menus are fetched
    page.screenshot(path=OUT / f"{name}.png", full_page=full)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.close()
    expected = REFUSED.get(shot.name, 200)
    if answer.status == expected != 200:
        said = [text for text in said if f"status of {expected}" not in text]
    wrong = [f"answers {answer.status}"] if answer.status != expected else []
    return [f"{name}: {text}" for text in [*wrong, *([f"{wide} px too wide"] if wide > 0 else []), *said]]


def path_of(shot: Shot) -> str:
    found = shot.of() if shot.of else None
    if found == []:
        return ""
    try:
        return reverse(shot.page, args=found) + shot.query
    except NoReverseMatch:
        return ""


def say(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


if __name__ == "__main__":
    # Under its own name, so that the middleware above is the same class for Django as here.
    from scripts.shots import main as take_pictures

    sys.exit(take_pictures())
