"""Written forms of dates and times (`YYMMDD`, `D.M.YYYY`, `Mon-YYYY`, `YYMMDD hh:mm:ss`), turned into checked SQL.

PostgreSQL's own casts raise on the first bad value and would lose the whole batch, so a value is matched against the
form, taken apart, and put together only where the parts are a real day. SQL is composed from the form's tokens alone.
"""

import re
from dataclasses import dataclass

from psycopg import sql

PATTERNS = {
    "YYYY": "([0-9]{4})", "YY": "([0-9]{2})", "Mon": "([A-Za-z]{3})", "MM": "([0-9]{2})", "DD": "([0-9]{2})",
    "hh": "([0-9]{2})", "mm": "([0-9]{2})", "ss": "([0-9]{2})", "M": "([0-9]{1,2})", "D": "([0-9]{1,2})",
}  # fmt: skip
WIDTHS = {"YYYY": 4, "YY": 2, "Mon": 3, "MM": 2, "DD": 2, "hh": 2, "mm": 2, "ss": 2}
PARTS = {"YYYY": "year", "YY": "year", "Mon": "month", "MM": "month", "M": "month", "DD": "day", "D": "day",
         "hh": "hour", "mm": "minute", "ss": "second"}  # fmt: skip
TOKEN = re.compile("|".join(PATTERNS))
NAMES = {"ISO": "YYYY-MM-DD"}
ISO_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?$"
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


@dataclass(frozen=True)
class Form:
    """A form of writing a date: its tokens in order, and the text between them."""

    text: str
    pieces: tuple[tuple[str, bool], ...]
    pivot: int

    @property
    def tokens(self) -> list[str]:
        return [piece for piece, is_token in self.pieces if is_token]

    @property
    def has_time(self) -> bool:
        return "hh" in self.tokens

    @property
    def pattern(self) -> str:
        return "^" + "".join(PATTERNS[piece] if is_token else re.escape(piece) for piece, is_token in self.pieces) + "$"


def parse_form(text: str, *, pivot: int = 50) -> Form:
    """Read a form. Two-digit years above `pivot` are 19YY, others 20YY. Raises ValueError with a sentence."""
    written = NAMES.get(text, text)
    pieces: list[tuple[str, bool]] = []
    end = 0
    for match in TOKEN.finditer(written):
        pieces += [(written[end : match.start()], False)] if match.start() > end else []
        pieces.append((match.group(), True))
        end = match.end()
    pieces += [(written[end:], False)] if end < len(written) else []
    form = Form(text, tuple(pieces), pivot)
    parts = [PARTS[token] for token in form.tokens]
    if len(parts) != len(set(parts)):
        raise ValueError(
            f"“{text}” says a part of the date twice: write each of year, month, day once, such as YYYY-MM-DD."
        )
    if not {"year", "month"} <= set(parts):
        raise ValueError(
            f"“{text}” is no form of a date: it needs a year and a month, such as YYYY-MM-DD, YYMMDD or Mon-YYYY."
        )
    return form


def day_of(text: sql.Composable, form: Form, *, women_add_50: bool = False) -> sql.Composed:
    """Return SQL for the date that `text` writes in `form`, or null where it writes none; no day means the first."""
    parts = _parts(text, form)
    month = (
        sql.SQL("({0} - CASE WHEN {0} > 50 THEN 50 ELSE 0 END)").format(parts["month"])
        if women_add_50
        else parts["month"]
    )
    return sql.SQL("CASE WHEN {text} ~ {pattern} THEN customers_day({year}, {month}, {day}) END").format(
        text=text,
        pattern=sql.Literal(form.pattern),
        year=parts["year"],
        month=month,
        day=parts.get("day", sql.SQL("1")),
    )


def moment_of(text: sql.Composable, form: Form | None, zone: str) -> sql.Composed:
    """Return SQL for the time (timestamptz) that `text` writes, in `zone` where it says none; `form` None is ISO
    8601.
    """
    if form is None:
        return sql.SQL("CASE WHEN {text} ~ {pattern} THEN customers_moment({text}, {zone}) END").format(
            text=text, pattern=sql.Literal(ISO_MOMENT), zone=sql.Literal(zone)
        )
    parts = _parts(text, form)
    zero = sql.SQL("0")
    return sql.SQL(
        "CASE WHEN {text} ~ {pattern} AND {hour} < 24 AND {minute} < 60 AND {second} < 60 THEN"
        " (customers_day({year}, {month}, {day}) + make_interval(hours => {hour}, mins => {minute}, secs => {second}))"
        " AT TIME ZONE {zone} END"
    ).format(
        text=text, pattern=sql.Literal(form.pattern), zone=sql.Literal(zone), year=parts["year"], month=parts["month"],
        day=parts.get("day", sql.SQL("1")), hour=parts.get("hour", zero), minute=parts.get("minute", zero),
        second=parts.get("second", zero),
    )  # fmt: skip


def sex_of(text: sql.Composable, form: Form) -> sql.Composed:
    """Return SQL for `female` where the month has 50 added (Czech birth numbers), `male` otherwise, null for what is
    no number.
    """
    return sql.SQL("CASE WHEN {text} ~ {pattern} THEN CASE WHEN {month} > 50 THEN 'female' ELSE 'male' END END").format(
        text=text, pattern=sql.Literal(form.pattern), month=_parts(text, form)["month"]
    )


def _parts(text: sql.Composable, form: Form) -> dict[str, sql.Composed]:
    """Return SQL for each part as an integer, to be used behind the form's pattern only."""
    fixed = all(token in WIDTHS for token in form.tokens)
    found, place, group = {}, 1, 0
    for piece, is_token in form.pieces:
        if is_token:
            group += 1
            taken = (
                sql.SQL("substr({}, {}, {})").format(text, sql.SQL(str(place)), sql.SQL(str(WIDTHS[piece])))
                if fixed
                else sql.SQL("(regexp_match({}, {}))[{}]").format(text, sql.Literal(form.pattern), sql.SQL(str(group)))
            )
            found[PARTS[piece]] = _number(taken, piece, form.pivot)
        place += WIDTHS.get(piece, 0) if is_token else len(piece)
    return found


def _number(taken: sql.Composable, token: str, pivot: int) -> sql.Composed:
    if token == "Mon":
        return sql.SQL("((strpos({}, initcap({})) + 2) / 3)").format(sql.Literal(MONTHS), taken)
    if token == "YY":
        return sql.SQL("({0}::int + CASE WHEN {0}::int > {1} THEN 1900 ELSE 2000 END)").format(
            taken, sql.SQL(str(int(pivot)))
        )
    return sql.SQL("{}::int").format(taken)
