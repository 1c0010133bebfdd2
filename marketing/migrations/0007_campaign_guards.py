from datetime import date

from django.db import migrations

from audit.operations import AppendOnlyTable, AuditTable
from staff.operations import GuardedColumns, SeedPolicy

# marketing.rules.experiments.assign in SQL: the first eight bytes of a hash as a whole number, times 10,000, over 2^64.
PLACE = """
CREATE FUNCTION marketing_place(salt text, unit text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT floor(
               ((('x' || encode(substr(digest, 1, 4), 'hex'))::bit(32)::bigint & 4294967295)::numeric * 4294967296
                + (('x' || encode(substr(digest, 5, 4), 'hex'))::bit(32)::bigint & 4294967295))
               * 10000 / 18446744073709551616
           )::integer
      FROM (SELECT sha256(convert_to(salt, 'UTF8') || '\\x00'::bytea || convert_to(unit, 'UTF8')) AS digest) AS hashed
$$;
"""
# ENABLE ALWAYS: a session that calls itself a replica is refused as well.
GUARDS = """
CREATE FUNCTION marketing_guard_sign_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'A sign-off is never removed.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'INSERT' AND NEW.state <> 'waiting' THEN
        RAISE EXCEPTION 'A sign-off begins by being asked for.' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (
        (NEW.campaign_id, NEW.number, NEW.body, NEW.sha256, NEW.asked_by_id, NEW.asked_at)
        IS DISTINCT FROM (OLD.campaign_id, OLD.number, OLD.body, OLD.sha256, OLD.asked_by_id, OLD.asked_at)
        OR OLD.state IN ('refused', 'void')
        OR OLD.state = 'approved' AND (
            NEW.state NOT IN ('approved', 'void')
            OR (NEW.decided_by_id, NEW.decided_at, NEW.expires_on)
               IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_at, OLD.expires_on)
        )
    ) THEN
        RAISE EXCEPTION 'Sign-off % of campaign % stays as it was asked for and decided.', OLD.number, OLD.campaign_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER sign_off_stays BEFORE INSERT OR UPDATE OR DELETE ON marketing_signoff
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_sign_off();
ALTER TABLE marketing_signoff ENABLE ALWAYS TRIGGER sign_off_stays;

CREATE FUNCTION marketing_guard_running() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state IN ('approved', 'scheduled', 'running')
       AND (TG_OP = 'INSERT' OR NEW.state <> OLD.state OR NEW.sign_off_id IS DISTINCT FROM OLD.sign_off_id)
       AND NOT EXISTS (
           SELECT FROM public.marketing_signoff AS s
            WHERE s.id = NEW.sign_off_id AND s.campaign_id = NEW.id AND s.state = 'approved') THEN
        RAISE EXCEPTION 'Campaign % is not signed off.', NEW.reference USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER campaign_runs_signed_off_only BEFORE INSERT OR UPDATE ON marketing_campaign
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_running();
ALTER TABLE marketing_campaign ENABLE ALWAYS TRIGGER campaign_runs_signed_off_only;

CREATE FUNCTION marketing_guard_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM public.marketing_campaign AS c
          JOIN public.marketing_signoff AS s ON s.id = c.sign_off_id AND s.state = 'approved'
         WHERE c.id = NEW.campaign_id AND s.id = NEW.sign_off_id) THEN
        RAISE EXCEPTION 'An audience is drawn for what is signed off.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER round_is_signed_off BEFORE INSERT ON marketing_campaignround
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_round();
ALTER TABLE marketing_campaignround ENABLE ALWAYS TRIGGER round_is_signed_off;

CREATE FUNCTION marketing_guard_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.approved_at IS NOT NULL THEN
        RAISE EXCEPTION 'Claim % is approved and stays as it is: enter another.', OLD.id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER approved_claim_stays BEFORE UPDATE OR DELETE ON marketing_claim
    FOR EACH ROW EXECUTE FUNCTION marketing_guard_claim();
ALTER TABLE marketing_claim ENABLE ALWAYS TRIGGER approved_claim_stays;
"""
UNDO = """
DROP TRIGGER approved_claim_stays ON marketing_claim;
DROP FUNCTION marketing_guard_claim();
DROP TRIGGER round_is_signed_off ON marketing_campaignround;
DROP FUNCTION marketing_guard_round();
DROP TRIGGER campaign_runs_signed_off_only ON marketing_campaign;
DROP FUNCTION marketing_guard_running();
DROP TRIGGER sign_off_stays ON marketing_signoff;
DROP FUNCTION marketing_guard_sign_off();
"""
BEGINNING = date(2020, 1, 1)
CHOICE, TCPA = "Choice of the company; no statute found", "47 CFR 64.1200(c)(1), 16 CFR 310.4(c)"
RULES = [
    ("quiet_from", "", 1260, "minutes", CHOICE),
    ("quiet_until", "", 480, "minutes", CHOICE),
    ("quiet_from", "US", 1260, "minutes", TCPA),
    ("quiet_until", "US", 480, "minutes", TCPA),
    ("cap_week", "", 2, "times", CHOICE),
    ("cap_month", "", 6, "times", CHOICE),
    ("fatigue", "", 4, "points", CHOICE),
    ("holdout", "", 200, "points", CHOICE),
    ("error_pause", "", 100, "points", CHOICE),
    ("complaint_pause", "", 10, "points", CHOICE),
    ("approval_days", "", 30, "days", CHOICE),
]
DAYS = ["valid_from", "valid_to", "source", "needs_confirmation"]
BOOKS = {
    "contact_rule": ("marketing_contactrule", ["code", "jurisdiction", "value", "unit", *DAYS], "check_contactrule"),
    "value_rule": ("marketing_valuerule", ["code", "line", "value", "unit", *DAYS], "check_contactrule"),
    "forbidden_word": ("marketing_forbiddenword", ["code", "language", "words", *DAYS], "check_contentrule"),
    "disclosure": (
        "marketing_disclosure",
        ["code", "line", "jurisdiction", "channel", "language", "text", *DAYS],
        "check_contentrule",
    ),
}
VALUES = [("margin", 150), ("loss_low", 5), ("loss_medium", 30), ("loss_high", 150), ("complaint", 200)]
ADVERTISING = "Advertising Law art. 25"
# Promises of principal or of return, and the absence of risk; in Simplified signs, Traditional ones are found with them.
FORBIDDEN = [
    ("guaranteed-return", "en", "guaranteed return"),
    ("guaranteed-yield", "en", "guaranteed yield"),
    ("guaranteed-profit", "en", "guaranteed profit"),
    ("risk-free", "en", "risk-free"),
    ("no-risk", "en", "no risk"),
    ("zero-risk", "en", "zero risk"),
    ("capital-guaranteed", "en", "capital guaranteed"),
    ("cannot-lose", "en", "cannot lose"),
    ("baoben", "zh-hans", "保本"),
    ("baoshouyi", "zh-hans", "保证收益"),
    ("baozhenghuibao", "zh-hans", "保证回报"),
    ("lingfengxian", "zh-hans", "零风险"),
    ("wufengxian", "zh-hans", "无风险"),
    ("wenzhuan", "zh-hans", "稳赚"),
    ("baozhuan", "zh-hans", "包赚"),
    ("gangxing", "zh-hans", "刚性兑付"),
    ("juedui", "zh-hans", "绝对安全"),
]
RISK_WARNING = [
    ("en", "Investments carry risk; you may lose money."),
    ("zh-hans", "投资有风险，入市需谨慎。"),
    ("zh-hant", "投資有風險，入市需謹慎。"),
]
LINES = ["wealth", "fund", "p2p", "supply_chain"]


def commands(name):
    return [f"marketing.{name}.enter", f"marketing.{name}.confirm"]


def enter(apps, schema_editor):
    rules = apps.get_model("marketing", "ContactRule").objects
    for code, place, value, unit, source in RULES:
        said = {"value": value, "unit": unit, "source": source, "needs_confirmation": source == CHOICE}
        rules.get_or_create(code=code, jurisdiction=place, valid_from=BEGINNING, defaults=said)
    values = apps.get_model("marketing", "ValueRule").objects
    for code, value in VALUES:
        said = {"value": value, "unit": "points", "source": CHOICE, "needs_confirmation": True}
        values.get_or_create(code=code, line="", valid_from=BEGINNING, defaults=said)
    words = apps.get_model("marketing", "ForbiddenWord").objects
    for code, language, said in FORBIDDEN:
        words.get_or_create(
            code=code, valid_from=BEGINNING,
            defaults={"language": language, "words": said, "source": ADVERTISING, "needs_confirmation": True},
        )  # fmt: skip
    disclosures = apps.get_model("marketing", "Disclosure").objects
    for line in LINES:
        for language, text in RISK_WARNING:
            disclosures.get_or_create(
                code=f"risk-{language}", line=line, jurisdiction="", valid_from=BEGINNING,
                defaults={"language": language, "text": text, "source": ADVERTISING, "needs_confirmation": True},
            )  # fmt: skip


class Migration(migrations.Migration):
    """Campaigns under the log: nothing runs that is not signed off, and what went out stays as it was, whoever writes."""

    dependencies = [
        ("marketing", "0006_campaigns"),
        ("audit", "0001_initial"),
        ("staff", "0006_foureyes_guards"),
    ]
    operations = [
        migrations.RunSQL(PLACE, "DROP FUNCTION marketing_place(text, text);"),
        AuditTable("marketing_campaign"),
        AuditTable("marketing_campaign_suppress"),
        AuditTable("marketing_campaignvariant"),
        AuditTable("marketing_campaigntask"),
        AuditTable("marketing_signoff"),
        AuditTable("marketing_campaignround"),
        AuditTable("marketing_provider"),
        AuditTable("marketing_contactrule"),
        AuditTable("marketing_valuerule"),
        AuditTable("marketing_inboxmessage", personal=["subject", "text"]),
        AuditTable("marketing_message"),
        AuditTable("marketing_messagetext"),
        AuditTable("marketing_forbiddenword"),
        AuditTable("marketing_disclosure"),
        AuditTable("marketing_claim"),
        AuditTable("marketing_link"),
        AppendOnlyTable("marketing_click"),
        AppendOnlyTable("marketing_recipient"),
        AppendOnlyTable("marketing_send"),
        AppendOnlyTable("marketing_response"),
        migrations.RunPython(enter, migrations.RunPython.noop),
        migrations.RunSQL(GUARDS, UNDO),
        *(
            SeedPolicy(command, f"marketing.{check}", escalate_to="management")
            for name, (_table, _columns, check) in BOOKS.items()
            for command in commands(name)
        ),
        *(
            GuardedColumns(table, columns, command=commands(name), on=("insert", "update", "delete"))
            for name, (table, columns, _check) in BOOKS.items()
        ),
    ]
