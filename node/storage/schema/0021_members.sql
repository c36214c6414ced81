-- What members say of themselves, their own actors where they asked for one, and their exports.

create table profile (
    person text primary key references person (id) on delete cascade,
    id text not null unique,       -- of the public page; tells nothing, not even when it was made
    name text not null,
    bio text not null,             -- JSON: language to text
    languages text not null,       -- JSON: list of tags
    pronouns text,
    talents text,                  -- for her own eyes
    visibility text not null check (visibility in ('nobody', 'members', 'public')),
    before_hiding text check (before_hiding in ('nobody', 'members', 'public')),
    hidden_at text,
    updated text not null
) strict;
create index profile_by_visibility on profile (visibility, name);

-- An actor of a member's own, because she asked for it; shares nothing with her profile.
create table persona (
    id text primary key,           -- the last part of the actor's address; random
    person text not null unique references person (id),
    handle text not null unique,
    name text not null,
    summary text not null,         -- Markdown
    language text not null,
    created text not null,         -- to the day
    hidden_at text
) strict;

create table persona_handle_gone (
    digest text primary key        -- SHA-256 of a handle that nobody gets again
) strict;

create table persona_post (
    id text primary key,
    persona text not null references persona (id) on delete cascade,
    source text not null,          -- Markdown; empty once it is deleted
    language text not null,
    visibility text not null check (visibility in ('public', 'followers', 'direct')),
    -- 'home': came back after hiding, and is read on our own page only
    state text not null check (state in ('shown', 'hidden', 'home', 'deleted')),
    parent text,                   -- what it answers
    actor text,                    -- whom it answers
    actor_name text,
    inbox text,
    shared_inbox text,
    published text not null,
    updated text not null
) strict;
create index persona_post_by_persona on persona_post (persona, id);

create table persona_wish (
    persona text not null references persona (id) on delete cascade,
    actor text not null,           -- who wants to follow, and waits for her word
    handle text not null,
    inbox text not null,
    shared_inbox text,
    follow_id text not null,
    since text not null,
    primary key (persona, actor)
) strict;
create index persona_wish_by_actor on persona_wish (actor);

create table persona_letter (
    id text primary key,
    persona text not null references persona (id) on delete cascade,
    address text not null,         -- the id at its own origin
    author text not null,
    handle text not null,
    inbox text not null,
    shared_inbox text,
    html text not null,            -- clean
    parent text,
    visibility text not null check (visibility in ('public', 'direct')),
    published text not null,
    received text not null,
    unique (persona, address)
) strict;
create index persona_letter_by_author on persona_letter (author);
create index persona_letter_by_address on persona_letter (address);
create index persona_letter_by_age on persona_letter (received);

create table consent (
    id text primary key,
    person text not null references person (id) on delete cascade,
    kind text not null check (kind in ('public profile', 'fediverse')),
    given integer not null check (given in (0, 1)),
    at text not null
) strict;
create index consent_by_person on consent (person, id);

create table member_export (
    id text primary key,
    person text not null references person (id) on delete cascade,
    asked text not null,
    language text not null,
    ready_at text,
    digest text unique,            -- SHA-256 of what the link carries
    content blob,                  -- the ZIP, until it is fetched or too old
    fetched_at text
) strict;
create index member_export_by_person on member_export (person, asked);
create index member_export_to_make on member_export (asked) where ready_at is null;
