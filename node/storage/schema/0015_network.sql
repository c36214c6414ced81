-- What was published before we followed; things that are one under two ids; looking again.

create table backfill (
    actor text primary key,        -- whose past is read
    state text not null check (state in ('waiting', 'done', 'failed')),
    asked text not null,
    due_at text not null,          -- not before
    attempts integer not null default 0,
    lease_until text,              -- somebody reads it until then
    found integer not null default 0,   -- things that its server told
    kept integer not null default 0,    -- of these new to us
    outcome text,                  -- how the last reading ended: whole, bounds, or what hindered it
    ended text
) strict;
create index backfill_by_turn on backfill (due_at) where state = 'waiting';

alter table remote_object add column uuid text;
alter table remote_object add column answers integer not null default 0;  -- it is a reply
alter table remote_object add column twin_of text;      -- the other thing that is shown in its place
alter table remote_object add column checked_at text;   -- when its origin was last asked again
create index remote_object_by_page on remote_object (author, url);
create index remote_object_by_uuid on remote_object (author, uuid) where uuid is not null;
create index remote_object_by_twin on remote_object (twin_of) where twin_of is not null;
