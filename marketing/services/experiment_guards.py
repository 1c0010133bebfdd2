"""What pauses an experiment by itself: more people who unsubscribe, complain or fall behind than among those held out, and
variants that people were not shared out to as planned."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from marketing.models import Campaign
from marketing.rules.experiments import two_proportion_test
from marketing.rules.readouts import MISMATCH_BELOW
from marketing.services.guarding import GUARDS
from marketing.services.measurement import Group, measure

FEWEST = 200
SURELY = 0.001  # looked at again and again, so a great deal is asked
MOST_UNSUBSCRIBED = 0.02


def register() -> None:
    GUARDS.append(why_to_stop)


def why_to_stop(campaign: Campaign, at: datetime) -> str:
    """Return why the experiment must stop, or nothing. Asked only where enough people were written to."""
    if campaign.sends.filter(outcome="sent").count() < FEWEST:
        return ""
    results = measure(campaign, at)
    if results.ratio_p < MISMATCH_BELOW:
        return _("People were not shared out to the variants as planned: what would be measured means nothing.")
    if results.whole and results.whole.unsubscribed > MOST_UNSUBSCRIBED * results.whole.sent:
        return _("%(n)d of %(all)d people unsubscribed.") % {"n": results.whole.unsubscribed, "all": results.whole.sent}
    return _worse(results.whole, results.control)


def _worse(whole: Group | None, control: Group | None) -> str:
    """More complaints or more overdue among those written to than among those held out."""
    if whole is None or control is None or control.n < FEWEST:
        return ""
    for name, said in (("grieved", _("more complaints")), ("overdue", _("more payments overdue"))):
        test = two_proportion_test([getattr(whole, name), getattr(control, name)], [whole.n, control.n])
        if test.statistic > 0 and test.p_value < SURELY:
            return _("There are %(what)s than among those held out.") % {"what": said}
    return ""
