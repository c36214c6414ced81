-- Beside what is gone: accounts closed and opened, roles, wishes to be erased, applicants turned away.
-- The order counts, and an id has none within a millisecond.
create table silence_next (
    sequence integer primary key autoincrement,
    id text not null unique,
    kind text not null check (kind in ('retired', 'hidden', 'shown', 'gone', 'standing')),
    name text not null,            -- an actor's short id, an account's id, or a thing and its id
    at text not null
) strict;
insert into silence_next (id, kind, name, at)
    select id, kind, name, at from silence order by id;
drop table silence;
alter table silence_next rename to silence;
