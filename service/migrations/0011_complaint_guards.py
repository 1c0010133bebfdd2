from django.db import migrations

from audit.operations import AuditTable
from staff.operations import GuardedColumns, SeedPolicy

GUARDS = """
-- Why a person may not handle a complaint, or NULL: it is about them, they answered the ticket that it is about, decided
-- what is to be reviewed, sold the product or answer for it.
CREATE FUNCTION service_conflict_of(complaint bigint, person bigint) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM service_complaintsubject AS s WHERE s.complaint_id = c.id AND s.user_id = person)
            THEN 'subject'
        WHEN e.assignee_id = person OR EXISTS (
                SELECT FROM service_ticketmessage AS m
                 WHERE m.ticket_id = e.id AND m.author_id = person AND m.direction = 'out')
            THEN 'ticket'
        WHEN r.decided_by_id = person OR rt.assignee_id = person
            THEN 'reviewed'
        WHEN p.owner_id = person OR (t.product_id IS NOT NULL AND u.relationship_owner_id = person)
            THEN 'product'
        END
      FROM service_complaint AS c
      JOIN service_ticket AS t ON t.id = c.ticket_id
      LEFT JOIN service_ticket AS e ON e.id = c.about_ticket_id
      LEFT JOIN service_complaint AS r ON r.id = c.reviews_id
      LEFT JOIN service_ticket AS rt ON rt.id = r.ticket_id
      LEFT JOIN products_product AS p ON p.id = t.product_id
      LEFT JOIN customers_customer AS u ON u.id = t.customer_id
     WHERE c.id = complaint
$$;

CREATE FUNCTION service_guard_conflict() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    wrong record;
BEGIN
    SELECT c.id, t.reference, service_conflict_of(c.id, t.assignee_id) AS why INTO wrong
      FROM service_complaint AS c JOIN service_ticket AS t ON t.id = c.ticket_id
     WHERE c.state = 'open' AND t.assignee_id IS NOT NULL
       AND CASE TG_TABLE_NAME WHEN 'service_ticket' THEN t.id = (to_jsonb(NEW) ->> 'id')::bigint
                              WHEN 'service_complaint' THEN c.id = (to_jsonb(NEW) ->> 'id')::bigint
                              ELSE c.id = (to_jsonb(NEW) ->> 'complaint_id')::bigint END;
    IF wrong.why IS NOT NULL THEN
        RAISE EXCEPTION 'Complaint % is not for this handler: conflict of interest (%).', wrong.reference, wrong.why
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
-- At the end of the transaction, so that a handler can be exchanged within it.
CREATE CONSTRAINT TRIGGER handler_without_interest AFTER INSERT OR UPDATE OF assignee_id ON service_ticket
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'complaint' AND NEW.assignee_id IS NOT NULL)
    EXECUTE FUNCTION service_guard_conflict();
CREATE CONSTRAINT TRIGGER handler_without_interest AFTER INSERT OR UPDATE OF about_ticket_id, reviews_id, state
    ON service_complaint DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION service_guard_conflict();
CREATE CONSTRAINT TRIGGER handler_without_interest AFTER INSERT ON service_complaintsubject
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION service_guard_conflict();
ALTER TABLE service_ticket ENABLE ALWAYS TRIGGER handler_without_interest;
ALTER TABLE service_complaint ENABLE ALWAYS TRIGGER handler_without_interest;
ALTER TABLE service_complaintsubject ENABLE ALWAYS TRIGGER handler_without_interest;

CREATE FUNCTION service_guard_complaint_due() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.due_on > OLD.due_on AND NOT EXISTS (
            SELECT FROM service_complaintextension AS e WHERE e.clock_id = OLD.id AND e.due_on = NEW.due_on) THEN
        RAISE EXCEPTION 'Clock % is not made longer without an approved extension.', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER longer_by_extension_alone BEFORE UPDATE OF due_on ON service_complaintclock
    FOR EACH ROW EXECUTE FUNCTION service_guard_complaint_due();
ALTER TABLE service_complaintclock ENABLE ALWAYS TRIGGER longer_by_extension_alone;

-- Whether one person grants so much alone; a currency without a limit never is.
CREATE FUNCTION service_redress_needs_two(amount numeric, currency text, day date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT $1 IS NOT NULL AND $1 > coalesce((
        SELECT l.amount FROM service_redresslimit AS l
         WHERE l.currency = $2 AND l.valid_from <= $3 AND (l.valid_to IS NULL OR l.valid_to >= $3)
         ORDER BY l.valid_from DESC LIMIT 1), -1)
$$;

CREATE FUNCTION service_guard_redress() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state <> 'proposed'
       AND (NEW.amount, NEW.currency, NEW.complaint_id, NEW.kind)
           IS DISTINCT FROM (OLD.amount, OLD.currency, OLD.complaint_id, OLD.kind) THEN
        RAISE EXCEPTION 'Redress % was granted as it stands: it never changes.', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.state NOT IN ('granted', 'paid') OR (TG_OP = 'UPDATE' AND OLD.state IN ('granted', 'paid')) THEN
        RETURN NEW;
    END IF;
    IF service_redress_needs_two(NEW.amount, NEW.currency, (NEW.proposed_at AT TIME ZONE 'UTC')::date) AND NOT EXISTS (
            SELECT FROM staff_changerequest AS r
             WHERE r.id = nullif(current_setting('audit.approval', true), '')::bigint
               AND r.state = 'executed' AND r.executed_xid = txid_current()
               AND r.command = 'service.complaint.redress' AND r.arguments::jsonb ->> 'redress_id' = NEW.id::text
               AND (r.arguments::jsonb ->> 'amount')::numeric = NEW.amount
               AND r.arguments::jsonb ->> 'currency' = NEW.currency)
       AND NOT (nullif(current_setting('meridian.unguarded', true), '') IS NOT NULL AND pg_has_role(
            current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')) THEN
        RAISE EXCEPTION 'Redress % above the limit needs an approved change request for exactly this amount.', NEW.id
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER above_the_limit_by_two BEFORE INSERT OR UPDATE ON service_complaintredress
    FOR EACH ROW EXECUTE FUNCTION service_guard_redress();
ALTER TABLE service_complaintredress ENABLE ALWAYS TRIGGER above_the_limit_by_two;
"""
UNGUARD = """
DROP TRIGGER above_the_limit_by_two ON service_complaintredress;
DROP FUNCTION service_guard_redress();
DROP FUNCTION service_redress_needs_two(numeric, text, date);
DROP TRIGGER longer_by_extension_alone ON service_complaintclock;
DROP FUNCTION service_guard_complaint_due();
DROP TRIGGER handler_without_interest ON service_complaintsubject;
DROP TRIGGER handler_without_interest ON service_complaint;
DROP TRIGGER handler_without_interest ON service_ticket;
DROP FUNCTION service_guard_conflict();
DROP FUNCTION service_conflict_of(bigint, bigint);
"""


class Migration(migrations.Migration):
    """Complaints under the log; nobody handles what concerns them, no deadline grows and no large redress is granted on
    one person's word."""

    dependencies = [
        ("service", "0010_complaints"),
        ("customers", "0001_initial"),
        ("products", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
        ("audit", "0001_initial"),
    ]

    operations = [
        AuditTable("service_complaint"),
        AuditTable("service_complaintsubject"),
        AuditTable("service_complaintparty"),
        AuditTable("service_complaintentry", personal=["text"]),
        AuditTable("service_complaintclock", ignored=["warned_at", "told_at"]),
        AuditTable("service_complaintextension"),
        AuditTable("service_complaintdocument", personal=["note"]),
        AuditTable("service_complaintredress", personal=["reason"]),
        AuditTable("service_regulatorreferral", personal=["reply", "file_name"]),
        AuditTable("service_complaintrule"),
        AuditTable("service_redresslimit"),
        AuditTable("service_trendrule"),
        AuditTable("service_documentneed"),
        AuditTable("service_processstep"),
        AuditTable("service_improvement", personal=["action"]),
        AuditTable("service_pastcomplaint", personal=["narrative"]),
        migrations.RunSQL(GUARDS, UNGUARD),
        SeedPolicy("service.complaint.extend", "service.check_complaint", escalate_to="compliance"),
        SeedPolicy("service.complaint.redress", "service.check_complaint", escalate_to="compliance"),
        GuardedColumns(
            "service_complaintextension", ["complaint_id", "clock_id", "due_on"], command="service.complaint.extend",
            on=["insert", "delete"],
        ),
        GuardedColumns("service_complaintextension", ["complaint_id", "clock_id", "due_on"], command=[], on=["update"]),
    ]  # fmt: skip
