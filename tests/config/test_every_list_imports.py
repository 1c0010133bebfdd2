"""Every list says how its rows are imported, or why they are not: a list that is added says one of the two, or fails here."""

import pytest
from django.urls import reverse

from customers.ingest.targets import TARGETS
from tests.config.world import ADDRESSES, world_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
COUNTED = "Rows are found here, by counting and comparing."
ACTS = "Rows are acts of people here, each with who and when: what was done elsewhere was not done here."
STEPS = "Each begins by its own form, which asks what it must and starts its clocks."
# Lists whose rows are not imported from their page, each with why.
OTHERWISE = {
    "marketing:offer_list": "An offer is drafted one by one and put in force by two people.",
    "marketing:coupon_list": "Coupons are issued, never brought in: their codes are drawn here.",
    "marketing:redemption_list": "The platform redeems over the API, one by one, against the budget.",
    "marketing:held_list": "What is held is found among redemptions.",
    "audit:event_list": "The log is written by the database alone.",
    "assessment:assessment_list": STEPS,
    "assessment:panel_list": STEPS,
    "assessment:forecast_list": COUNTED,
    "assurance:engagement_list": STEPS,
    "assurance:unit_list": "Who owns an area decides who may audit it: entered one by one.",
    "customers:consent_list": "A word of consent comes over the API with its notice and origin, one by one.",
    "customers:duplicate_list": COUNTED,
    "customers:hit_list": COUNTED,
    "customers:import_list": "It is the list of imports itself; its button is New import.",
    "customers:import_rejects": "They are what an import refused.",
    "customers:kyc_task_list": COUNTED,
    "customers:list_version_list": "Watch lists have a loader of their own, which brings a file into force whole: Load version.",
    "customers:merge_list": ACTS,
    "customers:request_list": STEPS,
    "customers:reveal_list": ACTS,
    "customers:suitability_list": "A class stands on answers that are kept here as evidence.",
    "marketing:segment_members": "Members follow from the rule; lists are filled from the list of segments.",
    "marketing:campaign_list": "A campaign is planned on a page and signed off by somebody else.",
    "marketing:campaign_recipients": "An audience follows from its segment and the rules of contact.",
    "marketing:message_list": "A message is written on a page, where its checks stand beside it.",
    "marketing:claim_list": "A claim is entered with its proof and approved by somebody else.",
    "marketing:provider_list": "Providers are few, and each is set up with what the operator allows.",
    "governance:policy_list": "A policy comes into force in versions under four eyes.",
    "governance:attestation_list": ACTS,
    "governance:area_list": "A matrix of duties comes into force in versions under four eyes.",
    "governance:duty_list": "Activities are written in the matrix of their area.",
    "governance:matrix_table": "Activities are written in the matrix of their area.",
    "identification:map_list": "A drawing has a loader of its own, which says what is wrong with it: Import a drawing.",
    "identification:map_steps": "Steps are read from the drawing.",
    "identification:change_list": STEPS,
    "identification:checklist_list": "A checklist is written in versions, which stay once they were used.",
    "identification:emerging_list": STEPS,
    "identification:run_list": ACTS,
    "identification:tree_list": STEPS,
    "identification:round_list": STEPS,
    "identification:scenario_list": "A scenario is a story in revisions, written by its owner; a program writes it over the API.",
    "identification:session_list": ACTS,
    "identification:word_list": "A guide word is written in three languages, one by one.",
    "incidents:case_list": STEPS,
    "incidents:crisis_list": ACTS,
    "incidents:incident_list": STEPS,
    "products:product_list": "Products stand in the mapping of an import ([[products]]), with their first version.",
    "risk:alert_list": COUNTED,
    "risk:proposal_list": ACTS,
    "risk:indicator_list": "An indicator is defined with its bounds under four eyes; its readings come by the night.",
    "risk:loan_list": COUNTED,
    "risk:appetite_list": "A statement comes into force under four eyes.",
    "risk:outside_appetite": COUNTED,
    "service:article_list": "An article is written, reviewed and published in versions.",
    "service:breach_list": COUNTED,
    "service:complaint_list": "A complaint begins its statutory clocks here; those of another system are history, imported as such.",
    "service:mail_list": "Mail comes from its mailbox.",
    "service:mailbox_list": "A mailbox holds a secret that no file should.",
    "service:ticket_list": STEPS,
    "staff:change_inbox": ACTS,
    "staff:change_list": ACTS,
    "staff:change_mine": ACTS,
    "staff:change_reviews": ACTS,
    "staff:job_list": "Jobs are what this system does.",
    "staff:notification_list": "Notifications are what this system tells.",
    "staff:team_list": "Teams and who belongs to them are access: granted one by one.",
    "staff:user_list": "Who may enter, and as what, is granted one by one under four eyes.",
    "surveys:questionnaire_list": "A questionnaire is published in versions under four eyes.",
    "surveys:response_list": "An answer is evidence: it is given here, by whom it is about.",
}


def lists_of(client, reader, world):
    for name, entry in ADDRESSES.items():
        if name.startswith("api:") or not reader.has_perm(entry.permission or "staff.view_job"):
            continue
        answer = client.get(reverse(name, kwargs=entry.kwargs(world) if entry.kwargs else None))
        listing = (answer.context or {}).get("list") if answer.status_code == 200 and answer.context else None
        if listing is not None:
            yield name, listing


@pytest.fixture
def everybody(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    reader = UserFactory(roles=["service_lead", "product", "risk", "compliance", "internal_audit", "administrator"])
    client.force_login(reader)
    return reader


def test_every_list_is_imported_or_says_why_not(client, everybody):
    found = dict(lists_of(client, everybody, world_of(everybody)))

    assert len(found) >= 30
    assert {name for name, listing in found.items() if not listing.import_url} == set(OTHERWISE)


def test_a_list_leads_to_the_import_of_its_rows(client, everybody):
    page = client.get(reverse("customers:customer_list")).content.decode()
    url = f"{reverse('customers:import_create')}?target=customers"

    assert url in page
    form = client.get(url)
    assert form.context["form"].initial["target"] == "customers"
    assert "joined_on" in form.content.decode()


def test_who_may_not_import_is_not_shown_the_way(client):
    client.force_login(UserFactory(role="service_lead"))

    assert "target=customers" not in client.get(reverse("customers:customer_list")).content.decode()


def test_lists_of_targets_are_pages():
    for target in TARGETS.values():
        assert target.label
        assert all(page in ADDRESSES for page in target.lists)
