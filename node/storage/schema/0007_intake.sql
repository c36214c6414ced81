-- The way in under load: leases and turns of what is kept, and what came before its time.

alter table inbox_activity add column lane_too text;      -- sender and the second thing it is about
alter table inbox_activity add column turn text not null default '1 ';  -- '0 HOST' of friends, '1 HOST' of others
alter table inbox_activity add column hint integer not null default 0;  -- nothing of it is believed
alter table inbox_activity add column lease text;         -- the process that has it in hand
alter table inbox_activity add column lease_until text;
alter table inbox_activity add column blanked integer not null default 0;  -- its body was dropped
update inbox_activity set turn = '1 ' || host;
create index inbox_activity_turn on inbox_activity (turn, due_at, sequence) where state = 'waiting';
create index inbox_activity_lane_too on inbox_activity (lane_too, sequence) where state = 'waiting';
create index inbox_activity_leased on inbox_activity (sequence) where lease is not null;
create index inbox_activity_full on inbox_activity (done_at) where done_at is not null and blanked = 0;

-- A tombstone counts for the author that deleted: nobody else of the same server can bury it.
create table tombstone_of (
    id text not null,
    author text not null default '',   -- '' is the origin itself, or from before this was kept
    at text not null,
    primary key (id, author)
) strict;
insert into tombstone_of (id, at) select id, at from tombstone;
drop table tombstone;
alter table tombstone_of rename to tombstone;
create index tombstone_by_age on tombstone (at);

-- An Undo that came before what it undoes: kept for two days, then it counts no more.
create table pending_undo (
    actor text not null,
    undone text not null,
    at text not null,
    primary key (actor, undone)
) strict;
create index pending_undo_by_age on pending_undo (at);
drop table ended_follow;

alter table following add column told_at text;   -- when it gave itself the name that we show
