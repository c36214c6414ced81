-- Wishes for a second person: those that nobody can confirm are carried out after a while, unless
-- somebody objects; what nobody confirmed in time is told to who wished.

create table approval_anew (
    id text primary key,
    verb text not null,
    target text not null,
    reason text not null,
    asked_by text not null,
    asked text not null,
    ends text not null,
    due text,                      -- carried out then; null: only a second person does it
    decided_by text,               -- 'node': nobody did, the time was up
    decided text,
    seen text,                     -- when who wished put away what came of it
    state text not null check (state in ('waiting', 'confirmed', 'refused', 'expired')),
    check ((state = 'waiting') = (decided_by is null)),
    check (decided_by is null or state = 'refused' or decided_by <> asked_by)
) strict;
insert into approval_anew (id, verb, target, reason, asked_by, asked, ends, decided_by, decided, state)
    select id, verb, target, reason, asked_by, asked, ends, decided_by, decided, state from approval;
drop table approval;
alter table approval_anew rename to approval;
create index approval_by_state on approval (state, ends);

-- A member's post can be reported, and taken away by the team. Kinds that came later stand in a
-- column of their own: a table to which others point is not made anew.
alter table moderation_case add column finer text check (finer in ('post'));  -- of kind 'own'
alter table persona_post add column removed integer not null default 0
    check (removed in (0, 1));     -- by the team; its state is 'hidden' then

-- After a restore nothing leaves and nothing comes in until somebody lets it, or the time is up.
create table restore_hold (
    name text primary key check (name = 'restore'),
    taken text not null,           -- when the backup was made
    since text not null,
    until text not null
) strict;

-- What members did to be seen no more, until it stands in the ledger of erasures too: a restored
-- database does not undo it.
create table silence (
    id text primary key,
    kind text not null check (kind in ('retired', 'hidden', 'shown')),
    name text not null,            -- the short id of a member's own actor, or an account's
    at text not null
) strict;
