from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.fields import EncryptedTextField
from customers.querysets.merges import MergeQuerySet


class Merge(models.Model):
    """Two customers became one under an approved request: `absorbed` is a number that leads to `survivor`, until it is
    undone. What moved and what was overwritten is kept beside it."""

    survivor = models.ForeignKey("customers.Customer", models.PROTECT, related_name="merges", verbose_name=_("stays"))
    absorbed = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="absorptions", verbose_name=_("goes")
    )
    choices = models.JSONField(
        _("taken over"), default=list, help_text=_("Fields whose value of the customer that goes was taken over.")
    )
    subtree = ArrayField(
        models.BigIntegerField(), default=list, help_text=_("Customers that had been merged into the one that went.")
    )
    tops = models.JSONField(default=dict, help_text=_("The highest key of each table at the moment of the merge."))
    absorbed_region = models.CharField(max_length=40, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    approval_id = models.BigIntegerField(_("approval"), null=True)
    merged_at = models.DateTimeField(_("merged"))
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )
    undo_approval_id = models.BigIntegerField(_("approval of the undoing"), null=True, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [
            ("merge_customer", _("Can ask for two customers to be merged, or a merge to be undone")),
            ("check_merge", _("Can approve merges of customers and their undoing")),
        ]
        indexes = [models.Index(fields=["survivor"], name="merge_survivor")]
        constraints = [
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at=None), name="one_standing_merge"),
            models.CheckConstraint(condition=~Q(survivor=F("absorbed")), name="merge_of_two"),
        ]

    def __str__(self):
        return f"{self.absorbed} → {self.survivor}"


class MergeField(models.Model):
    """A field of the customer that stayed, as it was before the merge and as the merge left it; sealed like the field."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="fields")
    field = models.CharField(_("field"), max_length=30)
    was = EncryptedTextField(purpose="customers.mergefield.was", null=True)
    became = EncryptedTextField(purpose="customers.mergefield.became", null=True)

    class Meta:
        verbose_name = _("field of a merge")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["merge", "field"], name="one_merge_field")]

    def __str__(self):
        return self.field


class MergeMove(models.Model):
    """A row that changed hands in a merge, and what its columns held before."""

    merge = models.ForeignKey(Merge, models.CASCADE, related_name="moves")
    table = models.CharField(_("table"), max_length=63)
    column = models.CharField(_("column"), max_length=63)
    key = models.BigIntegerField(_("row"))
    was = models.JSONField(_("held before"))

    class Meta:
        verbose_name = _("row moved by a merge")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["merge", "table", "column", "key"], name="one_move_a_row")]

    def __str__(self):
        return f"{self.table} {self.key}"
