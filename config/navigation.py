"""What stands in the side bar, and for whom: one list, read top to bottom."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """A line of the side bar. `also` names pages that lie under it though their addresses do not begin with its own."""

    label: str | Promise
    url_name: str
    icon: str
    permission: str = ""
    also: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return reverse(self.url_name)


SECTIONS: list[tuple[str | Promise, list[Place]]] = [
    (
        "",
        [
            Place(_("Home"), "operations:home", "home", "operations.view_home"),
            Place(_("Approvals"), "staff:change_inbox", "checks", "staff.view_changerequest"),
            Place(_("Customers"), "customers:customer_list", "users", "customers.view_customer"),
            Place(_("My desk"), "service:agent_home", "inbox", "service.view_ticket"),
            Place(_("Tickets"), "service:ticket_list", "ticket", "service.view_ticket"),
            Place(_("Products"), "products:product_list", "package", "products.view_product"),
            Place(_("Suitability"), "customers:suitability_matrix", "scale", "customers.view_suitabilitymatrix"),
            Place(_("Questionnaires"), "surveys:questionnaire_list", "forms", "surveys.view_questionnaire"),
        ],
    ),
    (
        _("Service"),
        [
            Place(_("Chats"), "service:chat_desk", "messages", "service.answer_ticket"),
            Place(_("Macros"), "service:macro_list", "message-2", "service.view_macro"),
            Place(_("Queues"), "service:queue_list", "stack-2", "service.view_queue"),
            Place(_("Agents"), "service:agent_list", "users-group", "service.view_queue"),
            Place(_("Deadlines"), "service:breach_report", "alarm", "service.view_ticketclock"),
            Place(_("Service policies"), "service:policy_list", "scale", "service.view_slapolicy"),
            Place(_("Business calendars"), "service:calendar_list", "calendar-event", "service.view_businesscalendar"),
            Place(_("Knowledge base"), "service:article_list", "book", "service.view_article"),
            Place(_("Mail log"), "service:mail_list", "mail", "service.view_mail"),
            Place(_("Mailboxes"), "service:mailbox_list", "at", "service.view_mailbox"),
        ],
    ),
    (
        _("Complaints"),
        [
            Place(_("Complaints"), "service:complaint_list", "alert-circle", "service.view_complaint"),
            Place(_("Trends and improvements"), "service:improvement_list", "trending-up", "service.view_improvement"),
            Place(_("Report of complaints"), "service:complaint_report", "chart-bar", "service.view_complaint"),
            Place(_("Themes"), "service:theme_list", "message", "service.view_complaint"),
        ],
    ),
    (
        _("Marketing"),
        [
            Place(_("Segments"), "marketing:segment_list", "users-group", "marketing.view_segment"),
            Place(_("Campaigns"), "marketing:campaign_list", "speakerphone", "marketing.view_campaign"),
            Place(_("Messages"), "marketing:message_list", "message", "marketing.view_message"),
            Place(_("Content calendar"), "marketing:content_calendar", "calendar", "marketing.view_message"),
            Place(_("Claims register"), "marketing:claim_list", "checks", "marketing.view_claim"),
            Place(_("Rules of content"), "marketing:content_rule_list", "gavel", "marketing.view_message"),
            Place(_("Pressure"), "marketing:pressure_report", "gauge", "marketing.view_campaign"),
            Place(_("Providers"), "marketing:provider_list", "send", "marketing.view_provider"),
            Place(_("Rules of contact"), "marketing:contact_rule_list", "scale", "marketing.view_contactrule"),
            Place(_("Offers"), "marketing:offer_list", "ticket", "marketing.view_offer"),
            Place(_("Coupons"), "marketing:coupon_list", "tag", "marketing.view_coupon"),
            Place(_("Redemptions"), "marketing:redemption_list", "checks", "marketing.view_redemption"),
            Place(_("Held redemptions"), "marketing:held_list", "alert-triangle", "marketing.view_redemption"),
            Place(_("Rings"), "marketing:ring_list", "hierarchy", "marketing.view_redemption"),
            Place(_("Rules of abuse"), "marketing:abuse_rules", "scale", "marketing.view_abuserule"),
        ],
    ),
    (
        _("Risk"),
        [
            Place(_("Register"), "risk:risk_list", "clipboard-list", "risk.view_risk"),
            Place(_("Inbox"), "risk:proposal_list", "inbox", "risk.view_riskproposal"),
            Place(_("Heat map"), "risk:heat_map", "grid-dots", "risk.view_risk"),
            Place(_("Controls"), "risk:control_list", "shield-half", "risk.view_control"),
            Place(_("Treatments"), "risk:treatment_list", "shield-check", "risk.view_treatment"),
            Place(_("Appetite"), "risk:appetite_list", "adjustments", "risk.view_appetitestatement"),
            Place(_("Indicators"), "risk:indicator_list", "gauge", "risk.view_indicator"),
            Place(_("Alerts"), "risk:alert_list", "alert-triangle", "risk.view_alert"),
            Place(
                _("Risk assessments"),
                "assessment:assessment_list",
                "scale",
                "assessment.view_assessment",
                also=("assessment:methods",),
            ),
            Place(_("Panels"), "assessment:panel_list", "users-group", "assessment.view_panel"),
            Place(
                _("Experts"),
                "assessment:experts",
                "scale",
                "assessment.view_calibration",
                also=("assessment:forecast_list",),
            ),
            Place(_("Loan book"), "risk:loan_list", "cash", "risk.view_loangrade"),
        ],
    ),
    (
        _("Finding risks"),
        [
            Place(_("Process maps"), "identification:map_list", "sitemap", "identification.view_processmap"),
            Place(_("Changes of rules"), "identification:change_list", "gavel", "identification.view_regulatorychange"),
            Place(_("Radar"), "identification:radar", "target", "identification.view_emergingrisk"),
            Place(_("Emerging risks"), "identification:emerging_list", "bulb", "identification.view_emergingrisk"),
            Place(
                _("SWIFT sessions"),
                "identification:session_list",
                "help-circle",
                "identification.view_swiftsession",
                also=("identification:word_list",),
            ),
            Place(_("Cause trees"), "identification:tree_list", "hierarchy", "identification.view_causetree"),
            Place(_("Checklists"), "identification:checklist_list", "checklist", "identification.view_checklist"),
            Place(_("Runs of checklists"), "identification:run_list", "checks", "identification.view_checklistrun"),
            Place(
                _("Scenarios"),
                "identification:scenario_list",
                "world",
                "identification.view_scenario",
                also=("identification:bow_tie_create",),
            ),
            Place(_("Self-assessments"), "identification:round_list", "forms", "identification.view_selfassessment"),
        ],
    ),
    (
        _("Governance"),
        [
            Place(_("Policies"), "governance:policy_list", "book", "governance.view_policy"),
            Place(_("Duties by department"), "governance:area_list", "list-check", "governance.view_dutyarea"),
            Place(_("Three lines"), "governance:line_list", "hierarchy", "governance.view_lineassignment"),
            Place(_("Segregation of duties"), "risk:duty_matrix", "users-group", "risk.view_conflictrule"),
        ],
    ),
    (
        _("Incidents"),
        [
            Place(_("Cases"), "incidents:case_list", "briefcase", "incidents.view_case"),
            Place(_("Contingency plans"), "incidents:plan_list", "list-check", "incidents.view_plan"),
            Place(_("Incidents"), "incidents:incident_list", "alert-circle", "incidents.view_incident"),
            Place(_("Losses"), "incidents:loss_list", "cash", "incidents.view_lossevent"),
            Place(_("Crises"), "incidents:crisis_list", "alarm", "incidents.view_crisis"),
        ],
    ),
    (
        _("Know your customer"),
        [
            Place(_("KYC tasks"), "customers:kyc_task_list", "id-badge", "customers.view_kyctask"),
            Place(_("Screening hits"), "customers:hit_list", "list-search", "customers.view_screeninghit"),
            Place(_("Watch lists"), "customers:list_version_list", "clipboard-list", "customers.view_watchlist"),
            Place(_("KYC rules"), "customers:kyc_rule_list", "list-check", "customers.view_kycrule"),
        ],
    ),
    (
        _("Privacy"),
        [
            Place(_("Privacy requests"), "customers:request_list", "inbox", "customers.view_privacyrequest"),
            Place(_("Consents"), "customers:consent_list", "checks", "customers.view_consent"),
            Place(_("Reveals"), "customers:reveal_list", "eye", "customers.view_reveal"),
            Place(_("Retention and deadlines"), "customers:rule_list", "calendar-due", "customers.view_privacyrule"),
            Place(_("Keys of personal data"), "customers:key_list", "key", "customers.view_keyrotation"),
        ],
    ),
    (
        _("Data"),
        [
            Place(_("Possible duplicates"), "customers:duplicate_list", "copy", "customers.view_duplicatepair"),
            Place(_("Merges"), "customers:merge_list", "arrows-exchange", "customers.view_merge"),
            Place(_("Imports"), "customers:import_list", "upload", "customers.view_importrun"),
            Place(_("Tags"), "customers:tag_list", "flag", "customers.view_tag"),
        ],
    ),
    (_("Operations"), [Place(_("Nightly run"), "operations:nightly_list", "moon", "operations.view_nightlyrun")]),
    (
        _("Assurance"),
        [
            Place(_("Findings"), "assurance:finding_list", "flag", "assurance.view_finding"),
            Place(_("Audit plans"), "assurance:audit_plan_list", "calendar-event", "assurance.view_auditplan"),
            Place(_("Audits"), "assurance:engagement_list", "clipboard-check", "assurance.view_engagement"),
            Place(_("Areas"), "assurance:unit_list", "sitemap", "assurance.view_auditunit"),
            Place(_("Log"), "audit:event_list", "history", "audit.view_event"),
            Place(
                _("Proof of the log"),
                "audit:checkpoint_list",
                "shield-check",
                "audit.view_event",
                also=("audit:verification_list", "audit:anchor_list", "audit:consistency"),
            ),
        ],
    ),
    (
        _("Administration"),
        [
            Place(_("People"), "staff:user_list", "user", "staff.view_user"),
            Place(_("Teams"), "staff:team_list", "users-group", "staff.view_team"),
            Place(_("What roles may do"), "staff:access_matrix", "shield-check", "staff.view_access_matrix"),
            Place(_("Approval policies"), "staff:policy_list", "scale", "staff.view_changepolicy"),
            Place(_("Jobs"), "staff:job_list", "progress-check", "staff.view_job"),
        ],
    ),
]


def places_for(user) -> list[tuple[str | Promise, list[Place]]]:
    """Return the sections and places that `user` may open, without empty sections."""
    open_to = [
        (title, [place for place in places if not place.permission or user.has_perm(place.permission)])
        for title, places in SECTIONS
    ]
    return [(title, places) for title, places in open_to if places]


def navigation(request: HttpRequest) -> dict:
    user = getattr(request, "user", None)  # an address that is refused at the door gets its page before there is one
    return {"navigation": places_for(user)} if user is not None and user.is_authenticated else {}
