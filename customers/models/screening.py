from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from customers.querysets.screening import (
    HitQuerySet,
    ListEntryQuerySet,
    ListVersionQuerySet,
    WatchListQuerySet,
)


class ListKind(models.TextChoices):
    SANCTIONS = "sanctions", _("Sanctions")
    PEP = "pep", _("Politically exposed persons")
    WATCH = "watch", _("Watch list of our own")


class WatchList(models.Model):
    """A list of names that customers are held against, whoever publishes it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=9, choices=ListKind)
    publisher = models.CharField(_("publisher"), max_length=120, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = WatchListQuerySet.as_manager()

    class Meta:
        verbose_name = _("watch list")
        verbose_name_plural = _("watch lists")
        ordering = ["name"]

    def __str__(self):
        return self.name


class VersionState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    CURRENT = "current", _("In force")
    REPLACED = "replaced", _("Replaced")
    FAILED = "failed", _("Failed")


class ListVersion(models.Model):
    """A list as it was loaded once. It comes into force whole, and customers are then held against what is new in it."""

    watch_list = models.ForeignKey(WatchList, models.PROTECT, related_name="versions", verbose_name=_("watch list"))
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=8, choices=VersionState, default=VersionState.QUEUED)
    file = models.CharField(max_length=300, blank=True, editable=False)
    file_name = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    may_shrink = models.BooleanField(_("may be much smaller"), default=False)
    rows_read = models.PositiveIntegerField(_("read"), default=0)
    rows_taken = models.PositiveIntegerField(_("taken"), default=0)
    rows_rejected = models.PositiveIntegerField(_("rejected"), default=0)
    rows_new = models.PositiveIntegerField(_("new"), default=0)
    rows_gone = models.PositiveIntegerField(_("gone"), default=0)
    error = models.CharField(_("error"), max_length=300, blank=True)
    job = models.ForeignKey("staff.Job", models.SET_NULL, null=True, blank=True, related_name="+")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asked by")
    )
    created_at = models.DateTimeField(_("asked"))
    in_force_at = models.DateTimeField(_("in force from"), null=True, blank=True)
    screened_to = models.BigIntegerField(default=0, editable=False)
    screened_at = models.DateTimeField(_("customers held against it"), null=True, blank=True)

    objects = ListVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a watch list")
        verbose_name_plural = _("versions of watch lists")
        constraints = [
            models.UniqueConstraint(fields=["watch_list", "number"], name="one_list_version_per_number"),
            models.UniqueConstraint(
                fields=["watch_list"], condition=Q(state="current"), name="one_version_of_a_list_in_force"
            ),
        ]
        indexes = [models.Index(F("created_at").desc(), F("id").desc(), name="list_version_newest")]

    def __str__(self):
        return f"{self.watch_list} {self.number}"


class PartyKind(models.TextChoices):
    PERSON = "person", _("Person")
    ENTITY = "entity", _("Organisation")
    OTHER = "other", _("Ship, aircraft or other")


class ListEntry(models.Model):
    """One entry of a list as it stood from one version to another; a changed one is a new row beside the old."""

    watch_list = models.ForeignKey(WatchList, models.PROTECT, related_name="entries", verbose_name=_("watch list"))
    external_id = models.CharField(_("number on the list"), max_length=64)
    kind = models.CharField(_("kind"), max_length=6, choices=PartyKind, default=PartyKind.PERSON)
    names = ArrayField(models.CharField(max_length=400), verbose_name=_("names"))
    birth_dates = ArrayField(models.CharField(max_length=10), verbose_name=_("birth dates"), default=list, blank=True)
    countries = ArrayField(models.CharField(max_length=2), verbose_name=_("countries"), default=list, blank=True)
    identifiers = ArrayField(models.CharField(max_length=64), verbose_name=_("identifiers"), default=list, blank=True)
    program = models.CharField(_("program"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    digest = models.CharField(max_length=64)
    from_version = models.PositiveIntegerField(_("from version"))
    to_version = models.PositiveIntegerField(_("to version"), null=True, blank=True)

    objects = ListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry of a watch list")
        verbose_name_plural = _("entries of watch lists")
        constraints = [
            models.UniqueConstraint(
                fields=["watch_list", "external_id"],
                condition=Q(to_version__isnull=True),
                name="one_entry_of_a_number_in_force",
            )
        ]

    def __str__(self):
        return f"{self.watch_list} {self.external_id}"


class RejectReason(models.TextChoices):
    ENCODING = "encoding", _("This row is not UTF-8 text.")
    CELLS = "cells", _("This row has too few or too many columns.")
    TOO_LONG = "too_long", _("A cell of this row is longer than a name or a note can be.")
    NO_ID = "no_id", _("The number on the list is missing or longer than 64 signs.")
    NO_NAME = "no_name", _("There is no name with a letter in it.")
    REPEATED = "repeated", _("Another row of the file has this number already.")
    BIRTH_DATE = "birth_date", _("The birth date is neither a year nor a day: write 1962 or 1962-03-14.")
    COUNTRY = "country", _("The country is not two letters (ISO 3166), such as IR.")
    KIND = "kind", _("The kind is none of person, entity and other.")


class ListReject(models.Model):
    """A row of a list that was not taken, and why."""

    version = models.ForeignKey(ListVersion, models.CASCADE, related_name="rejects")
    line = models.PositiveIntegerField(_("line number"))
    reason = models.CharField(_("why it was not taken"), max_length=10, choices=RejectReason)
    text = models.CharField(_("row"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("rejected row of a watch list")
        verbose_name_plural = _("rejected rows of watch lists")
        ordering = ["version", "line"]

    def __str__(self):
        return f"{self.version} {self.line}"


class ClearedAs(models.TextChoices):
    """On what grounds somebody says that a customer is not who stands on the list."""

    BIRTH_DATE = "birth_date", _("Another birth date")
    IDENTIFIER = "identifier", _("Another document or registration number")
    PLACE = "place", _("Another country or place, shown by documents")
    NAME = "name", _("Another name after all")
    OTHER = "other", _("Other grounds, in words")


class ScreeningHit(models.Model):
    """A customer who may be somebody on a list, until two people say that they are not, or one that they are.

    A pair that was cleared stays cleared while neither side changes: the row holds what both were. Nothing takes a hit
    back by itself; only a newer hit of the same pair takes its place."""

    customer = models.ForeignKey(
        "customers.Customer", models.PROTECT, related_name="screening_hits", verbose_name=_("customer")
    )
    entry = models.ForeignKey(ListEntry, models.PROTECT, related_name="hits", verbose_name=_("entry"))
    score = models.PositiveSmallIntegerField(_("likeness, percent"))
    matched = models.JSONField(_("what matched"), default=dict)
    customer_digest = models.CharField(max_length=64)
    opened_at = models.DateTimeField(_("opened at"))
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    cleared_as = models.CharField(_("cleared for"), max_length=10, choices=ClearedAs, blank=True)
    cleared_at = models.DateTimeField(_("cleared at"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    reason = models.TextField(_("reason"), blank=True)

    objects = HitQuerySet.as_manager()

    class Meta:
        verbose_name = _("screening hit")
        verbose_name_plural = _("screening hits")
        permissions = [
            ("handle_screeninghit", _("Can confirm screening hits and ask to clear them")),
            ("check_screeninghit", _("Can approve that a screening hit is cleared")),
        ]
        indexes = [
            models.Index(
                F("score").desc(),
                "id",
                name="hit_open",
                condition=Q(cleared_at__isnull=True, confirmed_at__isnull=True, replaced_by__isnull=True),
            ),
            models.Index("customer", F("id").desc(), name="hit_of_customer"),
            models.Index(F("opened_at").desc(), F("id").desc(), name="hit_newest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["customer", "entry", "customer_digest"], name="one_hit_of_a_pair"),
            models.CheckConstraint(
                condition=Q(cleared_as="", cleared_at__isnull=True)
                | (~Q(cleared_as="") & Q(cleared_at__isnull=False, confirmed_at__isnull=True)),
                name="cleared_hit_says_for_what",
            ),
        ]

    def __str__(self):
        return f"H-{self.pk}"

    @property
    def state(self):
        if self.replaced_by_id:
            return "replaced"
        if self.confirmed_at:
            return "confirmed"
        return "cleared" if self.cleared_at else "open"

    @property
    def is_open(self):
        return self.state == "open"


class ScreeningState(models.Model):
    """What a customer was when they were last held against the lists. Who differs from it is held against them again."""

    customer = models.OneToOneField(
        "customers.Customer", models.CASCADE, primary_key=True, related_name="screening_state"
    )
    digest = models.BinaryField()
    screened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("state of screening")
        verbose_name_plural = _("states of screening")

    def __str__(self):
        return f"{self.customer_id}"
