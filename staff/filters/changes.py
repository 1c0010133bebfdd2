import django_filters
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import DateRangeWidget

from staff.changes import COMMANDS, label_of
from staff.models import ChangeRequest, ChangeState, User


class ChangeFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ChangeState.choices, label=_("State"))
    command = django_filters.MultipleChoiceFilter(choices=[], label=_("Action"))
    maker = django_filters.ModelMultipleChoiceFilter(
        queryset=lambda request: User.objects.visible_to(request.user), label=_("Asked by")
    )
    asked = django_filters.DateFromToRangeFilter(
        field_name="created_at", label=_("Asked"), widget=DateRangeWidget(attrs={"type": "date"})
    )
    at_once = django_filters.ChoiceFilter(
        field_name="break_glass", choices=[("True", _("Done at once"))], label=_("Done at once"), empty_label=_("All")
    )

    class Meta:
        model = ChangeRequest
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Rooms register their commands after this module is read.
        named = sorted(((name, label_of(name)) for name in COMMANDS), key=lambda pair: pair[1])
        self.filters["command"].extra["choices"] = named
