"""Forms of the editor. Lists of options, steps and bands are written a line each, parts divided by bars."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from surveys.models import Questionnaire
from surveys.purposes import purpose_choices
from surveys.rules.conditions import read_condition, write_condition
from surveys.rules.definitions import KEY, LANGUAGES, Definition, Question

NAMES = {"en": "English", "zh-hans": "简体中文", "zh-hant": "繁體中文"}
KINDS = [
    ("single", _("One of several")),
    ("multiple", _("Several of several")),
    ("number", _("Number")),
    ("scale", _("Scale")),
    ("text", _("Text")),
]
MOST_SCALE = 20


def area(rows: int, **attrs: str) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attrs})


class QuestionnaireForm(forms.ModelForm):
    purpose = forms.ChoiceField(label=_("Purpose"), choices=purpose_choices)

    class Meta:
        model = Questionnaire
        fields = ["code", "name", "purpose"]


class InLanguages(forms.Form):
    """A form with one field for each text in each language: `title_en`, `title_zh_hans` …"""

    texts: tuple[tuple[str, Any, int, bool], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        written = {
            _name(name, language): forms.CharField(
                label=_("%(what)s, %(language)s") % {"what": label, "language": NAMES[language]},
                required=required and language == "en",
                max_length=4000,
                widget=area(rows, lang=language),
            )
            for name, label, rows, required in self.texts
            for language in LANGUAGES
        }
        self.fields = {**written, **self.fields}

    def in_languages(self, name: str) -> dict[str, str]:
        said = {language: self.cleaned_data.get(_name(name, language), "").strip() for language in LANGUAGES}
        return {language: text for language, text in said.items() if text}


def _name(name: str, language: str) -> str:
    return f"{name}_{language.replace('-', '_')}"


def initial_texts(**texts: Any) -> dict[str, str]:
    return {_name(name, language): said.get(language, "") for name, said in texts.items() for language in LANGUAGES}


class TextsForm(InLanguages):
    texts = (
        ("title", _("Title"), 1, True),
        ("intro", _("Introduction"), 3, False),
        ("thanks", _("Thanks"), 2, False),
    )
    least_seconds = forms.IntegerField(
        label=_("Too fast below, seconds a question"),
        min_value=0,
        max_value=600,
        help_text=_("Half of the questions answered in less are a warning; 0 asks for none."),
    )
    same_place = forms.IntegerField(
        label=_("Same place in a row"),
        min_value=0,
        max_value=100,
        help_text=_("So many answers in the same place are a warning; 0 asks for none."),
    )

    @staticmethod
    def of(definition: Definition) -> dict[str, Any]:
        looks = definition.reliability
        texts = initial_texts(title=definition.title, intro=definition.intro, thanks=definition.thanks)
        return {**texts, "least_seconds": looks.least_seconds, "same_place": looks.same_place}

    @property
    def document(self) -> dict[str, Any]:
        said = {name: self.in_languages(name) for name in ("title", "intro", "thanks")}
        return {**said, "reliability": {name: self.cleaned_data[name] for name in ("least_seconds", "same_place")}}


class QuestionForm(InLanguages):
    texts = (("text", _("Question"), 2, True), ("help", _("Help"), 1, False))
    key = forms.CharField(
        label=_("Key"), max_length=30, help_text=_("Small Latin letters, digits and _; conditions name it.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    options = forms.CharField(
        label=_("Options"),
        required=False,
        max_length=20_000,
        widget=area(6),
        help_text=_(
            "One a line: key | points | English | 简体中文 | 繁體中文, and | from | to where it stands for numbers."
        ),
    )
    counts = forms.ChoiceField(
        label=_("Points of several options"), choices=[("sum", _("Their sum")), ("highest", _("The highest"))]
    )
    least = forms.DecimalField(label=_("From"), required=False, max_digits=15, decimal_places=2)
    most = forms.DecimalField(label=_("To"), required=False, max_digits=15, decimal_places=2)
    steps = forms.CharField(
        label=_("Points of a number"),
        required=False,
        max_length=2000,
        widget=area(3),
        help_text=_("One a line: from this number | points."),
    )
    about = forms.ChoiceField(
        label=_("Compared with"),
        required=False,
        choices=[("", _("nothing")), ("age", _("Age on record")), ("income", _("Income on record, a year"))],
    )
    shown_if = forms.CharField(
        label=_("Asked only if"),
        required=False,
        max_length=2000,
        widget=area(3),
        help_text=_("One a line: “question is option, option”, “question least 3”, “not question is option”."),
    )
    joined = forms.ChoiceField(label=_("Of these lines"), choices=[("all", _("all hold")), ("any", _("any holds"))])

    @staticmethod
    def of(question: Question) -> dict[str, Any]:
        lines, joined = write_condition(question.shown_if)
        return {
            **initial_texts(text=question.text, help=question.help),
            "key": question.key,
            "kind": question.kind,
            "required": question.required,
            "options": "\n".join(_option_line(option) for option in question.options),
            "counts": question.counts,
            "least": question.least,
            "most": question.most,
            "steps": "\n".join(f"{step.least} | {step.points}" for step in question.steps),
            "about": question.about,
            "shown_if": lines,
            "joined": joined,
        }

    def clean_key(self) -> str:
        key = self.cleaned_data["key"].strip()
        if not KEY.fullmatch(key):
            raise forms.ValidationError(_("Begin with a small Latin letter; then letters, digits and _."))
        return key

    def clean_options(self) -> list[dict[str, Any]]:
        return [read_option(line) for line in lines_of(self.cleaned_data["options"])]

    def clean_steps(self) -> list[dict[str, Any]]:
        return [read_step(line) for line in lines_of(self.cleaned_data["steps"])]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            cleaned["condition"] = read_condition(cleaned.get("shown_if") or "", cleaned.get("joined") or "all")
        except ValueError as error:
            self.add_error("shown_if", str(error))
        if cleaned.get("kind") == "scale":
            self._check_scale(cleaned)
        return cleaned

    def _check_scale(self, cleaned: dict[str, Any]) -> None:
        ends = [cleaned.get("least"), cleaned.get("most")]
        if None in ends or any(end != int(end) for end in ends) or not 0 < ends[1] - ends[0] <= MOST_SCALE:
            self.add_error("most", _("A scale goes from one whole number to another, in at most 20 steps."))

    @property
    def document(self) -> dict[str, Any]:
        said = self.cleaned_data
        document = {name: said[name] for name in ("key", "kind", "required", "options", "counts", "about", "steps")}
        document |= {"text": self.in_languages("text"), "help": self.in_languages("help")}
        document |= {end: str(said[end]) for end in ("least", "most") if said.get(end) is not None}
        return document | ({"shown_if": said["condition"]} if said["condition"] else {})


def lines_of(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.replace("｜", "|").split("|")]


def _texts(parts: list[str]) -> dict[str, str]:
    return {language: text for language, text in zip(LANGUAGES, parts, strict=False) if text}


def read_option(line: str) -> dict[str, Any]:
    parts = _parts(line)
    if len(parts) < 3 or not KEY.fullmatch(parts[0]):
        raise forms.ValidationError(
            _("“%(line)s” is no option: write key | points | English | 简体中文 | 繁體中文.") % {"line": line[:80]}
        )
    read: dict[str, Any] = {"key": parts[0], "points": _whole(parts[1], line), "text": _texts(parts[2:5])}
    ends = {name: _whole(part, line) for name, part in zip(("low", "high"), parts[5:7], strict=False) if part}
    return read | ends


def _option_line(option: Any) -> str:
    parts = [option.key, str(option.points), *(option.text.get(language, "") for language in LANGUAGES)]
    if option.low is not None or option.high is not None:
        parts += ["" if end is None else str(end) for end in (option.low, option.high)]
    return " | ".join(parts)


def read_step(line: str) -> dict[str, Any]:
    parts = _parts(line)
    try:
        least = Decimal(parts[0])
    except InvalidOperation:
        least = Decimal("NaN")
    if len(parts) != 2 or not least.is_finite():
        raise forms.ValidationError(_("“%(line)s” is no step: write number | points.") % {"line": line[:80]})
    return {"least": str(least), "points": _whole(parts[1], line)}


def _whole(text: str, line: str) -> int:
    digits = text.removeprefix("-").removeprefix("+")
    if not digits.isdecimal() or len(digits) > 9:
        raise forms.ValidationError(_("“%(line)s”: points and bounds are whole numbers.") % {"line": line[:80]})
    return int(text)


class BandsForm(forms.Form):
    bands = forms.CharField(
        label=_("Bands"),
        required=False,
        max_length=20_000,
        widget=area(8),
        help_text=_("One a line: code | from this score | English | 简体中文 | 繁體中文."),
    )
    overrides = forms.CharField(
        label=_("Answers that decide the band"),
        required=False,
        max_length=5000,
        widget=area(4),
        help_text=_("One a line, the first that holds counts: code if question is option."),
    )

    @staticmethod
    def of(definition: Definition) -> dict[str, str]:
        bands = [
            " | ".join([band.code, str(band.least), *(band.label.get(language, "") for language in LANGUAGES)])
            for band in definition.bands
        ]
        rules = [f"{one.band} if {_joined_line(*write_condition(one.condition))}" for one in definition.overrides]
        return {"bands": "\n".join(bands), "overrides": "\n".join(rules)}

    def clean_bands(self) -> list[dict[str, Any]]:
        return [self._band(line) for line in lines_of(self.cleaned_data["bands"])]

    @staticmethod
    def _band(line: str) -> dict[str, Any]:
        parts = _parts(line)
        if len(parts) < 3 or not parts[0] or len(parts[0]) > 20:
            raise forms.ValidationError(
                _("“%(line)s” is no band: write code | from this score | English | 简体中文 | 繁體中文.")
                % {"line": line[:80]}
            )
        return {"code": parts[0], "least": _whole(parts[1], line), "label": _texts(parts[2:5])}

    def clean_overrides(self) -> list[dict[str, Any]]:
        return [self._override(line) for line in lines_of(self.cleaned_data["overrides"])]

    @staticmethod
    def _override(line: str) -> dict[str, Any]:
        band, found, condition = line.partition(" if ")
        if not found:
            raise forms.ValidationError(
                _("“%(line)s” is no rule: write code if question is option.") % {"line": line[:80]}
            )
        try:
            word, joined = (" or ", "any") if " or " in condition else (" and ", "all")
            read = read_condition(condition.replace(word, "\n"), joined)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        return {"band": band.strip(), "if": read}


def _joined_line(lines: str, joined: str) -> str:
    return lines.replace("\n", " or " if joined == "any" else " and ")
