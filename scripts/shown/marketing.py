"""Pages of marketing. Add one here when you add it to the product; then look at it."""

from scripts.shown.shot import Shot, first, first_row

MARKETING, COMPLIANCE = "marketing", "compliance"
RAN = first("marketing.Campaign", "reference", objective__startswith="A third more")
WAITS = first("marketing.Campaign", "reference", state="review")

PAGES = [
    Shot("segments", "marketing:segment_list", (MARKETING,)),
    Shot("segment", "marketing:segment_detail", (MARKETING,), first("marketing.Segment", "code", code="idle-wealth")),
    Shot(
        "segment_rule", "marketing:segment_rule", (MARKETING,), first("marketing.Segment", "code", code="idle-wealth")
    ),
    Shot("segment_new", "marketing:segment_create", (MARKETING,)),
    Shot("segment_list_new", "marketing:list_create", (MARKETING,)),
    Shot(
        "segment_members",
        "marketing:segment_members",
        (MARKETING,),
        first("marketing.Segment", "code", code="idle-wealth"),
    ),
    Shot(
        "segment_overlap", "marketing:segment_overlap", (MARKETING,), query="?segment=idle-wealth&segment=active-payers"
    ),
    Shot("campaigns", "marketing:campaign_list", (MARKETING,)),
    Shot("campaign_new", "marketing:campaign_create", (MARKETING,)),
    Shot("campaign", "marketing:campaign_detail", (MARKETING,), RAN),
    Shot("campaign_waits", "marketing:campaign_detail", (MARKETING,), WAITS),
    Shot("campaign_variants", "marketing:campaign_variants", (MARKETING,), WAITS),
    Shot("campaign_audience", "marketing:campaign_audience", (MARKETING,), WAITS),
    Shot("campaign_sign_off", "marketing:sign_off", (COMPLIANCE,), WAITS),
    Shot("campaign_recipients", "marketing:campaign_recipients", (MARKETING,), RAN),
    Shot("campaign_results", "marketing:campaign_results", (MARKETING,), RAN),
    Shot("pressure", "marketing:pressure_report", (MARKETING,)),
    Shot("providers", "marketing:provider_list", (MARKETING,)),
    Shot("contact_rules", "marketing:contact_rule_list", (COMPLIANCE,)),
    Shot("messages", "marketing:message_list", (MARKETING,)),
    Shot("message", "marketing:message_detail", (MARKETING,), first("marketing.Message", "code", code="autumn-plan")),
    Shot(
        "message_refused",
        "marketing:message_detail",
        (MARKETING,),
        first("marketing.Message", "code", code="week-of-returns"),
    ),
    Shot("message_new", "marketing:message_create", (MARKETING,)),
    Shot(
        "message_write",
        "marketing:text_write",
        (MARKETING,),
        first_row("marketing.MessageText", "message__code", "language", message__code="autumn-plan"),
    ),
    Shot(
        "message_clicks",
        "marketing:message_clicks",
        (MARKETING,),
        first("marketing.Message", "code", code="autumn-plan"),
    ),
    Shot("content_calendar", "marketing:content_calendar", (MARKETING,)),
    Shot("claims", "marketing:claim_list", (COMPLIANCE,)),
    Shot("claim", "marketing:claim_detail", (COMPLIANCE,), first("marketing.Claim")),
    Shot("content_rules", "marketing:content_rule_list", (COMPLIANCE,)),
    Shot("offers", "marketing:offer_list", (MARKETING,)),
    Shot("offer", "marketing:offer_detail", (MARKETING,), first("marketing.Offer", "code", code="spend-300")),
    Shot("offer_new", "marketing:offer_create", (MARKETING,)),
    Shot("offer_write", "marketing:offer_create", (MARKETING,), query="?kind=percentage"),
    Shot("offer_draft", "marketing:offer_draft", (MARKETING,), first("marketing.Offer", "code", code="spend-300")),
    Shot(
        "offer_publish", "marketing:offer_publish", (MARKETING,), first("marketing.Offer", "code", code="autumn-fees")
    ),
    Shot("coupons", "marketing:coupon_list", (MARKETING,)),
    Shot("coupon_look", "marketing:coupon_look", (MARKETING,)),
    Shot("red_packet", "marketing:packet_detail", (MARKETING,), first("marketing.RedPacket")),
    Shot("redemptions", "marketing:redemption_list", (COMPLIANCE,)),
    Shot("held", "marketing:held_list", (COMPLIANCE,)),
    Shot("rings", "marketing:ring_list", (COMPLIANCE,), query="?offer=new-user-58"),
    Shot("abuse_rules", "marketing:abuse_rules", (COMPLIANCE,)),
    Shot("redemption", "marketing:redemption_detail", (COMPLIANCE,), first("marketing.Redemption", now__state="held")),
]
