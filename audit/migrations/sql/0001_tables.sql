-- One row is one event: a change of a row, a truncation, a batch, a read, an export, a sign-in, a refusal.
-- `body` is text, not jsonb: sealing hashes these very bytes, and jsonb would rewrite them.
-- Names and codes are compared by byte (COLLATE "C"): nobody sorts them for reading, and indexes are quicker so.
-- `xid` is the writing transaction; the sealer reads in (xid, id) order behind the horizon of running transactions.
CREATE SEQUENCE public.audit_event_id_seq AS bigint;

CREATE TABLE public.audit_event (
    id           bigint      NOT NULL DEFAULT nextval('public.audit_event_id_seq'),
    at           timestamptz NOT NULL DEFAULT clock_timestamp(),
    xid          bigint      NOT NULL DEFAULT txid_current(),
    actor_id     bigint,
    approval_id  bigint,
    unattributed boolean     NOT NULL,
    kind         text COLLATE "C" NOT NULL,
    table_name   text COLLATE "C" NOT NULL,
    pk           text COLLATE "C" NOT NULL,
    action       text COLLATE "C" NOT NULL,
    actor_label  text COLLATE "C" NOT NULL,
    request      uuid,
    session      text COLLATE "C" NOT NULL,
    address      inet,
    db_user      text COLLATE "C" NOT NULL,
    reason       text        NOT NULL,
    changed      text[] COLLATE "C",
    body         text        NOT NULL,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);

ALTER SEQUENCE public.audit_event_id_seq OWNED BY public.audit_event.id;

-- Every index is paid for on every save, so a request has none: its id (UUID version 7) says when it was, and (at, id) leads there.
-- (at, id) serves the newest-first pages of the explorer; a BRIN on `at` could find a day but not order it.
CREATE INDEX audit_event_at       ON public.audit_event (at, id);
CREATE INDEX audit_event_record   ON public.audit_event (table_name, pk, at);
CREATE INDEX audit_event_actor    ON public.audit_event (actor_id, at);
CREATE INDEX audit_event_changed  ON public.audit_event USING gin (changed);
CREATE INDEX audit_event_action   ON public.audit_event (action, at) WHERE action <> '';
CREATE INDEX audit_event_label    ON public.audit_event (actor_label, at) WHERE actor_label <> '';
CREATE INDEX audit_event_kind     ON public.audit_event (kind, at) WHERE kind NOT IN ('insert', 'update', 'delete');
CREATE INDEX audit_event_stranger ON public.audit_event (at) WHERE unattributed;

-- The plain text behind a hash in a body: SHA-256(salt || value). Erasing a person removes rows here, never a body.
CREATE TABLE public.audit_secret (
    event_id bigint NOT NULL,
    field    text   NOT NULL,
    salt     bytea  NOT NULL,
    value    text   NOT NULL,
    PRIMARY KEY (event_id, field)
);
