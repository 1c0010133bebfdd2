from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from identification.models import Answer, Checklist, ChecklistAnswer, ChecklistItem
from identification.services.checklists import ITEM, MOST_ITEMS
from products.models import BusinessLine, Product
from risk.models import RiskClass

BLANK = 4  # empty rows under what stands
FIRST = 12  # rows of a new checklist


class ChecklistForm(forms.ModelForm):
    """A checklist with its questions, each a row of four fields; a row without any words is none."""

    class Meta:
        model = Checklist
        fields = ["code", "name", "purpose"]
        widgets = {"purpose": forms.Textarea(attrs={"rows": 2, "maxlength": 5_000})}

    def __init__(self, *args, items=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.own = list(self.fields)
        self.count = max(self._posted(), min(max(len(items) + BLANK, FIRST), MOST_ITEMS))
        for number in range(self.count):
            said = items[number] if number < len(items) else {}
            self._add_row(number, said)

    def _posted(self):
        """How many rows came, so that a page that was opened before others were added loses none."""
        return min(sum(name.startswith("text_") for name in self.data), MOST_ITEMS)

    def _add_row(self, number, said):
        model = ChecklistItem._meta
        classes = [("", "–"), *RiskClass.choices]
        for name in ITEM:
            label = f"{model.get_field(name).verbose_name} {number + 1}"
            field = (
                forms.ChoiceField(choices=classes, required=False, label=label)
                if name == "risk_class"
                else forms.CharField(max_length=model.get_field(name).max_length, required=False, label=label)
            )
            field.widget.attrs |= {
                "aria-label": label,
                "class": "form-select" if name == "risk_class" else "form-control",
            }
            self.fields[f"{name}_{number}"] = field
            self.initial[f"{name}_{number}"] = said.get(name, "")

    def clean(self):
        found = super().clean()
        for number in range(self.count):
            row = self._row(found, number)
            if any(row.values()):
                for name in ("text", "risk_class", "risk_title"):
                    if not row[name] and f"{name}_{number}" not in self.errors:
                        self.add_error(f"{name}_{number}", _("Fill this in, or empty the row."))
        return found

    @staticmethod
    def _row(found, number):
        return {name: (found.get(f"{name}_{number}") or "").strip() for name in ITEM}

    @cached_property
    def rows(self):
        """The rows as bound fields, for the page."""
        return [[self[f"{name}_{number}"] for name in ITEM] for number in range(self.count)]

    @property
    def heads(self):
        return [self[name] for name in self.own]

    def as_written(self):
        """What the service takes."""
        rows = [self._row(self.cleaned_data, number) for number in range(self.count)]
        return {name: self.cleaned_data[name] for name in self.own} | {"items": [row for row in rows if row["text"]]}


class EditChecklistForm(ChecklistForm):
    class Meta(ChecklistForm.Meta):
        fields = ["name", "purpose", "is_retired"]


class BeginRunForm(forms.Form):
    product = forms.ModelChoiceField(
        label=_("Product"), queryset=None, required=False, empty_label=_("Of no recorded product")
    )
    subject = forms.CharField(
        label=_("What is it gone through for?"),
        max_length=160,
        required=False,
        help_text=_("A process, a provider, a change. Empty: the product."),
    )
    line = forms.ModelChoiceField(
        label=_("Business line"),
        queryset=None,
        required=False,
        empty_label=_("Whole company"),
        help_text=_("A product has its own."),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.visible_to(user).order_by("name")
        self.fields["line"].queryset = BusinessLine.objects.visible_to(user)

    def as_run(self):
        line = self.cleaned_data["line"]
        return {
            "product": self.cleaned_data["product"],
            "subject": self.cleaned_data["subject"],
            "line_id": line.pk if line else None,
        }


class AnswerForm(forms.ModelForm):
    answer = forms.ChoiceField(
        choices=Answer, error_messages={"required": _("Choose an answer; the remark is kept with it.")}
    )

    class Meta:
        model = ChecklistAnswer
        fields = ["answer", "remark"]
