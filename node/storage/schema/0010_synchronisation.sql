-- Which followers live where, and the digest of those of each server (FEP-8fcf).

alter table follower add column host text;     -- of the actor's id; null until it is first asked for
create index follower_by_host on follower (community, host);
create index follower_hostless on follower (actor) where host is null;

create table follower_digest (
    community text not null,       -- which of our actors is followed
    host text not null,
    digest text not null,          -- XOR of the SHA-256 of the actors' ids, hexadecimal
    number integer not null,       -- how many they are
    primary key (community, host)
) strict;                          -- a row is dropped when somebody comes or goes, and made when asked for
create index follower_digest_by_host on follower_digest (host);
