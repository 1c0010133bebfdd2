"""Registers brought in from tables: tried, then recorded whole or not at all, with a sentence for each row that cannot be."""

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from assurance.models import Finding
from incidents.models import LossEvent, Plan
from risk.models import Control, Reassessment, Risk, RiskStatus, Treatment
from staff.imports import IMPORTS, bring_in, import_named, tried
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.assurance import EngagementFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return UserFactory(role="risk", email="office@example.com")


def rows(*found):
    return [(number, {name: str(cell) for name, cell in row.items()}) for number, row in enumerate(found, 2)]


def taken(key, actor, *found):
    return bring_in(IMPORTS[key], actor=actor, rows=rows(*found), at=timezone.now())


def errors(key, actor, *found):
    return tried(IMPORTS[key], actor=actor, rows=rows(*found), at=timezone.now()).errors


def posted(client, key, *found, **more):
    text = io.StringIO()
    writer = csv.DictWriter(text, found[0].keys())
    writer.writeheader()
    writer.writerows(found)
    file = SimpleUploadedFile("表.csv", text.getvalue().encode())
    return client.post(reverse("staff:table_import", args=[key]), {"file": file, **more})


RISK = {"title": "付款文件重复", "risk_class": "operational", "subclass": "outage", "line": "payment"}


def test_trying_a_table_says_what_would_happen_and_records_nothing(client, office):
    client.force_login(office)

    page = posted(client, "risks", RISK, RISK | {"risk_class": "weather"}, dry_run="on").content.decode()

    assert "1 row can be recorded." in page
    assert "weather is no class of risks." in page
    assert not Risk.objects.exists()


def test_one_bad_row_keeps_all_out(client, office):
    client.force_login(office)

    answer = posted(client, "risks", RISK, RISK | {"line": "banking"})

    assert answer.status_code == 422
    assert "Row 3: banking is not known, or outside your scope." in answer.content.decode()
    assert not Risk.objects.exists()
    assert posted(client, "risks", RISK, RISK).url == reverse("risk:risk_list")
    assert Risk.objects.filter(subclass__code="outage", reference__startswith="R-").count() == 2


def test_ten_thousand_risks_at_once(office, django_assert_max_num_queries):
    with django_assert_max_num_queries(40):
        assert taken("risks", office, *[RISK | {"title": f"Risk {n}"} for n in range(10_000)]) == 10_000

    assert Risk.objects.values("reference").distinct().count() == 10_000


def test_controls_name_their_owner_and_risks(office):
    first, second = RiskFactory(), RiskFactory()
    row = {
        "code": "two-keys", "name": "Two people release", "kind": "Preventive", "frequency": "daily", "is_key": "yes",
        "owner": "OFFICE@example.com", "risks": f"{first.reference}; {second.reference.lower()}",
    }  # fmt: skip

    assert errors("controls", office, row | {"risks": "R-9"}, row | {"is_key": "maybe"}, row, row) == [
        (2, "R-9 is not known, or outside your scope."),
        (3, "maybe is neither yes nor no."),
        (5, "Code: Control with this Code already exists."),
    ]
    assert not Control.objects.filter(code="two-keys").exists()
    taken("controls", office, row)

    control = Control.objects.get(code="two-keys")
    assert (control.owner, control.kind, control.is_key) == (office, "preventive", True)
    assert set(control.risks.all()) == {first, second}


def test_a_treatment_of_a_table_is_refused_what_its_page_refuses(office):
    risk, closed = RiskFactory(), RiskFactory(status=RiskStatus.CLOSED, closing_reason="It cannot happen any more")
    row = {
        "risk": risk.reference, "strategy": "accept", "title": "We live with it", "owner": "office@example.com",
        "starts_on": "2026-01-31", "due_on": "2026-12-31",
    }  # fmt: skip

    found = errors("treatments", office, row, row | {"risk": closed.reference}, row | {"risk": ""})
    assert [number for number, _why in found] == [2, 3, 4]
    assert "Say why the risk is accepted." in found[0][1]
    assert found[2][1] == "The column risk is empty."
    taken("treatments", office, row | {"description": "Cheaper than any answer"})

    assert Treatment.objects.get().risk == risk


def test_a_finding_of_a_table_forces_a_new_assessment():
    auditor, owner = UserFactory(role="internal_audit"), UserFactory(role="product", email="owner@example.com")
    engagement, risk = EngagementFactory(lead=auditor), RiskFactory()
    engagement.unit.risks.add(risk)
    row = {
        "audit": engagement.reference, "title": "One person releases", "severity": "high", "condition": "One does",
        "criteria": "Two should", "risk": risk.reference, "owner": owner.email, "due_on": "2026-12-31",
    }  # fmt: skip

    assert errors("findings", auditor, row | {"audit": "AU-0"}) == [(2, "AU-0 is not known, or outside your scope.")]
    taken("findings", auditor, row)

    assert Finding.objects.get().owner == owner
    assert Reassessment.objects.filter(risk=risk).count() == 1


def test_losses_come_with_their_amount_and_never_from_the_future(office):
    row = {
        "title": "Wrong payout", "amount": "1,000", "currency": "CNY", "occurred_on": "2026-01-05",
        "discovered_on": "2026-01-06", "line": "payment",
    }  # fmt: skip

    assert [n for n, _why in errors("losses", office, row, row | {"amount": "10", "discovered_on": "2999-01-01"})] == [
        2,
        3,
    ]
    taken("losses", office, row | {"amount": "1000.50"})

    assert str(LossEvent.objects.get().entries.get().amount) == "1000.50"


def test_a_plan_of_a_table_waits_for_somebody_elses_approval(office):
    row = {
        "code": "bank-down", "name": "The bank is down", "owner": "office@example.com",
        "triggers": "No answer for ten minutes", "steps": "15 risk: Stop the payouts\n30: Tell the bank",
    }  # fmt: skip

    assert "line 1 is not" in errors("plans", office, row | {"steps": "Stop"})[0][1]
    taken("plans", office, row)

    plan = Plan.objects.get(code="bank-down")
    assert (plan.version, plan.versions.count()) == (None, 1)
    assert ChangeRequest.objects.get().command == "incidents.plan.in_force"


@pytest.mark.parametrize("key", ["risks", "controls", "treatments", "findings", "losses", "plans"])
def test_nobody_else_brings_tables_in(client, key):
    reader = UserFactory(role="marketing")
    client.force_login(reader)

    assert client.get(reverse("staff:table_import", args=[key])).status_code == 403
    assert client.get(reverse("staff:table_empty", args=[key])).status_code == 403
    with pytest.raises(PermissionDenied):
        import_named(key, reader)


def test_the_empty_table_has_the_columns(client, office):
    client.force_login(office)

    empty = client.get(reverse("staff:table_empty", args=["controls"]))

    assert empty.content.decode().strip("\ufeff\r\n").split(",") == list(IMPORTS["controls"].columns)
    assert client.get(reverse("staff:table_import", args=["nothing"])).status_code == 404


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"title\n1", "The table lacks the columns risk_class."),
        (b"title,risk_class,colour\na,b,c", "These columns are not known: colour."),
        (b"PK\x03\x04", "The file cannot be read"),
    ],
)
def test_what_is_no_table_of_this_list_gets_a_sentence(client, office, content, said):
    client.force_login(office)

    page = client.post(reverse("staff:table_import", args=["risks"]), {"file": SimpleUploadedFile("a.csv", content)})

    assert page.status_code == 422
    assert said in page.content.decode()
