"""What the banner of the log says, and how often the database is asked for it: once in five seconds, for everybody."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audit.services.state import Part, SealingState, Standing, sealing_state

FRESH_SECONDS = 5
TONES: dict[str, str] = {Standing.OK: "green", Standing.LATE: "red", Standing.WRONG: "red"}


@dataclass(frozen=True)
class Line:
    """One of sealing, verification, anchors: its name and page, whether it is well, a sentence, when it last went
    well.
    """

    name: str
    page: str
    is_well: bool
    sentence: str
    at: datetime | None


@dataclass(frozen=True)
class Banner:
    """The state of the proof in one tone, with a line for each part; `stamp` changes whenever what it says does."""

    tone: str
    size: int
    lines: tuple[Line, ...]

    @property
    def is_well(self) -> bool:
        return all(line.is_well for line in self.lines)

    @property
    def is_proved(self) -> bool:
        """Whether each part has gone well at least once: a new log is well, and neither verified nor anchored."""
        return self.is_well and all(line.at for line in self.lines)

    @property
    def troubles(self) -> list[Line]:
        return [line for line in self.lines if not line.is_well]

    @property
    def page(self) -> str:
        """Where to read more: of the first trouble, if there is one."""
        return self.troubles[0].page if self.troubles else "audit:checkpoint_list"

    @property
    def stamp(self) -> str:
        """Only what a reader acts on: a log that grows is no news, one that has stopped to be sealed is."""
        said = "|".join(f"{line.is_well} {line.sentence} {line.at:%Y%m%d%H%M}" if line.at else line.sentence
                        for line in self.lines)  # fmt: skip
        return sha256(said.encode()).hexdigest()[:16]


def banner() -> Banner:
    """Return what the banner says in the reader's language, at most five seconds old."""
    key = f"audit.sealing.{get_language()}"
    found = cache.get(key)
    if found is None:
        found = _banner_of(sealing_state(at=timezone.now()))
        cache.set(key, found, FRESH_SECONDS)
    return found


def _banner_of(state: SealingState) -> Banner:
    lines = tuple(_line(part) for part in state.parts)
    return Banner(TONES[state.standing], state.sealed_size, lines)


def _line(part: Part) -> Line:
    name, page = {
        "sealing": (_("Sealing"), "audit:checkpoint_list"),
        "verification": (_("Verification"), "audit:verification_list"),
        "anchor": (_("Anchors"), "audit:anchor_list"),
    }[part.name]
    sentence = part.sentence
    if part.name == "verification" and part.standing == Standing.WRONG:
        sentence = " ".join([sentence, _("Change nothing on this server, and read the findings.")])
    return Line(name, page, part.standing == Standing.OK, sentence, part.at)
