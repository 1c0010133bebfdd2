import django_filters
from django.utils.translation import gettext_lazy as _

from service.models import Mailbox


class MailboxFilter(django_filters.FilterSet):
    is_active = django_filters.BooleanFilter(label=_("In use"))

    class Meta:
        model = Mailbox
        fields: list[str] = []
