"""Pages of marketing. Add one here when you add it to the product; then look at it."""

from scripts.shown.shot import Shot, first, first_row

MARKETING, COMPLIANCE = "marketing", "compliance"

PAGES = [
    Shot("messages", "marketing:message_list", (MARKETING,)),
    Shot("message", "marketing:message_detail", (MARKETING,), first("marketing.Message", "code", code="autumn-plan")),
    Shot("message_refused", "marketing:message_detail", (MARKETING,), first("marketing.Message", "code", code="week-of-returns")),
    Shot("message_new", "marketing:message_create", (MARKETING,)),
    Shot("message_write", "marketing:text_write", (MARKETING,), first_row("marketing.MessageText", "message__code", "language", message__code="autumn-plan")),
    Shot("message_clicks", "marketing:message_clicks", (MARKETING,), first("marketing.Message", "code", code="autumn-plan")),
    Shot("content_calendar", "marketing:content_calendar", (MARKETING,)),
    Shot("claims", "marketing:claim_list", (COMPLIANCE,)),
    Shot("claim", "marketing:claim_detail", (COMPLIANCE,), first("marketing.Claim")),
    Shot("content_rules", "marketing:content_rule_list", (COMPLIANCE,)),
]  # fmt: skip
