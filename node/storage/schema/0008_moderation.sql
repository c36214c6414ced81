-- Whom the community does not want to speak with, what was reported, and who has moved.

create table host_rule (
    host text primary key,         -- lower case, A-labels, no default port; covers sub-domains
    standing text not null check (standing in ('trusted', 'open', 'limited', 'suspended')),
    reason text,                   -- goes along when the list is exported
    comment text,                  -- stays here
    reject_media integer not null default 0,
    reject_reports integer not null default 0,
    obfuscate integer not null default 0,
    created text not null,
    updated text not null
) strict;

create table actor_rule (
    actor text primary key,
    handle text,                   -- as it was when the rule was made
    standing text not null check (standing in ('trusted', 'open', 'limited', 'suspended')),
    reason text,
    comment text,
    created text not null,
    updated text not null
) strict;

create table moderation_mode (
    name text primary key,         -- only 'allow-list'
    enabled integer not null,
    updated text not null
) strict;

create table pending_follower (
    community text not null,       -- which of our actors is to be followed
    actor text not null,
    inbox text not null,
    shared_inbox text,
    follow_id text not null,
    since text not null,
    primary key (community, actor)
) strict;

create table report (
    id text primary key,
    direction text not null check (direction in ('in', 'out')),
    flag_id text not null unique,
    host text not null,            -- the server that reports, or that was told; never a person
    actor text not null,           -- who is accused
    objects text not null,         -- JSON: list of addresses
    content text not null,         -- plain text
    state text not null check (state in ('open', 'closed')),
    created text not null,
    closed_at text
) strict;
create index report_by_state on report (state, created, id);
create index report_by_host on report (host, state);

create table moved_actor (
    actor text primary key,
    target text not null,
    at text not null
) strict;
create index moved_actor_by_target on moved_actor (target, at);

alter table remote_object add column visibility text not null default 'public'
    check (visibility in ('public', 'staff', 'nobody'));
