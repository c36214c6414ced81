-- What others say to us and about us, what the community answers, and who may quote it.

alter table community add column replies text not null default 'first-held'
    check (replies in ('open', 'first-held', 'all-held', 'closed'));

create table reply (
    id text primary key,           -- short, ours
    address text not null unique,  -- the id at its own origin
    subject text,                  -- our thing under which it stands; null: a mention or a message
    parent text,                   -- what it answers
    depth integer not null,
    author text not null,
    author_name text not null,
    handle text not null,
    host text not null,
    url text,
    inbox text not null,           -- where an answer goes
    shared_inbox text,
    html text not null,            -- clean
    warning text,                  -- plain text in front of what is folded
    language text,
    links text not null,           -- JSON: list of {url, words, kind}
    visibility text not null check (visibility in ('public', 'direct')),
    state text not null check (state in ('shown', 'held', 'hidden')),
    barred integer not null default 0,  -- the rules about its author keep it away from pages
    published text not null,
    updated text not null,
    received text not null,
    decided text,                  -- when somebody here last decided about it
    check (visibility = 'public' or state <> 'shown'),
    check (subject is not null or state <> 'shown')
) strict;
create index reply_by_subject on reply (subject, state, id);
create index reply_by_parent on reply (parent, state, id);
create index reply_by_author on reply (author, received);
create index reply_by_state on reply (state, visibility, id);
create index reply_by_host on reply (host, state);

create table known_commenter (
    actor text primary key,        -- one of whose replies was approved once
    at text not null
) strict;

create table reaction (
    thing text not null,           -- of ours
    actor text not null,
    host text not null,
    kind text not null check (kind in ('like', 'share')),
    activity text not null,        -- what an Undo names
    barred integer not null default 0,
    at text not null,
    primary key (thing, kind, actor)
) strict;
create index reaction_by_actor on reaction (actor);
create index reaction_by_host on reaction (thing, host);

create table answer (
    id text primary key,           -- short; its address is ours
    subject text,                  -- as for a reply
    parent text not null,          -- what it answers
    actor text,                    -- whom it answers; null: nobody but our own thing
    actor_name text,
    inbox text,
    shared_inbox text,
    visibility text not null check (visibility in ('public', 'direct')),
    texts text not null,           -- JSON: language to Markdown, the original first
    document blob not null,        -- the Note, or the Tombstone that is left of it
    said_by text,                  -- who of the team; never told to anybody outside
    deleted integer not null default 0,
    published text not null,
    updated text not null
) strict;
create index answer_by_subject on answer (subject, id);
create index answer_by_parent on answer (parent, id);
create index answer_by_actor on answer (actor);

create table quote_stamp (
    id text primary key,
    thing text not null,           -- of ours, that is quoted
    quoting text not null,         -- the post that quotes it
    actor text not null,
    inbox text not null,
    request text not null,         -- the QuoteRequest that asked
    created text not null,
    revoked text,
    unique (thing, quoting)
) strict;
create index quote_stamp_by_actor on quote_stamp (actor, created);
