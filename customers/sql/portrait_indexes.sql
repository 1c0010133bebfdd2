-- The indexes of portraits beside their key, as the model names them. They are dropped while an empty table is filled with
-- everybody's portrait, because building them at the end by sorting costs a quarter of keeping them up row by row.
CREATE INDEX IF NOT EXISTS portrait_balance ON customers_portrait (balance DESC, customer_id DESC);
CREATE INDEX IF NOT EXISTS portrait_last_on ON customers_portrait (last_on DESC NULLS LAST, customer_id DESC);
CREATE INDEX IF NOT EXISTS portrait_overdue ON customers_portrait (overdue_days DESC, customer_id DESC) WHERE overdue_days > 0
