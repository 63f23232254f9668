-- The ledger (spec custody §3, docs/formats/entry.md, checkpoint.md, stream.md).
-- cordon_ledger writes, for every tenant; cordon_app reads its own tenant and puts entries into the inbox.
-- Nobody but the owner may change or delete an entry; only its sealed body can be re-wrapped or destroyed.

-- One row per tenant: the tip of its tree. Every batch locks it, so it is kept small and updated in place.
create table ledger_head (
  tenant    uuid primary key,
  -- 0, and one more at each reopening.
  epoch     integer not null default 0 check (epoch >= 0),
  size      bigint not null default 0 check (size >= 0),
  root      bytea not null check (length(root) = 32),
  -- Roots of the complete subtrees, largest first, 32 bytes each: enough to append without reading the tree.
  frontier  bytea not null check (length(frontier) % 32 = 0),
  last_time timestamptz,
  state     text not null default 'open' check (state in ('open', 'read_only', 'diverged'))
) with (fillfactor = 50);

create table ledger_entry (
  tenant      uuid not null,
  index       bigint not null,
  entry_id    uuid not null,
  time        timestamptz not null,
  kind        text not null,
  -- Public canonical JSON; what the leaf hash is made of.
  header      bytea not null,
  leaf_hash   bytea not null check (length(leaf_hash) = 32),
  -- The sealed body and the wrap that opens it (docs/formats/envelope.md).
  ciphertext  bytea,
  erasure_key text,
  wrap        bytea,
  -- The projection: what simulation, blast radius and monitoring read. The header holds its salted digest.
  facts       jsonb,
  salt        bytea,
  primary key (tenant, index),
  unique (tenant, entry_id)
) with (toast_tuple_target = 8160);
-- Ciphertext does not compress; trying costs more than the insert.
alter table ledger_entry alter column ciphertext set storage external;
alter table ledger_entry alter column header set storage external;

-- Rare kinds that every checkpoint looks for.
create index ledger_entry_log on ledger_entry (tenant, index) where kind = 'log.key-changed';
-- Accounting of disclosures and the patient's history (45 CFR 164.528).
create index ledger_entry_patient on ledger_entry (tenant, (facts ->> 'patient'), index) where facts ? 'patient';

-- Full tiles only (256 hashes); `root` is the hash that stands for the tile one level up (C2SP tlog-tiles).
create table ledger_tile (
  tenant uuid not null,
  level  smallint not null,
  n      bigint not null,
  hashes bytea not null check (length(hashes) = 8192),
  root   bytea not null check (length(root) = 32),
  primary key (tenant, level, n)
);
alter table ledger_tile alter column hashes set storage external;

-- Entries that commit with the state they speak of; the sequencer moves them into the tree.
create table ledger_inbox (
  tenant      uuid not null,
  seq         bigint generated always as identity,
  entry_id    uuid not null,
  kind        text not null,
  -- The call that a call.outcome closes.
  intent_id   uuid,
  -- The header without its index and time: canonical JSON.
  draft       text not null,
  facts       jsonb,
  salt        bytea,
  ciphertext  bytea,
  erasure_key text,
  wrap        bytea,
  -- Set when the row can never become an entry; it stays for the operator to look at.
  refused     boolean not null default false,
  primary key (tenant, seq),
  unique (tenant, entry_id)
);
alter table ledger_inbox alter column ciphertext set storage external;

-- What was or will be signed: one root per tenant, epoch and size, stored before it is signed.
create table ledger_checkpoint (
  tenant     uuid not null,
  epoch      integer not null,
  size       bigint not null,
  root       bytea not null check (length(root) = 32),
  frontier   bytea not null,
  note       text,
  -- A copy stands with the anchors.
  anchored   boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant, epoch, size)
);

-- Processes that write. One that stops its heartbeat is declared dead: `alive` is part of a key, so that the change
-- waits for batches that hold the row FOR KEY SHARE, and batches that come after it find nothing.
create table ledger_process (
  id           uuid primary key,
  alive        boolean not null default true,
  heartbeat_at timestamptz not null default clock_timestamp(),
  unique (id, alive)
) with (fillfactor = 50);

-- Calls whose intent is recorded and whose outcome is not.
create table ledger_call (
  tenant    uuid not null,
  intent_id uuid not null,
  process   uuid not null,
  primary key (tenant, intent_id)
);
create index ledger_call_process on ledger_call (process);

-- Streams: one data key each. While a stream is open its frames lie in ledger_frame; when it closes, here.
create table ledger_stream (
  tenant      uuid not null,
  stream_id   uuid not null,
  intent_id   uuid not null,
  process     uuid not null,
  outcome_id  uuid not null,
  erasure_key text not null,
  wrap        bytea not null,
  closed      boolean not null default false,
  frame_count integer not null default 0,
  frames      bytea,
  primary key (tenant, stream_id)
);
alter table ledger_stream alter column frames set storage external;
create index ledger_stream_open on ledger_stream (process) where not closed;

-- One row per commit: the frames of all streams that were waiting (docs/formats/stream.md). Rows mix tenants, hold
-- sealed bytes only, are read by cordon_ledger alone and are removed when all their streams are closed.
create table ledger_frame (
  id      bigint generated always as identity primary key,
  process uuid not null,
  frames  bytea not null
);
alter table ledger_frame alter column frames set storage external;
create index ledger_frame_process on ledger_frame (process, id);

do $$
declare name text;
begin
  foreach name in array array['ledger_head', 'ledger_entry', 'ledger_tile', 'ledger_inbox', 'ledger_checkpoint', 'ledger_call', 'ledger_stream'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy wall on %I to cordon_app using (tenant = current_setting(''cordon.tenant'')::uuid) with check (tenant = current_setting(''cordon.tenant'')::uuid)', name);
    execute format('create policy sequencer on %I to cordon_ledger using (true) with check (true)', name);
  end loop;
end $$;

grant select on ledger_head, ledger_entry, ledger_tile, ledger_checkpoint, ledger_stream to cordon_app;
grant insert on ledger_inbox to cordon_app;
-- A row lock needs the right to update: it keeps this process from being declared dead while an outcome is written.
grant select, update (heartbeat_at) on ledger_process to cordon_app;

grant select, insert, update on ledger_head, ledger_checkpoint, ledger_stream, ledger_process to cordon_ledger;
grant select, insert on ledger_entry, ledger_tile to cordon_ledger;
grant update (ciphertext, erasure_key, wrap) on ledger_entry to cordon_ledger;
grant select, delete, update (refused, erasure_key, wrap) on ledger_inbox to cordon_ledger;
grant select, insert, delete on ledger_call, ledger_frame to cordon_ledger;
grant delete on ledger_process to cordon_ledger;
