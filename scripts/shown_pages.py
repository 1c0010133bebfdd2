"""The pages that are pictured, room by room. Import it once Django is set up."""

from scripts.shown import desk, house, marketing, risk
from scripts.shown.shot import Shot

__all__ = ["PAGES", "REFUSED", "Shot"]

PAGES = [*house.PAGES, *desk.PAGES, *risk.PAGES, *marketing.PAGES]

REFUSED = {"not_allowed": 403}
