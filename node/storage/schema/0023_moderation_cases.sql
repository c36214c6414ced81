-- What was reported and what came of it; who of the team looked; strangers who come in waves.

create table moderation_case (
    id text primary key,
    kind text not null
        check (kind in ('reply', 'mention', 'message', 'remote', 'own', 'member')),
    target text not null,          -- an address, or the id of an account
    author text not null,          -- an actor elsewhere, or an account; '' for what is ours
    host text not null,            -- '' for what is ours
    inbox text,
    shared_inbox text,
    snapshot text not null,        -- JSON: what was reported, as it was then
    state text not null check (state in ('open', 'decided', 'appealed', 'closed')),
    decision text,
    reason text,
    decided_by text,               -- an account, 'command line' or 'node'
    decided text,
    told integer not null default 0 check (told in (0, 1)),
    role_before text,              -- of a member who lost her rights
    appeal text,                   -- plain text; one for each case
    appealed text,
    outcome text check (outcome in ('upheld', 'overturned')),
    outcome_reason text,
    outcome_by text,
    closed text,
    created text not null,
    check ((state = 'open') = (decision is null)),
    check (state <> 'closed' or closed is not null),
    check (outcome_by is null or outcome_by = 'command line' or outcome_by <> decided_by)
) strict;
create unique index moderation_case_open on moderation_case (target) where state = 'open';
create index moderation_case_by_state on moderation_case (state, id);
create index moderation_case_by_author on moderation_case (author, state);

create table complaint (
    id text primary key,
    case_id text not null references moderation_case (id) on delete cascade,
    source text not null check (source in ('here', 'member', 'flag', 'team')),
    report text unique,            -- the Flag that brought it
    category text not null,
    words text not null,           -- plain text
    forward integer not null check (forward in (0, 1)),   -- she allows that her words be passed on
    sealed blob,                   -- who she is, if she said so
    receipt text unique,           -- SHA-256 of the secret in the link that she got
    created text not null
) strict;
create index complaint_by_case on complaint (case_id, id);

create table case_look (
    case_id text not null references moderation_case (id) on delete cascade,
    person text not null,          -- who read a message that was not meant for her
    at text not null,
    primary key (case_id, person, at)
) strict;

create table case_count (
    month text not null,           -- such as 2026-11
    kind text not null,
    decision text not null,
    many integer not null,
    primary key (month, kind, decision)
) strict;

create table wave (
    id text primary key,
    began text not null,
    ends text not null,            -- moves on while strangers keep coming
    ended_by text                  -- who of the team ended it
) strict;
create index wave_by_end on wave (ends);

create table stranger (
    actor text primary key,
    host text not null,
    fresh_host integer not null check (fresh_host in (0, 1)),   -- nobody of it had written before
    at text not null,
    wave text references wave (id) on delete set null
) strict;
create index stranger_by_time on stranger (at);
create index stranger_by_wave on stranger (wave);
