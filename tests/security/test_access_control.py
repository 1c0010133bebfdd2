"""ASVS 8.2.2, 8.2.3, 8.3.1: what belongs to somebody else, or lies outside one's lines and regions, looks as if it were not
there. Generated from the URL map: a new address of an object is either closed here or named in SHARED with its reason."""

import pytest

from assurance.models import AuditUnit
from governance.models import DutyArea, Policy
from identification.models import (
    CauseTree,
    ChecklistRun,
    EmergingRisk,
    ProcessMap,
    Scenario,
    SelfAssessment,
    SwiftSession,
)
from incidents.models import Case, Incident, LossEvent, Plan
from marketing.models import Campaign, Message, Offer
from risk.models import Control, Indicator, Risk
from staff.rules.roles import Role
from tests.config.test_every_url import METHODS, NO_SUCH_METHOD, REFUSED, _ask, address, quick  # noqa: F401
from tests.config.world import ADDRESSES, world_of
from tests.factories import UserFactory

# Objects that everybody with the permission sees, whoever they are of and wherever they lie.
SHARED = {
    "marketing:segment_": "A segment is the whole company's; its members are narrowed by scope.",
    "api:segment-": "As its page.",
    "marketing:list_": "As its segment; only customers whom one sees are put on it.",
    "marketing:claim_": "What is said of the company is the whole company's.",
    "api:claim-": "As its page.",
    "marketing:provider_": "Who carries messages is the whole company's.",
    "api:provider-": "As its page.",
    "marketing:contact_rule_": "A rule is the whole company's; who may confirm one asks for approval.",
    "marketing:value_rule_": "As a rule of contact.",
    "marketing:forbidden_word_": "As a rule of contact.",
    "marketing:disclosure_": "As a rule of contact.",
    "risk:matrix_": "The matrix is of the whole company.",
    "risk:duty_": "Which duties are kept apart is of the whole company.",
    "api:conflict-rule-": "As its page.",
    "api:duty-exception-": "As its page.",
    "api:matrix-": "As its page.",
    "api:appetite-detail": "The one of the world is of the whole company.",
    "operations:nightly_": "A night is of the whole company.",
    "customers:import_": "An import is of the whole company: who may see imports sees each.",
    "assurance:audit_plan_": "A plan is of the whole company; its lines are narrowed by scope.",
    "assurance:plan_line_add": "Adds to a plan, which is of the whole company; which areas, is narrowed by scope.",
    "api:audit-plan-": "As its page.",
    "audit:": "The log is whole, or it would prove nothing; who reads it is named by role.",
    "api:event-": "As its page.",
    "staff:user_": "Colleagues are no secret; who changes them is named by role.",
    "staff:team_": "Teams are no secret.",
    "api:user-": "As its page.",
    "staff:bulk_edit": "Names a list, whose rows are narrowed by scope.",
    "staff:table_import": "Names a list; rows outside one's scope are refused one by one.",
    "staff:table_empty": "Names a list; the file has headings alone.",
    "staff:policy_": "A policy is the company's; who may change it asks for approval.",
    "api:checkpoint-": "The log is whole, as its pages.",
    "staff:change_": "Who may see change requests sees each; who decides one is a matter of its policy.",
    "api:change-": "As its page.",
    "customers:tag_edit": "A tag is the company's word; who bears it is asked for each customer.",
    "customers:notice_": "A notice is what everybody was shown.",
    "api:notice-": "As its page.",
    "service:mailbox_": "A mailbox is the company's; who may see mailboxes sees each.",
    "service:policy_": "A service policy is the whole company's; who may change one asks for approval.",
    "service:calendar_": "A calendar is the whole company's; who may change one asks for approval.",
    "risk:measure_rows": "Names a measure, not an object; its rows are narrowed by scope.",
    "customers:list_version_": "A watch list is the whole company's.",
    "customers:rule_confirm": "A rule is the whole company's; who may confirm one asks for approval.",
    "customers:kyc_rule_": "As privacy rules.",
    "customers:suitability_rule_": "As privacy rules.",
    "customers:cooling_off_rule_": "As privacy rules.",
    "api:unknown": "Names nothing.",
    "service:past_": "History of other systems, without customers of ours.",
    "service:improvement_": "What is done about a product; it names no customer.",
    "service:macro_edit": "A macro is the company's word.",
    "service:queue_edit": "A queue is the company's; who sees its tickets is asked for each.",
    "service:agent_edit": "Colleagues are no secret.",
    "identification:checklist_": "A checklist is the company's; for what it was gone through is narrowed by scope.",
    "identification:word_edit": "A guide word is the company's.",
    "identification:run_begin": "Names a checklist.",
    "api:checklist-detail": "As its page.",
    "incidents:crisis_": "A crisis is the whole company's: everybody reads of it on every page.",
    "api:crisis-": "As its page.",
    "assessment:expert_record": "How well a colleague foresees; whoever oversees panels sees it of each.",
    "api:notice-rule-": "A rule is the whole company's; who may add one asks for approval.",
    "api:line-assignment-": "Who belongs to which line is the whole company's.",
    "surveys:questionnaire_": "What is asked is no secret; who answered is.",
    "surveys:version_": "As the questionnaire.",
    "surveys:question_": "As the questionnaire.",
}
# What a role is there to see of others.
OF_OFFICE = {
    ("administrator", "staff:job_detail"), ("administrator", "staff:job_progress"), ("administrator", "staff:job_cancel"),
    ("administrator", "api:job-detail"), ("administrator", "api:job-cancel"), ("administrator", "staff:session_end"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def _somewhere(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world(db):
    """One of everything, of somebody else, in one business line and one region."""
    made = world_of(UserFactory(role="service_lead"))
    Risk.objects.update(line=made.product.line)
    Indicator.objects.update(line=made.product.line)
    Case.objects.update(line=made.product.line)
    Policy.objects.update(line=made.product.line)
    DutyArea.objects.update(line=made.product.line)
    Plan.objects.update(line=made.product.line)
    Control.objects.update(line=made.product.line)
    Incident.objects.update(line=made.product.line)
    LossEvent.objects.update(line=made.product.line)
    ChecklistRun.objects.update(line=made.product.line)
    SwiftSession.objects.update(line=made.product.line)
    CauseTree.objects.update(line=made.product.line)
    EmergingRisk.objects.update(line=made.product.line)
    AuditUnit.objects.update(line=made.product.line)
    ProcessMap.objects.update(line=made.product.line)
    made.rule_change.lines.set([made.product.line])
    Scenario.objects.update(line=made.product.line)
    SelfAssessment.objects.update(line=made.product.line)
    Campaign.objects.update(line=made.product.line)
    Message.objects.update(line=made.product.line)
    Offer.objects.update(line=made.product.line)
    return made


@pytest.mark.parametrize("role", Role.values)
def test_8_2_2_an_object_of_somebody_else_or_of_elsewhere_is_not_there(client, quick, world, role):  # noqa: F811
    client.force_login(UserFactory(role=role, regions=["北京"], business_lines=[_another_line(world)]))
    names = [name for name, entry in ADDRESSES.items() if entry.kwargs and not name.startswith(tuple(SHARED))]
    assert len(names) > 40

    reached = []
    for name in names:
        for method in METHODS:
            answer = _ask(client, method, address(name, world))
            refused = answer.status_code in REFUSED | {NO_SUCH_METHOD} or _is_asked_who_it_is(answer)
            if not refused and (role, name) not in OF_OFFICE:
                reached.append((method, name, answer.status_code))

    assert not reached


def test_8_2_2_every_reason_for_sharing_is_still_needed():
    unused = [
        start for start in SHARED if not any(name.startswith(start) and ADDRESSES[name].kwargs for name in ADDRESSES)
    ]
    assert not unused


def test_8_2_2_results_of_anothers_job_are_for_nobody_else_an_administrator_included(client, quick, world):  # noqa: F811
    client.force_login(UserFactory(role="administrator"))
    assert _ask(client, "get", address("staff:job_result", world)).status_code in REFUSED


def _is_asked_who_it_is(answer) -> bool:
    """allauth asks for a proof before it looks for a security key."""
    return answer.status_code == 302 and answer["Location"].startswith("/accounts/reauthenticate/")


def _another_line(world) -> str:
    from products.models import LineCode

    return next(code for code in LineCode.values if code != world.product.line_id)
