from django.db import models
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

# Why each mix of the first rules is proposed, so that catalogues hold the words.
MIX_WORDS = [
    gettext_noop("Much data on a risk as we know it: the past speaks, and a model carries it on."),
    gettext_noop("Some data on a risk as we know it: the past speaks, and experts weigh it."),
    gettext_noop("No data on a risk as we know it: experts judge it."),
    gettext_noop("Much data, but the risk has changed: the past and a model are held against experts."),
    gettext_noop("Some data, and the risk has changed: experts and a scenario beside the past."),
    gettext_noop("No data, and the risk has changed: experts and a scenario."),
    gettext_noop("The risk is new: data of others or of tests, experts and a scenario."),
    gettext_noop("The risk is new and there is hardly any data: experts and a scenario."),
    gettext_noop("The risk is new and there is no data: experts and a scenario."),
]


class Novelty(models.TextChoices):
    KNOWN = "known", _("Known")
    CHANGED = "changed", _("Has changed")
    NEW = "new", _("New or complex")


class DataLevel(models.TextChoices):
    NONE = "none", _("No data")
    SOME = "some", _("Some data")
    RICH = "rich", _("Much data")


class MixRuleQuerySet(models.QuerySet):
    def in_force(self, at):
        """For each pair of data and novelty the newest rule that has begun on `at`."""
        newest = self.filter(valid_from__lte=at).order_by("data", "novelty", "-valid_from").distinct("data", "novelty")
        return self.filter(pk__in=newest.values("pk"))


class MixRule(models.Model):
    """Which methods are proposed for a risk, by how much data there is and how new it is, from a day on (requirement
    33)."""

    data = models.CharField(_("data"), max_length=4, choices=DataLevel)
    novelty = models.CharField(_("novelty"), max_length=7, choices=Novelty)
    methods = models.JSONField(_("methods"))
    why = models.CharField(_("why"), max_length=300)
    valid_from = models.DateField(_("from"))

    objects = MixRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule of methods")
        verbose_name_plural = _("rules of methods")
        ordering = ["novelty", "data", "-valid_from"]
        constraints = [models.UniqueConstraint(fields=["data", "novelty", "valid_from"], name="one_mix_rule_per_day")]

    def __str__(self):
        return f"{self.get_data_display()} · {self.get_novelty_display()}"

    @property
    def reason(self):
        """Why, in the reader's language where a migration wrote it, else as written."""
        return gettext(self.why)
