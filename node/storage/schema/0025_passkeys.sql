-- Passkeys: the public halves of keys that live in people's devices, and questions put to those.

create table passkey (
    id text primary key,
    person text not null references person (id),
    handle text not null,          -- random, the same for all of a person's: what devices keep of her
    credential text not null unique,      -- base64url, as the device calls it
    public_key text not null,      -- base64url of a COSE key
    counter integer not null,      -- of its signatures; 0 where the device does not count
    name text not null,            -- what its owner calls it
    created text not null,
    used text                      -- to the day; null: not yet
) strict;
create index passkey_by_person on passkey (person, id);

create table passkey_challenge (
    digest text primary key,       -- SHA-256 of the question, which can be answered once
    bound text not null,           -- SHA-256 of what tells the browser that it was put to
    purpose text not null check (purpose in ('add', 'confirm', 'enter', 'sign in')),
    handle text,                   -- of the passkey that will be made; null where none is
    ends text not null
) strict;
create index passkey_challenge_by_end on passkey_challenge (ends);
