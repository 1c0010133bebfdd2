"""The contrast of every pair of tokens, computed as WCAG 2.2 does (relative luminance; 4.5 for text, 3 for edges)."""

import re
from pathlib import Path

import pytest
from django.conf import settings

THEME = (Path(settings.ROOT) / "static/meridian/theme.css").read_text()
TONES = ["green", "amber", "orange", "red", "critical", "blue", "neutral"]
TEXT = [
    *((f"{tone}-fg", f"{tone}-bg") for tone in TONES),
    *((ink, ground) for ink in ("fg", "fg-2", "link") for ground in ("bg-0", "bg-1", "bg-2")),
    *((f"{tone}-fg", "bg-1") for tone in TONES if tone not in ("critical",)),
    ("on-button", "button"),
    ("on-button", "button-hover"),
    *(("fg", f"heat-{shade}") for shade in range(3)),
]  # fmt: skip
EDGES = [("edge", "bg-1"), ("edge", "bg-0"), ("accent", "bg-1"), *((f"series-{n}", "bg-1") for n in range(1, 7))]


def tokens(theme):
    light, dark = THEME.split('[data-bs-theme="dark"] {')[:2]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return found | (dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark.split("}")[0])) if theme == "dark" else {})


def luminance(colour):
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme, ink, ground):
    found = tokens(theme)

    assert contrast(found[ink], found[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_and_lines_can_be_seen(theme, edge, ground):
    found = tokens(theme)

    assert contrast(found[edge], found[ground]) >= 3
