-- Language channels: further actors that share what the community publishes in one language.

create table channel (
    actor text primary key,
    handle text not null unique,
    language text not null,
    name text,                     -- null: the community's own name in this language
    created text not null,
    removed text                   -- from then on its address answers 410
) strict;
create unique index channel_by_language on channel (language) where removed is null;

create table channel_share (
    channel text not null references channel (actor),
    object text not null,          -- the address of the event, or of a note about it
    event text not null references event (id),
    activity text not null,        -- the short id of the Announce
    at text not null,
    primary key (channel, object)
) strict;
create index channel_share_by_event on channel_share (event);
create unique index channel_share_by_activity on channel_share (activity);

-- Who heard of an event by a channel that is no more, and must still hear of its end.
create table channel_reach (
    object text not null,          -- the event's address
    inbox text not null,
    host text not null,
    primary key (object, inbox)
) strict;
