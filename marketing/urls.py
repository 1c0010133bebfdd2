from django.urls import path

from customers.views import dated_rules
from marketing.dated_rules import CONTACT_RULES, DISCLOSURES, FORBIDDEN_WORDS, VALUE_RULES
from marketing.views import (
    campaign_running,
    campaigns,
    content_calendar,
    content_clicks,
    content_drafts,
    messages,
    providers,
    results,
)

app_name = "marketing"
urlpatterns = [
    path("campaigns/", campaigns.campaign_list, name="campaign_list"),
    path("campaigns/new/", campaigns.campaign_create, name="campaign_create"),
    path("campaigns/<slug:reference>/", campaigns.campaign_detail, name="campaign_detail"),
    path("campaigns/<slug:reference>/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("campaigns/<slug:reference>/messages/", campaigns.campaign_variants, name="campaign_variants"),
    path("campaigns/<slug:reference>/tasks/new/", campaigns.task_add, name="task_add"),
    path("campaigns/<slug:reference>/tasks/<int:pk>/done/", campaigns.task_done, name="task_done"),
    path("campaigns/<slug:reference>/lessons/", campaigns.campaign_lessons, name="campaign_lessons"),
    path("campaigns/<slug:reference>/audience/", campaign_running.campaign_audience, name="campaign_audience"),
    path("campaigns/<slug:reference>/sign-off/", campaign_running.sign_off, name="sign_off"),
    path("campaigns/<slug:reference>/sign-off/ask/", campaign_running.sign_off_ask, name="ask_sign_off"),
    path("campaigns/<slug:reference>/sign-off/decide/", campaign_running.sign_off_decide, name="sign_off_decide"),
    path("campaigns/<slug:reference>/dossier/", campaign_running.campaign_dossier, name="campaign_dossier"),
    path("campaigns/<slug:reference>/recipients/", campaign_running.campaign_recipients, name="campaign_recipients"),
    path("campaigns/<slug:reference>/results/", results.campaign_results, name="campaign_results"),
    path("campaigns/<slug:reference>/reconcile/", campaign_running.campaign_reconcile, name="campaign_reconcile"),
    path("campaigns/<slug:reference>/schedule/", campaign_running.campaign_schedule, name="campaign_schedule"),
    path("campaigns/<slug:reference>/pause/", campaign_running.campaign_pause, name="campaign_pause"),
    path("campaigns/<slug:reference>/resume/", campaign_running.campaign_resume, name="campaign_resume"),
    path("campaigns/<slug:reference>/cancel/", campaign_running.campaign_cancel, name="campaign_cancel"),
    path("calendar/", content_calendar.content_calendar, name="content_calendar"),
    path("messages/", messages.message_list, name="message_list"),
    path("messages/new/", messages.message_create, name="message_create"),
    path("messages/<slug:code>/", messages.message_detail, name="message_detail"),
    path("messages/<slug:code>/edit/", messages.message_edit, name="message_edit"),
    path("messages/<slug:code>/clicks/", content_clicks.message_clicks, name="message_clicks"),
    path(
        "messages/<slug:code>/disclosures/<int:pk>/insert/", content_drafts.disclosure_insert, name="disclosure_insert"
    ),
    path("messages/<slug:code>/<slug:language>/draft/", content_drafts.text_draft, name="text_draft"),
    path("messages/<slug:code>/<slug:language>/drafts/<slug:key>/", content_drafts.draft_preview, name="draft_preview"),
    path("messages/<slug:code>/archive/", messages.message_archive, name="message_archive"),
    path("messages/<slug:code>/<slug:language>/write/", messages.text_write, name="text_write"),
    path("messages/<slug:code>/<slug:language>/preview/", messages.message_preview, name="message_preview"),
    path("claims/", messages.claim_list, name="claim_list"),
    path("claims/new/", messages.claim_create, name="claim_create"),
    path("claims/<int:pk>/", messages.claim_detail, name="claim_detail"),
    path("claims/<int:pk>/approve/", messages.claim_approve, name="claim_approve"),
    path("content-rules/", messages.content_rule_list, name="content_rule_list"),
    path("content-rules/words/new/", dated_rules.change_of(FORBIDDEN_WORDS), name="forbidden_word_change"),
    path(
        "content-rules/words/<int:pk>/confirm/", dated_rules.confirm_of(FORBIDDEN_WORDS), name="forbidden_word_confirm"
    ),
    path("content-rules/disclosures/new/", dated_rules.change_of(DISCLOSURES), name="disclosure_change"),
    path("content-rules/disclosures/<int:pk>/confirm/", dated_rules.confirm_of(DISCLOSURES), name="disclosure_confirm"),
    path("pressure/", results.pressure_report, name="pressure_report"),
    path("contact-rules/values/new/", dated_rules.change_of(VALUE_RULES), name="value_rule_change"),
    path("contact-rules/values/<int:pk>/confirm/", dated_rules.confirm_of(VALUE_RULES), name="value_rule_confirm"),
    path("providers/", providers.provider_list, name="provider_list"),
    path("providers/new/", providers.provider_create, name="provider_create"),
    path("providers/<slug:code>/", providers.provider_edit, name="provider_edit"),
    path("contact-rules/", providers.contact_rule_list, name="contact_rule_list"),
    path("contact-rules/new/", dated_rules.change_of(CONTACT_RULES), name="contact_rule_change"),
    path("contact-rules/<int:pk>/confirm/", dated_rules.confirm_of(CONTACT_RULES), name="contact_rule_confirm"),
from marketing.views import coupons, offers, redemptions

app_name = "marketing"
urlpatterns = [
    path("offers/", offers.offer_list, name="offer_list"),
    path("offers/new/", offers.offer_create, name="offer_create"),
    path("offers/<slug:code>/", offers.offer_detail, name="offer_detail"),
    path("offers/<slug:code>/draft/", offers.offer_draft, name="offer_draft"),
    path("offers/<slug:code>/publish/", offers.offer_publish, name="offer_publish"),
    path("offers/<slug:code>/budget/", offers.offer_budget, name="offer_budget"),
    path("offers/<slug:code>/stop/", offers.offer_stop, name="offer_stop"),
    path("offers/<slug:code>/issue/", offers.coupon_issue, name="coupon_issue"),
    path("offers/<slug:code>/packet/", offers.packet_create, name="packet_create"),
    path("coupons/", coupons.coupon_list, name="coupon_list"),
    path("coupons/look-up/", coupons.coupon_look, name="coupon_look"),
    path("coupons/issues/<int:pk>/codes/", coupons.codes_export, name="codes_export"),
    path("red-packets/<int:pk>/", coupons.packet_detail, name="packet_detail"),
    path("redemptions/", redemptions.redemption_list, name="redemption_list"),
    path("redemptions/held/", redemptions.held_list, name="held_list"),
    path("redemptions/rings/", redemptions.ring_list, name="ring_list"),
    path("redemptions/<int:pk>/", redemptions.redemption_detail, name="redemption_detail"),
    path("redemptions/<int:pk>/decide/", redemptions.redemption_decide, name="redemption_decide"),
]
