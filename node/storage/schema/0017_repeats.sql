-- Requests that a client may send twice, named by a key of its own (Idempotency-Key).

create table repeat_key (
    digest text primary key,       -- SHA-256 of token, path and key; the key itself is nowhere
    request text not null,         -- SHA-256 of the body
    status integer,                -- of the answer; null while there is none
    headers text,                  -- JSON: the few that belong to the answer
    body blob,
    at text not null
) strict;
create index repeat_key_by_age on repeat_key (at);
