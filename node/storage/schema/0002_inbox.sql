-- What arrives: actors of other servers as their origin served them, and activities as bytes.

create table remote_actor (
    id text primary key,
    type text not null,
    username text not null,
    host text not null,
    name text not null,
    inbox text not null,
    shared_inbox text,
    followers text,
    outbox text,
    url text,
    fetched_at text not null,
    document blob not null         -- as it was served
) strict;
create index remote_actor_by_host on remote_actor (host);
create index remote_actor_by_age on remote_actor (fetched_at);

create table remote_key (
    id text not null,
    actor text not null references remote_actor (id) on delete cascade,
    place integer not null,        -- its place in the actor's list
    pem text not null,
    primary key (id, actor)
) strict;
create index remote_key_by_actor on remote_key (actor, place);

create table inbox_activity (
    sequence integer primary key autoincrement,
    activity_id text not null,
    digest text not null,          -- SHA-256 of the body, hexadecimal
    sender text not null,
    host text not null,
    kind text not null,
    lane text not null,            -- sender and object: within it, in order
    inbox text not null,
    body blob not null,            -- as it came
    state text not null check (state in ('waiting', 'done', 'unheard', 'refused', 'parked')),
    attempts integer not null default 0,
    due_at text not null,
    reason text,                   -- what the last attempt came to
    received_at text not null,
    done_at text,
    unique (activity_id, digest)
) strict;
create index inbox_activity_due on inbox_activity (due_at, sequence) where state = 'waiting';
create index inbox_activity_lane on inbox_activity (lane, sequence) where state = 'waiting';
create index inbox_activity_parked on inbox_activity (sequence) where state = 'parked';
create index inbox_activity_done on inbox_activity (done_at) where done_at is not null;
