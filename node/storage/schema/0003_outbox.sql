-- What leaves: activities as bytes, and one delivery for each inbox.

create table outgoing (
    id text primary key,
    actor text not null,
    kind text not null,            -- the activity's type; "Update:actor" when of its own actor
    object_id text not null,
    body blob not null,            -- never changes between attempts
    created text not null
) strict;
create index outgoing_by_object on outgoing (object_id);
create index outgoing_by_created on outgoing (created);

create table delivery (
    sequence integer primary key autoincrement,
    activity_id text not null references outgoing (id),
    inbox text not null,
    host text not null,
    lane text not null,            -- host and object: within it, in order
    state text not null check (state in ('due', 'done', 'parked', 'cancelled')),
    attempts integer not null default 0,
    first_attempt_at text,
    next_at text not null,
    lease text,                    -- the process that is sending it
    lease_until text,
    reason text,                   -- what the last attempt came to
    done_at text,
    unique (activity_id, inbox)
) strict;
create index delivery_due on delivery (next_at) where state = 'due';
create index delivery_lane on delivery (lane, sequence) where state = 'due';
create index delivery_host on delivery (host, next_at) where state = 'due';
create index delivery_inbox on delivery (inbox) where state = 'due';
create index delivery_leased on delivery (host, lease_until) where lease is not null;
create index delivery_parked on delivery (done_at, sequence) where state = 'parked';
