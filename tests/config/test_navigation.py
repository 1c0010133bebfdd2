"""Every place of the side bar leads somewhere that its permission opens, and every icon that is asked for is drawn."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import resolve, reverse

from config.navigation import SECTIONS, places_for
from staff.grants import all_grants
from staff.rules.roles import Role, permissions_of
from tests.config.test_catalogues import ROOMS
from tests.config.world import ADDRESSES
from tests.factories import UserFactory

ROOT = Path(settings.ROOT)
SPRITE = set(re.findall(r'<symbol[^>]*\bid="([^"]+)"', (ROOT / "static/vendor/icons/sprite.svg").read_text()))
PLACES = [place for _title, places in SECTIONS for place in places]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.url_name)
def test_a_place_resolves_and_asks_for_what_its_page_demands(place):
    assert resolve(place.url).view_name == place.url_name
    assert place.permission in all_grants()
    assert place.permission == ADDRESSES[place.url_name].permission


def test_no_place_stands_twice():
    assert len({place.url_name for place in PLACES}) == len(PLACES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("/audit/", "/audit/"),
        ("/audit/checkpoints/", "/audit/checkpoints/"),
        ("/audit/verifications/", "/audit/checkpoints/"),
        ("/audit/anchors/", "/audit/checkpoints/"),
        ("/audit/consistency/", "/audit/checkpoints/"),
    ],
)
def test_the_side_bar_marks_the_place_that_a_page_lies_under(client, page, place):
    client.force_login(UserFactory(role="compliance"))

    side = client.get(page).content.decode().partition('id="side"')[2].partition("</aside>")[0]

    assert re.findall(r'href="([^"]+)" aria-current="page"', side) == [place]


def test_a_page_that_lies_under_a_place_exists():
    assert all(resolve(reverse(name)) for place in PLACES for name in place.also)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_sees_the_places_that_it_opens_and_no_empty_section(role):
    class Person:
        has_perm = staticmethod(permissions_of([role], all_grants()).__contains__)

    shown = places_for(Person())

    assert [place for _title, places in shown for place in places] == [
        p for p in PLACES if Person.has_perm(p.permission)
    ]
    assert all(places for _title, places in shown)


def icons_of_places() -> set[str]:
    return {place.icon for place in PLACES}


def icons_of_templates() -> set[str]:
    """`{% icon "x" %}`, and `icon="x"` handed to a component."""
    said = re.compile(r"""\{%\s*icon\s+["']([^"']+)["']|\bicon=["']([^"']+)["']""")
    found = [match for file in ROOT.glob("templates/**/*.html") for match in said.findall(file.read_text())]
    return {first or second for first, second in found}


# Where the icon stands among what is handed to them without a name.
TAKES_ICON = {"Action": 2, "Hit": 3, "act": 4}


def icons_of_actions() -> set[str]:
    """What actions, hits of the palette and anything else are told as their icon."""
    calls = [node for file in ours() for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    return {part.value for call in calls for part in _icon(call) if isinstance(part, ast.Constant) and part.value}


def _icon(call: ast.Call) -> list[ast.expr]:
    place = TAKES_ICON.get(getattr(call.func, "id", ""), len(call.args))
    return [*call.args[place : place + 1], *(word.value for word in call.keywords if word.arg == "icon")]


def icons_of_mappings() -> set[str]:
    files = [file for file in ours() if re.search(r"^ICONS\b", file.read_text(), re.MULTILINE)]
    modules = [import_module(".".join(file.relative_to(ROOT).with_suffix("").parts)) for file in files]
    return {icon for module in modules for icon in module.ICONS.values()}


def ours() -> list[Path]:
    return [file for room in ROOMS for file in (ROOT / room).rglob("*.py")]


@pytest.mark.parametrize("source", [icons_of_places, icons_of_templates, icons_of_actions, icons_of_mappings])
def test_every_icon_is_in_the_sprite(source):
    assert source()
    assert not source() - SPRITE
