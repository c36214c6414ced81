-- How each host is doing, and when it is worth looking at what waits for it.

create table host (
    name text primary key,
    grade integer not null default 1,    -- 0 proven, 1 new, 2 doubtful: whose places it takes
    next_at text,                        -- when a claim should look at it; null when nothing waits
    failures integer not null default 0,
    failing_since text,
    failed_at text,
    opened_at text,                      -- not null: the breaker is open
    probes integer not null default 0,
    probe_at text,
    recovering_since text,
    held_until text,                     -- it asked to be left alone until then
    round_trip integer,                  -- milliseconds, smoothed
    last_ok text,
    heard_at text,                       -- when a request of its own last brought a probe forward
    changed_at text not null
) strict;
create index host_ready on host (grade, next_at) where next_at is not null;
create index host_open on host (opened_at) where opened_at is not null;
create index host_failing on host (failing_since) where failing_since is not null;

insert into host (name, next_at, changed_at)
select host, min(next_at), min(next_at) from delivery where state = 'due' group by host;

-- The turn within a host: 0 an Update that announces a key, 1 erasures and undos, 2 the rest.
alter table delivery add column turn integer not null default 2;
alter table delivery add column expires_at text;    -- from then on parked when the host is away
alter table delivery add column refusals integer not null default 0;  -- one after the other
alter table delivery add column refused_since text;
alter table delivery add column content text;       -- the row below whose bytes are sent instead

-- The newer object that a Create takes along to those with whom it was never tried.
create table outgoing_content (
    id text primary key,           -- the activity's id and the digest of the bytes
    activity_id text not null references outgoing (id),
    body blob not null
) strict;
create index outgoing_content_by_activity on outgoing_content (activity_id);

drop index delivery_host;
create index delivery_turn on delivery (host, turn, next_at) where state = 'due';
create index delivery_fresh on delivery (activity_id) where state = 'due' and attempts = 0;
create index delivery_expiry on delivery (expires_at) where state = 'due';
create index delivery_parked_host on delivery (host, done_at) where state = 'parked';
drop index delivery_due;

-- A follower whose server was away for so long that something was parked.
alter table follower add column stale_since text;
