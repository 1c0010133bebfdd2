from django.urls import path

from marketing.views import coupons, offers, redemptions, segment_detail, segments

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
    path("segments/", segments.segment_list, name="segment_list"),
    path("segments/new/", segments.segment_create, name="segment_create"),
    path("segments/new-list/", segments.list_create, name="list_create"),
    path("segments/overlap/", segments.segment_overlap, name="segment_overlap"),
    path("segments/<slug:code>/", segment_detail.segment_detail, name="segment_detail"),
    path("segments/<slug:code>/members/", segment_detail.segment_members, name="segment_members"),
    path("segments/<slug:code>/rule/", segments.segment_rule, name="segment_rule"),
    path("segments/<slug:code>/edit/", segments.segment_edit, name="segment_edit"),
    path("segments/<slug:code>/put/", segments.list_put, name="list_put"),
    path("segments/<slug:code>/take/", segments.list_take, name="list_take"),
    path("segments/<slug:code>/refresh/", segments.segment_refresh, name="segment_refresh"),
    path("segments/<slug:code>/archive/", segments.segment_archive, name="segment_archive"),
]
