import hashlib
import re
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.rules.canonical import canonical_json
from pages.forms import DayInput, form_helper
from products.models import LineCode
from service.models import BusinessCalendar, Channel, ClockKind, Priority, Queue, SlaPolicy, StepAction, TicketKind
from service.services.policies import as_arguments

STEP = re.compile(
    r"^(?P<kind>\w+)\s+(?P<percent>\d+)\s*%?\s*(?:\+\s*(?P<after>\d+))?\s+(?P<action>\w+)(?:\s+(?P<queue>[\w-]+))?$"
)
LISTS = ("kinds", "channels", "priorities", "lines", "queues", "languages")
NOTHING = {"", "-", "–"}


def steps_as_text(steps: list[dict[str, Any]]) -> str:
    """Return the steps as a person writes them, one a line."""
    lines = []
    for step in steps:
        after = f"+{step['after']}" if step["after"] else ""
        lines.append(f"{step['kind']} {step['percent']}%{after} {step['action']} {step.get('queue', '')}".strip())
    return "\n".join(lines)


def steps_from_text(text: str) -> list[dict[str, Any]]:
    """Read what `steps_as_text` writes; ValidationError names the line that says no step."""
    steps = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        found = STEP.match(line.strip())
        if not found:
            raise forms.ValidationError(
                _(
                    "Line %(n)d is no step: write “resolution 80%% notify_lead”, or “resolution 100%%+60 reassign queue”."
                )
                % {"n": number}
            )
        said = found.groupdict()
        step = {
            "kind": said["kind"],
            "percent": int(said["percent"]),
            "after": int(said["after"] or 0),
            "action": said["action"],
        }
        steps.append({**step, "queue": said["queue"]} if said["queue"] else step)
    return steps


class TargetsField(forms.CharField):
    """Business minutes of the three clocks for one priority: `30 / 60 / 240`, a dash for none."""

    def clean(self, value):
        parts = [part.strip() for part in super().clean(value).split("/")] if value else []
        if not any(part not in NOTHING for part in parts):
            return {}
        if len(parts) != len(ClockKind.values) or not all(part in NOTHING or part.isdecimal() for part in parts):
            raise forms.ValidationError(_("Write three numbers of minutes: 30 / 60 / 240, a dash for none."))
        return {kind: int(part) for kind, part in zip(ClockKind.values, parts, strict=True) if part not in NOTHING}

    def prepare_value(self, value):
        if not isinstance(value, dict):
            return value
        return " / ".join(str(value.get(kind, "–")) for kind in ClockKind.values) if value else ""


def _choices(label, choices) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.SelectMultiple(attrs={"size": 4})
    )


class SlaPolicyForm(forms.Form):
    """A version of a policy. It is shown first what it would do to open tickets; the second time it is asked for."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    code = forms.SlugField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Small letters, digits and hyphens; it stands in addresses and never changes."),
    )
    valid_from = forms.DateField(
        label=gettext_lazy("From"),
        widget=DayInput(),
        help_text=gettext_lazy(
            "It holds for clocks that start from this day on. A day that has passed reckons open tickets anew."
        ),
    )
    valid_to = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("The last day; empty means open."),
    )
    rank = forms.IntegerField(
        label=gettext_lazy("Order"),
        min_value=1,
        max_value=9_999,
        help_text=gettext_lazy("Of the policies that match a ticket, the lowest number holds."),
    )
    kinds = _choices(gettext_lazy("Kinds"), TicketKind.choices)
    channels = _choices(gettext_lazy("Channels"), Channel.choices)
    priorities = _choices(gettext_lazy("Priorities"), Priority.choices)
    lines = _choices(gettext_lazy("Business lines"), LineCode.choices)
    queues = _choices(gettext_lazy("Queues"), [])
    languages = _choices(gettext_lazy("Languages"), settings.LANGUAGES)
    calendar = forms.ModelChoiceField(label=gettext_lazy("Business calendar"), queryset=BusinessCalendar.objects.none())
    pause_held = forms.BooleanField(
        label=gettext_lazy("Stands still on hold"),
        required=False,
        help_text=gettext_lazy("Clocks always stand still while the customer is waited for."),
    )
    steps = forms.CharField(
        label=gettext_lazy("Escalation"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "mono"}),
        max_length=4_000,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why does it change?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        min_length=10,
        max_length=2_000,
    )
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, policy: SlaPolicy | None = None, cancel_url: str, **kwargs):
        super().__init__(*args, initial=self._held(policy), **kwargs)
        self.policy, self.cancel_url = policy, cancel_url
        self.fields["priorities"].coerce = int
        self.fields["queues"].choices = [(queue.code, queue.name) for queue in Queue.objects.order_by("name")]
        self.fields["calendar"].queryset = BusinessCalendar.objects.order_by("name")
        self.fields["steps"].help_text = _(
            "One a line: the clock (%(kinds)s), the share of the target, minutes after it, and what is done (%(actions)s)."
        ) % {"kinds": ", ".join(ClockKind.values), "actions": ", ".join(StepAction.values)}
        self._add_targets(policy)
        if policy is not None:
            del self.fields["code"]
        self.say(_("See what it does"))

    def say(self, verb: str) -> None:
        """Put `verb` on the button."""
        self.helper = form_helper(self, verb, cancel_url=self.cancel_url, fields=self._order())

    def _order(self) -> list[str]:
        names = list(self.fields)
        targets = [name for name in names if name.startswith("target_")]
        rest = [name for name in names if name not in targets]
        place = rest.index("calendar") + 1
        return [*rest[:place], *targets, *rest[place:]]

    @staticmethod
    def _held(policy: SlaPolicy | None) -> dict[str, Any]:
        if policy is None:
            return {"valid_from": timezone.localdate(), "rank": 100}
        names = ("name", "rank", "calendar", "pause_held", *LISTS)
        held = {name: getattr(policy, name) for name in names}
        return {**held, "valid_from": timezone.localdate(), "steps": steps_as_text(policy.steps)}

    def _add_targets(self, policy: SlaPolicy | None) -> None:
        for value, label in Priority.choices:
            self.fields[f"target_{value}"] = TargetsField(
                label=_("Targets, %(priority)s") % {"priority": label},
                required=False,
                max_length=40,
                initial=policy.targets.get(str(value), {}) if policy else "",
                help_text=_("First response / next response / resolution, in business minutes."),
            )

    def clean_code(self):
        code = self.cleaned_data["code"]
        if code == "new" or SlaPolicy.objects.filter(code=code).exists():
            raise forms.ValidationError(_("There is a policy of this code already: choose another one."))
        return code

    def clean_steps(self):
        return steps_from_text(self.cleaned_data["steps"])

    def clean(self):
        """A policy without a target says nothing."""
        found = super().clean()
        targets = [f"target_{value}" for value in Priority.values]
        if not any(name in self.errors or found.get(name) for name in targets):
            self.add_error(targets[0], _("Give a target for at least one priority."))
        return found

    def values(self) -> dict[str, Any]:
        """Return the columns of the version."""
        said = self.cleaned_data
        names = ("name", "valid_from", "valid_to", "rank", "steps", "pause_held", *LISTS)
        targets = {str(value): said[f"target_{value}"] for value in Priority.values if said[f"target_{value}"]}
        code = self.policy.code if self.policy else said["code"]
        return {
            **{name: said[name] for name in names},
            "code": code,
            "calendar_id": said["calendar"].pk,
            "targets": targets,
        }

    def mark(self) -> str:
        """Return what tells these values from others, so that what was previewed is what is asked for."""
        return hashlib.sha256(canonical_json(as_arguments(self.values()))).hexdigest()
