-- How people come in, stay in and get back in; what they may decide only in twos; who did what.

alter table person add column password text;          -- Argon2id in PHC form; null: none is set
alter table person add column pending integer not null default 0 check (pending in (0, 1));
alter table person add column reason text;            -- why she wants to come in; gone once answered
alter table person add column role_until text;        -- null: for good
alter table person add column language text;          -- null: as her browser says

create table session (
    id text primary key,
    person text not null references person (id),
    digest text not null unique,   -- SHA-256 of the cookie; the cookie itself is nowhere
    device text not null,          -- in coarse words; never an address
    created text not null,
    seen text not null,            -- to the hour
    proven text not null,          -- when the password was last given
    ends text not null             -- whatever happens
) strict;
create index session_by_person on session (person, id);
create index session_by_end on session (ends);

create table recovery_code (
    digest text primary key,       -- SHA-256; a code has 80 random bits
    person text not null references person (id)
) strict;
create index recovery_code_by_person on recovery_code (person);

create table entry_link (
    id text primary key,
    purpose text not null check (purpose in ('invite', 'reset')),
    digest text not null unique,
    role text,                     -- of whoever comes in by an invitation
    person text references person (id),   -- whose password is set anew
    made_by text,                  -- null: on the command line
    created text not null,
    ends text not null,
    uses integer not null default 0,
    most_uses integer not null check (most_uses between 1 and 100),
    check (uses <= most_uses),
    check ((purpose = 'invite') = (role is not null)),
    check ((purpose = 'reset') = (person is not null))
) strict;
create index entry_link_by_person on entry_link (person) where person is not null;
create index entry_link_by_end on entry_link (ends);

create table people_setting (
    name text primary key,         -- 'sign_up'; 'staff_seen', to the day
    value text not null
) strict;

create table approval (
    id text primary key,
    verb text not null,
    target text not null,
    reason text not null,
    asked_by text not null,
    asked text not null,
    ends text not null,
    decided_by text,
    decided text,
    state text not null check (state in ('waiting', 'confirmed', 'refused')),
    check ((state = 'waiting') = (decided_by is null)),
    check (decided_by is null or state = 'refused' or decided_by <> asked_by)
) strict;
create index approval_by_state on approval (state, ends);

create table audit_head (
    name text primary key check (name = 'audit'),
    sequence integer not null,
    digest text not null,          -- of the newest row
    begins text not null           -- what the oldest row that is kept follows on
) strict;
insert into audit_head (name, sequence, digest, begins) values ('audit', 0, '', '');

create table audit (
    sequence integer primary key,
    at text not null,
    actor text not null,           -- an account's id, or 'command line', or 'node'
    verb text not null,
    target text not null,          -- an id or a host; never a name, an address or a word
    previous text not null unique, -- the digest of the row before: the chain cannot fork
    digest text not null unique
) strict;
