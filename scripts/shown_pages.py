"""The pages that are pictured: by whom each is looked at, and where its address comes from.

Import it once Django is set up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps

from surveys.services.invitations import token_of

LEAD, DESK, RISK, AUDIT, ADMIN = "service_lead", "service", "risk", "internal_audit", "administrator"


def first(model: str, name: str = "pk", **where: Any) -> Callable[[], list[Any]]:
    """Return a function that gives the address part of the first such record, or nothing where there is none."""
    return lambda: list(apps.get_model(model).objects.filter(**where).order_by("pk").values_list(name, flat=True)[:1])


def first_row(model: str, *names: str, **where: Any) -> Callable[[], list[Any]]:
    """The same for a page whose address names several things."""

    def parts() -> list[Any]:
        found = apps.get_model(model).objects.filter(**where).order_by("pk").values_list(*names).first()
        return list(found or [])

    return parts


def history_of(model: str) -> Callable[[], list[Any]]:
    """Return a function that gives the address part of the history of the first such record."""
    return lambda: [apps.get_model(model)._meta.db_table, *first(model)()]


def explained(model: str, name: str, subject: str, figure: str = "balance") -> Callable[[], list[Any]]:
    """Return a function that gives the address part of the explanation of a figure of the first such record."""
    return lambda: [subject, *first(model, name)(), figure]


def link() -> list[Any]:
    """The token of a link to a questionnaire that nobody has followed yet."""
    invitation = apps.get_model("surveys.Invitation").objects.filter(response=None).order_by("pk").first()
    return [token_of(invitation)] if invitation else []


@dataclass(frozen=True)
class Shot:
    """A page to picture: its file's name, URL name, roles that look at it, and what its address names."""

    name: str
    page: str
    roles: tuple[str, ...] = (ADMIN,)
    of: Callable[[], list[Any]] | None = None
    query: str = ""
    keys: tuple[str, ...] = field(default=())


# Add a page here when you add one to the product; then look at it.
PAGES = [
    Shot("sign_in", "account_login", ("",)),
    Shot("password_reset", "account_reset_password", ("",)),
    Shot(
        "home", "operations:home", (DESK, LEAD, "product", "marketing", RISK, "compliance", AUDIT, "management", ADMIN)
    ),
    Shot("customers", "customers:customer_list", (DESK,)),
    Shot("customers_found", "customers:customer_list", (DESK,), query="?q=王&sort=name"),
    Shot("customers_none", "customers:customer_list", (DESK,), query="?q=zzzzzz"),
    Shot("customers_beside", "customers:customer_list", (DESK,), keys=("j", "j", "Space")),
    Shot("palette", "customers:customer_list", (DESK,), keys=("Control+k", "l", "i")),
    Shot("keys", "customers:customer_list", (DESK,), keys=("?",)),
    Shot("tickets", "service:ticket_list", (DESK, LEAD)),
    Shot("tickets_open", "service:ticket_list", (DESK,), query="?state=open&view=open"),
    Shot("ticket", "service:ticket_detail", (DESK,), first("service.Ticket", "reference")),
    Shot("agent_home", "service:agent_home", (DESK, LEAD)),
    Shot("macros", "service:macro_list", (LEAD,)),
    Shot("macro_new", "service:macro_create", (LEAD,)),
    Shot("queues", "service:queue_list", (LEAD,)),
    Shot("agents", "service:agent_list", (LEAD,)),
    Shot("ticket_new", "service:ticket_create", (DESK,)),
    Shot("complaints", "service:complaint_list", (DESK, LEAD)),
    Shot("complaint", "service:complaint_detail", (LEAD,), first("service.Complaint", "ticket__reference")),
    Shot(
        "complaint_decided",
        "service:complaint_detail",
        (LEAD,),
        first("service.Complaint", "ticket__reference", state="decided"),
    ),
    Shot(
        "complaint_act",
        "service:complaint_act",
        (LEAD,),
        lambda: [*first("service.Complaint", "ticket__reference")(), "decide"],
    ),
    Shot("complaint_new", "service:complaint_create", (DESK,), first("customers.Customer", "reference")),
    Shot(
        "customer_complaints",
        "service:customer_complaints",
        (DESK,),
        first("service.Complaint", "ticket__customer__reference"),
    ),
    Shot("complaint_report", "service:complaint_report", (LEAD,)),
    Shot("complaint_rules", "service:complaint_rules", ("compliance",)),
    Shot("improvements", "service:improvement_list", (LEAD,)),
    Shot("improvement", "service:improvement_detail", (LEAD,), first("service.Improvement", state="done")),
    Shot("themes", "service:theme_list", (LEAD,)),
    Shot("past_complaints", "service:past_list", (LEAD,)),
    Shot("customer_tickets", "service:customer_tickets", (DESK,), first("service.Ticket", "customer__reference")),
    Shot("customer", "customers:customer_detail", (DESK, RISK), first("customers.Customer", "reference")),
    Shot("customer_accounts", "customers:customer_accounts", (DESK,), first("customers.Customer", "reference")),
    Shot("customer_transactions", "customers:customer_transactions", (DESK,), first("customers.Customer", "reference")),
    Shot("customer_contact", "customers:customer_contact", (DESK,), first("customers.Customer", "reference")),
    Shot("customer_tags", "customers:customer_tags", (DESK,), first("customers.CustomerTag", "customer__reference")),
    Shot("tags", "customers:tag_list", ("compliance",)),
    Shot("account", "customers:account_detail", (DESK,), first_row("customers.Account", "customer__reference", "pk")),
    Shot("loan", "customers:loan_detail", (DESK,), first_row("customers.Loan", "customer__reference", "pk")),
    Shot(
        "customer_privacy",
        "customers:customer_privacy",
        (DESK, "compliance"),
        first("customers.PrivacyRequest", "customer__reference"),
    ),
    Shot("customer_consent", "customers:consent_record", (DESK,), first("customers.Customer", "reference")),
    Shot("customer_request", "customers:request_create", (DESK,), first("customers.Customer", "reference")),
    Shot(
        "customer_suitability",
        "customers:customer_suitability",
        (DESK,),
        first("customers.SuitabilityCheck", "customer__reference"),
    ),
    Shot("may_buy", "customers:customer_may_buy", (DESK,), first("customers.SuitabilityCheck", "customer__reference")),
    Shot("suitability_ask", "customers:suitability_ask", (DESK,), first("customers.Customer", "reference")),
    Shot("suitability_matrix", "customers:suitability_matrix", ("compliance",)),
    Shot("suitability_matrix_new", "customers:suitability_matrix_change", ("compliance",)),
    Shot("suitability_rule_new", "customers:suitability_rule_change", ("compliance",)),
    Shot("cooling_off_rule_new", "customers:cooling_off_rule_change", ("compliance",)),
    Shot("match_weight_new", "customers:match_weight_change", (LEAD,)),
    Shot("match_limit_new", "customers:match_limit_change", (LEAD,)),
    Shot("kyc_rule_new", "customers:kyc_rule_change", ("compliance",)),
    Shot("suitability_list", "customers:suitability_list", (LEAD,)),
    Shot(
        "suitability_review",
        "customers:suitability_review",
        (LEAD,),
        first_row("customers.SuitabilityResult", "customer__reference", "pk"),
    ),
    Shot(
        "cooling_off",
        "customers:cooling_off_withdraw",
        (DESK,),
        first_row("customers.CoolingOff", "customer__reference", "pk"),
    ),
    Shot("questionnaires", "surveys:questionnaire_list", ("product",)),
    Shot("questionnaire", "surveys:questionnaire_detail", ("product",), first("surveys.Questionnaire", "code")),
    Shot(
        "questionnaire_version",
        "surveys:version_detail",
        ("product",),
        first("surveys.QuestionnaireVersion", state="draft"),
    ),
    Shot("questionnaire_preview", "surveys:version_preview", ("product",), first("surveys.QuestionnaireVersion")),
    Shot(
        "questionnaire_question",
        "surveys:question_add",
        ("product",),
        first("surveys.QuestionnaireVersion", state="draft"),
    ),
    Shot("responses", "surveys:response_list", (DESK,)),
    Shot("response", "surveys:response_detail", (DESK,), first("surveys.Response")),
    Shot("answer", "surveys:answer", ("",), link),
    Shot("chat_public", "chat:page", ("",)),
    Shot("chats", "service:chat_desk", (DESK,)),
    Shot("duplicates", "customers:duplicate_list", (LEAD,)),
    Shot("duplicate", "customers:duplicate_detail", (LEAD,), first("customers.DuplicatePair")),
    Shot("merges", "customers:merge_list", (LEAD,)),
    Shot("merge_new", "customers:merge_create", (LEAD,), query="?one=C-100001&other=C-100002"),
    Shot("merge", "customers:merge_detail", (LEAD,), first("customers.Merge")),
    Shot("duplicate_runs", "customers:duplicate_runs", (LEAD,)),
    Shot("privacy_requests", "customers:request_list", ("compliance",)),
    Shot(
        "privacy_request", "customers:request_detail", ("compliance",), first("customers.PrivacyRequest", "reference")
    ),
    Shot(
        "privacy_erasure",
        "customers:erasure_plan",
        ("compliance",),
        first("customers.PrivacyRequest", "reference", kind="deletion"),
    ),
    Shot(
        "customer_kyc", "customers:customer_kyc", (DESK, "compliance"), first("customers.Stake", "customer__reference")
    ),
    Shot(
        "customer_edd",
        "customers:customer_kyc",
        ("compliance",),
        first("customers.EddItem", "review__customer__reference"),
    ),
    Shot("document_new", "customers:document_create", (DESK,), first("customers.Customer", "reference")),
    Shot(
        "document",
        "customers:document_detail",
        ("compliance",),
        first_row("customers.IdentityDocument", "customer__reference", "pk", status="received"),
    ),
    Shot("stake_new", "customers:stake_create", (DESK,), first("customers.Stake", "customer__reference")),
    Shot("kyc_tasks", "customers:kyc_task_list", (LEAD,)),
    Shot("kyc_rules", "customers:kyc_rule_list", ("compliance",)),
    Shot("screening_hits", "customers:hit_list", ("compliance",)),
    Shot("screening_hit", "customers:hit_detail", ("compliance",), first("customers.ScreeningHit")),
    Shot(
        "screening_clear", "customers:hit_act", ("compliance",), lambda: [*first("customers.ScreeningHit")(), "clear"]
    ),
    Shot("screening_lists", "customers:list_version_list", ("compliance",)),
    Shot("screening_list", "customers:list_version_detail", ("compliance",), first("customers.ListVersion")),
    Shot("screening_load", "customers:list_load", ("compliance",)),
    Shot("privacy_consents", "customers:consent_list", ("compliance",)),
    Shot("privacy_report", "customers:consent_report", ("compliance",)),
    Shot("privacy_reveals", "customers:reveal_list", ("compliance",)),
    Shot("privacy_rules", "customers:rule_list", ("compliance",)),
    Shot("privacy_rule_new", "customers:rule_change", ("compliance",)),
    Shot("privacy_keys", "customers:key_list", (ADMIN,)),
    Shot("imports", "customers:import_list"),
    Shot("import_new", "customers:import_create"),
    Shot("import", "customers:import_detail", (ADMIN,), first("customers.ImportRun")),
    Shot("products", "products:product_list", ("product",)),
    Shot("product", "products:product_detail", ("product",), first("products.Product", "code")),
    Shot("product_new", "products:product_create", ("product",)),
    Shot("product_version", "products:version_detail", ("product",), first("products.ProductVersion")),
    Shot("product_move", "products:product_move", ("product",), first("products.Product", "code")),
    Shot("product_price", "products:price_set", ("product",), first("products.Product", "code")),
    Shot("lines", "products:line_list", ("product",)),
    Shot("deadlines", "service:breach_report", (LEAD,)),
    Shot("breaches", "service:breach_list", (LEAD,)),
    Shot("ticket_clocks", "service:clock_ticket", (DESK,), first("service.TicketClock", "ticket__reference")),
    Shot(
        "breach_cause",
        "service:clock_cause",
        (DESK,),
        first_row("service.TicketClock", "ticket__reference", "pk", breached_at__isnull=False),
    ),
    Shot("service_policies", "service:policy_list", (LEAD,)),
    Shot("service_policy", "service:policy_detail", (LEAD,), first("service.SlaPolicy", "code")),
    Shot("service_policy_version", "service:policy_version", (LEAD,), first("service.SlaPolicy", "code")),
    Shot("service_policy_new", "service:policy_create", (LEAD,)),
    Shot("business_calendars", "service:calendar_list", (LEAD,)),
    Shot("business_calendar", "service:calendar_detail", (LEAD,), first("service.BusinessCalendar", "code")),
    Shot("business_hours", "service:calendar_week", (LEAD,), first("service.BusinessCalendar", "code")),
    Shot("business_day", "service:calendar_day", (LEAD,), first("service.BusinessCalendar", "code")),
    Shot("risks", "risk:risk_list", (RISK,)),
    Shot("risk", "risk:risk_detail", (RISK,), first("risk.Risk", "reference")),
    Shot("risk-response", "risk:risk_response", (RISK,), first("risk.Risk", "reference")),
    Shot("proposals", "risk:proposal_list", (RISK, DESK)),
    Shot("proposal", "risk:proposal_detail", (RISK,), first("risk.RiskProposal", "reference")),
    Shot("proposal_new", "risk:proposal_create", (DESK,)),
    Shot("proposal_accept", "risk:proposal_accept", (RISK,), first("risk.RiskProposal", "reference", state="waiting")),
    Shot("controls", "risk:control_list", (RISK,)),
    Shot("control", "risk:control_detail", (RISK,), first("risk.Control", "code")),
    Shot("control-test", "risk:test_detail", (RISK,), first("risk.ControlTest")),
    Shot("treatments", "risk:treatment_list", (RISK,)),
    Shot("treatment", "risk:treatment_detail", (RISK,), first("risk.Treatment")),
    Shot("treatment-new", "risk:treatment_begin", (RISK,), first("risk.Risk", "reference")),
    Shot("risk-thread", "risk:risk_thread", (RISK,), first("risk.Risk", "reference")),
    Shot("maps", "identification:map_list", (RISK,)),
    Shot("map", "identification:map_detail", (RISK,), first("identification.ProcessMap", "reference")),
    Shot("map_draw", "identification:map_draw", (RISK,), first("identification.ProcessMap", "reference")),
    Shot("map_steps", "identification:map_steps", (RISK,), first("identification.ProcessMap", "reference")),
    Shot("map_attach", "identification:map_attach", (RISK,), first("identification.ProcessMap", "reference")),
    Shot("map_new", "identification:map_create", (RISK,)),
    Shot("map_import", "identification:map_import", (RISK,)),
    Shot("risk_new", "risk:risk_create", (RISK,)),
    Shot("heat_map", "risk:heat_map", (RISK,)),
    Shot("map_moved", "risk:map_moved", (RISK,)),
    Shot("appetite", "risk:appetite_list", (RISK,)),
    Shot("appetite_revise", "risk:appetite_revise", (RISK,)),
    Shot("outside_appetite", "risk:outside_appetite", (RISK,)),
    Shot("matrices", "risk:matrix_list", (RISK,)),
    Shot("matrix", "risk:matrix_detail", (RISK,), first("risk.RiskMatrix")),
    Shot("matrix_draft", "risk:matrix_draft", (RISK,)),
    Shot("matrix_map", "risk:matrix_map", (RISK,), first("risk.RiskMatrix", in_force_from=None)),
    Shot("matrix_begin", "risk:matrix_begin", (RISK,), first("risk.RiskMatrix", in_force_from=None)),
    Shot("risk_import", "staff:table_import", (RISK,), lambda: ["risks"]),
    Shot("duty_matrix", "risk:duty_matrix", (RISK,)),
    Shot("duty_conflicts", "risk:duty_conflicts", (RISK,)),
    Shot("duty_exceptions", "risk:duty_exceptions", (RISK,)),
    Shot("duty_rule_new", "risk:duty_rule_new", (RISK,)),
    Shot("duty_rule", "risk:duty_rule_detail", (RISK,), first("risk.ConflictRule")),
    Shot("duty_rule_change", "risk:duty_rule_change", (RISK,), first("risk.ConflictRule")),
    Shot("duty_rule_retire", "risk:duty_rule_retire", (RISK,), first("risk.ConflictRule")),
    Shot("duty_accept", "risk:duty_accept", (RISK,), first("risk.ConflictRule")),
    Shot("indicators", "risk:indicator_list", (RISK,)),
    Shot("indicator", "risk:indicator_detail", (RISK,), first("risk.Indicator", "code")),
    Shot("alerts", "risk:alert_list", (RISK,)),
    Shot("alert", "risk:alert_detail", (RISK,), first("risk.Alert")),
    Shot("policies", "governance:policy_list", (RISK, DESK)),
    Shot("policy", "governance:policy_detail", (RISK, DESK), first("governance.Policy", "code")),
    Shot("policy_new", "governance:policy_create", (RISK,)),
    Shot("policy_write", "governance:version_write", (RISK,), first("governance.Policy", "code")),
    Shot(
        "policy_compare", "governance:version_compare", (RISK,), first("governance.Policy", "code", versions__number=2)
    ),
    Shot("policy_confirmed", "governance:policy_attestations", (RISK,), first("governance.Policy", "code")),
    Shot("duties", "governance:area_list", (RISK, DESK)),
    Shot("duty_matrix", "governance:area_detail", (RISK, DESK), first("governance.DutyArea", "code")),
    Shot("all_duties", "governance:duty_list", (RISK,)),
    Shot("duty_table", "governance:matrix_table", (RISK,), first("governance.DutyArea", "code")),
    Shot("duty_area_new", "governance:area_create", (RISK,)),
    Shot("duty_area_edit", "governance:area_edit", (RISK,), first("governance.DutyArea", "code")),
    Shot("duty_write", "governance:matrix_write", (RISK,), first("governance.DutyArea", "code")),
    Shot(
        "duty_share_out",
        "governance:matrix_fill",
        (RISK,),
        first("governance.DutyArea", "code", matrices__effective_from__isnull=True),
    ),  # fmt: skip
    Shot(
        "duty_in_force",
        "governance:matrix_propose",
        (RISK,),
        first("governance.DutyArea", "code", matrices__effective_from__isnull=True),
    ),  # fmt: skip
    Shot("three_lines", "governance:line_list", (RISK,)),
    Shot("line_assign", "governance:line_assign", (RISK,)),
    Shot("confirmations", "governance:attestation_list", (RISK, DESK)),
    Shot("rule_changes", "identification:change_list", (RISK,)),
    Shot("rule_change", "identification:change_detail", (RISK,), first("identification.RegulatoryChange", "reference")),
    Shot("rule_change_new", "identification:change_create", (RISK,)),
    Shot("rounds", "identification:round_list", (RISK,)),
    Shot("round", "identification:round_detail", (RISK,), first("identification.SelfAssessment", "reference")),
    Shot("round_new", "identification:round_create", (RISK,)),
    Shot("scenarios", "identification:scenario_list", (RISK,)),
    Shot("scenario", "identification:scenario_detail", (RISK,), first("identification.Scenario", "reference")),
    Shot("scenario_new", "identification:scenario_create", (RISK,)),
    Shot("scenario_outcome", "identification:scenario_outcome", (RISK,), first("identification.Scenario", "reference")),
    Shot("outcome", "identification:outcome_detail", (RISK,), first("identification.ScenarioOutcome")),
    Shot("bow_tie", "identification:bow_tie_detail", (RISK,), first("identification.BowTie")),
    Shot("radar", "identification:radar", (RISK,)),
    Shot("emerging_risks", "identification:emerging_list", (RISK,)),
    Shot("emerging_risk", "identification:emerging_detail", (RISK,), first("identification.EmergingRisk", "reference")),
    Shot("swift_sessions", "identification:session_list", (RISK,)),
    Shot("swift_session", "identification:session_detail", (RISK,), first("identification.SwiftSession", "reference")),
    Shot("guide_words", "identification:word_list", (RISK,)),
    Shot("cause_trees", "identification:tree_list", (RISK,)),
    Shot("cause_tree", "identification:tree_detail", (RISK,), first("identification.CauseTree", "reference")),
    Shot("checklists", "identification:checklist_list", (RISK,)),
    Shot("checklist", "identification:checklist_detail", (RISK,), first("identification.Checklist", "code")),
    Shot("checklist_edit", "identification:checklist_edit", (RISK,), first("identification.Checklist", "code")),
    Shot("checklist_runs", "identification:run_list", (RISK,)),
    Shot("checklist_run", "identification:run_detail", (RISK,), first("identification.ChecklistRun", "reference")),
    Shot("emerging_new", "identification:emerging_create", (RISK,)),
    Shot("assessments", "assessment:assessment_list", (RISK,)),
    Shot(
        "assessment",
        "assessment:assessment_detail",
        (RISK,),
        first("assessment.Assessment", "reference", state="decided"),
    ),
    Shot("assessment_new", "assessment:assessment_create", (RISK,)),
    Shot(
        "assessment_approve",
        "assessment:assessment_approve",
        ("compliance",),
        first("assessment.Assessment", "reference", state="decided"),
    ),
    Shot("methods", "assessment:methods", (RISK,)),
    Shot("panels", "assessment:panel_list", (RISK, DESK)),
    Shot("panel", "assessment:panel_detail", (RISK,), first("assessment.Panel", "reference")),
    Shot("panel_results", "assessment:panel_results", (RISK,), first("assessment.Panel", "reference")),
    Shot("panel_vote", "assessment:panel_vote", (DESK,), first("assessment.Panel", "reference", state="running")),
    Shot("panel_new", "assessment:panel_create", (RISK,)),
    Shot("experts", "assessment:experts", (RISK,)),
    Shot("forecasts", "assessment:forecast_list", (RISK,)),
    Shot("findings", "assurance:finding_list", (AUDIT, RISK)),
    Shot("finding", "assurance:finding_detail", (AUDIT,), first("assurance.Finding", "reference")),
    Shot("working_paper", "assurance:paper_detail", (AUDIT,), first("assurance.WorkingPaper")),
    Shot("audit_plans", "assurance:audit_plan_list", (AUDIT,)),
    Shot("audit_plan", "assurance:audit_plan_detail", (AUDIT,), first("assurance.AuditPlan")),
    Shot("plan_line", "assurance:plan_line_add", (AUDIT,), first("assurance.AuditPlan")),
    Shot("audits", "assurance:engagement_list", (AUDIT,)),
    Shot("audit", "assurance:engagement_detail", (AUDIT,), first("assurance.Engagement", "reference")),
    Shot("audit_new", "assurance:engagement_create", (AUDIT,)),
    Shot("finding_new", "assurance:finding_create", (AUDIT,), first("assurance.Engagement", "reference")),
    Shot(
        "audit_sample",
        "assurance:sample_detail",
        (AUDIT,),
        first_row("assurance.AuditSample", "engagement__reference", "pk"),
    ),
    Shot("areas", "assurance:unit_list", (AUDIT,)),
    Shot("area", "assurance:unit_detail", (AUDIT,), first("assurance.AuditUnit", "code")),
    Shot("cases", "incidents:case_list", (RISK,)),
    Shot("case", "incidents:case_detail", (RISK,), first("incidents.Case", "reference")),
    Shot("case_new", "incidents:case_create", (RISK,)),
    Shot("plans", "incidents:plan_list", (RISK,)),
    Shot("plan", "incidents:plan_detail", (RISK,), first("incidents.Plan", "code")),
    Shot("plan_version", "incidents:version_write", (RISK,), first("incidents.Plan", "code")),
    Shot("plan_activate", "incidents:plan_activate", (RISK,), first("incidents.Plan", "code")),
    Shot("board", "incidents:activation_detail", (RISK, DESK), first("incidents.Activation")),
    Shot("loans", "risk:loan_list", (RISK,)),
    Shot("loan_class", "risk:loan_detail", (RISK,), first("risk.LoanGrade")),
    Shot("nightly", "operations:nightly_list"),
    Shot("nightly_run", "operations:nightly_detail", (ADMIN,), first("operations.NightlyRun")),
    Shot("articles", "service:article_list", (DESK, LEAD)),
    Shot("article", "service:article_detail", (LEAD,), first("service.Article", "code")),
    Shot("article_edit", "service:article_edit", (LEAD,), first("service.Article", "code")),
    Shot("article_gaps", "service:article_gaps", (LEAD,)),
    Shot("help", "help:index", ("",)),
    Shot(
        "help_article",
        "help:article",
        ("",),
        first("service.Article", "code", audience="public", version__isnull=False),
    ),
    Shot("mails", "service:mail_list", (LEAD,)),
    Shot("mail", "service:mail_detail", (LEAD,), first("service.Mail", direction="in")),
    Shot("mail_unsure", "service:mail_detail", (LEAD,), first("service.Mail", state="unsure")),
    Shot("mailboxes", "service:mailbox_list", (ADMIN,)),
    Shot("mailbox", "service:mailbox_detail", (ADMIN,), first("service.Mailbox")),
    Shot("mailbox_edit", "service:mailbox_edit", (ADMIN,), first("service.Mailbox")),
    Shot("log", "audit:event_list", ("compliance",)),
    Shot("event", "audit:event_detail", ("compliance",), first("audit.Event")),
    Shot("event_proof", "audit:event_proof", ("compliance",), first("audit.Event")),
    Shot("log_reads", "audit:event_list", ("compliance",), query="?kind=read&table=customers_customer"),
    Shot("history", "audit:record_history", ("compliance",), history_of("customers.Customer")),
    Shot("explained", "audit:explain", (DESK, "compliance"), explained("customers.Customer", "reference", "portrait")),
    Shot("checkpoints", "audit:checkpoint_list", ("compliance",)),
    Shot("verifications", "audit:verification_list", (AUDIT,)),
    Shot("verification", "audit:verification_detail", (AUDIT,), first("audit.Verification")),
    Shot("evidence", "staff:evidence_export", (AUDIT,)),
    Shot("anchors", "audit:anchor_list", (AUDIT,)),
    Shot("approvals", "staff:change_inbox", ("compliance", DESK)),
    Shot("approvals_beside", "staff:change_inbox", ("compliance",), keys=("j", "Space")),
    Shot("approvals_mine", "staff:change_mine"),
    Shot("approvals_all", "staff:change_list", ("compliance",)),
    Shot("approvals_reviews", "staff:change_reviews", ("compliance",)),
    Shot("approval", "staff:change_detail", ("compliance", ADMIN), first("staff.ChangeRequest", state="pending")),
    Shot("approval_done", "staff:change_detail", ("management",), first("staff.ChangeRequest", state="executed")),
    Shot("approval_review", "staff:change_detail", ("compliance",), first("staff.ChangeRequest", break_glass=True)),
    Shot("delegations", "staff:delegation_list", ("compliance", DESK)),
    Shot("policies", "staff:policy_list", ("compliance",)),
    Shot("policy_change", "staff:policy_change", ("compliance",), first("staff.ChangePolicy", "command")),
    Shot("people", "staff:user_list"),
    Shot("person_new", "staff:user_create"),
    Shot("teams", "staff:team_list"),
    Shot("access", "staff:access_matrix", (DESK,)),
    Shot("jobs", "staff:job_list"),
    Shot("notifications", "staff:notification_list"),
    Shot("saved_views", "staff:saved_view_list"),
    Shot("profile", "staff:profile"),
    Shot("security", "mfa_index"),
    Shot("incidents", "incidents:incident_list", (RISK,)),
    Shot("incident", "incidents:incident_detail", (RISK,), first("incidents.Incident", "reference")),
    Shot("incident_new", "incidents:incident_create", (RISK,)),
    Shot("control_run", "risk:run_detail", (RISK,), first("risk.AutomatedRun")),
    Shot("tier_rules", "risk:tier_rules", (RISK,)),
    Shot("notice_rule_new", "incidents:notice_rule_change", ("compliance",)),
    Shot("loss_report", "incidents:loss_report", (RISK,)),
    Shot("notice_rules", "incidents:notice_rules", ("compliance",)),
    Shot("losses", "incidents:loss_list", (RISK,)),
    Shot("loss", "incidents:loss_detail", (RISK,), first("incidents.LossEvent", "reference")),
    Shot("crises", "incidents:crisis_list", ("management",)),
    Shot("crisis", "incidents:crisis_detail", ("management",), first("incidents.Crisis", "reference")),
    Shot("not_allowed", "audit:event_list", (DESK,)),
]
REFUSED = {"not_allowed": 403}
