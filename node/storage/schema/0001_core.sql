-- The community, its keys, its people, its events, and whom it knows.

create table community (
    handle text primary key,
    name text not null,            -- JSON: language to text, the original first
    description text not null,     -- JSON: language to Markdown
    languages text not null,       -- JSON: list, the first is the community's own
    city text,
    country text,
    timezone text not null,
    created text not null
) strict;

create table actor_key (
    id text primary key,           -- the key's URL, as peers know it
    actor text not null,
    kind text not null check (kind in ('rsa', 'ed25519')),
    public text not null,          -- PEM or Multikey
    sealed blob not null,          -- private half, sealed with the master key
    created text not null,
    unique (actor, kind, created)
) strict;

create table person (
    id text primary key,
    name text not null unique,
    role text not null,
    created text not null,
    disabled_at text
) strict;

create table token (
    id text primary key,
    person text not null references person (id),
    digest text not null unique,   -- SHA-256 of the token; the token itself is nowhere
    scope text not null check (scope in ('read', 'write', 'admin')),
    label text,
    created text not null,
    revoked_at text
) strict;

create table setup_link (
    digest text primary key,
    created text not null,
    expires text not null,
    used_at text
) strict;

create table event (
    id text primary key,
    state text not null check (state in ('scheduled', 'cancelled', 'deleted')),
    reason text,
    sequence integer not null,
    start_at text not null,
    end_at text not null,
    draft text not null,           -- JSON: the document as it was handed in, checked
    document blob not null,        -- the ActivityPub object as it is served
    create_id text,                -- the activity that brought it into the world
    published text not null,
    updated text not null
) strict;
create index event_by_start on event (start_at, id) where state <> 'deleted';
create index event_by_end on event (end_at, id) where state <> 'deleted';
create index event_by_published on event (published, id) where state <> 'deleted';

create table note (
    id text primary key,
    event text not null references event (id),
    document blob not null,
    published text not null
) strict;

create table follower (
    community text not null,       -- which of our actors is followed
    actor text not null,
    inbox text not null,
    shared_inbox text,
    follow_id text not null,
    since text not null,
    primary key (community, actor)
) strict;
create index follower_by_inbox on follower (inbox);
create index follower_by_shared_inbox on follower (shared_inbox);

create table ended_follow (
    follow_id text primary key,    -- an Undo seen; a late Follow of this id counts no more
    at text not null
) strict;

create table following (
    actor text primary key,        -- whom the community follows
    handle text not null,
    name text not null,
    inbox text not null,
    url text,
    follow_id text not null unique,
    state text not null check (state in ('asked', 'accepted', 'rejected')),
    since text not null
) strict;

create table remote_object (
    id text primary key,
    author text not null,
    author_name text not null,
    kind text not null,
    shared_by text,                -- who announced it to us, if its author is not followed
    start_at text,                 -- events only
    end_at text,
    cancelled integer not null default 0,
    url text not null,
    document text not null,        -- JSON: the object as its origin gave it
    published text not null,
    updated text not null,
    received text not null
) strict;
create index remote_object_by_arrival on remote_object (received, id);
create index remote_object_by_kind on remote_object (kind, received, id);
create index remote_object_by_start on remote_object (start_at, id) where start_at is not null;
create index remote_object_by_author on remote_object (author, received);

create table tombstone (
    id text primary key,           -- a remote object that was deleted: it never comes back
    at text not null
) strict;
