-- Who takes part: one row for each person and event, whatever door she came through.

create table participation (
    id text primary key,
    event text not null references event (id),
    party text not null,           -- one person: an actor's id, 'web:DIGEST', 'member:ID', 'gone:ID'
    actor text,
    host text not null,            -- the actor's server; '' for our own doors
    inbox text,
    name text,                     -- as given; nobody but the team reads it
    language text,
    door text not null
        check (door in ('web', 'member', 'join', 'friendica', 'poll', 'reply')),
    answer text not null check (answer in ('yes', 'maybe', 'no')),
    seat text not null
        check (seat in ('going', 'waiting', 'maybe', 'asked', 'declined', 'refused', 'left')),
    place integer not null,        -- order of arrival within the event
    reason text,                   -- why the organisers refused
    words text,                    -- what she wrote to them
    activity_id text,              -- what her last word came with
    told text,                     -- the seat that her server was told last
    since text not null,
    changed text not null,
    heard_at text not null,        -- the time of her last word, as she said it
    unique (event, party)
) strict;
create index participation_by_seat on participation (event, seat, place);
create index participation_by_place on participation (event, place);
create index participation_by_host on participation (event, host);
create index participation_by_actor on participation (actor) where actor is not null;

create table rsvp_link (
    digest text primary key,       -- SHA-256 of what the link carries; that itself is nowhere
    participation text not null,
    created text not null
) strict;
create index rsvp_link_by_participation on rsvp_link (participation);

alter table event add column going integer not null default 0;        -- how many come
alter table event add column going_told integer not null default 0;   -- how many the peers know of
create index event_by_count on event (end_at) where going <> going_told;
