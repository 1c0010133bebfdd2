import django_filters
from django.utils.translation import gettext_lazy as _
from django_filters.widgets import DateRangeWidget

from staff.models import Job, JobState, Notification, NotificationKind


class JobFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(field_name="title", lookup_expr="icontains", label=_("Title"))
    state = django_filters.MultipleChoiceFilter(choices=JobState.choices, label=_("State"))
    asked = django_filters.DateFromToRangeFilter(
        field_name="created_at", label=_("Asked"), widget=DateRangeWidget(attrs={"type": "date"})
    )
    whose = django_filters.ChoiceFilter(method="of_whom", choices=[("mine", _("Mine"))], label=_("Owner"))

    class Meta:
        model = Job
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.request.user.has_perm("staff.view_any_job"):  # then all that are seen are one's own
            del self.filters["whose"]

    def of_whom(self, jobs, name, value):
        return jobs.filter(owner=self.request.user)


class NotificationFilter(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=NotificationKind.choices, label=_("Kind"))
    unread = django_filters.ChoiceFilter(
        method="not_read", choices=[("true", _("Unread only"))], label=_("Read"), empty_label=_("All")
    )

    class Meta:
        model = Notification
        fields: list[str] = []

    def not_read(self, notifications, name, value):
        return notifications.unread()
