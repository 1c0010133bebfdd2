"""One question as a form: what it takes, and the answer as it is kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from surveys.rules.definitions import Question, in_language

LONGEST = 2000


class AnswerForm(forms.Form):
    """`answer` as the question's kind takes it; `kept` is the answer in the form that is kept."""

    def __init__(self, *args: Any, question: Question, language: str, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.question = question
        self.fields["answer"] = field_of(question, language)

    @property
    def kept(self) -> Any:
        return kept(self.question, self.cleaned_data.get("answer"))


def kept(question: Question, value: Any) -> Any:
    """Return an answer as it is kept: numbers as their text, exact; nothing said is None."""
    if value in (None, "", []):
        return None
    if question.kind == "number":
        return format(value, "f")
    return int(value) if question.kind == "scale" else value


def field_of(question: Question, language: str) -> forms.Field:
    said: dict[str, Any] = {
        "label": in_language(question.text, language),
        "help_text": in_language(question.help, language),
        "required": question.required,
    }
    choices = [(option.key, in_language(option.text, language)) for option in question.options]
    if question.kind == "single":
        return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **said)
    if question.kind == "multiple":
        return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **said)
    if question.kind == "scale":
        return forms.ChoiceField(choices=_steps(question), widget=forms.RadioSelect, **said)
    if question.kind == "number":
        bounds = {"min_value": question.least, "max_value": question.most}
        return _Number(max_digits=15, decimal_places=2, **bounds, **said)
    return forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}), **said)


class _Number(forms.DecimalField):
    """A number as people write it: with commas between thousands, in either width."""

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = value.replace(",", "").replace("，", "").strip()
        found = super().to_python(value)
        if found is not None and not found.is_finite():
            raise ValidationError(_("Write a number."))
        return found


def _steps(question: Question) -> list[tuple[str, str]]:
    first, last = int(question.least or 0), int(question.most or 0)
    return [(str(step), str(step)) for step in range(first, last + 1)]
