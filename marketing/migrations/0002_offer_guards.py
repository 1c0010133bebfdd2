"""Offers under the log and under four eyes. Redemptions are never changed, and no statement, whoever sends it, takes an offer
beyond its budget, its number, a customer's share or a coupon's uses: triggers count, in the statement that redeems."""

from django.db import migrations

from audit.operations import AppendOnlyTable, AuditTable
from staff.operations import GuardedColumns, SeedPolicy

REFUSE = """
-- A sentence for people, and a word after "offers:" that the services read.
CREATE FUNCTION marketing_refuse(sentence text, word text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', sentence USING ERRCODE = 'restrict_violation', DETAIL = 'offers:' || word;
END $$;

-- Counters are written by the triggers of redemptions and offers, never by a statement of their own.
CREATE FUNCTION marketing_guard_counter() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        PERFORM public.marketing_refuse(TG_TABLE_NAME || ' follows from redemptions and is not written.', 'counter');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
"""
COUNTERS = ["marketing_offerslot", "marketing_couponuse", "marketing_customeruse", "marketing_redemptionstate"]
COUNTER = """
CREATE TRIGGER counted_only BEFORE INSERT OR UPDATE OR DELETE ON {0}
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_counter();
ALTER TABLE {0} ENABLE ALWAYS TRIGGER counted_only;
"""
STAYS = """
CREATE TRIGGER row_stays BEFORE UPDATE OR DELETE ON {0} FOR EACH ROW EXECUTE FUNCTION risk_refuse_change();
ALTER TABLE {0} ENABLE ALWAYS TRIGGER row_stays;
"""
KEPT = ["marketing_abuserule", "marketing_expectedrate", "marketing_accrualentry", "marketing_redpacket"]

SLOTS = """
-- Spread what is free of an offer over `places` of its slots; all are locked, in order. Sums stay: granted = budget.
CREATE FUNCTION marketing_spread(asked bigint, places int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    free numeric; free_uses bigint; each numeric; each_uses bigint; over bigint;
BEGIN
    PERFORM FROM public.marketing_offerslot WHERE offer_id = asked ORDER BY slot FOR UPDATE;
    SELECT o.budget - sum(s.reserved + s.committed), v.total_count - sum(s.uses) INTO free, free_uses
      FROM public.marketing_offer AS o
      JOIN public.marketing_offerslot AS s ON s.offer_id = o.id
      LEFT JOIN public.marketing_offerversion AS v ON v.id = o.version_id
     WHERE o.id = asked GROUP BY o.budget, v.total_count;
    IF free < 0 THEN PERFORM public.marketing_refuse('More than this budget is spent or reserved.', 'below'); END IF;
    IF free_uses < 0 THEN free_uses := 0; END IF;  -- NULL, no limit, stays
    each := trunc(free / places, 2);
    each_uses := free_uses / places;
    over := free_uses - each_uses * places;
    UPDATE public.marketing_offerslot AS s
       SET granted = s.reserved + s.committed
                   + CASE WHEN s.slot < places THEN each ELSE 0 END
                   + CASE WHEN s.slot = 0 THEN free - each * places ELSE 0 END,
           uses_granted = CASE WHEN free_uses IS NOT NULL THEN s.uses
                   + CASE WHEN s.slot < places THEN each_uses ELSE 0 END
                   + CASE WHEN s.slot < over THEN 1 ELSE 0 END END
     WHERE s.offer_id = asked;
END $$;

-- Take `wanted` and one use from any slot that has them, and return which; NULL where the offer has them no more.
-- A slot that was looked at and had too little stays locked until the end, so each look is a transaction of its own inside:
-- whoever waits for slots holds none, and whoever takes all takes them in order. Nobody waits in a circle.
CREATE FUNCTION marketing_take_slot(asked bigint, wanted numeric) RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
    taken smallint; free numeric; free_uses bigint;
BEGIN
    FOR attempt IN 1..3 LOOP
        BEGIN
            UPDATE public.marketing_offerslot SET reserved = reserved + wanted, uses = uses + 1
             WHERE id = (SELECT id FROM public.marketing_offerslot
                          WHERE offer_id = asked AND granted - reserved - committed >= wanted
                            AND (uses_granted IS NULL OR uses < uses_granted)
                          ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING slot INTO STRICT taken;
            RETURN taken;
        EXCEPTION WHEN no_data_found THEN
            EXIT WHEN NOT EXISTS (SELECT FROM public.marketing_offerslot
                                   WHERE offer_id = asked AND granted - reserved - committed >= wanted
                                     AND (uses_granted IS NULL OR uses < uses_granted));
            PERFORM pg_sleep(0.002 * attempt);  -- all that have enough are held by others, for a moment
        END;
    END LOOP;
    -- None has enough by itself: bring what all have together, if that is enough.
    PERFORM FROM public.marketing_offerslot WHERE offer_id = asked ORDER BY slot FOR UPDATE;
    SELECT sum(granted - reserved - committed), sum(uses_granted - uses) INTO free, free_uses
      FROM public.marketing_offerslot WHERE offer_id = asked;
    IF free IS NULL OR free < wanted OR free_uses < 1 THEN RETURN NULL; END IF;
    PERFORM public.marketing_spread(asked, least(32, floor(free / wanted), coalesce(free_uses, 32))::int);
    UPDATE public.marketing_offerslot SET reserved = reserved + wanted, uses = uses + 1
     WHERE offer_id = asked AND slot = 0 RETURNING slot INTO taken;
    RETURN taken;
END $$;
"""
OFFERS = """
CREATE FUNCTION marketing_guard_offer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN PERFORM public.marketing_refuse('Offers are never removed.', 'offer'); END IF;
    IF TG_OP = 'INSERT' AND (NEW.budget <> 0 OR NEW.version_id IS NOT NULL) THEN
        PERFORM public.marketing_refuse('An offer begins as a draft, without a budget.', 'offer');
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.code, NEW.kind, NEW.currency) IS DISTINCT FROM (OLD.code, OLD.kind, OLD.currency) THEN
        PERFORM public.marketing_refuse('Code, kind and currency of an offer stay.', 'offer');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.version_id IS DISTINCT FROM OLD.version_id AND NOT EXISTS (
            SELECT FROM public.marketing_offerversion AS v
             WHERE v.id = NEW.version_id AND v.offer_id = NEW.id AND v.published_at IS NULL) THEN
        PERFORM public.marketing_refuse('What is published is a draft of this offer.', 'offer');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER offer_stays BEFORE INSERT OR UPDATE OR DELETE ON marketing_offer
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_offer();
ALTER TABLE marketing_offer ENABLE ALWAYS TRIGGER offer_stays;

CREATE FUNCTION marketing_keep_slots() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.marketing_offerslot (offer_id, slot, granted, reserved, committed, uses_granted, uses)
        SELECT NEW.id, n, 0, 0, 0, NULL, 0 FROM generate_series(0, 31) AS n;
    ELSIF (NEW.budget, NEW.version_id) IS DISTINCT FROM (OLD.budget, OLD.version_id) THEN
        UPDATE public.marketing_offerversion SET published_at = now() WHERE id = NEW.version_id AND published_at IS NULL;
        PERFORM public.marketing_spread(NEW.id, 32);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER offer_slots AFTER INSERT OR UPDATE ON marketing_offer
    FOR EACH ROW EXECUTE FUNCTION marketing_keep_slots();
ALTER TABLE marketing_offer ENABLE ALWAYS TRIGGER offer_slots;

CREATE FUNCTION marketing_guard_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.published_at IS NOT NULL THEN
        PERFORM public.marketing_refuse('A version begins as a draft.', 'version');
    END IF;
    IF TG_OP <> 'INSERT' AND OLD.published_at IS NOT NULL THEN
        PERFORM public.marketing_refuse('A published version never changes.', 'version');
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.offer_id, NEW.number) IS DISTINCT FROM (OLD.offer_id, OLD.number) THEN
        PERFORM public.marketing_refuse('A version stays with its offer.', 'version');
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.published_at IS NOT NULL AND pg_trigger_depth() < 2 THEN
        PERFORM public.marketing_refuse('A version is published by putting it in force.', 'version');
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER version_stays BEFORE INSERT OR UPDATE OR DELETE ON marketing_offerversion
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_version();
ALTER TABLE marketing_offerversion ENABLE ALWAYS TRIGGER version_stays;

CREATE FUNCTION marketing_guard_batch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.version_id, NEW.key, NEW.size, NEW.uses, NEW.personal, NEW.issued_at)
            IS DISTINCT FROM (OLD.version_id, OLD.key, OLD.size, OLD.uses, OLD.personal, OLD.issued_at) THEN
        PERFORM public.marketing_refuse('An issue of coupons stays as it was.', 'batch');
    END IF;
    IF OLD.exported_at IS NOT NULL AND NEW.exported_at IS DISTINCT FROM OLD.exported_at THEN
        PERFORM public.marketing_refuse('The codes of this issue were exported: that happens once.', 'exported');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER batch_stays BEFORE UPDATE OR DELETE ON marketing_couponbatch
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_batch();
ALTER TABLE marketing_couponbatch ENABLE ALWAYS TRIGGER batch_stays;

CREATE FUNCTION marketing_guard_share() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.customer_id IS NULL THEN RETURN NEW; END IF;
    IF TG_OP <> 'UPDATE' OR pg_trigger_depth() < 2
       OR (NEW.packet_id, NEW.position, NEW.amount) IS DISTINCT FROM (OLD.packet_id, OLD.position, OLD.amount) THEN
        PERFORM public.marketing_refuse('A share of a red packet stays as it was drawn.', 'share');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER share_stays BEFORE INSERT OR UPDATE OR DELETE ON marketing_redpacketshare
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_share();
ALTER TABLE marketing_redpacketshare ENABLE ALWAYS TRIGGER share_stays;
"""
REDEMPTIONS = """
CREATE FUNCTION marketing_count_redemption() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    terms record; held record; place smallint;
BEGIN
    SELECT v.offer_id, v.published_at, v.valid_from, v.valid_until, v.per_customer_count AS times,
           v.per_customer_amount AS most, o.stopped_at, o.currency, o.version_id
      INTO terms
      FROM public.marketing_offerversion AS v JOIN public.marketing_offer AS o ON o.id = v.offer_id
     WHERE v.id = NEW.version_id;
    IF terms.offer_id IS DISTINCT FROM NEW.offer_id OR terms.currency <> NEW.currency THEN
        PERFORM public.marketing_refuse('A redemption is of one offer and its currency.', 'offer');
    END IF;
    IF terms.published_at IS NULL OR (NEW.coupon_id IS NULL AND NEW.share_id IS NULL AND terms.version_id <> NEW.version_id) THEN
        PERFORM public.marketing_refuse('This version of the offer is not in force.', 'version');
    END IF;
    IF terms.stopped_at IS NOT NULL THEN PERFORM public.marketing_refuse('This offer was stopped.', 'stopped'); END IF;
    IF NEW.at < terms.valid_from THEN PERFORM public.marketing_refuse('This offer has not begun yet.', 'early'); END IF;
    IF NEW.at >= terms.valid_until AND (NEW.coupon_id IS NULL) THEN
        PERFORM public.marketing_refuse('This offer has ended.', 'late');
    END IF;
    IF NEW.coupon_id IS NOT NULL THEN
        SELECT version_id, customer_id, uses, expires_at INTO held FROM public.marketing_coupon WHERE id = NEW.coupon_id;
        IF held.version_id <> NEW.version_id OR held.customer_id <> NEW.customer_id THEN
            PERFORM public.marketing_refuse('This coupon is another customer''s, or another offer''s.', 'coupon');
        END IF;
        IF NEW.at >= held.expires_at THEN PERFORM public.marketing_refuse('This coupon has expired.', 'expired'); END IF;
        IF held.uses > 0 THEN
            INSERT INTO public.marketing_couponuse AS counted (coupon_id, uses) VALUES (NEW.coupon_id, 1)
                ON CONFLICT (coupon_id) DO UPDATE SET uses = counted.uses + 1 WHERE counted.uses < held.uses;
            IF NOT FOUND THEN PERFORM public.marketing_refuse('This coupon is used already.', 'used'); END IF;
        END IF;
    END IF;
    IF NEW.share_id IS NOT NULL THEN
        UPDATE public.marketing_redpacketshare AS share SET customer_id = NEW.customer_id
          FROM public.marketing_redpacket AS packet
         WHERE share.id = NEW.share_id AND share.customer_id IS NULL AND share.amount = NEW.amount
           AND packet.id = share.packet_id AND packet.version_id = NEW.version_id;
        IF NOT FOUND THEN PERFORM public.marketing_refuse('This share is taken.', 'share'); END IF;
    END IF;
    IF terms.times < 1 OR terms.most < NEW.amount THEN
        PERFORM public.marketing_refuse('This is more than one customer may have of this offer.', 'customer');
    END IF;
    INSERT INTO public.marketing_customeruse AS counted (offer_id, customer_id, uses, amount)
    VALUES (NEW.offer_id, NEW.customer_id, 1, NEW.amount)
        ON CONFLICT (offer_id, customer_id) DO UPDATE
       SET uses = counted.uses + 1, amount = counted.amount + NEW.amount
     WHERE (terms.times IS NULL OR counted.uses < terms.times)
       AND (terms.most IS NULL OR counted.amount + NEW.amount <= terms.most);
    IF NOT FOUND THEN
        PERFORM public.marketing_refuse('This customer has had what one customer may have of this offer.', 'customer');
    END IF;
    place := public.marketing_take_slot(NEW.offer_id, NEW.amount);
    IF place IS NULL THEN PERFORM public.marketing_refuse('The budget or the number of this offer is used up.', 'budget'); END IF;
    INSERT INTO public.marketing_redemptionstate (redemption_id, state, slot, due_at)
    VALUES (NEW.id, 'reserved', place, NEW.expires_at);
    RETURN NULL;
END $$;
CREATE TRIGGER redemption_counted AFTER INSERT ON marketing_redemption
    FOR EACH ROW EXECUTE FUNCTION marketing_count_redemption();
ALTER TABLE marketing_redemption ENABLE ALWAYS TRIGGER redemption_counted;

-- Locks run as in the insert (coupon, customer, slot), so that two of them never wait for each other.
CREATE FUNCTION marketing_follow_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was record; of record; after text; given_back boolean; decided boolean;
BEGIN
    SELECT state, slot, due_at INTO was
      FROM public.marketing_redemptionstate WHERE redemption_id = NEW.redemption_id FOR UPDATE;
    SELECT r.offer_id, r.customer_id, r.coupon_id, r.share_id, r.amount, r.at, v.payout_hours INTO of
      FROM public.marketing_redemption AS r JOIN public.marketing_offerversion AS v ON v.id = r.version_id
     WHERE r.id = NEW.redemption_id;
    decided := NEW.by_id IS NOT NULL AND NEW.reason <> '';
    after := CASE
        WHEN NEW.kind = 'asked' AND was.state = 'reserved' AND NEW.at < was.due_at THEN 'waiting'
        WHEN NEW.kind = 'held' AND was.state IN ('reserved', 'waiting') AND NEW.reason <> '' THEN 'held'
        WHEN NEW.kind = 'committed' AND was.state = 'reserved' AND NEW.at < was.due_at AND of.payout_hours = 0 THEN 'committed'
        WHEN NEW.kind = 'committed' AND was.state = 'waiting' AND NEW.at >= was.due_at THEN 'committed'
        WHEN NEW.kind = 'committed' AND was.state = 'held' AND decided THEN 'committed'
        WHEN NEW.kind = 'released' AND was.state = 'reserved' THEN 'released'
        WHEN NEW.kind = 'released' AND was.state IN ('waiting', 'held') AND decided THEN 'released'
        WHEN NEW.kind = 'reversed' AND was.state = 'committed' AND decided THEN 'reversed'
    END;
    IF after IS NULL THEN
        PERFORM public.marketing_refuse('A redemption that is ' || coalesce(was.state, 'none') || ' is not ' || NEW.kind || ' now.', 'state');
    END IF;
    given_back := after IN ('released', 'reversed');
    IF given_back AND of.coupon_id IS NOT NULL THEN
        UPDATE public.marketing_couponuse SET uses = uses - 1 WHERE coupon_id = of.coupon_id;
    END IF;
    IF given_back AND of.share_id IS NOT NULL THEN
        UPDATE public.marketing_redpacketshare SET customer_id = NULL WHERE id = of.share_id;
    END IF;
    IF given_back THEN
        UPDATE public.marketing_customeruse SET uses = uses - 1, amount = amount - of.amount
         WHERE offer_id = of.offer_id AND customer_id = of.customer_id;
    END IF;
    IF given_back OR after = 'committed' THEN
        UPDATE public.marketing_offerslot
           SET reserved = reserved - CASE WHEN after <> 'reversed' THEN of.amount ELSE 0 END,
               committed = committed + CASE after WHEN 'committed' THEN of.amount WHEN 'reversed' THEN -of.amount ELSE 0 END,
               uses = uses - CASE WHEN given_back THEN 1 ELSE 0 END
         WHERE offer_id = of.offer_id AND slot = was.slot;
    END IF;
    UPDATE public.marketing_redemptionstate
       SET state = after,
           due_at = CASE WHEN after = 'waiting' THEN of.at + make_interval(hours => of.payout_hours) ELSE due_at END
     WHERE redemption_id = NEW.redemption_id;
    RETURN NULL;
END $$;
CREATE TRIGGER entry_followed AFTER INSERT ON marketing_redemptionentry
    FOR EACH ROW EXECUTE FUNCTION marketing_follow_entry();
ALTER TABLE marketing_redemptionentry ENABLE ALWAYS TRIGGER entry_followed;
"""
UNDO = "".join(
    f"DROP FUNCTION {name} CASCADE;"
    for name in (
        "marketing_follow_entry()", "marketing_count_redemption()", "marketing_guard_share()", "marketing_guard_batch()",
        "marketing_guard_version()", "marketing_keep_slots()", "marketing_guard_offer()",
        "marketing_take_slot(bigint, numeric)", "marketing_spread(bigint, int)", "marketing_guard_counter()",
        "marketing_refuse(text, text)",
    )
) + "".join(f"DROP TRIGGER row_stays ON {table};" for table in KEPT)  # fmt: skip
ABUSE = ["valid_from", "threshold", "device", "payee", "address", "network", "contact", "joined", "timing", "velocity",
         "window_hours", "minutes", "many", "source"]  # fmt: skip
SEEDS = """
SET CONSTRAINTS ALL IMMEDIATE;  -- so that the table may be altered in the same transaction
INSERT INTO marketing_abuserule (valid_from, threshold, device, payee, address, network, contact, joined, timing, velocity,
                                 window_hours, minutes, many, source)
VALUES ('2020-01-01', 60, 35, 40, 15, 10, 40, 15, 10, 20, 168, 10, 10, 'Company''s starting point: confirm');
INSERT INTO marketing_expectedrate (offer_id, rate, valid_from, source)
VALUES (NULL, 0.6, '2020-01-01', 'Company''s starting point until an offer has its own experience: confirm');
"""


class Migration(migrations.Migration):
    dependencies = [
        ("marketing", "0001_offers"),
        ("risk", "0004_guards"),
        ("audit", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
    ]
    operations = [
        migrations.RunSQL(
            REFUSE
            + SLOTS
            + OFFERS
            + REDEMPTIONS
            + "".join(COUNTER.format(table) for table in COUNTERS)
            + "".join(STAYS.format(table) for table in KEPT),
            UNDO,
        ),
        AuditTable("marketing_offer"),
        AuditTable("marketing_offerversion"),
        AuditTable("marketing_couponbatch", withheld=["secret"]),
        AuditTable("marketing_redpacket"),
        AuditTable("marketing_redpacketshare"),
        AuditTable("marketing_abuserule"),
        AuditTable("marketing_expectedrate"),
        AuditTable("marketing_accrualentry"),
        migrations.RunSQL(SEEDS, migrations.RunSQL.noop),  # under the log, as whatever comes later
        AppendOnlyTable("marketing_coupon"),
        AppendOnlyTable("marketing_redemption"),
        AppendOnlyTable("marketing_redemptionentry"),
        SeedPolicy("marketing.offer.publish", "marketing.check_offer"),
        SeedPolicy("marketing.offer.budget", "marketing.check_offer"),
        SeedPolicy("marketing.abuse_rule.add", "marketing.check_abuserule"),
        GuardedColumns("marketing_offer", ["version_id"], command="marketing.offer.publish"),
        GuardedColumns("marketing_offer", ["budget"], command=["marketing.offer.publish", "marketing.offer.budget"]),
        GuardedColumns("marketing_abuserule", ABUSE, command="marketing.abuse_rule.add", on=["insert"]),
    ]
