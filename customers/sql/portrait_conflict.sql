-- The end of portrait_write.sql where portraits stand already: a row that would say the same is not written.
ON CONFLICT (customer_id) DO UPDATE SET
    as_of = excluded.as_of,
    run = excluded.run,
    currency = excluded.currency,
    balance = excluded.balance,
    holdings_value = excluded.holdings_value,
    loans_outstanding = excluded.loans_outstanding,
    overdue_amount = excluded.overdue_amount,
    overdue_days = excluded.overdue_days,
    n_30 = excluded.n_30,
    inflow_30 = excluded.inflow_30,
    outflow_30 = excluded.outflow_30,
    n_90 = excluded.n_90,
    inflow_90 = excluded.inflow_90,
    outflow_90 = excluded.outflow_90,
    largest_90 = excluded.largest_90,
    squares_90 = excluded.squares_90,
    mean_90 = excluded.mean_90,
    deviation_90 = excluded.deviation_90,
    active_days_90 = excluded.active_days_90,
    frequency = excluded.frequency,
    monetary = excluded.monetary,
    first_on = excluded.first_on,
    last_on = excluded.last_on,
    trend = excluded.trend,
    lifecycle = excluded.lifecycle,
    other_currency_n = excluded.other_currency_n,
    flags = excluded.flags
WHERE (
    stood.currency, stood.balance, stood.holdings_value, stood.loans_outstanding, stood.overdue_amount,
    stood.overdue_days, stood.n_30, stood.inflow_30, stood.outflow_30, stood.n_90, stood.inflow_90, stood.outflow_90,
    stood.largest_90, stood.squares_90, stood.mean_90, stood.deviation_90, stood.active_days_90, stood.frequency,
    stood.monetary, stood.first_on, stood.last_on, stood.trend, stood.lifecycle, stood.other_currency_n, stood.flags
) IS DISTINCT FROM (
    excluded.currency, excluded.balance, excluded.holdings_value, excluded.loans_outstanding, excluded.overdue_amount,
    excluded.overdue_days, excluded.n_30, excluded.inflow_30, excluded.outflow_30, excluded.n_90, excluded.inflow_90,
    excluded.outflow_90, excluded.largest_90, excluded.squares_90, excluded.mean_90, excluded.deviation_90,
    excluded.active_days_90, excluded.frequency, excluded.monetary, excluded.first_on, excluded.last_on, excluded.trend,
    excluded.lifecycle, excluded.other_currency_n, excluded.flags
)
