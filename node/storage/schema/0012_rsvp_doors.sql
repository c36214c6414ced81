-- Words to one person only, the companion polls of events, and who was told what.

create table direct_note (
    id text primary key,
    actor text not null,           -- the only one who may read it
    inbox text not null,
    about text not null,           -- the address of the thing it is about
    invites integer not null,      -- 1: a yes or no in reply to it is an answer
    document blob not null,        -- a Tombstone once it was taken back
    published text not null,
    deleted_at text
) strict;
create index direct_note_by_about on direct_note (about, actor, published);
create index direct_note_by_actor on direct_note (actor);
create index direct_note_by_published on direct_note (published);

create table poll (
    id text primary key,
    event text not null references event (id),
    options text not null,         -- JSON: the names for yes, maybe, no; they never change
    content text not null,         -- JSON: language to HTML, as it was last told
    published text not null,
    updated text,                  -- when the content last changed
    ends text not null,
    closed_at text,
    stale_since text,              -- since when the numbers told outside are old
    tombstone blob                 -- once it was deleted
) strict;
create index poll_by_event on poll (event);
create index poll_by_end on poll (ends) where closed_at is null and tombstone is null;
create index poll_stale on poll (stale_since) where stale_since is not null;

create table rsvp_told (
    event text not null references event (id),
    party text not null,
    facts text not null,           -- JSON: when and where, as this person was last told
    due_at text,                   -- when to tell what is different now
    primary key (event, party)
) strict;
create index rsvp_told_due on rsvp_told (due_at) where due_at is not null;

create table rsvp_heard (
    event text not null,
    party text not null,
    day text not null,
    many integer not null,         -- answers of this person to this event on this day
    primary key (event, party, day)
) strict;
create index rsvp_heard_by_day on rsvp_heard (day);
