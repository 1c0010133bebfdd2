from datetime import timedelta

from django.contrib.auth.decorators import login_required, permission_required
from django.db.models import Count, Max
from django.db.models.functions import TruncDate
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from marketing.models import Click
from marketing.views.messages import crumbs_of, visible_message
from pages.charts import Chart
from pages.columns import Column
from pages.formats import moment, number

DAYS = 30
COLUMNS = [
    Column("url", gettext_lazy("Leads to"), lambda link: link.url, card="wide", wrap=True),
    Column("code", gettext_lazy("Short link"), lambda link: f"/l/{link.code}/", mono=True),
    Column("clicks", gettext_lazy("Clicks"), lambda link: number(link.clicked), numeric=True),
    Column("people", gettext_lazy("Customers known"), lambda link: number(link.people), numeric=True),
    Column("last", gettext_lazy("Last click"), lambda link: moment(link.last_at)),
]


@require_safe
@login_required
@permission_required("marketing.view_message", raise_exception=True)
def message_clicks(request, code):
    """How often the links of a message were followed, in all and day by day."""
    message, now = visible_message(request, code), timezone.now()
    links = message.links.annotate(
        clicked=Count("clicks"), people=Count("clicks__recipient__customer", distinct=True), last_at=Max("clicks__at")
    ).order_by("-clicked", "url")
    days = [timezone.localdate(now) - timedelta(days=back) for back in reversed(range(DAYS))]
    counted = dict(
        Click.objects.filter(link__message=message, at__gte=now - timedelta(days=DAYS))
        .values_list(TruncDate("at"))
        .annotate(n=Count("pk"))
    )
    context = {
        "message": message,
        "crumbs": crumbs_of(message, _("Clicks")),
        "links": links[:100],
        "columns": COLUMNS,
        "chart": Chart(
            _("Clicks a day"), kind="bar", unit="", x=days, series={_("Clicks"): [counted.get(day, 0) for day in days]},
            as_of=now,
        ),
    }  # fmt: skip
    return render(request, "marketing/message_clicks.html", context)
