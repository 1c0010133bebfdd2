"""Names of the figures that the nightly run keeps. Amounts are in the currency of the row, shares are fractions.

`_30` figures are of the 30 days that end on the figure's day. Figures by line have the line's code in `line`."""

COMPANY = {
    "customers_total": "customers who joined by the day and have not been closed",
    "customers_new": "customers who joined on the day",
    "customers_new_30": "customers who joined within the 30 days",
    "active_day": "customers with a movement on the day",
    "active_30": "customers with a movement within the 30 days",
    "retained_30": "of those active in the 30 days before, the share active again within the 30 days",
    "alerts_open": "alerts open at the end of the day",
    "reviews_overdue": "risks whose review date has passed",
    "indicators_red": "indicators whose reading of the day is red",
    "indicators_amber": "indicators whose reading of the day is amber",
}
BY_LINE = {
    "volume_30": "turnover, in and out, of the 30 days",
    "balance": "balances, holdings and loans outstanding at the end of the day",
    "fees_30": "fees charged within the 30 days",
    "interest_30": "interest received on loans within the 30 days",
}
