import hashlib
import json
import re
from pathlib import Path

from django.conf import settings

VENDOR = Path(settings.ROOT) / "static/vendor"
MANIFEST = json.loads((VENDOR / "VENDOR.json").read_text())
ROOMS = [
    "audit",
    "config",
    "customers",
    "operations",
    "pages",
    "products",
    "risk",
    "service",
    "staff",
    "surveys",
    "tests/pages",
]


def test_every_vendored_file_is_the_one_that_was_fetched():
    listed = {path: digest for package in MANIFEST.values() for path, digest in package["files"].items()}
    found = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {"VENDOR.json"}

    assert found == set(listed)
    for path, digest in listed.items():
        assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == digest, path


def test_every_package_names_its_version_and_brings_its_licence():
    for name, package in MANIFEST.items():
        assert re.fullmatch(r"(@[\w-]+/)?[\w.-]+@\d+\.\d+\.\d+", name)
        assert package["integrity"].startswith("sha512-")
        assert any("LICENSE" in path for path in package["files"]), name


def test_every_icon_that_is_asked_for_is_in_the_sprite():
    has = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons/sprite.svg").read_text()))
    root = Path(settings.ROOT)
    templates = [*(root / "templates").rglob("*.html"), *(root / "tests/pages/templates").rglob("*.html")]
    asked = {icon for path in templates for icon in re.findall(r'{% (?:icon|empty_state) "([\w-]+)"', path.read_text())}
    code = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    said = r'(?:icon_svg\(|icon=|Place\([^)]*?, "[\w:]+", )"([a-z0-9]+(?:-[a-z0-9]+)*)"'
    asked |= {icon for path in code for icon in re.findall(said, path.read_text())}

    assert asked - has == set()
