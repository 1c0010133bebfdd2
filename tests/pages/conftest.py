from pathlib import Path

import pytest

from config import navigation

TEMPLATES = str(Path(__file__).parent / "templates")
PLACES = [
    ("", [navigation.Place("Messages", "demo_list", "mail")]),
    (
        "People",
        [navigation.Place("Jobs", "staff:job_list", "loader"), navigation.Place("Staff", "staff:user_list", "users")],
    ),
]


@pytest.fixture
def demo(settings, monkeypatch):
    """The site with the pages of tests/pages/demo.py in it, and a side bar of its own."""
    settings.ROOT_URLCONF = "tests.pages.demo"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [TEMPLATES, *settings.TEMPLATES[0]["DIRS"]]}]
    monkeypatch.setattr(navigation, "SECTIONS", PLACES)
