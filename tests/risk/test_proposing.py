"""Risks proposed from what happened: from each page that shows something, by whoever sees it."""

import pytest
from django.urls import reverse
from django.utils import timezone

from risk.models import RiskProposal
from risk.services.proposals import accept_proposal, propose_risk
from tests.factories import UserFactory
from tests.factories.assurance import FindingFactory
from tests.factories.complaints import a_complaint, caused
from tests.factories.incidents import CaseFactory
from tests.factories.losses import IncidentFactory, LossFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.risk import RiskFactory

pytestmark = pytest.mark.django_db
SENT = {"title": "It happens again tomorrow", "risk_class": "operational", "line": "", "causes": "", "consequences": ""}


def of_complaint():
    complaint = caused(a_complaint(ago=1))
    args = [complaint.ticket.reference]
    return (
        f"complaint:{complaint.pk}",
        reverse("service:complaint_detail", args=args),
        reverse("risk:complaint_propose", args=args),
    )


def of(source, make, detail, propose):
    def made():
        row = make()
        return f"{source}:{row.pk}", reverse(detail, args=[row.reference]), reverse(propose, args=[row.reference])

    return made


SOURCES = {
    "complaint": of_complaint,
    "loss": of("loss", LossFactory, "incidents:loss_detail", "incidents:loss_propose"),
    "incident": of("incident", IncidentFactory, "incidents:incident_detail", "incidents:incident_propose"),
    "case": of("case", CaseFactory, "incidents:case_detail", "incidents:case_propose"),
    "finding": of("finding", FindingFactory, "assurance:finding_detail", "assurance:finding_propose"),
}


@pytest.mark.parametrize("source", SOURCES)
def test_its_page_leads_to_the_form_and_the_form_to_one_proposal(client, source):
    key, page, propose = SOURCES[source]()
    client.force_login(UserFactory(roles=["compliance", "service_lead"]))
    assert f'href="{propose}"' in client.get(page).content.decode()
    assert client.get(propose).status_code == 200

    first = client.post(propose, {**SENT, "description": ""})

    proposal = RiskProposal.objects.get()
    assert (proposal.source, proposal.source_key, proposal.url) == (source, key, page)
    assert first.url == client.get(propose).url == reverse("risk:proposal_detail", args=[proposal.reference])


@pytest.mark.parametrize("source", SOURCES)
def test_who_does_not_see_the_thing_proposes_nothing_from_it(client, source):
    _key, _page, propose = SOURCES[source]()
    client.force_login(UserFactory(role="marketing"))

    assert client.post(propose, {**SENT, "description": ""}).status_code in (403, 404)
    assert not RiskProposal.objects.exists()


def test_who_sees_the_thing_but_proposes_no_risks_is_refused(client):
    _key, _page, propose = SOURCES["loss"]()
    client.force_login(UserFactory(may=["incidents.view_lossevent"]))

    assert client.get(propose).status_code == 403


def test_what_a_customer_said_stays_with_the_complaint(client):
    _key, _page, propose = of_complaint()
    client.force_login(UserFactory(role="service_lead"))

    form = client.get(propose).context["form"]

    assert form["title"].value() is None
    assert form["description"].value() is None
    assert form["causes"].value()


def test_who_does_not_see_the_proposal_that_stands_is_told_of_it_and_goes_back(client):
    key, page, propose = SOURCES["incident"]()
    standing = ProposalFactory(source_key=key)
    client.force_login(UserFactory(role="product"))

    answer = client.get(propose, follow=True)

    assert answer.redirect_chain == [(page, 302)]
    assert f"proposed already, as {standing.reference}" in answer.content.decode()


def test_the_thread_of_a_risk_runs_from_what_it_was_proposed_from(client):
    office, risk = UserFactory(role="risk"), RiskFactory()
    case = CaseFactory(risk=risk)
    at = timezone.now()
    proposal = propose_risk(
        actor=office, source="case", source_key=f"case:{case.pk}", title="Proposed of the case", risk_class="credit", at=at
    )  # fmt: skip
    new = accept_proposal(actor=office, proposal_id=proposal.pk, owner=office, at=at)
    client.force_login(office)

    tied = client.get(reverse("risk:risk_thread", args=[new.reference])).context["thread"]
    page = client.get(reverse("risk:risk_detail", args=[new.reference])).content.decode()

    assert [one.knot.key for one in tied] == [f"proposal:{proposal.pk}"]
    assert "Proposed from" in page
    assert "Proposed from" not in client.get(reverse("risk:risk_detail", args=[risk.reference])).content.decode()


def test_everybody_finds_the_way_at_home_and_the_office_what_waits(client):
    ProposalFactory()
    url = reverse("risk:proposal_create")
    for role, waits in (("service", False), ("risk", True)):
        client.force_login(UserFactory(role=role))
        page = client.get(reverse("operations:home")).content.decode()
        assert f'href="{url}"' in page
        assert ("Risks proposed" in page) is waits
