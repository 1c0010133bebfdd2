from django.urls import path

from marketing.views import abuse_rules, coupons, offers, redemptions

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
    path("redemptions/rules/", abuse_rules.abuse_rules, name="abuse_rules"),
    path("redemptions/rules/new/", abuse_rules.abuse_rule_change, name="abuse_rule_change"),
    path("redemptions/<int:pk>/", redemptions.redemption_detail, name="redemption_detail"),
    path("redemptions/<int:pk>/decide/", redemptions.redemption_decide, name="redemption_decide"),
]
