"""The fields that a rule over customers may ask about. What is sealed is not here: nobody is chosen by a telephone number."""

from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from customers.criteria.fields import Choices, Field, Kind
from customers.models import (
    ConsentChannel,
    Customer,
    CustomerKind,
    CustomerRisk,
    CustomerStatus,
    InvestorClass,
    Lifecycle,
    Purpose,
    Sex,
    Tag,
)
from products.models import Jurisdiction, LineCode, Product

GROUPS = {
    "person": _("Customer"),
    "money": _("Money"),
    "activity": _("Activity"),
    "products": _("Products"),
    "credit": _("Credit"),
    "rights": _("Consent and suitability"),
}
PORTRAIT = ("customers_customer", "customers_portrait")
OWN_CURRENCY = _("In the customer's currency.")
# Fields with a permission of their own: a rule with one is written and read only by those who hold it.
BY_SUITABILITY = "customers.select_by_suitability"
BY_RISK = "customers.view_kycreview"

HELD_LINE = """(EXISTS (SELECT FROM customers_account x JOIN products_product pr ON pr.id = x.product_id
                 WHERE x.customer_id = c.id AND x.status <> 'closed' AND {test pr.line_id})
  OR EXISTS (SELECT FROM customers_holding x JOIN products_product pr ON pr.id = x.product_id
              WHERE x.customer_id = c.id AND x.status = 'active' AND {test pr.line_id})
  OR EXISTS (SELECT FROM customers_loan x JOIN products_product pr ON pr.id = x.product_id
              WHERE x.customer_id = c.id AND x.reported_state IN ('running', 'arrears') AND {test pr.line_id}))"""
HELD_PRODUCT = HELD_LINE.replace("pr.line_id", "pr.code")
HOLDING = "EXISTS (SELECT FROM customers_holding x WHERE x.customer_id = c.id AND x.status = 'active' AND {test})"
ACCOUNT = "EXISTS (SELECT FROM customers_account x WHERE x.customer_id = c.id AND x.status <> 'closed' AND {test})"
LOAN = "EXISTS (SELECT FROM customers_loan x WHERE x.customer_id = c.id AND x.reported_state = 'running' AND {test})"
HAS_LOAN = (
    "EXISTS (SELECT FROM customers_loan x WHERE x.customer_id = c.id AND x.reported_state IN ('running', 'arrears'))"
)
# Tags of care and of risk are known to few: a rule does not see them, so nothing hints at them.
TAGGED = """EXISTS (SELECT FROM customers_customertag x JOIN customers_tag t ON t.id = x.tag_id
             WHERE x.customer_id = c.id AND x.ended_at IS NULL AND t.audience = 'everyone' AND {test})"""
# The newest word for a channel or for any stands; of two said at once the no. Of several numbers of one person, merged
# into one, a no on any is a no: `customers.rules.consents`.
CONSENTED = """((c.absorbed = '{{}}' AND EXISTS (
    SELECT FROM customers_consent y
     WHERE y.customer_id = c.id AND y.given AND y.purpose = '{purpose}' AND {{test y.channel}}
       AND NOT EXISTS (SELECT FROM customers_consent n
                        WHERE n.customer_id = y.customer_id AND n.purpose = '{purpose}' AND {{test n.channel}}
                          AND NOT n.given AND n.at >= y.at)))
  OR (c.absorbed <> '{{}}' AND (SELECT bool_and(w.given) FROM (
    SELECT DISTINCT ON (y.customer_id) y.given FROM customers_consent y
     WHERE y.customer_id = ANY (c.id || c.absorbed) AND y.purpose = '{purpose}' AND {{test y.channel}}
     ORDER BY y.customer_id, y.at DESC, y.given) AS w)))"""
# The newest assessment that counts, while it is valid; after a merge the one carried over, until they are assessed anew.
SUITABLE = """((c.absorbed = '{}' AND EXISTS (
    SELECT FROM customers_suitabilityresult s
     WHERE s.customer_id = c.id AND s.review IN ('', 'confirmed') AND {test s.investor_class} AND s.valid_until >= {day}
       AND NOT EXISTS (SELECT FROM customers_suitabilityresult n
                        WHERE n.customer_id = s.customer_id AND n.review IN ('', 'confirmed')
                          AND (n.decided_at, n.id) > (s.decided_at, s.id))))
  OR (c.absorbed <> '{}' AND EXISTS (SELECT FROM (
    SELECT s.investor_class, s.valid_until, s.decided_at AS at, 0 AS carried, s.id
      FROM customers_suitabilityresult s WHERE s.customer_id = c.id AND s.review IN ('', 'confirmed')
     UNION ALL
    SELECT k.investor_class, s.valid_until, k.at, 1, k.id
      FROM customers_carriedassessment k JOIN customers_merge m ON m.id = k.merge_id AND m.undone_at IS NULL
      JOIN customers_suitabilityresult s ON s.id = k.result_id WHERE k.customer_id = c.id
     ORDER BY at DESC, carried DESC, id DESC LIMIT 1) AS v
    WHERE {test v.investor_class} AND v.valid_until >= {day})))"""


def _products() -> Choices:
    return list(Product.objects.order_by("name").values_list("code", "name"))


def _tags() -> Choices:
    return [(tag.code, tag.label) for tag in Tag.objects.filter(audience="everyone")]


def _regions() -> Choices:
    return [(region, region) for region in Customer.objects.regions() if region]


def _of(choices: object) -> Choices:
    return list(choices.choices)  # type: ignore[attr-defined]


def _figure(name: str, label: object, kind: Kind = Kind.MONEY, group: str = "money") -> Field:
    hint = OWN_CURRENCY if kind is Kind.MONEY else ""
    return Field(name, label, group, kind, f"p.{name}", tables=PORTRAIT, hint=hint)  # type: ignore[arg-type]


def _consent(purpose: Purpose) -> Field:
    return Field(
        f"consent_{purpose.value}", purpose.label, "rights", Kind.CONSENT, "y.channel",
        within=CONSENTED.format(purpose=purpose.value), choices=lambda: _of(ConsentChannel), needs="customers.view_consent",
        tables=("customers_customer", "customers_consent"),
    )  # fmt: skip


FIELDS = [
    Field("kind", _("Kind"), "person", Kind.CHOICE, "c.kind", choices=lambda: _of(CustomerKind)),
    Field("status", _("Status"), "person", Kind.CHOICE, "c.status", choices=lambda: _of(CustomerStatus)),
    Field("sex", _("Sex"), "person", Kind.CHOICE, "c.sex", choices=lambda: _of(Sex)),
    Field("age", _("Age in years"), "person", Kind.AGE, "c.birth_date"),
    Field("birthday", _("Birthday"), "person", Kind.BIRTHDAY, "c.birth_date"),
    Field(
        "birth_month", _("Month of birth"), "person", Kind.MONTH, "extract(month FROM c.birth_date)::int",
        choices=lambda: [(str(n), name) for n, name in MONTHS.items()],
    ),
    Field("joined_on", _("Customer since"), "person", Kind.DATE, "c.joined_on"),
    Field("region", _("Region"), "person", Kind.CHOICE, "c.region", choices=_regions, is_closed=False, has_words=False),
    Field("city", _("City"), "person", Kind.CHOICE, "c.city", is_closed=False),
    Field(
        "jurisdiction", _("Jurisdiction"), "person", Kind.CHOICE, "c.jurisdiction", choices=lambda: _of(Jurisdiction),
        is_closed=False,
    ),
    Field(
        "language", _("Language"), "person", Kind.CHOICE, "c.language",
        choices=lambda: [("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")], is_closed=False,
    ),
    Field("currency", _("Currency"), "person", Kind.CHOICE, "c.currency", is_closed=False),
    Field(
        "tag", _("Tag"), "person", Kind.HELD, "t.code", within=TAGGED, choices=_tags, is_closed=False,
        tables=("customers_customer", "customers_customertag", "customers_tag"),
    ),
    Field(
        "risk_level", _("Risk"), "person", Kind.CHOICE, "c.risk_level", choices=lambda: _of(CustomerRisk), needs=BY_RISK
    ),
    _figure("balance", _("Balance")),
    _figure("holdings_value", _("Holdings")),
    _figure("inflow_30", _("Inflow in 30 days")),
    _figure("outflow_30", _("Outflow in 30 days")),
    _figure("inflow_90", _("Inflow in 90 days")),
    _figure("outflow_90", _("Outflow in 90 days")),
    _figure("largest_90", _("Largest movement in 90 days")),
    _figure("monetary", _("Turnover in all")),
    Field(
        "lifecycle", _("Lifecycle"), "activity", Kind.CHOICE, "p.lifecycle", choices=lambda: _of(Lifecycle),
        tables=PORTRAIT,
    ),
    Field("last_on", _("Last movement"), "activity", Kind.DATE, "p.last_on", tables=PORTRAIT),
    Field("first_on", _("First movement"), "activity", Kind.DATE, "p.first_on", tables=PORTRAIT),
    _figure("n_30", _("Movements in 30 days"), Kind.NUMBER, "activity"),
    _figure("n_90", _("Movements in 90 days"), Kind.NUMBER, "activity"),
    _figure("active_days_90", _("Active days in 90"), Kind.NUMBER, "activity"),
    _figure("frequency", _("Movements in all"), Kind.NUMBER, "activity"),
    _figure("trend", _("Trend"), Kind.NUMBER, "activity"),
    Field("lines", _("Business lines"), "products", Kind.SET, "c.lines", choices=lambda: _of(LineCode)),
    Field(
        "holds_line", _("Holds something of a line"), "products", Kind.HELD, "pr.line_id", within=HELD_LINE,
        choices=lambda: _of(LineCode),
        tables=("customers_customer", "customers_account", "customers_holding", "customers_loan"),
    ),
    Field(
        "holds_product", _("Holds a product"), "products", Kind.HELD, "pr.code", within=HELD_PRODUCT, choices=_products,
        is_closed=False, tables=("customers_customer", "customers_account", "customers_holding", "customers_loan"),
    ),
    Field(
        "holding_opened", _("A holding since"), "products", Kind.DATE, "x.opened_on", within=HOLDING,
        tables=("customers_customer", "customers_holding"),
    ),
    Field(
        "holding_matures", _("A holding matures"), "products", Kind.DATE, "x.matures_on", within=HOLDING,
        tables=("customers_customer", "customers_holding"),
    ),
    Field(
        "account_opened", _("An account opened"), "products", Kind.DATE, "x.opened_on", within=ACCOUNT,
        tables=("customers_customer", "customers_account"),
    ),
    Field(
        "has_loan", _("Has a running loan"), "credit", Kind.FLAG, HAS_LOAN, tables=("customers_customer", "customers_loan")
    ),
    Field(
        "loan_disbursed", _("A loan disbursed"), "credit", Kind.DATE, "x.disbursed_on", within=LOAN,
        tables=("customers_customer", "customers_loan"),
    ),
    Field(
        "loan_matures", _("A loan matures"), "credit", Kind.DATE, "x.matures_on", within=LOAN,
        tables=("customers_customer", "customers_loan"),
    ),
    _figure("loans_outstanding", _("Loans outstanding"), group="credit"),
    _figure("overdue_amount", _("Overdue"), group="credit"),
    _figure("overdue_days", _("Days past due"), Kind.NUMBER, "credit"),
    *[_consent(one) for one in (Purpose.MARKETING, Purpose.PERSONALISED, Purpose.RESEARCH)],
    Field(
        "suitability", _("Suitability class"), "rights", Kind.CHOICE, "s.investor_class", within=SUITABLE,
        choices=lambda: _of(InvestorClass), needs=BY_SUITABILITY,
        tables=("customers_customer", "customers_suitabilityresult", "customers_carriedassessment", "customers_merge"),
    ),
]  # fmt: skip
NAMED = {field.name: field for field in FIELDS}


def field_named(name: object) -> Field | None:
    """Return the field of that name, or None."""
    return NAMED.get(name) if isinstance(name, str) else None
