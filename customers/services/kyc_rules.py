"""Rules of knowing customers that are in force."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.models import KycCode, KycRule, KycUnit
from customers.rules.documents import Validity


def kyc_rule(code: str, jurisdiction: str, day: date) -> KycRule:
    """Return the rule in force; ValidationError, and a sentence for compliance, where none is."""
    rule = KycRule.objects.the_one(code, jurisdiction, day)
    if rule is None:
        raise ValidationError(
            _("No KYC rule “%(rule)s” is in force on %(day)s: ask compliance to enter it.")
            % {"rule": KycCode(code).label, "day": day}
        )
    return rule


def validities(jurisdiction: str, day: date) -> list[Validity]:
    """Return how long a resident card holds by the age at its issue; nothing where no rule says."""
    steps = KycRule.objects.steps(KycCode.RESIDENT_ID_VALIDITY, jurisdiction, day)
    return [Validity(one.applies_from, None if one.unit == KycUnit.FOREVER else one.value) for one in steps]
