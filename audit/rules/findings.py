"""What verification finds: a kind, a place, and a sentence. Shared by the log's own verification and by the stand-alone
verifier, which imports this without Django."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any


def _(text: str) -> str:
    """Mark for translation; who shows a finding translates."""
    return text


SENTENCES = {
    "changed": _("Event %(event)s at place %(index)s is not what was sealed: it was changed after %(since)s."),
    "missing": _("The event at place %(index)s is gone (event %(event)s): it was there at %(since)s."),
    "missing_run": _("The events at places %(index)s to %(last)s are gone: they were there at %(since)s."),
    "inserted": _("Event %(event)s was never sealed, though everything of its time was: it was inserted past the triggers."),
    "moved": _("Event %(event)s stands at another place than it was sealed at, %(index)s: the log was reordered after %(since)s."),
    "twice": _("Event %(event)s, sealed at place %(index)s, stands in the log twice."),
    "numbered": _("Event %(event)s is labelled with another place than it was sealed at, %(index)s."),
    "leaf": _("The leaf at place %(index)s (event %(event)s) is not the one in its tile: it was changed after %(since)s."),
    "tile": _("Tile %(index)s of level %(level)s does not have the root that is kept with it: tiles were changed."),
    "root": _("The checkpoint of %(index)s entries does not have the root of the log: the log was rewritten after %(since)s."),
    "signature": _("The checkpoint of %(index)s entries is not signed by a key of this log: %(detail)s"),
    "gap": _("The log has %(index)s leaves where its last checkpoint says %(last)s: leaves were removed or added."),
    "rewritten": _("The event at place %(index)s is another than the one anchored at %(since)s: the log was rewritten after that."),
    "anchor": _("The log of %(index)s entries is not the one anchored at %(since)s (%(detail)s): it was rewritten after that, "
                "after place %(first)s."),
    "shorter": _("The anchor of %(since)s holds %(index)s entries and the log has %(last)s: its end was cut off, or a backup was "
                 "restored."),
    "receipt": _("The receipt for the checkpoint of %(index)s entries does not hold: %(detail)s"),
    "uncompared": _("The anchor of %(index)s entries cannot be compared with this bundle: export the whole log."),
    "trigger": _("The trigger %(detail)s is missing or switched off: changes there are not recorded. Find out since when and by whom, "
                 "then run manage.py migrate or ENABLE ALWAYS it."),
    "live": _("%(detail)s: the record says otherwise than the log. It was changed past the log, after event %(event)s."),
    "live_missing": _("%(detail)s is gone, and no event says that it was deleted."),
    "live_unknown": _("%(detail)s is there, and no event says that it was added."),
    "truncated": _("%(detail)s ends too early or is damaged: the bundle was cut off."),
    "altered": _("%(detail)s is not the file that the manifest names: the bundle was altered."),
    "unreadable": _("%(detail)s"),
}  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold. `index` is the place in the log, `since` when it was last known to hold."""

    kind: str
    index: int | None = None
    last: int | None = None
    first: int | None = None
    level: int | None = None
    event: int | None = None
    since: str = ""
    detail: str = ""

    def sentence(self, translate: Callable[[str], str] = str) -> str:
        told = {name: "?" if value is None or value == "" else value for name, value in asdict(self).items()}
        return translate(SENTENCES[self.kind]) % told

    def as_dict(self) -> dict[str, Any]:
        """Return what is stored, with the sentence in English."""
        fields = {name: value for name, value in asdict(self).items() if value not in (None, "")}
        return {**fields, "sentence": self.sentence()}


def finding_of(stored: dict[str, Any]) -> Finding:
    """Return the finding that `as_dict` wrote."""
    return Finding(**{name: value for name, value in stored.items() if name != "sentence"})


def runs(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings with runs of missing places drawn together: a dropped month is one finding, not a million."""
    begun: Finding | None = None
    for finding in findings:
        if begun and finding.kind == "missing" and finding.index == (begun.last or 0) + 1:
            begun = replace(begun, last=finding.index)
            continue
        if begun:
            yield _closed(begun)
        begun = replace(finding, last=finding.index) if finding.kind == "missing" else None
        if begun is None:
            yield finding
    if begun:
        yield _closed(begun)


def _closed(run: Finding) -> Finding:
    return replace(run, last=None) if run.last == run.index else replace(run, kind="missing_run", event=None)
