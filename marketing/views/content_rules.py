from django.contrib.auth.decorators import login_required, permission_required
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from customers.services.suitability_rules import company_day
from customers.views.dated_rules import changing
from marketing.dated_rules import DISCLOSURES, FORBIDDEN_WORDS
from marketing.models import Disclosure, ForbiddenWord
from pages.columns import Column
from pages.formats import day

WORD_COLUMNS = (
    Column("words", gettext_lazy("Words"), lambda row: row.words),
    Column("language", gettext_lazy("Language"), lambda row: row.get_language_display()),
    Column("valid_from", gettext_lazy("From"), lambda row: day(row.valid_from)),
    Column("valid_to", gettext_lazy("Until"), lambda row: day(row.valid_to)),
    Column("source", gettext_lazy("Source"), lambda row: row.source),
)


DISCLOSURE_COLUMNS = (
    Column("text", gettext_lazy("Text"), lambda row: row.text),
    Column("line", gettext_lazy("Line"), lambda row: row.line or _("every line")),
    Column("jurisdiction", gettext_lazy("Jurisdiction"), lambda row: row.jurisdiction or _("elsewhere")),
    Column("channel", gettext_lazy("Channel"), lambda row: row.get_channel_display() or _("every channel")),
    *WORD_COLUMNS[1:],
)


@require_safe
@login_required
@permission_required("marketing.view_message", raise_exception=True)
def content_rule_list(request):
    """What no message may say, and what messages must say."""
    today = company_day(timezone.now())
    words = changing(
        request.user, FORBIDDEN_WORDS, change="marketing:forbidden_word_change",
        confirm="marketing:forbidden_word_confirm",
    )  # fmt: skip
    disclosures = changing(
        request.user, DISCLOSURES, change="marketing:disclosure_change", confirm="marketing:disclosure_confirm"
    )
    context = {
        "words": ForbiddenWord.objects.in_force(today),
        "word_columns": (*WORD_COLUMNS, Column("confirmed", gettext_lazy("Confirmed"), words["confirmed"])),
        "word_url": words["rule_url"],
        "disclosures": Disclosure.objects.in_force(today),
        "disclosure_columns": (
            *DISCLOSURE_COLUMNS, Column("confirmed", gettext_lazy("Confirmed"), disclosures["confirmed"])
        ),
        "disclosure_url": disclosures["rule_url"],
        "waiting": [*words["waiting"], *disclosures["waiting"]],
        "actions": [*words["actions"], *disclosures["actions"]],
        "today": today,
    }  # fmt: skip
    return render(request, "marketing/content_rule_list.html", context)
