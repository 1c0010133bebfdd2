"""Every page of a record leads to its history, for those who read the log and for nobody else."""

import re

import pytest
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from tests.config.world import PAGES, patterns, world_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
HISTORY = re.compile(r"/audit/history/([a-z_]+)/([^/\"]+)/")
# The log's own pages: an event has no history, and what seals the log is the proof of it.
OF_THE_LOG = "audit:"
TABLES = {
    "marketing:offer_detail": "marketing_offer",
    "marketing:packet_detail": "marketing_redpacket",
    "marketing:redemption_detail": "marketing_redemption",
    "assessment:assessment_detail": "assessment_assessment",
    "assessment:panel_detail": "assessment_panel",
    "marketing:campaign_detail": "marketing_campaign",
    "marketing:message_detail": "marketing_message",
    "marketing:claim_detail": "marketing_claim",
    "customers:customer_detail": "customers_customer",
    "customers:account_detail": "customers_account",
    "customers:loan_detail": "customers_loan",
    "customers:import_detail": "customers_importrun",
    "products:product_detail": "products_product",
    "products:version_detail": "products_productversion",
    "risk:risk_detail": "risk_risk",
    "risk:duty_rule_detail": "risk_conflictrule",
    "risk:indicator_detail": "risk_indicator",
    "risk:alert_detail": "risk_alert",
    "risk:loan_detail": "risk_loangrade",
    "identification:change_detail": "identification_regulatorychange",
    "identification:round_detail": "identification_selfassessment",
    "identification:scenario_detail": "identification_scenario",
    "identification:outcome_detail": "identification_scenariooutcome",
    "identification:bow_tie_detail": "identification_bowtie",
    "assurance:unit_detail": "assurance_auditunit",
    "assurance:engagement_detail": "assurance_engagement",
    "assurance:paper_detail": "assurance_workingpaper",
    "assurance:audit_plan_detail": "assurance_auditplan",
    "assurance:sample_detail": "assurance_auditsample",
    "assurance:finding_detail": "assurance_finding",
    "risk:proposal_detail": "risk_riskproposal",
    "identification:map_detail": "identification_processmap",
    "risk:run_detail": "risk_automatedrun",
    "risk:control_detail": "risk_control",
    "risk:test_detail": "risk_controltest",
    "risk:treatment_detail": "risk_treatment",
    "governance:policy_detail": "governance_policy",
    "governance:area_detail": "governance_dutyarea",
    "identification:checklist_detail": "identification_checklist",
    "identification:run_detail": "identification_checklistrun",
    "identification:session_detail": "identification_swiftsession",
    "identification:tree_detail": "identification_causetree",
    "identification:emerging_detail": "identification_emergingrisk",
    "incidents:case_detail": "incidents_case",
    "incidents:plan_detail": "incidents_plan",
    "incidents:activation_detail": "incidents_activation",
    "incidents:incident_detail": "incidents_incident",
    "incidents:loss_detail": "incidents_lossevent",
    "incidents:crisis_detail": "incidents_crisis",
    "marketing:segment_detail": "marketing_segment",
    "staff:user_detail": "staff_user",
    "staff:team_detail": "staff_team",
    "staff:job_detail": "staff_job",
    "operations:nightly_detail": "operations_nightlyrun",
}


@pytest.fixture(scope="module")
def world(request, django_db_setup, django_db_blocker, tmp_path_factory):
    """One of everything, and somebody as the test asks for, shared by the tests that ask for the same: they only read."""
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")),
        transaction.atomic(),
    ):
        yield world_of(UserFactory(**request.param))
        transaction.set_rollback(True)


def of(**person):
    return pytest.mark.parametrize("world", [person], indirect=True, ids=["shared"])


def pages_of_records():
    """From the URL map: a new page of a record is among them without being listed."""
    return sorted(
        name for name, _pattern in patterns() if name.endswith("_detail") and not name.startswith((OF_THE_LOG, "api:"))
    )


@of(roles=["administrator", "compliance", "risk", "service"])
@pytest.mark.parametrize("name", pages_of_records())
def test_the_page_of_a_record_leads_to_its_history(client, world, name):
    client.force_login(world.job.owner)

    text = client.get(reverse(name, kwargs=PAGES[name].kwargs(world))).content.decode()
    found = HISTORY.findall(text)

    assert found, f"{name} has no history: include audit/history.html with its table and key"
    table, key = found[0]
    assert table == TABLES.get(name, table)
    history = client.get(f"/audit/history/{table}/{key}/")
    assert history.status_code == 200
    assert history.context["history"], f"the history of {name} is empty: is {table} {key} the right record?"


@of(roles=["risk", "service", "product"])
@pytest.mark.parametrize("name", pages_of_records())
def test_who_does_not_read_the_log_is_not_led_there(client, world, name):
    client.force_login(world.job.owner)

    response = client.get(reverse(name, kwargs=PAGES[name].kwargs(world)))

    assert not HISTORY.findall(response.content.decode())


@of(role="risk", full_name="Olga Owner")
def test_a_history_speaks_as_people_do(client, world):
    client.force_login(UserFactory(role="compliance"))

    text = client.get(reverse("audit:record_history", args=["risk_alert", world.alert.pk])).content.decode()

    assert "Olga Owner" in text
    assert '<th scope="row" title="owner_id">Owner</th>' in text
    assert f"{world.alert.indicator.code} {world.alert.pk}" in text


@of(role="risk", full_name="Olga Owner")
def test_a_personal_value_in_a_history_is_hidden(client, world):
    client.force_login(UserFactory(role="compliance"))

    text = client.get(reverse("audit:record_history", args=["customers_customer", world.customer.pk])).content.decode()

    assert "hidden personal value" in text
    assert world.customer.name not in text
