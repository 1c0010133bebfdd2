from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.querysets.dated import DatedQuerySet


def ends_after_it_begins(name):
    """A rule's last day is not before its first."""
    return models.CheckConstraint(
        condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
        name=name,
        violation_error_message=_("The last day is before the first."),
    )


class Dated(models.Model):
    """A rule in force from a day on; `valid_to` is its last day, empty until further notice. Rows are added under four eyes
    (`customers.dated_rules`)."""

    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty means open."))
    source = models.CharField(_("source"), max_length=200, blank=True)
    needs_confirmation = models.BooleanField(_("needs confirmation"), default=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [ends_after_it_begins("%(class)s_ends_after_it_begins")]
