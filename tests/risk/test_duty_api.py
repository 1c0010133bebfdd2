"""Rules of segregated duties and accepted conflicts over REST."""

from datetime import timedelta

import pytest
from django.utils import timezone

from risk.services.duty_rules import rule_of
from staff.models import ChangeRequest
from tests.factories import UserFactory
from tests.factories.duties import an_accepted_conflict

pytestmark = pytest.mark.django_db
WHY = "The company is small and has nobody else."


def test_rules_and_exceptions_are_read_and_asked_for(client):
    accepted = an_accepted_conflict()
    holder = UserFactory(roles=["risk", "product"])
    client.force_login(UserFactory(role="risk"))
    until = (timezone.localdate() + timedelta(days=9)).isoformat()
    rule = {
        "first": "marketing",
        "second": "service",
        "severity": "low",
        "why": "Who sells does not answer.",
        "reason": WHY,
    }
    wanted = {
        "rule": rule_of("risk", "product").pk, "person": holder.pk, "compensation": "x", "valid_until": until, "reason": WHY,
    }  # fmt: skip

    def ask(url, said):
        return client.post(f"/api/v1/{url}/", said, content_type="application/json").status_code

    assert client.get(f"/api/v1/duty-exceptions/{accepted.pk}/").json()["person"] == str(accepted.person_id)
    assert client.get(f"/api/v1/conflict-rules/{accepted.rule_id}/").json()["severity"] == "high"
    crossing = {one["person"]: one for one in client.get("/api/v1/conflict-rules/holders/").json()}
    assert crossing[str(accepted.person_id)]["accepted_until"] == accepted.valid_until.isoformat()
    assert crossing[str(holder.pk)]["accepted_until"] is None
    assert ask("conflict-rules", rule | {"second": "no.such"}) == 400
    assert ask("conflict-rules", rule) == 202
    assert ask("duty-exceptions", wanted | {"valid_until": "2020-01-01"}) == 400
    assert ask("duty-exceptions", wanted) == 202
    assert ChangeRequest.objects.open().count() == 2
    client.force_login(UserFactory(role="service"))
    assert ask("conflict-rules", rule) == 403
