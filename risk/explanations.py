"""How a loan's class and an indicator's reading came about: back to the rule in force, the rows and the night."""

from datetime import date
from hashlib import sha256
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.explanations import Explainer, Explanation, Source, register_explainer
from customers.models import Instalment
from pages.formats import amount, day, moment, number, percent
from risk.columns import days_text
from risk.formats import reading_text, value_text
from risk.measures import MEASURES
from risk.models import Indicator, LoanClassRule, LoanGrade
from risk.services.loan_grades import FALLBACK, SQL
from staff.models import User

SHOWN = 12
OF_BOUNDS = ("amber", "red", "direction", "unit", "source", "measure")


def explain_loan(reader: User, record: str, figure: str) -> Explanation | None:
    """Why a loan stands in its class: days past due under the rules that were in force."""
    if not record.isdecimal():
        return None
    grade = LoanGrade.objects.visible_to(reader).for_list().filter(pk=record).first()
    if grade is None:
        return None
    loan, rules = grade.loan, rules_for(grade.loan.product.jurisdiction, grade.as_of)
    page = f"/customers/{loan.customer.reference}/loans/{loan.pk}/"
    unpaid = Instalment.objects.filter(loan=loan, due_on__lte=grade.as_of).order_by("-due_on", "-pk")[:SHOWN]
    may_open = reader.has_perm("customers.view_customer")
    return Explanation(
        title=_("Class of loan %(number)s") % {"number": loan.number},
        value=grade.get_loan_class_display(),
        rule=_(
            "The class follows from the days past due, under the rules in force for the product's jurisdiction. A loan"
            " that ended unpaid, or is in arrears for a time that nobody stated, is never better than substandard."
        ),
        crumbs=[
            (_("Loan book"), reverse("risk:loan_list")),
            (loan.number, reverse("risk:loan_detail", args=[loan.pk])),
        ],
        facts=_facts_of_loan(grade, rules),
        sources=[
            Source(_("Loan"), loan.number, page if may_open else ""),
            Source(_("Instalments due"), number(len(unpaid)), f"{page}#schedule" if may_open else ""),
            Source(_("State at its source"), loan.get_reported_state_display()),
        ],
        run=grade.run,
        records=[
            ("risk_loangrade", str(grade.pk)),
            ("customers_loan", str(loan.pk)),
            *(("customers_instalment", str(row.pk)) for row in unpaid),
            *(("risk_loanclassrule", str(rule.pk)) for rule in rules),
        ],
    )


def rules_for(jurisdiction: str, at: date) -> list[LoanClassRule]:
    """Return the rules that were in force on a day for a jurisdiction, or for CN where it has none."""
    valid = LoanClassRule.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=at), valid_from__lte=at)
    found = list(valid.filter(jurisdiction__in=[jurisdiction, FALLBACK]).order_by("days_from"))
    own = [rule for rule in found if rule.jurisdiction == jurisdiction]
    return own or found


def _facts_of_loan(grade: LoanGrade, rules: list[LoanClassRule]) -> list[tuple[str, Any]]:
    return [
        (_("Days past due"), days_text(grade)),
        (_("In this class since"), day(grade.since)),
        (_("Business date"), day(grade.as_of)),
        *(
            (
                rule.get_loan_class_display(),
                _("from %(days)s days, provision %(rate)s, in force since %(day)s")
                % {"days": rule.days_from, "rate": percent(rule.provision_rate), "day": day(rule.valid_from)},
            )
            for rule in rules
        ),
        (_("Source"), next((rule.source for rule in rules if rule.source), "")),
        (_("Rule"), SQL.name),
        (_("Version of the rule"), sha256(SQL.read_bytes()).hexdigest()[:12]),
    ]


def explain_indicator(reader: User, record: str, figure: str) -> Explanation | None:
    """What an indicator read, or why its bounds stand where they do."""
    indicator = Indicator.objects.visible_to(reader).for_list().filter(code=record).first()
    if indicator is None or (figure == "reading" and indicator.latest is None):
        return None
    return _of_reading(indicator) if figure == "reading" else _of_bounds(indicator)


def _of_reading(indicator: Indicator) -> Explanation:
    reading, measure = indicator.latest, MEASURES.get(indicator.measure)
    rows = measure.rows_url(reading.day, indicator.line_id) if measure else ""
    return Explanation(
        title=indicator.label,
        value=reading_text(reading, indicator),
        rule=measure.definition if measure else indicator.description or _("Somebody reads it by hand."),
        crumbs=_crumbs(indicator),
        facts=[
            (_("Business date"), day(reading.day)),
            (_("Taken"), moment(reading.taken_at)),
            (_("By"), reading.read_by),
            (_("Divided"), _quotient(reading)),
            (_("Band"), reading.get_band_display()),
            (_("Amber then"), value_text(reading.amber, indicator.unit)),
            (_("Red then"), value_text(reading.red, indicator.unit)),
            (_("Rule"), measure and f"{measure.code}.sql"),
            (_("Version of the rule"), measure and sha256(measure.sql.encode()).hexdigest()[:12]),
        ],
        sources=[Source(_("Rows behind"), _("as of %(day)s") % {"day": day(reading.day)}, rows)] if rows else [],
        run=reading.run,
        records=[("risk_indicatorreading", str(reading.pk)), ("risk_indicator", str(indicator.pk))],
        fields=OF_BOUNDS,
        note=_left_out(reading.left_out),
    )


def _left_out(n: int) -> str:
    sentence = ngettext("%(n)s row in another currency is left out.", "%(n)s rows in other currencies are left out.", n)
    return sentence % {"n": number(n)} if n else ""


def _of_bounds(indicator: Indicator) -> Explanation:
    amber, red = value_text(indicator.amber, indicator.unit), value_text(indicator.red, indicator.unit)
    return Explanation(
        title=_("Bounds of %(indicator)s") % {"indicator": indicator.label},
        value=_("amber from %(amber)s, red from %(red)s") % {"amber": amber, "red": red},
        rule=_("The first values inside the amber and the red band. New bounds hold from the next reading."),
        crumbs=_crumbs(indicator),
        facts=[(_("Direction"), indicator.get_direction_display()), (_("Unit"), indicator.get_unit_display())],
        records=[("risk_indicator", str(indicator.pk))],
        fields=OF_BOUNDS,
    )


def _crumbs(indicator: Indicator) -> list[tuple[str, str]]:
    return [
        (_("Indicators"), reverse("risk:indicator_list")),
        (indicator.label, reverse("risk:indicator_detail", args=[indicator.code])),
    ]


def _quotient(reading: Any) -> str:
    parts = [amount(part) for part in (reading.numerator, reading.denominator) if part is not None]
    return f"{' / '.join(parts)} {reading.currency}".strip()


def register() -> None:
    register_explainer("loan", Explainer(explain_loan, "risk.view_loangrade", ("class",)))
    register_explainer("indicator", Explainer(explain_indicator, "risk.view_indicator", ("reading", "bounds")))
