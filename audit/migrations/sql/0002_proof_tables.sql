-- The log made into a tree. Rows here are only ever added, by the one sealer (audit/services/sealing.py).

-- What is hashed for one event: every column that says what happened, as one line of JSON. Columns that are null stand not in
-- it; `unattributed` stands only where it is true. Times are in UTC. The bundle holds these very lines, so this text is a
-- format: a new column means a new `v` beside this one, never a change of it. See docs/decisions/leaf-over-the-whole-event.md.
CREATE FUNCTION public.audit_leaf_text(event public.audit_event) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
RETURN concat(
    '{"v":1,"id":', event.id, ',"at":', to_json(event.at AT TIME ZONE 'UTC'), ',"xid":', event.xid,
    ',"kind":', to_json(event.kind), ',"table":', to_json(event.table_name), ',"pk":', to_json(event.pk),
    ',"action":', to_json(event.action), ',"actor":' || event.actor_id::text, ',"label":', to_json(event.actor_label),
    ',"session":', to_json(event.session), ',"request":"' || event.request::text || '"',
    ',"address":"' || event.address::text || '"', ',"db_user":', to_json(event.db_user),
    CASE WHEN event.unattributed THEN ',"unattributed":true' END,
    ',"reason":', to_json(event.reason), ',"approval":' || event.approval_id::text,
    ',"changed":' || to_json(event.changed)::text, ',"body":', to_json(event.body), '}');

-- The leaf of one event: SHA-256 over a nought byte and that text (RFC 6962, section 2.1).
CREATE FUNCTION public.audit_leaf_hash(event public.audit_event) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE
RETURN sha256('\x00'::bytea || convert_to(public.audit_leaf_text(event), 'UTF8'));

-- One row is one sealed event: its place in the tree. `xid` and `event_id` of the last row are how far sealing has come.
CREATE TABLE public.audit_leaf (
    index    bigint      PRIMARY KEY CHECK (index >= 0),
    event_id bigint      NOT NULL,
    at       timestamptz NOT NULL,
    xid      bigint      NOT NULL,
    hash     bytea       NOT NULL CHECK (octet_length(hash) = 32)
);
CREATE UNIQUE INDEX audit_leaf_event ON public.audit_leaf (event_id);

-- One row is one whole tile (C2SP tlog-tiles): 256 hashes of a level, and the root over them, which is a hash of the level above.
-- What has not filled a tile yet is read from the leaves, or from the roots one level down.
CREATE TABLE public.audit_tile (
    level smallint NOT NULL CHECK (level >= 0),
    index bigint   NOT NULL CHECK (index >= 0),
    data  bytea    NOT NULL CHECK (octet_length(data) = 8192),
    root  bytea    NOT NULL CHECK (octet_length(root) = 32),
    PRIMARY KEY (level, index)
);
-- Hashes do not compress.
ALTER TABLE public.audit_tile ALTER COLUMN data SET STORAGE EXTERNAL;

-- One row is one state of the log, signed (C2SP tlog-checkpoint). `key` is the verifier key of the signature.
CREATE TABLE public.audit_checkpoint (
    size bigint      PRIMARY KEY CHECK (size > 0),
    root bytea       NOT NULL CHECK (octet_length(root) = 32),
    note text        NOT NULL,
    key  text        NOT NULL,
    at   timestamptz NOT NULL
);
CREATE INDEX audit_checkpoint_at ON public.audit_checkpoint (at);

-- One row is one attempt to leave a checkpoint with somebody else: a directory, a time-stamp server, a mailbox.
CREATE TABLE public.audit_anchor_receipt (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    size    bigint      NOT NULL REFERENCES public.audit_checkpoint,
    kind    text        NOT NULL CHECK (kind IN ('directory', 'timestamp', 'email')),
    place   text        NOT NULL,
    ok      boolean     NOT NULL,
    receipt bytea       NOT NULL,
    message text        NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX audit_anchor_receipt_at ON public.audit_anchor_receipt (kind, at DESC);

-- One row is one run of verification over the first `size` entries, and what it found.
CREATE TABLE public.audit_verification (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind     text        NOT NULL CHECK (kind IN ('full', 'tail', 'live')),
    size     bigint      NOT NULL,
    checked  bigint      NOT NULL,
    found    bigint      NOT NULL,
    findings jsonb       NOT NULL,
    begun_at timestamptz NOT NULL,
    at       timestamptz NOT NULL
);
CREATE INDEX audit_verification_at ON public.audit_verification (kind, at DESC);

-- One row is one life of the database. Transaction numbers order the log only within one: where a dump is restored into a new
-- server they begin again, and the sealer begins a new row. Its events have numbers above `after_event`.
CREATE TABLE public.audit_era (
    number      integer     PRIMARY KEY,
    after_event bigint      NOT NULL,
    system      bigint      NOT NULL,
    at          timestamptz NOT NULL
);

-- One row is one month that was exported, checked and dropped: its events stand in the bundle of this digest.
CREATE TABLE public.audit_retired_month (
    month       date        PRIMARY KEY,
    first_index bigint,
    last_index  bigint,
    events      bigint      NOT NULL,
    digest      text        NOT NULL,
    folder      text        NOT NULL,
    at          timestamptz NOT NULL
);

SELECT public.audit_append_only(name::regclass)
  FROM unnest(ARRAY['public.audit_leaf', 'public.audit_tile', 'public.audit_checkpoint', 'public.audit_anchor_receipt',
                    'public.audit_verification', 'public.audit_era', 'public.audit_retired_month']) AS name;

-- The sealer's way to what is not sealed yet. A BRIN, because every save pays for every index, and transactions stand in
-- the table nearly in their order.
CREATE INDEX audit_event_xid ON public.audit_event USING brin (xid) WITH (pages_per_range = 32, autosummarize = on);
