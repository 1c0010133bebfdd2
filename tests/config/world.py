"""One of everything that an address can name, and the list of addresses with what each demands.

`ADDRESSES` says, for every URL name, which permission opens it and what its address names. It is written by hand, so
that a decorator that was forgotten does not agree with itself. A new address needs its line here.
"""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.core.files.base import ContentFile
from django.urls import URLPattern, get_resolver
from django.utils import timezone

from assessment.models import PanelSeat
from audit.models import Event
from customers.models import (
    Consent,
    CoolingOffRule,
    CustomerTag,
    EnhancedReview,
    Interaction,
    KycProfile,
    KycReview,
    KycRule,
    KycTask,
    ListVersion,
    Notice,
    PrivacyRequest,
    PrivacyRule,
    Representative,
    RequestEntry,
    Reveal,
    Stake,
    SuitabilityRule,
    Tag,
)
from incidents.models import ActivationCall, NoticeRule
from operations.models import NightlyRun
from products.models import ProductDocument, ProductVersion
from risk.models import AppetiteBreach, AppetiteStatement, ConflictRule, Risk, RiskMatrix, RiskMatrixCell
from service.models import ComplaintRedress, Macro, MessageFile, RegulatorReferral, Subtask, Ticket, TicketClock
from service.services.clocks import reckon
from staff.models import ApiToken, Delegation, Job, Notification, SavedView, UserSession
from tests.config.addresses import OWN, Address, Kwargs, key, of_customer, pk
from tests.config.marketing_world import PAGES as MARKETING_PAGES
from tests.config.marketing_world import REST as MARKETING_API
from tests.config.marketing_world import marketing_of
from tests.factories import TeamFactory, UserFactory
from tests.factories.articles import ArticleFactory
from tests.factories.assessments import a_decided_assessment, an_assessment
from tests.factories.assurance import (
    AuditPlanLineFactory,
    FindingFactory,
    ProgrammeStepFactory,
    SampleFactory,
    WorkingPaperFactory,
    some_paper_evidence,
)
from tests.factories.changes import a_change
from tests.factories.complaints import ImprovementFactory, PastComplaintFactory, a_complaint
from tests.factories.customers import (
    AccountFactory,
    CopyFactory,
    DuplicatePairFactory,
    HitFactory,
    HoldingFactory,
    IdentityDocumentFactory,
    ImportFileFactory,
    ImportRejectFactory,
    ImportRunFactory,
    LoanFactory,
    MergeFactory,
    PersonFactory,
    PortraitFactory,
    TransactionFactory,
)
from tests.factories.duties import an_accepted_conflict
from tests.factories.governance import AttestationFactory, DutyMatrixFactory, LineAssignmentFactory
from tests.factories.identification import CauseNodeFactory, EmergingRiskFactory, RunFactory, SwiftRowFactory, answered
from tests.factories.incidents import CaseFactory, PlanFactory, an_activation
from tests.factories.losses import an_incident_with_its_loss, some_evidence
from tests.factories.mails import MailFactory
from tests.factories.maps import a_map, a_risk_on
from tests.factories.offers import an_offer_with_everything
from tests.factories.panels import a_finished_panel, a_running_panel
from tests.factories.products import ProductFactory
from tests.factories.proofs import anchored, sealed, verified
from tests.factories.proposals import ProposalFactory
from tests.factories.regulatory import RegulatoryChangeFactory
from tests.factories.response import AutomatedRunFactory, ControlTestFactory, TreatmentTaskFactory
from tests.factories.risk import AlertFactory, GradeFactory, RiskFactory
from tests.factories.rounds import a_round, answered_by
from tests.factories.scenarios import BarrierFactory, a_scenario, an_outcome
from tests.factories.segments import make_segment
from tests.factories.service import AgentFactory, ChatFactory, MessageFactory, QueueFactory, TicketFactory
from tests.factories.staff import past_the_guards
from tests.factories.suitability import CoolingOffFactory, ResultFactory
from tests.factories.surveys import InvitationFactory, QuestionnaireFactory, ResponseFactory

PUBLIC = {  # whoever is not signed in gets an answer here: to sign in, to choose a language
    "account_login", "account_signup", "account_inactive", "account_logout", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "account_confirm_email", "account_email_verification_sent", "account_confirm_login_code", "mfa_authenticate",
    # The chat of the public: its token, which the visitor's browser made, is the key (tests/service/test_public_chat.py).
    "chat:page", "chat:widget", "chat:start", "chat:leave", "chat:poll", "chat:write", "chat:end", "chat:transcript",
    "chat:rate", "chat:upload", "chat:file", "chat:transcript_mail",
    "hook",  # opened by the outlet's signature (tests/service/test_hooks.py)
    "mfa_login_webauthn", "set_language", "favicon.ico", "surveys:answer", "service:rate",
    "unsubscribe", "message_opened", "short_link", "short_link_of",  # whoever holds a message's token (tests/marketing/test_responses.py)
    "provider_hook",  # opened by the gateway's signature (tests/marketing/test_responses.py)
    "help:index", "help:article", "help:vote",  # published articles for everybody (tests/service/test_help.py)
}  # fmt: skip
CUSTOMER, RISK, INDICATOR, PRODUCT = (
    key("customer", "reference"), key("risk", "reference"), key("indicator", "code"), key("product", "code"),
)  # fmt: skip
of_checkpoint: Kwargs = lambda world: {"pk": world.checkpoint.size}  # noqa: E731
BETWEEN = "?old=999999999999&new=999999999999&since=999999999999"  # the newest checkpoint and itself
ARTICLE = key("article", "code")
AREA, AUDIT, FINDING = key("area", "code"), key("engagement", "reference"), key("finding", "reference")
SAMPLE: Kwargs = lambda world: {"reference": world.engagement.reference, "pk": world.sample.pk}  # noqa: E731
POLICY = key("policy", "code")
DUTIES = key("duty_area", "code")
SEGMENT = key("segment", "code")
SCENARIO, BOW_TIE = key("scenario", "reference"), pk("bow_tie")
ROUND = key("round", "reference")
ROUND_QUESTION: Kwargs = lambda world: {"reference": world.round.reference, "question": "new_risks"}  # noqa: E731
ROUND_ANSWER: Kwargs = lambda world: {**ROUND_QUESTION(world), "pk": world.round_response.pk}  # noqa: E731
PART: Kwargs = lambda world: {"pk": world.bow_tie.pk, "part": "threat"}  # noqa: E731
WAY: Kwargs = lambda world: {**PART(world), "way": world.barrier.threat_id}  # noqa: E731
BARRIER: Kwargs = lambda world: {**WAY(world), "barrier": world.barrier.pk}  # noqa: E731
PANEL = key("panel", "reference")
ASSESSMENT, DECIDED = key("assessment", "reference"), key("decided_assessment", "reference")
JUDGED: Kwargs = lambda world: {"reference": world.assessment.reference, "kind": "residual"}  # noqa: E731
SEAT: Kwargs = lambda world: {"reference": world.panel.reference, "pk": world.seat.pk}  # noqa: E731
EMERGING, CHECKLIST, RUN = key("emerging", "reference"), key("checklist", "code"), key("checklist_run", "reference")
SESSION = key("swift_session", "reference")
TREE = key("cause_tree", "reference")
RUN_ITEM: Kwargs = lambda world: {"reference": world.checklist_run.reference, "pk": world.run_answer.item_id}  # noqa: E731
MAP = key("process_map", "reference")
ON_STEP: Kwargs = lambda world: {  # noqa: E731
    "reference": world.process_map.reference, "kind": "risk", "pk": world.step_risk.pk,
}  # fmt: skip
CONTROL, PROPOSAL = key("control", "code"), key("proposal", "reference")
RULES = key("rule_change", "reference")
CASE, PLAN = key("case", "reference"), key("plan", "code")
REQUEST = key("request", "reference")
FIELD: Kwargs = lambda world: {"reference": world.customer.reference, "field": "phone"}  # noqa: E731
ACT: Kwargs = lambda world: {"reference": world.request.reference, "act": "note"}  # noqa: E731
REVIEW_ACT: Kwargs = lambda world: {"reference": world.customer.reference, "act": "decide"}  # noqa: E731
SIGN_ACT: Kwargs = lambda world: {"reference": world.customer.reference, "act": "sign"}  # noqa: E731
EDD_ACT: Kwargs = lambda world: {"reference": world.customer.reference, "act": "answer"}  # noqa: E731
HIT_ACT: Kwargs = lambda world: {"pk": world.hit.pk, "act": "clear"}  # noqa: E731
DOCUMENT_ACT: Kwargs = lambda world: {**of_customer("identity_document")(world), "act": "verify"}  # noqa: E731
DOCUMENT_FILE: Kwargs = lambda world: {**of_customer("identity_document")(world), "file": world.copy.pk}  # noqa: E731
SURVEY = key("survey", "code")
TICKET = key("ticket", "reference")
OFFER = key("offer", "code")
COMPLAINT: Kwargs = lambda world: {"reference": world.complaint.ticket.reference}  # noqa: E731
COMPLAIN: Kwargs = lambda world: {"reference": world.complaint.ticket.reference, "act": "cause"}  # noqa: E731
REDRESS: Kwargs = lambda world: {"pk": world.redress.pk, "act": "pay"}  # noqa: E731
IMPROVE: Kwargs = lambda world: {"pk": world.improvement.pk, "act": "plan"}  # noqa: E731


def of_ticket(name: str) -> Kwargs:
    return lambda world: {"reference": world.ticket.reference, "pk": getattr(world, name).pk}


STATUS: Kwargs = lambda world: {"reference": world.ticket.reference, "status": "held"}  # noqa: E731
ASKED: Kwargs = lambda world: {"pk": world.survey_draft.pk, "key": "loss"}  # noqa: E731
RECORD: Kwargs = lambda world: {"table": "customers_customer", "pk": world.customer.pk}  # noqa: E731

PAGES = {
    "palette": Address(OWN, query="?q=a"),
    "account_email": Address(OWN),
    "account_reauthenticate": Address(OWN),
    "account_change_password": Address(OWN),
    "account_set_password": Address(OWN),
    "mfa_index": Address(OWN),
    "mfa_reauthenticate": Address(OWN),
    "mfa_activate_totp": Address(OWN),
    "mfa_deactivate_totp": Address(OWN),
    "mfa_view_recovery_codes": Address(OWN),
    "mfa_generate_recovery_codes": Address(OWN),
    "mfa_download_recovery_codes": Address(OWN),
    "mfa_list_webauthn": Address(OWN),
    "mfa_add_webauthn": Address(OWN),
    "mfa_reauthenticate_webauthn": Address(OWN),
    "mfa_remove_webauthn": Address(OWN, lambda world: {"pk": 1}),
    "mfa_edit_webauthn": Address(OWN, lambda world: {"pk": 1}),
    "operations:home": Address("operations.view_home"),
    "operations:nightly_list": Address("operations.view_nightlyrun"),
    "operations:nightly_start": Address("operations.start_nightlyrun"),
    "operations:nightly_detail": Address("operations.view_nightlyrun", pk("nightly")),
    "operations:nightly_live": Address("operations.view_nightlyrun", pk("nightly")),
    "operations:nightly_go_on": Address("operations.start_nightlyrun", pk("nightly")),
    "customers:customer_list": Address("customers.view_customer"),
    "customers:customer_export": Address("customers.export_customer"),
    "customers:import_list": Address("customers.view_importrun"),
    "customers:import_create": Address("customers.add_importrun"),
    "customers:import_detail": Address("customers.view_importrun", pk("run")),
    "customers:import_live": Address("customers.view_importrun", pk("run")),
    "customers:import_continue": Address("customers.add_importrun", pk("run")),
    "customers:import_for_real": Address("customers.add_importrun", pk("run")),
    "customers:import_rejects": Address("customers.view_importrun", pk("run")),
    "customers:import_rejects_csv": Address("customers.add_importrun", pk("run")),
    "customers:customer_detail": Address("customers.view_customer", CUSTOMER),
    "customers:customer_accounts": Address("customers.view_customer", CUSTOMER),
    "customers:account_detail": Address("customers.view_customer", of_customer("account")),
    "customers:loan_detail": Address("customers.view_customer", of_customer("loan")),
    "customers:customer_transactions": Address("customers.view_transaction", CUSTOMER),
    "customers:customer_contact": Address("customers.log_contact", CUSTOMER),
    "customers:customer_privacy": Address("customers.view_consent", CUSTOMER),
    "customers:customer_kyc": Address("customers.view_identitydocument", CUSTOMER),
    "customers:rating_override": Address("customers.override_rating", CUSTOMER),
    "customers:review_act": Address("customers.handle_kycreview", REVIEW_ACT),
    "customers:review_sign": Address("customers.sign_kycreview", SIGN_ACT),
    "customers:edd_act": Address("customers.handle_enhancedreview", EDD_ACT),
    "customers:stake_create": Address("customers.change_ownership", CUSTOMER),
    "customers:representative_create": Address("customers.change_ownership", CUSTOMER),
    "customers:stake_end": Address("customers.change_ownership", of_customer("stake")),
    "customers:representative_end": Address("customers.change_ownership", of_customer("representative")),
    "customers:document_create": Address("customers.add_identitydocument", CUSTOMER),
    "customers:document_detail": Address("customers.view_identitydocument", of_customer("identity_document")),
    "customers:document_act": Address("customers.verify_identitydocument", DOCUMENT_ACT),
    "customers:document_file": Address("customers.verify_identitydocument", DOCUMENT_FILE),
    "customers:kyc_task_list": Address("customers.view_kyctask"),
    "customers:hit_list": Address("customers.view_screeninghit"),
    "customers:hit_detail": Address("customers.view_screeninghit", pk("hit")),
    "customers:hit_act": Address("customers.handle_screeninghit", HIT_ACT),
    "customers:list_version_list": Address("customers.view_watchlist"),
    "customers:watch_list_create": Address("customers.add_watchlist"),
    "customers:list_load": Address("customers.add_listversion"),
    "customers:list_version_detail": Address("customers.view_watchlist", pk("list_version")),
    "customers:kyc_rule_list": Address("customers.view_kycrule"),
    "customers:kyc_rule_change": Address("customers.add_kycrule"),
    "customers:kyc_rule_confirm": Address("customers.add_kycrule", pk("kyc_rule")),
    "customers:consent_record": Address("customers.record_consent", CUSTOMER),
    "customers:request_create": Address("customers.add_privacyrequest", CUSTOMER),
    "customers:caller_answer": Address("customers.verify_caller", CUSTOMER),
    "customers:caller_end": Address("customers.verify_caller", CUSTOMER),
    "customers:tag_list": Address("customers.view_tag"),
    "customers:tag_create": Address("customers.change_tag"),
    "customers:tag_edit": Address("customers.change_tag", pk("tag")),
    "customers:customer_tags": Address("customers.view_tag", CUSTOMER),
    "customers:tag_add": Address("customers.add_customertag", CUSTOMER),
    "customers:tag_end": Address("customers.add_customertag", of_customer("said")),
    "customers:customer_reveal": Address("customers.reveal_field", FIELD),
    "customers:card_reveal": Address("customers.reveal_field", of_customer("holding")),
    "customers:suitability_list": Address("customers.view_suitabilityresult"),
    "customers:suitability_matrix": Address("customers.view_suitabilitymatrix"),
    "customers:suitability_matrix_change": Address("customers.add_suitabilitymatrix"),
    "customers:suitability_rule_change": Address("customers.add_suitabilitymatrix"),
    "customers:suitability_rule_confirm": Address("customers.add_suitabilitymatrix", pk("suitability_rule")),
    "customers:cooling_off_rule_change": Address("customers.add_suitabilitymatrix"),
    "customers:cooling_off_rule_confirm": Address("customers.add_suitabilitymatrix", pk("cooling_off_rule")),
    "customers:customer_suitability": Address("customers.view_suitabilityresult", CUSTOMER),
    "customers:suitability_ask": Address("surveys.fill_response", CUSTOMER),
    "customers:suitability_review": Address("customers.review_suitability", of_customer("suitability")),
    "customers:customer_may_buy": Address("customers.view_suitabilityresult", CUSTOMER),
    "customers:suitability_check": Address(
        "customers.record_suitabilitycheck",
        lambda world: {"reference": world.customer.reference, "code": world.product.code},
    ),
    "customers:cooling_off_withdraw": Address("customers.withdraw_coolingoff", of_customer("cooling_off")),
    "customers:merge_list": Address("customers.view_merge"),
    "customers:merge_create": Address("customers.merge_customer"),
    "customers:merge_detail": Address("customers.view_merge", pk("merge")),
    "customers:merge_undo": Address("customers.merge_customer", pk("merge")),
    "customers:duplicate_list": Address("customers.view_duplicatepair"),
    "customers:duplicate_runs": Address("customers.view_duplicaterun"),
    "customers:match_weight_change": Address("customers.find_duplicates"),
    "customers:match_limit_change": Address("customers.find_duplicates"),
    "customers:duplicate_search": Address("customers.find_duplicates"),
    "customers:duplicate_detail": Address("customers.view_duplicatepair", pk("pair")),
    "customers:duplicate_dismiss": Address("customers.judge_duplicatepair", pk("pair")),
    "customers:duplicate_reopen": Address("customers.judge_duplicatepair", pk("pair")),
    "customers:request_list": Address("customers.view_privacyrequest"),
    "customers:request_detail": Address("customers.view_privacyrequest", REQUEST),
    "customers:request_act": Address("customers.handle_privacyrequest", ACT),
    "customers:erasure_plan": Address("customers.handle_privacyrequest", REQUEST),
    "customers:consent_list": Address("customers.view_consent"),
    "customers:consent_report": Address("customers.view_consent"),
    "customers:notice_create": Address("customers.add_notice"),
    "customers:notice_detail": Address("customers.view_notice", pk("notice")),
    "customers:reveal_list": Address("customers.view_reveal"),
    "customers:rule_list": Address("customers.view_privacyrule"),
    "customers:rule_change": Address("customers.add_privacyrule"),
    "customers:rule_confirm": Address("customers.add_privacyrule", pk("privacy_rule")),
    "customers:key_rotate": Address("customers.rotate_keys"),
    "customers:key_list": Address("customers.view_keyrotation"),
    "service:chat_desk": Address("service.answer_ticket"),
    "service:chat_news": Address("service.answer_ticket"),
    "service:chat_next": Address("service.answer_ticket"),
    "service:chat_customers": Address("service.answer_ticket"),
    "service:chat_pane": Address("service.answer_ticket", pk("chat")),
    "service:chat_file": Address("service.answer_ticket", pk("chat")),
    "service:message_file": Address("service.view_ticket", pk("message_file")),
    "service:chat_macro": Address(
        "service.answer_ticket", lambda world: {"pk": world.chat.pk, "macro": world.macro.pk}
    ),
    "service:chat_accept": Address("service.answer_ticket", pk("chat")),
    "service:chat_write": Address("service.answer_ticket", pk("chat")),
    "service:chat_read": Address("service.answer_ticket", pk("chat")),
    "service:chat_end": Address("service.answer_ticket", pk("chat")),
    "service:chat_transfer": Address("service.answer_ticket", pk("chat")),
    "service:chat_link": Address("service.answer_ticket", pk("chat")),
    "service:chat_transcript": Address("service.answer_ticket", pk("chat")),
    "products:product_list": Address("products.view_product"),
    "products:product_create": Address("products.add_product"),
    "products:line_list": Address("products.view_businessline"),
    "products:line_switch": Address("products.switch_businessline", lambda world: {"code": "payment"}),
    "products:version_detail": Address("products.view_product", pk("draft")),
    "products:version_edit": Address("products.change_product", pk("draft")),
    "products:version_submit": Address("products.submit_productversion", pk("draft")),
    "products:document_add": Address("products.change_product", pk("draft")),
    "products:document": Address("products.view_product", pk("document")),
    "products:product_detail": Address("products.view_product", PRODUCT),
    "products:product_days": Address("products.view_product", PRODUCT),
    "products:product_move": Address("products.move_product", PRODUCT),
    "products:version_start": Address("products.change_product", PRODUCT),
    "products:price_set": Address("products.change_product", PRODUCT),
    "risk:risk_list": Address("risk.view_risk"),
    "risk:risk_create": Address("risk.add_risk"),
    "risk:risk_detail": Address("risk.view_risk", RISK),
    "risk:risk_edit": Address("risk.change_risk", RISK),
    "risk:risk_thread": Address("risk.view_risk", RISK),
    "risk:risk_response": Address("risk.view_treatment", RISK),
    "risk:treatment_begin": Address("risk.add_treatment", RISK),
    "risk:treatment_list": Address("risk.view_treatment"),
    "risk:treatment_detail": Address("risk.view_treatment", pk("treatment")),
    "risk:treatment_task": Address("risk.change_treatment", pk("treatment")),
    "risk:treatment_end": Address("risk.change_treatment", pk("treatment")),
    "risk:task_finish": Address("risk.change_treatment", pk("treatment_task")),
    "risk:tier_rules": Address("risk.view_risk"),
    "risk:tier_rule_change": Address("risk.add_tierrule"),
    "risk:run_detail": Address("risk.view_control", pk("control_run")),
    "risk:control_list": Address("risk.view_control"),
    "risk:control_create": Address("risk.add_control"),
    "risk:control_detail": Address("risk.view_control", CONTROL),
    "risk:control_edit": Address("risk.change_control", CONTROL),
    "risk:control_test": Address("risk.test_control", CONTROL),
    "risk:test_detail": Address("risk.view_control", pk("control_test")),
    "risk:test_finish": Address("risk.test_control", pk("control_test")),
    "risk:risk_rate": Address("risk.rate_risk", RISK),
    "risk:risk_review": Address("risk.review_risk", RISK),
    "risk:risk_close": Address("risk.change_risk", RISK),
    "risk:risk_reopen": Address("risk.change_risk", RISK),
    "risk:proposal_list": Address("risk.view_riskproposal"),
    "risk:proposal_create": Address("risk.add_riskproposal"),
    "risk:complaint_propose": Address("service.view_complaint", COMPLAINT),
    "risk:proposal_detail": Address("risk.view_riskproposal", PROPOSAL),
    "risk:proposal_accept": Address("risk.decide_riskproposal", PROPOSAL),
    "risk:proposal_join": Address("risk.decide_riskproposal", PROPOSAL),
    "risk:proposal_dismiss": Address("risk.decide_riskproposal", PROPOSAL),
    "risk:heat_map": Address("risk.view_risk"),
    "risk:map_moved": Address("risk.view_risk"),
    "risk:appetite_list": Address("risk.view_appetitestatement"),
    "risk:appetite_revise": Address("risk.add_appetitestatement"),
    "risk:outside_appetite": Address("risk.view_risk"),
    "risk:matrix_list": Address("risk.view_risk"),
    "risk:matrix_draft": Address("risk.add_riskmatrix"),
    "risk:matrix_detail": Address("risk.view_risk", pk("draft_matrix")),
    "risk:matrix_map": Address("risk.add_riskmatrix", pk("draft_matrix")),
    "risk:matrix_begin": Address("risk.add_riskmatrix", pk("draft_matrix")),
    "risk:duty_matrix": Address("risk.view_conflictrule"),
    "risk:duty_conflicts": Address("risk.view_conflictrule"),
    "risk:duty_exceptions": Address("risk.view_conflictrule"),
    "risk:duty_rule_new": Address("risk.change_conflictrule"),
    "risk:duty_rule_detail": Address("risk.view_conflictrule", pk("conflict_rule")),
    "risk:duty_rule_change": Address("risk.change_conflictrule", pk("conflict_rule")),
    "risk:duty_rule_retire": Address("risk.change_conflictrule", pk("conflict_rule")),
    "risk:duty_accept": Address("risk.add_dutyexception", pk("conflict_rule")),
    "risk:indicator_list": Address("risk.view_indicator"),
    "risk:indicator_create": Address("risk.add_indicator"),
    "risk:indicator_detail": Address("risk.view_indicator", INDICATOR),
    "risk:indicator_edit": Address("risk.change_indicator", INDICATOR),
    "risk:indicator_bounds": Address("risk.change_indicator", INDICATOR),
    "risk:indicator_read": Address("risk.add_indicatorreading", INDICATOR),
    "risk:measure_rows": Address("risk.view_indicator", lambda world: {"code": "top_10_customer_share"}),
    "risk:alert_list": Address("risk.view_alert"),
    "risk:alert_detail": Address("risk.view_alert", pk("alert")),
    "risk:alert_assign": Address("risk.assign_alert", pk("alert")),
    "risk:alert_acknowledge": Address("risk.close_alert", pk("alert")),
    "risk:alert_close": Address("risk.close_alert", pk("alert")),
    "risk:loan_list": Address("risk.view_loangrade"),
    "risk:loan_detail": Address("risk.view_loangrade", pk("loan")),
    "marketing:segment_list": Address("marketing.view_segment"),
    "marketing:segment_create": Address("marketing.add_segment"),
    "marketing:list_create": Address("marketing.add_segment"),
    "marketing:segment_overlap": Address("marketing.view_segment"),
    "marketing:segment_detail": Address("marketing.view_segment", SEGMENT),
    "marketing:segment_members": Address("marketing.view_segmentmember", SEGMENT),
    "marketing:segment_rule": Address("marketing.change_segment", SEGMENT),
    "marketing:segment_edit": Address("marketing.change_segment", SEGMENT),
    "marketing:list_put": Address("marketing.change_segment", SEGMENT),
    "marketing:list_take": Address("marketing.change_segment", SEGMENT),
    "marketing:segment_refresh": Address("marketing.refresh_segment", SEGMENT),
    "marketing:segment_archive": Address("marketing.change_segment", SEGMENT),
    "marketing:offer_list": Address("marketing.view_offer"),
    "marketing:offer_create": Address("marketing.add_offer"),
    "marketing:offer_detail": Address("marketing.view_offer", OFFER),
    "marketing:offer_draft": Address("marketing.change_offer", OFFER),
    "marketing:offer_publish": Address("marketing.change_offer", OFFER),
    "marketing:offer_budget": Address("marketing.change_offer", OFFER),
    "marketing:offer_stop": Address("marketing.stop_offer", OFFER),
    "marketing:coupon_issue": Address("marketing.add_couponbatch", OFFER),
    "marketing:packet_create": Address("marketing.add_redpacket", OFFER),
    "marketing:coupon_list": Address("marketing.view_coupon"),
    "marketing:coupon_look": Address("marketing.view_coupon"),
    "marketing:codes_export": Address("marketing.add_couponbatch", pk("coupon_batch")),
    "marketing:packet_detail": Address("marketing.view_offer", pk("red_packet")),
    "marketing:redemption_list": Address("marketing.view_redemption"),
    "marketing:held_list": Address("marketing.view_redemption"),
    "marketing:ring_list": Address("marketing.view_redemption"),
    "marketing:abuse_rules": Address("marketing.view_abuserule"),
    "marketing:abuse_rule_change": Address("marketing.add_abuserule"),
    "marketing:redemption_detail": Address("marketing.view_redemption", pk("redemption")),
    "marketing:redemption_decide": Address("marketing.hold_redemption", pk("redemption")),
    "identification:change_list": Address("identification.view_regulatorychange"),
    "identification:change_create": Address("identification.add_regulatorychange"),
    "identification:change_detail": Address("identification.view_regulatorychange", RULES),
    "identification:change_edit": Address("identification.change_regulatorychange", RULES),
    "identification:change_note": Address("identification.change_regulatorychange", RULES),
    "identification:change_propose": Address("identification.view_regulatorychange", RULES),
    "identification:change_move": Address(
        "identification.change_regulatorychange",
        lambda world: {"reference": world.rule_change.reference, "state": "assessing"},
    ),
    "identification:round_list": Address("identification.view_selfassessment"),
    "identification:round_create": Address("identification.add_selfassessment"),
    "identification:round_detail": Address("identification.view_selfassessment", ROUND),
    "identification:round_close": Address("identification.change_selfassessment", ROUND),
    "identification:answer_tag": Address("identification.change_selfassessment", ROUND_ANSWER),
    "identification:answer_propose": Address("identification.view_selfassessment", ROUND_ANSWER),
    "identification:question_propose": Address("identification.view_selfassessment", ROUND_QUESTION),
    "identification:scenario_list": Address("identification.view_scenario"),
    "identification:scenario_create": Address("identification.add_scenario"),
    "identification:scenario_detail": Address("identification.view_scenario", SCENARIO),
    "identification:scenario_edit": Address("identification.change_scenario", SCENARIO),
    "identification:scenario_revise": Address("identification.change_scenario", SCENARIO),
    "identification:scenario_use": Address("identification.change_scenario", SCENARIO),
    "identification:scenario_retire": Address("identification.change_scenario", SCENARIO),
    "identification:scenario_outcome": Address("identification.add_scenariooutcome", SCENARIO),
    "identification:outcome_detail": Address("identification.view_scenario", pk("scenario_outcome")),
    "identification:outcome_propose": Address("identification.view_scenario", pk("scenario_outcome")),
    "identification:bow_tie_create": Address("identification.add_bowtie"),
    "identification:bow_tie_detail": Address("identification.view_bowtie", BOW_TIE),
    "identification:bow_tie_edit": Address("identification.change_bowtie", BOW_TIE),
    "identification:part_add": Address("identification.change_bowtie", PART),
    "identification:part_edit": Address("identification.change_bowtie", WAY),
    "identification:part_remove": Address("identification.change_bowtie", WAY),
    "identification:barrier_add": Address("identification.change_bowtie", WAY),
    "identification:barrier_edit": Address("identification.change_bowtie", BARRIER),
    "identification:barrier_remove": Address("identification.change_bowtie", BARRIER),
    "identification:checklist_list": Address("identification.view_checklist"),
    "identification:checklist_create": Address("identification.add_checklist"),
    "identification:checklist_detail": Address("identification.view_checklist", CHECKLIST),
    "identification:checklist_edit": Address("identification.change_checklist", CHECKLIST),
    "identification:run_begin": Address("identification.add_checklistrun", CHECKLIST),
    "identification:run_list": Address("identification.view_checklistrun"),
    "identification:run_detail": Address("identification.view_checklistrun", RUN),
    "identification:run_finish": Address("identification.change_checklistrun", RUN),
    "identification:run_answer": Address("identification.change_checklistrun", RUN_ITEM),
    "identification:run_propose": Address("identification.view_checklistrun", RUN_ITEM),
    "identification:session_list": Address("identification.view_swiftsession"),
    "identification:session_create": Address("identification.add_swiftsession"),
    "identification:session_detail": Address("identification.view_swiftsession", SESSION),
    "identification:row_add": Address("identification.change_swiftsession", SESSION),
    "identification:session_edit": Address("identification.change_swiftsession", SESSION),
    "identification:session_close": Address("identification.change_swiftsession", SESSION),
    "identification:row_edit": Address("identification.change_swiftsession", pk("swift_row")),
    "identification:row_propose": Address("identification.view_swiftsession", pk("swift_row")),
    "identification:word_list": Address("identification.view_guideword"),
    "identification:word_create": Address("identification.change_guideword"),
    "identification:word_edit": Address("identification.change_guideword", lambda world: {"code": "not_at_all"}),
    "identification:tree_list": Address("identification.view_causetree"),
    "identification:tree_create": Address("identification.add_causetree"),
    "identification:tree_detail": Address("identification.view_causetree", TREE),
    "identification:tree_edit": Address("identification.change_causetree", TREE),
    "identification:node_add": Address("identification.change_causetree", TREE),
    "identification:node_edit": Address("identification.change_causetree", pk("cause_node")),
    "identification:node_remove": Address("identification.change_causetree", pk("cause_node")),
    "identification:node_propose": Address("identification.view_causetree", pk("cause_node")),
    "identification:radar": Address("identification.view_emergingrisk"),
    "identification:emerging_list": Address("identification.view_emergingrisk"),
    "identification:emerging_create": Address("identification.add_emergingrisk"),
    "identification:emerging_detail": Address("identification.view_emergingrisk", EMERGING),
    "identification:emerging_edit": Address("identification.change_emergingrisk", EMERGING),
    "identification:emerging_look": Address("identification.change_emergingrisk", EMERGING),
    "identification:emerging_propose": Address("identification.view_emergingrisk", EMERGING),
    "identification:emerging_became": Address("identification.change_emergingrisk", EMERGING),
    "identification:emerging_drop": Address("identification.change_emergingrisk", EMERGING),
    "assessment:assessment_list": Address("assessment.view_assessment"),
    "assessment:assessment_create": Address("assessment.add_assessment"),
    "assessment:assessment_detail": Address("assessment.view_assessment", ASSESSMENT),
    "assessment:assessment_by_model": Address("assessment.add_assessment", ASSESSMENT),
    "assessment:assessment_by_panel": Address("assessment.add_assessment", ASSESSMENT),
    "assessment:assessment_by_scenario": Address("assessment.add_assessment", ASSESSMENT),
    "assessment:assessment_stock": Address("assessment.add_assessment", ASSESSMENT),
    "assessment:assessment_decide": Address("assessment.decide_assessment", JUDGED),
    "assessment:assessment_submit": Address("assessment.decide_assessment", ASSESSMENT),
    "assessment:assessment_approve": Address("assessment.approve_assessment", DECIDED),
    "assessment:assessment_send_back": Address("assessment.approve_assessment", DECIDED),
    "assessment:assessment_withdraw": Address("assessment.add_assessment", ASSESSMENT),
    "assessment:methods": Address("assessment.view_assessment"),
    "assessment:mix_rule_change": Address("assessment.add_mixrule"),
    "assessment:scale_table_change": Address("assessment.add_scaletable"),
    "assessment:panel_list": Address("assessment.view_panel"),
    "assessment:panel_create": Address("assessment.add_panel"),
    "assessment:panel_detail": Address("assessment.view_panel", PANEL),
    "assessment:panel_results": Address("assessment.view_panel", PANEL),
    "assessment:panel_seat": Address("assessment.change_panel", PANEL),
    "assessment:seat_leave": Address("assessment.vote_on_panel", SEAT),
    "assessment:panel_open": Address("assessment.change_panel", PANEL),
    "assessment:panel_close": Address("assessment.change_panel", PANEL),
    "assessment:panel_vote": Address("assessment.vote_on_panel", PANEL),
    "assessment:panel_dissent": Address("assessment.vote_on_panel", PANEL),
    "assessment:panel_finish": Address("assessment.change_panel", PANEL),
    "assessment:panel_cancel": Address("assessment.change_panel", PANEL),
    "assessment:experts": Address("assessment.view_calibration"),
    "assessment:expert_record": Address("assessment.view_panel", lambda world: {"pk": world.seat.expert_id}),
    "assessment:forecast_list": Address("assessment.record_outcome"),
    "assessment:outcome_record": Address("assessment.record_outcome", pk("forecast")),
    "identification:map_list": Address("identification.view_processmap"),
    "identification:map_create": Address("identification.add_processmap"),
    "identification:map_import": Address("identification.add_processmap"),
    "identification:map_detail": Address("identification.view_processmap", MAP),
    "identification:map_steps": Address("identification.view_processmap", MAP),
    "identification:map_file": Address("identification.view_processmap", MAP),
    "identification:map_edit": Address("identification.change_processmap", MAP),
    "identification:map_draw": Address("identification.change_processmap", MAP),
    "identification:map_upload": Address("identification.change_processmap", MAP),
    "identification:map_things": Address("identification.change_processmap", MAP),
    "identification:map_attach": Address("identification.change_processmap", MAP),
    "identification:map_drop": Address("identification.change_processmap", MAP),
    "identification:map_take_off": Address("identification.change_processmap", ON_STEP),
    "identification:map_force": Address("identification.enforce_processmap", MAP),
    "identification:map_retire": Address("identification.enforce_processmap", MAP),
    "identification:map_record_risk": Address("risk.add_risk", MAP, query="?step=Activity_first"),
    "identification:map_propose": Address("identification.view_processmap", MAP, query="?step=Activity_first&n=1"),
    "assurance:unit_list": Address("assurance.view_auditunit"),
    "assurance:unit_create": Address("assurance.add_auditunit"),
    "assurance:unit_detail": Address("assurance.view_auditunit", AREA),
    "assurance:unit_edit": Address("assurance.change_auditunit", AREA),
    "assurance:engagement_list": Address("assurance.view_engagement"),
    "assurance:engagement_create": Address("assurance.add_engagement"),
    "assurance:engagement_detail": Address("assurance.view_engagement", AUDIT),
    "assurance:engagement_begin": Address("assurance.change_engagement", AUDIT),
    "assurance:engagement_close": Address("assurance.change_engagement", AUDIT),
    "assurance:sample_draw": Address("assurance.change_engagement", AUDIT),
    "assurance:sample_detail": Address("assurance.view_engagement", SAMPLE),
    "assurance:finding_list": Address("assurance.view_finding"),
    "assurance:paper_create": Address("assurance.add_workingpaper", AUDIT),
    "assurance:paper_detail": Address("assurance.view_workingpaper", pk("paper")),
    "assurance:paper_edit": Address("assurance.change_workingpaper", pk("paper")),
    "assurance:paper_review": Address("assurance.review_workingpaper", pk("paper")),
    "assurance:paper_return": Address("assurance.review_workingpaper", pk("paper")),
    "assurance:paper_evidence": Address("assurance.change_workingpaper", pk("paper")),
    "assurance:paper_tick": Address("assurance.change_workingpaper", pk("paper")),
    "assurance:paper_file": Address("assurance.view_workingpaper", pk("paper_evidence")),
    "assurance:step_add": Address("assurance.change_engagement", AUDIT),
    "assurance:step_finish": Address("assurance.change_engagement", pk("programme_step")),
    "assurance:audit_plan_list": Address("assurance.view_auditplan"),
    "assurance:audit_plan_draft": Address("assurance.add_auditplan"),
    "assurance:audit_plan_detail": Address("assurance.view_auditplan", pk("audit_plan")),
    "assurance:audit_plan_propose": Address("assurance.change_auditplan", pk("audit_plan")),
    "assurance:audit_plan_begin": Address("assurance.change_auditplan", pk("audit_plan")),
    "assurance:plan_line_add": Address("assurance.change_auditplan", pk("audit_plan")),
    "assurance:plan_line_edit": Address("assurance.change_auditplan", pk("plan_line")),
    "assurance:plan_line_remove": Address("assurance.change_auditplan", pk("plan_line")),
    "assurance:finding_create": Address("assurance.add_finding", AUDIT),
    "assurance:finding_detail": Address("assurance.view_finding", FINDING),
    "assurance:finding_answer": Address("assurance.answer_finding", FINDING),
    "assurance:finding_done": Address("assurance.answer_finding", FINDING),
    "assurance:finding_verify": Address("assurance.verify_finding", FINDING),
    "assurance:finding_propose": Address("assurance.view_finding", FINDING),
    "assurance:finding_return": Address("assurance.verify_finding", FINDING),
    "governance:policy_list": Address("governance.view_policy"),
    "governance:policy_create": Address("governance.add_policy"),
    "governance:policy_detail": Address("governance.view_policy", POLICY),
    "governance:policy_edit": Address("governance.change_policy", POLICY),
    "governance:version_write": Address("governance.change_policy", POLICY),
    "governance:version_propose": Address("governance.change_policy", POLICY),
    "governance:policy_review": Address("governance.change_policy", POLICY),
    "governance:version_compare": Address("governance.view_policy", POLICY),
    "governance:policy_confirm": Address("governance.view_attestation", POLICY),
    "governance:policy_attestations": Address("governance.oversee_attestation", POLICY),
    "governance:attestation_list": Address("governance.view_attestation"),
    "governance:area_list": Address("governance.view_dutyarea"),
    "governance:duty_list": Address("governance.view_dutyarea"),
    "governance:area_create": Address("governance.add_dutyarea"),
    "governance:area_detail": Address("governance.view_dutyarea", DUTIES),
    "governance:area_edit": Address("governance.change_dutyarea", DUTIES),
    "governance:matrix_table": Address("governance.view_dutyarea", DUTIES),
    "governance:matrix_write": Address("governance.change_dutymatrix", DUTIES),
    "governance:matrix_fill": Address("governance.change_dutymatrix", DUTIES),
    "governance:matrix_propose": Address("governance.change_dutymatrix", DUTIES),
    "governance:line_list": Address("governance.view_lineassignment"),
    "governance:line_assign": Address("governance.add_lineassignment"),
    "incidents:case_list": Address("incidents.view_case"),
    "incidents:case_create": Address("incidents.add_case"),
    "incidents:case_detail": Address("incidents.view_case", CASE),
    "incidents:case_note": Address("incidents.change_case", CASE),
    "incidents:case_assign": Address("incidents.change_case", CASE),
    "incidents:case_propose": Address("incidents.view_case", CASE),
    "incidents:incident_propose": Address("incidents.view_incident", key("incident", "reference")),
    "incidents:loss_propose": Address("incidents.view_lossevent", key("loss", "reference")),
    "incidents:case_close": Address("incidents.change_case", CASE),
    "incidents:plan_list": Address("incidents.view_plan"),
    "incidents:plan_create": Address("incidents.add_plan"),
    "incidents:plan_detail": Address("incidents.view_plan", PLAN),
    "incidents:version_write": Address("incidents.change_plan", PLAN),
    "incidents:plan_activate": Address("incidents.activate_plan", PLAN),
    "incidents:activation_detail": Address("incidents.view_plan", pk("activation")),
    "incidents:activation_board": Address("incidents.view_plan", pk("activation")),
    "incidents:activation_write": Address("incidents.work_activation", pk("activation")),
    "incidents:activation_end": Address("incidents.activate_plan", pk("activation")),
    "incidents:step_take": Address("incidents.work_activation", pk("board_step")),
    "incidents:step_done": Address("incidents.work_activation", pk("board_step")),
    "incidents:evidence_add": Address("incidents.work_activation", pk("activation")),
    "incidents:evidence_file": Address("incidents.view_plan", pk("board_evidence")),
    "incidents:incident_list": Address("incidents.view_incident"),
    "incidents:notice_rules": Address("incidents.view_noticerule"),
    "incidents:incident_create": Address("incidents.add_incident"),
    "incidents:incident_detail": Address("incidents.view_incident", key("incident", "reference")),
    "incidents:incident_act": Address(
        "incidents.change_incident", lambda world: {"reference": world.incident.reference, "act": "write"}
    ),
    "incidents:clock_meet": Address("incidents.change_incident", pk("notice_clock")),
    "incidents:action_done": Address("incidents.change_incident", pk("incident_action")),
    "incidents:loss_report": Address("incidents.view_lossevent"),
    "incidents:loss_classify": Address("incidents.change_lossevent", key("loss", "reference")),
    "incidents:notice_rule_change": Address("incidents.add_noticerule"),
    "incidents:call_reached": Address("incidents.work_activation", pk("board_call")),
    "incidents:loss_list": Address("incidents.view_lossevent"),
    "incidents:loss_create": Address("incidents.add_lossevent"),
    "incidents:loss_detail": Address("incidents.view_lossevent", key("loss", "reference")),
    "incidents:loss_enter": Address("incidents.change_lossevent", key("loss", "reference")),
    "incidents:loss_account": Address("incidents.change_lossevent", key("loss", "reference")),
    "incidents:entry_reverse": Address("incidents.change_lossevent", pk("loss_entry")),
    "incidents:entry_match": Address("incidents.change_lossevent", pk("loss_entry")),
    "incidents:match_remove": Address("incidents.change_lossevent", pk("loss_match")),
    "incidents:crisis_list": Address("incidents.view_crisis"),
    "incidents:crisis_declare": Address("incidents.declare_crisis"),
    "incidents:crisis_banner": Address(OWN),
    "incidents:crisis_detail": Address("incidents.view_crisis", key("crisis", "reference")),
    "incidents:crisis_decide": Address("incidents.decide_crisis", key("crisis", "reference")),
    "incidents:crisis_end": Address("incidents.declare_crisis", key("crisis", "reference")),
    "surveys:questionnaire_list": Address("surveys.view_questionnaire"),
    "surveys:questionnaire_create": Address("surveys.add_questionnaire"),
    "surveys:questionnaire_detail": Address("surveys.view_questionnaire", SURVEY),
    "surveys:version_start": Address("surveys.change_questionnaire", SURVEY),
    "surveys:version_detail": Address("surveys.view_questionnaire", pk("survey_draft")),
    "surveys:version_preview": Address("surveys.view_questionnaire", pk("survey_draft")),
    "surveys:version_texts": Address("surveys.change_questionnaire", pk("survey_draft")),
    "surveys:version_bands": Address("surveys.change_questionnaire", pk("survey_draft")),
    "surveys:version_publish": Address("surveys.publish_questionnaireversion", pk("survey_draft")),
    "surveys:question_add": Address("surveys.change_questionnaire", pk("survey_draft")),
    "surveys:question_edit": Address("surveys.change_questionnaire", ASKED),
    "surveys:question_move": Address("surveys.change_questionnaire", ASKED),
    "surveys:question_remove": Address("surveys.change_questionnaire", ASKED),
    "surveys:response_list": Address("surveys.view_response"),
    "surveys:response_detail": Address("surveys.view_response", pk("response")),
    "surveys:response_fill": Address("surveys.fill_response", pk("response")),
    "surveys:invitation_revoke": Address("surveys.fill_response", pk("invitation")),
    "service:article_list": Address("service.view_article"),
    "service:article_create": Address("service.change_article"),
    "service:article_gaps": Address("service.view_article_gaps"),
    "service:article_suggest": Address("service.view_article", query="?find=refund"),
    "service:article_detail": Address("service.view_article", ARTICLE),
    "service:article_edit": Address("service.change_article", ARTICLE),
    "service:article_vote": Address("service.view_article", ARTICLE),
    "service:article_use": Address(
        "service.answer_ticket", lambda world: {"code": world.article.code, "reference": world.mail.ticket.reference}
    ),
    "service:article_act": Address(
        "service.change_article", lambda world: {"code": world.article.code, "act": "submit"}
    ),
    "service:mail_list": Address("service.view_mail"),
    "service:mail_detail": Address("service.view_mail", pk("mail")),
    "service:mail_original": Address("service.open_original", pk("mail")),
    "service:mail_retry": Address("service.resend_mail", pk("mail")),
    "service:mail_settle": Address("service.resend_mail", pk("mail")),
    "service:mail_take": Address("service.answer_ticket", pk("mail")),
    "service:mailbox_list": Address("service.view_mailbox"),
    "service:mailbox_create": Address("service.add_mailbox"),
    "service:mailbox_detail": Address("service.view_mailbox", pk("mailbox")),
    "service:mailbox_edit": Address("service.change_mailbox", pk("mailbox")),
    "service:mailbox_test": Address("service.change_mailbox", pk("mailbox")),
    "service:clock_ticket": Address("service.view_ticket", key("ticket", "reference")),
    "service:clock_cause": Address(
        "service.answer_ticket", lambda world: {"reference": world.ticket.reference, "pk": world.clock.pk}
    ),
    "service:breach_report": Address("service.view_ticketclock"),
    "service:breach_list": Address("service.view_ticketclock"),
    "service:breach_export": Address("service.view_ticketclock"),
    "service:policy_list": Address("service.view_slapolicy"),
    "service:policy_create": Address("service.change_slapolicy"),
    "service:policy_detail": Address("service.view_slapolicy", lambda world: {"code": "default"}),
    "service:policy_version": Address("service.change_slapolicy", lambda world: {"code": "default"}),
    "service:calendar_list": Address("service.view_businesscalendar"),
    "service:calendar_detail": Address("service.view_businesscalendar", lambda world: {"code": "office-cn"}),
    "service:calendar_week": Address("service.change_businesscalendar", lambda world: {"code": "office-cn"}),
    "service:calendar_day": Address("service.change_businesscalendar", lambda world: {"code": "office-cn"}),
    "service:ticket_list": Address("service.view_ticket"),
    "service:ticket_create": Address("service.add_ticket"),
    "service:ticket_detail": Address("service.view_ticket", TICKET, by_method=(("post", "service.answer_ticket"),)),
    "service:ticket_change": Address("service.answer_ticket", TICKET),
    "service:ticket_take": Address("service.answer_ticket", TICKET),
    "service:ticket_status": Address("service.answer_ticket", STATUS),
    "service:ticket_bulk": Address("service.answer_ticket"),
    "service:ticket_export": Address("service.export_ticket"),
    "service:call_log": Address("customers.log_contact"),
    "service:agent_home": Address("service.view_ticket"),
    "service:availability": Address("service.answer_ticket"),
    "service:macro_list": Address("service.view_macro"),
    "service:macro_create": Address("service.change_macro"),
    "service:macro_edit": Address("service.change_macro", pk("macro")),
    "service:queue_list": Address("service.view_queue"),
    "service:queue_create": Address("service.change_queue"),
    "service:queue_edit": Address("service.change_queue", pk("queue")),
    "service:agent_list": Address("service.view_queue"),
    "service:agent_create": Address("service.change_queue"),
    "service:agent_edit": Address("service.change_queue", pk("agent")),
    "service:ticket_presence": Address("service.view_ticket", TICKET),
    "service:macro_preview": Address("service.answer_ticket", of_ticket("macro")),
    "service:subtask_add": Address("service.answer_ticket", TICKET),
    "service:subtask_tick": Address("service.answer_ticket", of_ticket("subtask")),
    "service:link_add": Address("service.answer_ticket", TICKET),
    "service:ticket_merge": Address("service.merge_ticket", TICKET),
    "service:ticket_unmerge": Address("service.merge_ticket", TICKET),
    "service:customer_tickets": Address("service.view_ticket", CUSTOMER),
    "service:complaint_list": Address("service.view_complaint"),
    "service:complaint_export": Address("service.export_complaint"),
    "service:complaint_report": Address("service.view_complaint"),
    "service:complaint_rules": Address("service.view_complaint"),
    "service:past_list": Address("service.view_complaint"),
    "service:past_detail": Address("service.view_complaint", pk("past_complaint")),
    "service:theme_list": Address("service.view_complaint"),
    "service:theme_find": Address("service.decide_complaint"),
    "service:improvement_list": Address("service.view_improvement"),
    "service:improvement_detail": Address("service.view_improvement", pk("improvement")),
    "service:improvement_act": Address("service.plan_improvement", IMPROVE),
    "service:redress_act": Address("service.decide_complaint", REDRESS),
    "service:referral_reply": Address("service.decide_complaint", pk("referral")),
    "service:referral_file": Address("service.view_complaint", pk("referral")),
    "service:customer_complaints": Address("service.view_complaint", CUSTOMER),
    "service:complaint_create": Address("service.add_complaint", CUSTOMER),
    "service:ticket_complain": Address("service.add_complaint", TICKET),
    "service:complaint_detail": Address("service.view_complaint", COMPLAINT),
    "service:complaint_act": Address("service.handle_complaint", COMPLAIN),
    "staff:user_list": Address("staff.view_user"),
    "staff:user_create": Address("staff.add_user"),
    "staff:user_detail": Address("staff.view_user", pk("colleague")),
    "staff:user_change": Address("staff.change_user", pk("colleague")),
    "staff:user_deactivate": Address("staff.change_user", pk("colleague")),
    "staff:user_activate": Address("staff.change_user", pk("colleague")),
    "staff:user_invite": Address("staff.change_user", pk("colleague")),
    "staff:user_deactivate_many": Address("staff.change_user"),
    "staff:user_reset": Address("staff.change_user", pk("colleague")),
    "staff:change_inbox": Address("staff.view_changerequest"),
    "staff:change_list": Address("staff.view_changerequest"),
    "staff:change_mine": Address("staff.view_changerequest"),
    "staff:change_reviews": Address("staff.view_changerequest"),
    "staff:change_count": Address("staff.view_changerequest"),
    "staff:change_detail": Address("staff.view_changerequest", pk("change")),
    "staff:change_approve": Address("staff.view_changerequest", pk("change")),
    "staff:change_refuse": Address("staff.view_changerequest", pk("change")),
    "staff:change_withdraw": Address("staff.view_changerequest", pk("change")),
    "staff:change_review": Address("staff.view_changerequest", pk("change")),
    "staff:delegation_list": Address("staff.view_changerequest"),
    "staff:delegation_revoke": Address("staff.view_changerequest", pk("delegation")),
    "staff:policy_list": Address("staff.view_changepolicy"),
    "staff:policy_change": Address("staff.change_changepolicy", lambda world: {"command": "staff.user.change"}),
    "staff:table_import": Address("risk.add_risk", lambda world: {"key": "risks"}),
    "staff:table_empty": Address("risk.add_risk", lambda world: {"key": "risks"}),
    "staff:bulk_edit": Address("customers.bulk_edit_customer", lambda world: {"key": "customers"}),
    "staff:list_export": Address("staff.export_list"),
    "staff:team_list": Address("staff.view_team"),
    "staff:team_create": Address("staff.add_team"),
    "staff:team_detail": Address("staff.view_team", pk("team")),
    "staff:team_change": Address("staff.change_team", pk("team")),
    "staff:access_matrix": Address("staff.view_access_matrix"),
    "staff:job_list": Address("staff.view_job"),
    "staff:job_detail": Address("staff.view_job", pk("job")),
    "staff:job_progress": Address("staff.view_job", pk("job")),
    "staff:job_cancel": Address("staff.view_job", pk("job")),
    "staff:job_restart": Address("staff.view_job", pk("job")),
    "staff:job_result": Address("staff.view_job", pk("job")),
    "staff:verification_start": Address("audit.verify_event"),
    "staff:evidence_export": Address("audit.export_event"),
    "staff:notification_list": Address(OWN),
    "staff:notification_menu": Address(OWN),
    "staff:notification_read_all": Address(OWN),
    "staff:notification_open": Address(OWN, pk("notification")),
    "staff:notification_read": Address(OWN, pk("notification")),
    "staff:saved_view_list": Address(OWN),
    "staff:saved_view_create": Address(OWN),
    "staff:saved_view_change": Address(OWN, pk("view")),
    "staff:saved_view_delete": Address(OWN, pk("view")),
    "staff:profile": Address(OWN),
    "staff:preferences": Address(OWN),
    "staff:notification_preferences": Address(OWN),
    "staff:session_end": Address(OWN, pk("session")),
    "staff:session_end_others": Address(OWN),
    "staff:session_stay": Address(OWN),
    "staff:reauthenticate": Address(OWN),
    "staff:user_sessions_end": Address("staff.change_user", pk("colleague")),
    "staff:token_create": Address(OWN),
    "staff:token_revoke": Address(OWN, pk("token")),
    "audit:event_list": Address("audit.view_event"),
    "audit:event_detail": Address("audit.view_event", pk("event")),
    "audit:event_proof": Address("audit.view_event", pk("event")),
    "audit:event_proof_file": Address("audit.view_event", pk("event")),
    "audit:sealing": Address("audit.view_event"),
    "audit:checkpoint_list": Address("audit.view_event"),
    "audit:checkpoint_note": Address("audit.view_event", key("checkpoint", "size")),
    "audit:consistency": Address("audit.view_event"),
    "audit:consistency_file": Address("audit.view_event", query=BETWEEN),
    "audit:verification_list": Address("audit.view_event"),
    "audit:verification_detail": Address("audit.view_event", pk("verification")),
    "audit:anchor_list": Address("audit.view_event"),
    "audit:anchor_receipt": Address("audit.view_event", pk("anchor")),
    "audit:page_printed": Address(OWN),
    "audit:explain": Address(
        "customers.view_customer",
        lambda world: {"subject": "portrait", "record": world.customer.reference, "figure": "balance"},
    ),
    "audit:record_history": Address("audit.view_event", RECORD),
}
API = {
    "api:segment-list": Address("marketing.view_segment", by_method=(("post", "marketing.add_segment"),)),
    "api:segment-detail": Address("marketing.view_segment", SEGMENT),
    "api:segment-preview": Address("marketing.add_segment"),
    "api:segment-rule": Address("marketing.change_segment", SEGMENT),
    "api:segment-refresh": Address("marketing.refresh_segment", SEGMENT),
    "api:segment-archive": Address("marketing.change_segment", SEGMENT),
    "api:segment-put-on": Address("marketing.change_segment", SEGMENT),
    "api:segment-take-off": Address("marketing.change_segment", SEGMENT),
    "api:segment-members": Address("marketing.view_segmentmember", SEGMENT),
    "api:offer-list": Address("marketing.view_offer"),
    "api:offer-detail": Address("marketing.view_offer", OFFER),
    "api:offer-stop": Address("marketing.stop_offer", OFFER),
    "api:offer-publish": Address("marketing.change_offer", OFFER),
    "api:offer-issue": Address("marketing.add_couponbatch", OFFER),
    "api:redemption-list": Address("marketing.view_redemption", by_method=(("post", "marketing.redeem_offer"),)),
    "api:redemption-detail": Address("marketing.view_redemption", pk("redemption")),
    "api:redemption-quote": Address("marketing.redeem_offer"),
    "api:redemption-claim": Address("marketing.redeem_offer"),
    "api:redemption-commit": Address("marketing.redeem_offer", pk("redemption")),
    "api:redemption-release": Address("marketing.redeem_offer", pk("redemption")),
    "api:redemption-reverse": Address("marketing.redeem_offer", pk("redemption")),
    "api:redemption-decide": Address("marketing.hold_redemption", pk("redemption")),
    "api:process-map-list": Address(
        "identification.view_processmap", by_method=(("post", "identification.add_processmap"),)
    ),
    "api:process-map-detail": Address("identification.view_processmap", MAP),
    "api:process-map-draw": Address("identification.change_processmap", MAP),
    "api:process-map-attach": Address("identification.change_processmap", MAP),
    "api:process-map-take-off": Address("identification.change_processmap", MAP),
    "api:process-map-force": Address("identification.enforce_processmap", MAP),
    "api:process-map-retire": Address("identification.enforce_processmap", MAP),
    "api:schema": Address(OWN),
    "api:docs": Address(OWN),
    "api:unknown": Address(OWN, lambda world: {"rest": "nothing/"}),
    "api:transaction-batch": Address("customers.add_transaction"),
    "api:change-list": Address("staff.view_changerequest", by_method=(("post", "staff.add_changerequest"),)),
    "api:change-detail": Address("staff.view_changerequest", pk("change")),
    "api:change-approve": Address("staff.view_changerequest", pk("change")),
    "api:change-refuse": Address("staff.view_changerequest", pk("change")),
    "api:change-withdraw": Address("staff.view_changerequest", pk("change")),
    "api:change-review": Address("staff.view_changerequest", pk("change")),
    "api:event-list": Address("audit.view_event"),
    "api:event-detail": Address("audit.view_event", pk("event")),
    "api:event-proof": Address("audit.view_event", pk("event")),
    "api:checkpoint-list": Address("audit.view_event"),
    "api:checkpoint-detail": Address("audit.view_event", of_checkpoint),
    "api:checkpoint-consistency": Address("audit.view_event", of_checkpoint, query=BETWEEN),
    "api:job-list": Address("staff.view_job"),
    "api:job-detail": Address("staff.view_job", pk("job")),
    "api:job-cancel": Address("staff.view_job", pk("job")),
    "api:notification-list": Address("staff.view_notification"),
    "api:notification-detail": Address("staff.view_notification", pk("notification")),
    "api:notification-read": Address("staff.change_notification", pk("notification")),
    "api:notification-read-all": Address("staff.change_notification"),
    "api:user-list": Address("staff.view_user"),
    "api:user-detail": Address("staff.view_user", pk("colleague")),
    "api:product-list": Address("products.view_product"),
    "api:product-detail": Address("products.view_product", PRODUCT),
    "api:product-move": Address("products.move_product", PRODUCT),
    "api:customer-list": Address("customers.view_customer"),
    "api:customer-detail": Address("customers.view_customer", CUSTOMER),
    "api:customer-accounts": Address("customers.view_customer", CUSTOMER),
    "api:customer-loans": Address("customers.view_customer", CUSTOMER),
    "api:customer-consents": Address("customers.view_consent", CUSTOMER),
    "api:customer-tags": Address("customers.view_tag", CUSTOMER, by_method=(("post", "customers.add_customertag"),)),
    "api:customer-suitability": Address(
        "customers.view_suitabilityresult", CUSTOMER, by_method=(("post", "surveys.fill_response"),)
    ),
    "api:customer-may-buy": Address(
        "customers.view_suitabilityresult",
        CUSTOMER,
        by_method=(("post", "customers.record_suitabilitycheck"),),
    ),
    "api:customer-reveal": Address("customers.reveal_field", CUSTOMER),
    "api:consent-list": Address("customers.view_consent", by_method=(("post", "customers.record_consent"),)),
    "api:consent-detail": Address("customers.view_consent", pk("consent")),
    "api:consent-take": Address("customers.add_consent"),
    "api:notice-list": Address("customers.view_notice"),
    "api:notice-detail": Address("customers.view_notice", pk("notice")),
    "api:privacy-rule-list": Address("customers.view_privacyrule"),
    "api:privacy-request-list": Address(
        "customers.view_privacyrequest", by_method=(("post", "customers.add_privacyrequest"),)
    ),
    "api:privacy-request-detail": Address("customers.view_privacyrequest", REQUEST),
    "api:privacy-request-identity": Address("customers.handle_privacyrequest", REQUEST),
    "api:privacy-request-extend": Address("customers.handle_privacyrequest", REQUEST),
    "api:privacy-request-restrict": Address("customers.handle_privacyrequest", REQUEST),
    "api:privacy-request-correct": Address("customers.handle_privacyrequest", REQUEST),
    "api:privacy-request-answer": Address("customers.handle_privacyrequest", REQUEST),
    "api:identity-document-list": Address(
        "customers.view_identitydocument", by_method=(("post", "customers.add_identitydocument"),)
    ),
    "api:identity-document-detail": Address("customers.view_identitydocument", pk("identity_document")),
    "api:identity-document-verify": Address("customers.verify_identitydocument", pk("identity_document")),
    "api:identity-document-refuse": Address("customers.verify_identitydocument", pk("identity_document")),
    "api:kyc-task-list": Address("customers.view_kyctask"),
    "api:kyc-rule-list": Address("customers.view_kycrule"),
    "api:screening-hit-list": Address("customers.view_screeninghit"),
    "api:screening-hit-detail": Address("customers.view_screeninghit", pk("hit")),
    "api:screening-hit-confirm": Address("customers.handle_screeninghit", pk("hit")),
    "api:screening-hit-clear": Address("customers.handle_screeninghit", pk("hit")),
    "api:watch-list-version-list": Address("customers.view_watchlist"),
    "api:reveal-list": Address("customers.view_reveal"),
    "api:conversation-list": Address("service.view_ticket", by_method=(("post", "service.add_ticket"),)),
    "api:conversation-deleted": Address("service.add_ticket"),
    "api:conversation-detail": Address("service.view_ticket", key("conversation", "reference")),
    "api:conversation-messages": Address("service.view_ticket", key("conversation", "reference")),
    "api:conversation-files": Address(
        "service.view_ticket",
        lambda world: {"reference": world.conversation.reference, "file": world.message_file.pk},
    ),
    "api:customer-transactions": Address("customers.view_transaction", CUSTOMER),
    "api:risk-proposal-list": Address("risk.view_riskproposal", by_method=(("post", "risk.add_riskproposal"),)),
    "api:risk-proposal-detail": Address("risk.view_riskproposal", PROPOSAL),
    "api:risk-proposal-accept": Address("risk.decide_riskproposal", PROPOSAL),
    "api:risk-proposal-join": Address("risk.decide_riskproposal", PROPOSAL),
    "api:risk-proposal-dismiss": Address("risk.decide_riskproposal", PROPOSAL),
    "api:risk-list": Address("risk.view_risk", by_method=(("post", "risk.add_risk"),)),
    "api:risk-detail": Address("risk.view_risk", RISK),
    "api:risk-moved": Address("risk.view_risk"),
    "api:appetite-list": Address("risk.view_appetitestatement", by_method=(("post", "risk.add_appetitestatement"),)),
    "api:appetite-detail": Address("risk.view_appetitestatement", pk("appetite")),
    "api:appetite-breach-list": Address("risk.view_appetitestatement"),
    "api:appetite-breach-detail": Address("risk.view_appetitestatement", pk("breach")),
    "api:conflict-rule-list": Address("risk.view_conflictrule", by_method=(("post", "risk.change_conflictrule"),)),
    "api:conflict-rule-holders": Address("risk.view_conflictrule"),
    "api:conflict-rule-detail": Address("risk.view_conflictrule", pk("conflict_rule")),
    "api:duty-exception-list": Address("risk.view_conflictrule", by_method=(("post", "risk.add_dutyexception"),)),
    "api:duty-exception-detail": Address("risk.view_conflictrule", pk("duty_exception")),
    "api:matrix-list": Address("risk.view_risk"),
    "api:matrix-detail": Address("risk.view_risk", lambda world: {"version": 1}),
    "api:risk-close": Address("risk.change_risk", RISK),
    "api:risk-rate": Address("risk.rate_risk", RISK),
    "api:risk-reopen": Address("risk.change_risk", RISK),
    "api:risk-review": Address("risk.review_risk", RISK),
    "api:rating-list": Address("risk.view_risk"),
    "api:rating-detail": Address("risk.view_risk", pk("rating")),
    "api:indicator-list": Address("risk.view_indicator"),
    "api:indicator-detail": Address("risk.view_indicator", INDICATOR),
    "api:indicator-bounds": Address("risk.change_indicator", INDICATOR),
    "api:reading-list": Address("risk.view_indicator", by_method=(("post", "risk.add_indicatorreading"),)),
    "api:reading-detail": Address("risk.view_indicator", pk("reading")),
    "api:ticket-list": Address("service.view_ticket", by_method=(("post", "service.add_ticket"),)),
    "api:ticket-detail": Address("service.view_ticket", TICKET),
    "api:ticket-messages": Address("service.view_ticket", TICKET),
    "api:ticket-answer": Address("service.answer_ticket", TICKET),
    "api:ticket-set-status": Address("service.answer_ticket", TICKET),
    "api:regulatory-change-list": Address(
        "identification.view_regulatorychange", by_method=(("post", "identification.add_regulatorychange"),)
    ),
    "api:regulatory-change-detail": Address("identification.view_regulatorychange", RULES),
    "api:regulatory-change-move": Address("identification.change_regulatorychange", RULES),
    "api:regulatory-change-note": Address("identification.change_regulatorychange", RULES),
    "api:scenario-list": Address("identification.view_scenario", by_method=(("post", "identification.add_scenario"),)),
    "api:scenario-detail": Address("identification.view_scenario", SCENARIO),
    "api:scenario-revise": Address("identification.change_scenario", SCENARIO),
    "api:scenario-use": Address("identification.change_scenario", SCENARIO),
    "api:scenario-retire": Address("identification.change_scenario", SCENARIO),
    "api:scenario-outcomes": Address(
        "identification.view_scenario", SCENARIO, by_method=(("post", "identification.add_scenariooutcome"),)
    ),
    "api:self-assessment-list": Address(
        "identification.view_selfassessment", by_method=(("post", "identification.add_selfassessment"),)
    ),
    "api:self-assessment-detail": Address("identification.view_selfassessment", ROUND),
    "api:self-assessment-close": Address("identification.change_selfassessment", ROUND),
    "api:self-assessment-results": Address("identification.view_selfassessment", ROUND),
    "api:bow-tie-list": Address("identification.view_bowtie"),
    "api:bow-tie-detail": Address("identification.view_bowtie", BOW_TIE),
    "api:working-paper-list": Address("assurance.view_workingpaper"),
    "api:working-paper-detail": Address("assurance.view_workingpaper", pk("paper")),
    "api:working-paper-review": Address("assurance.review_workingpaper", pk("paper")),
    "api:working-paper-give-back": Address("assurance.review_workingpaper", pk("paper")),
    "api:programme-step-list": Address("assurance.view_engagement"),
    "api:programme-step-detail": Address("assurance.view_engagement", pk("programme_step")),
    "api:programme-step-done": Address("assurance.change_engagement", pk("programme_step")),
    "api:audit-plan-list": Address("assurance.view_auditplan"),
    "api:audit-plan-detail": Address("assurance.view_auditplan", pk("audit_plan")),
    "api:audit-plan-propose-lines": Address("assurance.change_auditplan", pk("audit_plan")),
    "api:audit-plan-put-in-force": Address("assurance.change_auditplan", pk("audit_plan")),
    "api:checklist-list": Address("identification.view_checklist"),
    "api:checklist-detail": Address("identification.view_checklist", CHECKLIST),
    "api:checklist-run-list": Address(
        "identification.view_checklistrun", by_method=(("post", "identification.add_checklistrun"),)
    ),
    "api:checklist-run-detail": Address("identification.view_checklistrun", RUN),
    "api:checklist-run-answer": Address("identification.change_checklistrun", RUN),
    "api:checklist-run-finish": Address("identification.change_checklistrun", RUN),
    "api:swift-session-list": Address(
        "identification.view_swiftsession", by_method=(("post", "identification.add_swiftsession"),)
    ),
    "api:swift-session-detail": Address("identification.view_swiftsession", SESSION),
    "api:swift-session-add": Address("identification.change_swiftsession", SESSION),
    "api:swift-session-close": Address("identification.change_swiftsession", SESSION),
    "api:cause-tree-list": Address(
        "identification.view_causetree", by_method=(("post", "identification.add_causetree"),)
    ),
    "api:cause-tree-detail": Address("identification.view_causetree", TREE),
    "api:cause-tree-add": Address("identification.change_causetree", TREE),
    "api:emerging-list": Address(
        "identification.view_emergingrisk", by_method=(("post", "identification.add_emergingrisk"),)
    ),
    "api:emerging-detail": Address("identification.view_emergingrisk", EMERGING),
    "api:emerging-readings": Address("identification.view_emergingrisk", EMERGING),
    "api:emerging-look": Address("identification.change_emergingrisk", EMERGING),
    "api:emerging-drop": Address("identification.change_emergingrisk", EMERGING),
    "api:assessment-list": Address("assessment.view_assessment", by_method=(("post", "assessment.add_assessment"),)),
    "api:assessment-detail": Address("assessment.view_assessment", ASSESSMENT),
    "api:assessment-by-data": Address("assessment.add_assessment", ASSESSMENT),
    "api:assessment-by-model": Address("assessment.add_assessment", ASSESSMENT),
    "api:assessment-by-panel": Address("assessment.add_assessment", ASSESSMENT),
    "api:assessment-by-scenario": Address("assessment.add_assessment", ASSESSMENT),
    "api:assessment-stock": Address("assessment.add_assessment", ASSESSMENT),
    "api:assessment-withdraw": Address("assessment.add_assessment", ASSESSMENT),
    "api:assessment-decide": Address("assessment.decide_assessment", ASSESSMENT),
    "api:assessment-submit": Address("assessment.decide_assessment", ASSESSMENT),
    "api:assessment-approve": Address("assessment.approve_assessment", DECIDED),
    "api:assessment-send-back": Address("assessment.approve_assessment", DECIDED),
    "api:assessment-changes": Address("assessment.view_assessment", ASSESSMENT),
    "api:mix-rule-list": Address("assessment.view_assessment"),
    "api:scale-table-list": Address("assessment.view_assessment"),
    "api:panel-list": Address("assessment.view_panel", by_method=(("post", "assessment.add_panel"),)),
    "api:panel-detail": Address("assessment.view_panel", PANEL),
    "api:panel-seats": Address("assessment.change_panel", PANEL),
    "api:panel-leave": Address("assessment.vote_on_panel", PANEL),
    "api:panel-rounds": Address("assessment.change_panel", PANEL),
    "api:panel-close": Address("assessment.change_panel", PANEL),
    "api:panel-votes": Address("assessment.vote_on_panel", PANEL),
    "api:panel-dissent": Address("assessment.vote_on_panel", PANEL),
    "api:forecast-list": Address("assessment.record_outcome"),
    "api:forecast-detail": Address("assessment.record_outcome", pk("forecast")),
    "api:forecast-outcome": Address("assessment.record_outcome", pk("forecast")),
    "api:panel-finish": Address("assessment.change_panel", PANEL),
    "api:panel-cancel": Address("assessment.change_panel", PANEL),
    "api:panel-result": Address("assessment.view_panel", PANEL),
    "api:audit-list": Address("assurance.view_engagement", by_method=(("post", "assurance.add_engagement"),)),
    "api:audit-detail": Address("assurance.view_engagement", AUDIT),
    "api:audit-begin": Address("assurance.change_engagement", AUDIT),
    "api:audit-sample": Address("assurance.change_engagement", AUDIT),
    "api:audit-close": Address("assurance.change_engagement", AUDIT),
    "api:audit-area-list": Address("assurance.view_auditunit", by_method=(("post", "assurance.add_auditunit"),)),
    "api:audit-area-detail": Address("assurance.view_auditunit", AREA),
    "api:audit-sample-list": Address("assurance.view_engagement"),
    "api:audit-sample-detail": Address("assurance.view_engagement", pk("sample")),
    "api:finding-list": Address("assurance.view_finding", by_method=(("post", "assurance.add_finding"),)),
    "api:finding-give-back": Address("assurance.verify_finding", FINDING),
    "api:finding-detail": Address("assurance.view_finding", FINDING),
    "api:finding-answer": Address("assurance.answer_finding", FINDING),
    "api:finding-done": Address("assurance.answer_finding", FINDING),
    "api:finding-verify": Address("assurance.verify_finding", FINDING),
    "api:control-run-list": Address("risk.view_control"),
    "api:control-run-detail": Address("risk.view_control", pk("control_run")),
    "api:control-list": Address("risk.view_control", by_method=(("post", "risk.add_control"),)),
    "api:control-detail": Address("risk.view_control", CONTROL),
    "api:control-test": Address("risk.test_control", CONTROL),
    "api:control-test-list": Address("risk.view_control"),
    "api:control-test-detail": Address("risk.view_control", pk("control_test")),
    "api:control-test-finish": Address("risk.test_control", pk("control_test")),
    "api:treatment-list": Address("risk.view_treatment", by_method=(("post", "risk.add_treatment"),)),
    "api:treatment-task": Address("risk.change_treatment", pk("treatment")),
    "api:treatment-done": Address("risk.change_treatment", pk("treatment")),
    "api:treatment-end": Address("risk.change_treatment", pk("treatment")),
    "api:treatment-detail": Address("risk.view_treatment", pk("treatment")),
    "api:policy-list": Address("governance.view_policy"),
    "api:policy-detail": Address("governance.view_policy", POLICY),
    "api:policy-versions": Address("governance.view_policy", POLICY),
    "api:duty-area-list": Address("governance.view_dutyarea"),
    "api:duty-area-detail": Address("governance.view_dutyarea", DUTIES),
    "api:duty-area-matrices": Address("governance.view_dutyarea", DUTIES),
    "api:duty-area-draft": Address("governance.change_dutymatrix", DUTIES),
    "api:duty-area-put-in-force": Address("governance.change_dutymatrix", DUTIES),
    "api:line-assignment-list": Address(
        "governance.view_lineassignment", by_method=(("post", "governance.add_lineassignment"),)
    ),
    "api:line-assignment-detail": Address("governance.view_lineassignment", pk("line_assignment")),
    "api:line-assignment-crossings": Address("governance.view_lineassignment"),
    "api:attestation-list": Address("governance.view_attestation"),
    "api:attestation-detail": Address("governance.view_attestation", pk("attestation")),
    "api:attestation-confirm": Address("governance.view_attestation", pk("attestation")),
    "api:case-list": Address("incidents.view_case", by_method=(("post", "incidents.add_case"),)),
    "api:case-detail": Address("incidents.view_case", CASE),
    "api:case-note": Address("incidents.change_case", CASE),
    "api:case-close": Address("incidents.change_case", CASE),
    "api:incident-list": Address("incidents.view_incident", by_method=(("post", "incidents.add_incident"),)),
    "api:incident-detail": Address("incidents.view_incident", key("incident", "reference")),
    "api:incident-write": Address("incidents.change_incident", key("incident", "reference")),
    "api:incident-stage": Address("incidents.change_incident", key("incident", "reference")),
    "api:incident-close": Address("incidents.change_incident", key("incident", "reference")),
    "api:loss-classify": Address("incidents.change_lossevent", key("loss", "reference")),
    "api:notice-rule-list": Address("incidents.view_noticerule", by_method=(("post", "incidents.add_noticerule"),)),
    "api:notice-rule-detail": Address("incidents.view_noticerule", pk("notice_rule")),
    "api:activation-reach": Address("incidents.work_activation", pk("activation")),
    "api:loss-list": Address("incidents.view_lossevent", by_method=(("post", "incidents.add_lossevent"),)),
    "api:loss-detail": Address("incidents.view_lossevent", key("loss", "reference")),
    "api:loss-enter": Address("incidents.change_lossevent", key("loss", "reference")),
    "api:crisis-list": Address("incidents.view_crisis", by_method=(("post", "incidents.declare_crisis"),)),
    "api:crisis-detail": Address("incidents.view_crisis", key("crisis", "reference")),
    "api:crisis-decide": Address("incidents.decide_crisis", key("crisis", "reference")),
    "api:crisis-end": Address("incidents.declare_crisis", key("crisis", "reference")),
    "api:plan-list": Address("incidents.view_plan", by_method=(("post", "incidents.add_plan"),)),
    "api:plan-detail": Address("incidents.view_plan", PLAN),
    "api:plan-version": Address("incidents.change_plan", PLAN),
    "api:plan-activate": Address("incidents.activate_plan", PLAN),
    "api:activation-write": Address("incidents.work_activation", pk("activation")),
    "api:activation-step": Address("incidents.work_activation", pk("activation")),
    "api:activation-end": Address("incidents.activate_plan", pk("activation")),
    "api:activation-list": Address("incidents.view_plan"),
    "api:activation-detail": Address("incidents.view_plan", pk("activation")),
    "api:alert-list": Address("risk.view_alert"),
    "api:alert-detail": Address("risk.view_alert", pk("alert")),
    "api:alert-acknowledge": Address("risk.close_alert", pk("alert")),
    "api:alert-assign": Address("risk.assign_alert", pk("alert")),
    "api:alert-close": Address("risk.close_alert", pk("alert")),
    "api:loan-grade-list": Address("risk.view_loangrade"),
}
PAGES |= MARKETING_PAGES
API |= MARKETING_API
ADDRESSES = {**PAGES, **API}


def patterns(within=None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the project under its URL name, with namespaces; one without a name comes as its own text."""
    for part in within if within is not None else get_resolver().url_patterns:
        if isinstance(part, URLPattern):
            yield namespace + (part.name or str(part.pattern)), part
        else:
            inner = f"{namespace}{part.namespace}:" if part.namespace else namespace
            yield from patterns(part.url_patterns, inner)


def world_of(user, customer=None) -> SimpleNamespace:
    """Make one of everything, `user`'s own where a thing belongs to somebody; `customer` holds what customers hold."""
    now, customer = timezone.now(), customer or PersonFactory()
    customer.refresh_from_db()
    business = _business(customer, user, now)
    return SimpleNamespace(
        privacy_rule=PrivacyRule.objects.get(code="request_deadline", jurisdiction="CN"),
        kyc_rule=KycRule.objects.filter(needs_confirmation=True).first(),
        suitability_rule=SuitabilityRule.objects.filter(needs_confirmation=True).first(),
        cooling_off_rule=CoolingOffRule.objects.filter(needs_confirmation=True).first(),
        **business,
        **_mails(business),
        **_surveys(business, user),
        **_service(business, user, now),
        **an_incident_with_its_loss(user, customer),
        **_privacy(business, user, now),
        **_kyc(business, user, now),
        **_company(user, now),
        **_identification(user),
        **marketing_of(user, customer, now),
        **_own(user, now),
        **an_offer_with_everything(user, customer),
    )


def _business(customer, user, now) -> dict[str, Any]:
    product = ProductFactory()
    draft = ProductVersion.objects.create(product=product, number=2, risk_rating="R2", terms={}, created_at=now)
    document = ProductDocument(version=draft, kind="terms", title="Terms", sha256="0" * 64, size=5, added_at=now)
    document.file.save("terms.pdf", ContentFile(b"terms"))
    account = AccountFactory(customer=customer, product=product)
    TransactionFactory(account=account)
    loan = LoanFactory(customer=customer, product=product)
    holding = HoldingFactory(customer=customer, product=product, card_number="6222021234567890123")
    PortraitFactory(customer=customer)
    GradeFactory(loan=loan)
    Interaction.objects.create(customer=customer, kind="call", at=now, title="Asked for a statement")
    chat = ChatFactory(
        agent=user,
        state="active",
        ticket__customer=customer,
        ticket__region=customer.region,
        ticket__line=product.line_id,
    )
    conversation = TicketFactory(channel="app", customer=customer, region=customer.region, line=product.line_id)
    made = {"account": account, "loan": loan, "holding": holding, "customer": customer, "chat": chat}
    made["conversation"] = conversation
    message = MessageFactory(ticket=conversation)
    made["message_file"] = MessageFile(
        message=message, name="a.pdf", media_type="application/pdf", size=5, sha256="0" * 64
    )
    made["message_file"].file.save("a.bin", ContentFile(b"%PDF-"))
    return {**made, "product": product, "draft": draft, "document": document}


def _privacy(business, user, now) -> dict[str, Any]:
    customer, notice = business["customer"], Notice.objects.filter(purpose="marketing", language="en").get()
    consent = Consent.objects.create(
        customer=customer,
        purpose="marketing",
        channel="sms",
        given=True,
        notice=notice,
        at=now,
        origin="app",
        recorded_at=now,
    )
    request = PrivacyRequest.objects.create(
        customer=customer, kind="deletion", received_on=now.date(), due_on=now.date(), recorded_at=now,
        rule=PrivacyRule.objects.the_one("request_deadline", "CN", now.date()), jurisdiction="CN",
    )  # fmt: skip
    request.refresh_from_db(fields=["reference"])
    RequestEntry.objects.create(request=request, kind="received", at=now, by=user)
    reveal = Reveal.objects.create(
        customer=customer, field="phone", by=user, reason_kind="call", at=now,
        expires_at=now + timezone.timedelta(seconds=30),
    )  # fmt: skip
    tag = Tag.objects.get(code="prefers_phone")
    said = CustomerTag.objects.create(
        customer=customer, tag=tag, source="person", by=user, confidence=1, grounds="Said so", at=now
    )
    return {"notice": notice, "consent": consent, "request": request, "reveal": reveal, "tag": tag, "said": said,
            "pair": DuplicatePairFactory(first=customer), "merge": MergeFactory(survivor=customer, by=user)}  # fmt: skip


def _mails(business) -> dict[str, Any]:
    customer = business["customer"]
    ticket = TicketFactory(customer=customer, line=business["product"].line_id, channel="email")
    mail = MailFactory(ticket=ticket, peer=customer.email)
    mail.original.save("mail.eml", ContentFile(b"Subject: Hello"))
    article = ArticleFactory(published=True, line=business["product"].line_id)
    return {"mail": mail, "mailbox": mail.mailbox, "article": article}


def _surveys(business, user) -> dict[str, Any]:
    survey, subject = QuestionnaireFactory(), business["customer"].pk
    return {
        "survey": survey,
        "survey_draft": QuestionnaireFactory(draft=True).versions.get(),
        "response": ResponseFactory(version=survey.version, subject=subject, filled_by=user),
        "suitability": ResultFactory(customer=business["customer"], review="waiting"),
        "cooling_off": CoolingOffFactory(customer=business["customer"], holding=business["holding"]),
        "invitation": InvitationFactory(version=survey.version, subject=subject),
    }


def _service(business, user, now) -> dict[str, Any]:
    customer = business["customer"]
    ticket = TicketFactory(customer=customer, region=customer.region, line=business["product"].line_id, assignee=user)
    MessageFactory(ticket=ticket)
    made = {"macro": Macro.objects.create(name="Thanks", text="Thank you"), "queue": QueueFactory()}
    subtask = Subtask.objects.create(ticket=ticket, title="Ask the bank")
    made |= {"subtask": subtask, "clock": overdue(ticket, now)}
    return {**made, "ticket": ticket, "agent": AgentFactory(), **_complaints(business, user, now)}


def overdue(ticket, now) -> TicketClock:
    """The clock of a ticket for its resolution, run out long ago."""
    Ticket.objects.filter(pk=ticket.pk).update(opened_at=now - timezone.timedelta(days=60))
    reckon([ticket.pk], first=now - timezone.timedelta(days=60), at=now)
    return ticket.clocks.get(kind="resolution")


def _complaints(business, user, now) -> dict[str, Any]:
    customer, line = business["customer"], business["product"].line_id
    complaint = a_complaint(customer=customer, line=line, assignee=user)
    redress = ComplaintRedress.objects.create(
        complaint=complaint, customer=customer, kind="apology", reason="Long wait", state="granted", proposed_by=user,
        proposed_at=now, granted_at=now,
    )  # fmt: skip
    letter = RegulatorReferral(complaint=complaint, authority="pboc", number="17", received_on=now.date())
    letter.file.save("reply.bin", ContentFile(b"reply"))
    return {
        "complaint": complaint,
        "redress": redress,
        "referral": letter,
        "improvement": ImprovementFactory(version=business["draft"]),
        "past_complaint": PastComplaintFactory(),
    }


def _kyc(business, user, now) -> dict[str, Any]:
    """A document whose number is the customer's own, with a copy, and what is to be done about it."""
    customer = business["customer"]
    document = IdentityDocumentFactory(customer=customer, number=customer.identity_number, added_by=user)
    copy = CopyFactory(document=document)
    KycTask.objects.create(customer=customer, kind="expiring", document=document, due_on=now.date(), opened_at=now)
    hit = HitFactory(customer=customer)
    version = ListVersion.objects.create(
        watch_list=hit.entry.watch_list,
        number=1,
        state="current",
        file_name="list.csv",
        sha256="0" * 64,
        created_at=now,
    )
    representative = Representative.objects.create(customer=customer, name="Ma Wu", role="agent", from_on=now.date())
    stake = Stake.objects.create(customer=customer, holder="Ma Wu", share=30, from_on=now.date())
    KycProfile.objects.create(
        customer=customer, first_rated_on=now.date(), rated_on=now.date(), next_review_on=now.date()
    )
    KycReview.objects.create(customer=customer, due_on=now.date(), opened_at=now)
    EnhancedReview.objects.create(customer=customer, cause="high_risk", opened_at=now, opened_by=user)
    return {
        "representative": representative,
        "stake": stake,
        "identity_document": document,
        "copy": copy,
        "hit": hit,
        "list_version": version,
    }


def _company(user, now) -> dict[str, Any]:
    run = ImportRunFactory()
    ImportRejectFactory(file=ImportFileFactory(run=run))
    risk = RiskFactory(rated=(3, 3))
    draft_matrix = RiskMatrix.objects.create(
        version=2, likelihood_labels=["Low", "High"], impact_labels=["Low", "High"]
    )
    RiskMatrixCell.objects.bulk_create(
        RiskMatrixCell(matrix=draft_matrix, likelihood=row, impact=column, score=row * column, level="low")
        for row in (1, 2) for column in (1, 2)
    )  # fmt: skip
    risk.refresh_from_db()
    alert = AlertFactory(owner=user)
    nightly = NightlyRun.objects.create(
        business_date=date(2024, 6, 30), state="done", started_at=now, beat_at=now, ended_at=now
    )
    found = {
        "draft_matrix": draft_matrix,
        "run": run,
        "risk": risk,
        "rating": risk.residual,
        "alert": alert,
        "indicator": alert.indicator,
    }
    event = Event.objects.filter(table_name="customers_customer").order_by("-id")[0]
    checkpoint = sealed()
    proof = {"checkpoint": checkpoint, "anchor": anchored(checkpoint), "verification": verified()}
    case = CaseFactory(owner=user, alert=alert)
    activation = an_activation(PlanFactory(owner=user), case=case)
    finding = FindingFactory(owner=user, risk=risk)
    attestation = AttestationFactory(person=user)
    task = TreatmentTaskFactory(treatment__risk=risk, treatment__owner=user)
    test = ControlTestFactory(tester=user)
    planned = AuditPlanLineFactory(unit=finding.engagement.unit)
    paper = WorkingPaperFactory(engagement=finding.engagement)
    with past_the_guards():
        appetite = AppetiteStatement.objects.create(
            risk_class="credit", statement="Little of it", tolerance="medium", valid_from=date(2026, 1, 1)
        )
    duty_exception = an_accepted_conflict()
    panel = a_running_panel(items=[{"risk": risk, "kind": "residual"}])
    past = a_finished_panel(at=now - timezone.timedelta(days=400), items=[{"risk": risk, "kind": "residual"}])
    process_map = a_map(by=user)
    acted = {
        "process_map": process_map,
        "step_risk": a_risk_on(process_map, risk=risk),
        "panel": panel,
        "assessment": _of_own_risk(user),
        "decided_assessment": a_decided_assessment(),
        "seat": PanelSeat.objects.create(panel=panel, expert=user, weight=1, seated_at=now),
        "forecast": past.items.get(),
        "appetite": appetite,
        "conflict_rule": ConflictRule.objects.earliest("pk"),
        "duty_exception": duty_exception,
        "breach": AppetiteBreach.objects.create(risk=risk, statement=appetite, opened_on=date(2026, 2, 1)),
        "treatment": task.treatment,
        "treatment_task": task,
        "proposal": ProposalFactory(proposed_by=user, line_id="payment"),
        "rule_change": RegulatoryChangeFactory(),
        "control": test.control,
        "control_test": test,
        **_scenarios(risk),
        "control_run": AutomatedRunFactory(control=test.control),
        "finding": finding,
        "attestation": attestation,
        "duty_area": DutyMatrixFactory().area,
        "line_assignment": LineAssignmentFactory(),
        "policy": attestation.version.policy,
        "segment": make_segment("world-lively"),
        "engagement": finding.engagement,
        "area": finding.engagement.unit,
        "sample": SampleFactory(engagement=finding.engagement),
        "plan_line": planned,
        "audit_plan": planned.plan,
        "paper": paper,
        "paper_evidence": some_paper_evidence(paper),
        "programme_step": ProgrammeStepFactory(engagement=finding.engagement),
        "case": case,
        "plan": activation.plan,
        "activation": activation,
        "board_step": activation.steps.first(),
        "board_call": ActivationCall.objects.create(
            activation=activation, position=1, level=1, person=user, caller=user, due_at=now
        ),
        "notice_rule": NoticeRule.objects.first(),
        "board_evidence": some_evidence(activation, user),
    }
    return {
        **found,
        **proof,
        **acted,
        "reading": alert.reading,
        "nightly": nightly,
        "event": event,
        "colleague": UserFactory(),
    }


def _of_own_risk(user):
    """An assessment of a risk that the person owns: whoever owns none judges none."""
    assessment = an_assessment()
    Risk.objects.filter(pk=assessment.risk_id).update(owner=user)
    return assessment


def _scenarios(risk) -> dict[str, Any]:
    """A scenario that was discussed for a risk, and the bow-tie of the risk under it."""
    scenario = a_scenario()
    opened = a_round()
    barrier = BarrierFactory(threat__bow_tie__risk=risk, threat__bow_tie__scenario=scenario)
    return {
        "scenario": scenario,
        "round": opened,
        "round_response": answered_by(opened.invitees.first()),
        "scenario_outcome": an_outcome(scenario=scenario, risk=risk),
        "barrier": barrier,
        "bow_tie": barrier.threat.bow_tie,
    }


def _identification(user) -> dict[str, Any]:
    node = CauseNodeFactory(kind="root", tree__begun_by=user)
    run, row = RunFactory(begun_by=user), SwiftRowFactory(session__facilitator=user)
    return {
        "emerging": EmergingRiskFactory(owner=user),
        "checklist": run.version.checklist,
        "checklist_run": run,
        "cause_node": node,
        "cause_tree": node.tree,
        "swift_row": row,
        "swift_session": row.session,
        "run_answer": answered(run, "no"),
    }


def _own(user, now) -> dict[str, Any]:
    job = Job.objects.create(owner=user, kind="customers.export", title="Export", created_at=now)
    job.result.save("customers.csv", ContentFile(b"a,b"))
    return {
        "job": job,
        "change": a_change(user),
        "delegation": Delegation.objects.create(
            giver=user, taker=UserFactory(), starts_at=now, ends_at=now + timezone.timedelta(days=1), reason="Away",
            created_at=now,
        ),
        "notification": Notification.objects.create(user=user, kind="job", key="1", title="Done", created_at=now),
        "view": SavedView.objects.create(owner=user, page="customers:customer_list", name="Mine"),
        "token": ApiToken.objects.create(owner=user, name="t", digest=f"{user.pk:064}", hint="abcd", created_at=now,
                                         expires_at=now + timezone.timedelta(days=1)),
        "team": TeamFactory(lead=user, members=[user]),
        "session": UserSession.objects.create(user=user, started_at=now, seen_at=now),
    }  # fmt: skip
