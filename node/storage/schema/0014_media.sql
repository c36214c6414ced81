-- Pictures, what shows them, and what others wrote that the community shares.

create table media (
    id text primary key,
    alt text not null,             -- JSON: language to text, as it was given with the picture
    created text not null
) strict;
create index media_by_created on media (created);

create table media_size (
    media text not null references media (id) on delete cascade,
    width integer not null,
    height integer not null,
    media_type text not null,
    digest text not null,          -- SHA-256 of the bytes: the name of the file in the data folder
    length integer not null,
    primary key (media, width)
) strict;
create index media_size_by_digest on media_size (digest);

create table media_use (
    media text not null references media (id) on delete cascade,
    used_by text not null,         -- the address of what shows it
    primary key (media, used_by)
) strict;
create index media_use_by_user on media_use (used_by);

create table media_waste (
    digest text primary key        -- a file that no picture has any more: still to be removed
) strict;

create table sharing_rule (
    handle text primary key,       -- the community's
    rule text not null check (rule in ('nobody', 'trusted', 'followed'))
) strict;

create table share (
    object text primary key,       -- the id of what somebody else wrote
    author text not null,
    announce_id text not null,     -- of the plain Announce
    wrapped_id text,               -- of the Announce that carries the activity, where there is one
    by_rule integer not null,      -- 1: by the community's rule, 0: somebody here did it
    at text not null
) strict;
create index share_by_author on share (author, at);
create index share_by_time on share (at);

create table share_carrier (
    activity_id text primary key   -- of ours, with somebody else's words in it: blank once delivered
) strict;

create table peer_software (
    host text primary key,
    name text,                     -- as its NodeInfo says; null while nobody knows
    due_at text not null           -- when it is asked again
) strict;

create table event_notice (
    event text primary key references event (id),
    note text not null,            -- the last note that told of another time or place
    published text not null
) strict;
