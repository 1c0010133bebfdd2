from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from service.models.tickets import Priority, TicketStatus


class Macro(models.Model):
    """A reply that is written once and used often, in up to three languages, and what it does to a ticket beside.

    One that changes nothing is a canned reply. Variables in the text are those of `service.rules.variables`."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    text = models.TextField(_("text in English"), blank=True)
    text_hans = models.TextField(_("text in simplified Chinese"), blank=True)
    text_hant = models.TextField(_("text in traditional Chinese"), blank=True)
    status = models.CharField(_("then"), max_length=8, choices=TicketStatus, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority, null=True, blank=True)
    queue = models.ForeignKey(
        "service.Queue", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("queue")
    )
    tags = ArrayField(models.CharField(max_length=40), verbose_name=_("tags"), default=list, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        ordering = ["name"]

    def __str__(self):
        return self.name

    def text_in(self, language: str) -> str:
        """The text in `language`, else in the first one that it is written in."""
        own = {"zh-hans": self.text_hans, "zh-hant": self.text_hant}.get(language.lower(), self.text)
        return own or self.text or self.text_hans or self.text_hant
