"""Whose law is asked, in which order."""

# States in which Regulation (EU) 2016/679 applies: the Union's members, and with the EEA agreement IS, LI and NO.
GDPR = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IS",
        "IT",
        "LI",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "NO",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
UNION = "EU"


def looked_up(jurisdiction: str) -> list[str]:
    """Return where a rule is looked for: the jurisdiction, the union that it is of, and the rule of everywhere else."""
    own = jurisdiction.strip().upper()
    return list(dict.fromkeys([own, *([UNION] if own in GDPR else []), ""]))


def calendars_of(jurisdiction: str) -> list[str]:
    """Return whose holidays are days off under a law: its own, where they are known, else those of its union.

    >>> calendars_of("uk"), calendars_of("DE")
    (['GB'], ['DE', 'EU'])
    """
    own = {"UK": "GB"}.get(jurisdiction.strip().upper(), jurisdiction.strip().upper())
    return [own, UNION] if own in GDPR else [own]


def sold_in(market: str, jurisdiction: str) -> bool:
    """Return whether a product of `market` (a state, or the Union) is sold to people of a jurisdiction."""
    own = {"UK": "GB"}.get(jurisdiction.strip().upper(), jurisdiction.strip().upper())
    wanted = {"UK": "GB"}.get(market, market)
    return own == wanted or (wanted == UNION and own in GDPR)
