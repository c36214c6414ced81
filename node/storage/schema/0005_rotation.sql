-- What hosts taught us about signing, and the rotation of our own keys.

create table host_scheme (
    host text primary key,
    scheme text not null check (scheme in ('draft-cavage', 'rfc9421')),
    until text not null            -- after this the host is asked anew
) strict;
create index host_scheme_by_end on host_scheme (until);

create table host_key_ack (
    actor text not null,           -- one of ours
    host text not null,
    key_id text not null,          -- the newest key of the actor that this host is known to hold
    at text not null,
    primary key (actor, host)
) strict;
create index host_key_ack_by_key on host_key_ack (actor, key_id);

-- A retired key has no private half any more: `sealed` is empty.
alter table actor_key add column retired_at text;

-- The Update of an actor that brings this key: at each host it goes before all else.
alter table outgoing add column announces_key text;
create index outgoing_announcing on outgoing (actor, announces_key) where announces_key is not null;
