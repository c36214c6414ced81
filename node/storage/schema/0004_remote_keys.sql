-- Keys of others: in what form, for what, until when; and what is known of an exchange of keys.

alter table remote_actor add column rules integer not null default 1;  -- kept under which rules
alter table remote_actor add column unproven_since text;  -- all keys new, and no old one vouched
alter table remote_actor add column announced text not null default '[]';  -- JSON: digests of keys
create index remote_actor_unproven on remote_actor (id) where unproven_since is not null;

-- One id may stand for a PEM that signs and for a Multikey that proves.
create table remote_key_anew (
    id text not null,
    actor text not null references remote_actor (id) on delete cascade,
    place integer not null,        -- its place in the actor's list
    text text not null,
    form text not null check (form in ('pem', 'multibase', 'jwk')),
    usage text not null check (usage in ('signing', 'assertion', 'both')),
    expires text,
    primary key (actor, place)
) strict;
insert into remote_key_anew (id, actor, place, text, form, usage)
    select id, actor, place, pem, 'pem', 'signing' from remote_key;
drop table remote_key;
alter table remote_key_anew rename to remote_key;
create index remote_key_by_id on remote_key (id, actor);
