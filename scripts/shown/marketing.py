"""Pages of marketing. Add one here when you add it to the product; then look at it."""

from scripts.shown.shot import Shot, first

MARKETING, COMPLIANCE = "marketing", "compliance"
PAGES = [
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
