from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from surveys.purposes import label_of
from surveys.querysets.questionnaires import QuestionnaireQuerySet
from surveys.rules.definitions import Definition, in_language, read_definition


class Questionnaire(models.Model):
    """Something to ask, for one purpose. What it asks stands in numbered versions; `version` is the one in force."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=30)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner")
    )
    version = models.ForeignKey(
        "surveys.QuestionnaireVersion",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("version in force"),
    )
    created_at = models.DateTimeField(_("created at"))

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["code"]

    def __str__(self):
        return self.name

    @property
    def purpose_label(self):
        return label_of(self.purpose)


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", pgettext_lazy("state", "Published")


class QuestionnaireVersion(models.Model):
    """What a questionnaire asks, as one document (`surveys.rules.definitions`) with its hash. Once published it never
    changes: a trigger refuses, whoever asks."""

    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, related_name="versions", verbose_name=_("questionnaire")
    )
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState, default=VersionState.DRAFT)
    document = models.JSONField(_("document"), default=dict)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("questionnaire version")
        verbose_name_plural = _("questionnaire versions")
        ordering = ["questionnaire", "-number"]
        permissions = [
            ("publish_questionnaireversion", _("Can ask for a questionnaire to be published")),
            ("check_questionnaireversion", _("Can approve the publishing of a questionnaire")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="one_questionnaire_version_per_number"),
            models.UniqueConstraint(
                fields=["questionnaire"],
                condition=models.Q(state="draft"),
                name="one_draft_per_questionnaire",
                violation_error_message=_("This questionnaire already has a draft."),
            ),
        ]

    def __str__(self):
        return f"{self.questionnaire} v{self.number}"

    @property
    def is_draft(self):
        return self.state == VersionState.DRAFT

    @cached_property
    def definition(self) -> Definition:
        return read_definition(self.document)

    @property
    def title(self):
        return in_language(self.definition.title, get_language() or "en")
