-- Beside what silences a member: single things that were deleted, removed or taken back.
create table silence_next (
    id text primary key,
    kind text not null check (kind in ('retired', 'hidden', 'shown', 'gone')),
    name text not null,            -- an actor's short id, an account's id, or a thing and its id
    at text not null
) strict;
insert into silence_next (id, kind, name, at) select id, kind, name, at from silence;
drop table silence;
alter table silence_next rename to silence;
