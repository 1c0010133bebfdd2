from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pages.forms import DayInput, form_helper
from service.models import BusinessCalendar, CalendarException, CalendarWeek
from service.models.calendars import WEEKDAYS

HOURS = _("09:00-12:00, 13:30-18:00; empty is closed.")


class WithReason(forms.ModelForm):
    """A change that somebody else approves, and why."""

    reason = forms.CharField(
        label=_("Why does it change?"), widget=forms.Textarea(attrs={"rows": 2}), min_length=10, max_length=2_000
    )

    def __init__(self, *args, calendar: BusinessCalendar, cancel_url: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.calendar = calendar
        self.helper = form_helper(self, _("Ask for approval"), cancel_url=cancel_url)

    def values(self):
        """Return the columns of the row."""
        return {
            "calendar_id": self.instance.calendar_id,
            **{name: self.cleaned_data[name] for name in self._meta.fields},
        }


class WeekForm(WithReason):
    class Meta:
        model = CalendarWeek
        fields = ["valid_from", *WEEKDAYS, "make_up"]
        widgets = {"valid_from": DayInput}
        help_texts = {"monday": HOURS, "make_up": _("A weekend day that is worked in place of a holiday.")}

    def __init__(self, *args, calendar, **kwargs):
        newest = calendar.weeks.order_by("-valid_from").first()
        held = {name: getattr(newest, name) for name in (*WEEKDAYS, "make_up")} if newest else {}
        super().__init__(*args, calendar=calendar, initial={**held, "valid_from": timezone.localdate()}, **kwargs)


class DayForm(WithReason):
    class Meta:
        model = CalendarException
        fields = ["day", "hours", "name"]
        widgets = {"day": DayInput}
        help_texts = {"hours": HOURS}
