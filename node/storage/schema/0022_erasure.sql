-- Who is to be erased, where words about her went, how far the ledger of erasures was followed.

-- What leaves about a person: her own actor's activities, and those that name her.
create table outgoing_subject (
    activity_id text not null,
    subject text not null,         -- SHA-256 of an actor's id
    kind text not null check (kind in ('own', 'named')),
    primary key (activity_id, subject)
) strict;
create index outgoing_subject_by_subject on outgoing_subject (subject);

-- Which hosts were ever sent something about her; written before the first byte leaves.
create table disclosure (
    subject text not null,
    host text not null,
    inbox text not null,           -- where the last of it went
    first text not null,
    last text not null,
    kinds text not null check (kinds in ('own', 'named', 'both')),
    primary key (subject, host)
) strict;
create index disclosure_by_age on disclosure (last);

-- Actors that lived here and are no more: their addresses answer 410 for ever.
create table buried_actor (
    digest text primary key,       -- SHA-256 of the id
    actor text,                    -- null once its keys are destroyed
    at text not null
) strict;
create index buried_actor_with_keys on buried_actor (at) where actor is not null;

create table erasure (
    id text primary key,           -- the number of the receipt
    kind text not null check (kind in ('person', 'actor', 'link')),
    name text,                     -- an account's id, an actor's id or a party; null once erased
    subject text,                  -- whose disclosures the receipt counts; null: none
    asked text not null,
    due_at text not null,
    erased_at text,
    wiped_at text,                 -- when the pages that had held it were overwritten
    closed_at text,                -- when nothing of it was on its way any more
    confirmed integer not null default 0,   -- hosts that took the news; counted when it is closed
    missed text not null default '[]'       -- JSON: the hosts that never did
) strict;
create unique index erasure_waiting on erasure (kind, name) where name is not null;
create index erasure_due on erasure (due_at) where erased_at is null;
create index erasure_to_wipe on erasure (erased_at) where wiped_at is null;
create index erasure_open on erasure (erased_at) where closed_at is null;

-- What tells other servers of an erasure.
create table erasure_letter (
    erasure text not null references erasure (id),
    activity_id text not null,
    primary key (erasure, activity_id)
) strict;

create table ledger_applied (
    name text primary key check (name = 'erasures'),
    lines integer not null,        -- how many lines of the ledger this database has followed
    head text not null             -- the digest of the last of them
) strict;
insert into ledger_applied (name, lines, head) values ('erasures', 0, '');

-- Who handed a picture in; nobody but the node looks at it.
create table media_giver (
    media text primary key references media (id) on delete cascade,
    person text not null
) strict;
create index media_giver_by_person on media_giver (person);
