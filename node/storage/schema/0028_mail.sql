-- E-mail, for whoever asked for it: addresses only sealed, and what waits to be sent without a word
-- of it. The text, and the secret of a link in it, are made when it is sent.

create table mail_key (
    name text primary key check (name = 'index'),
    sealed blob not null           -- the key of the digests below; sealed by the master key
) strict;

create table mail_address (
    id text primary key,
    person text not null references person (id),
    state text not null check (state in ('asked', 'kept', 'leaving')),
    sealed blob not null,
    digest text not null,          -- keyed, of the address without regard to case
    language text not null,
    created text not null,
    confirm text,                  -- SHA-256 of the secret of the link that confirms it
    confirm_ends text,
    recovers integer not null default 1 check (recovers in (0, 1)),
    news_from text,                -- null: no word about what is new
    told text                      -- when there was the last one
) strict;
create unique index mail_address_by_person on mail_address (person, state);
create unique index mail_address_by_digest on mail_address (digest) where state = 'kept';
create index mail_address_by_confirm on mail_address (confirm) where confirm is not null;

create table mail_queue (
    id text primary key,
    kind text not null check (kind in ('confirm', 'recover', 'news', 'kept', 'changed')),
    address text references mail_address (id),
    digest text,                   -- of the address that a stranger typed, known here or not
    created text not null,
    next_attempt text not null,
    attempts integer not null default 0,
    unsure integer not null default 0,    -- how often it may have been sent, unknown to us
    check ((kind = 'recover') = (address is null)),
    check ((kind = 'recover') = (digest is not null))
) strict;
create unique index mail_queue_by_address on mail_queue (address, kind) where address is not null;
create unique index mail_queue_by_digest on mail_queue (digest) where digest is not null;
create index mail_queue_by_attempt on mail_queue (next_attempt);

create table mail_state (
    name text primary key check (name = 'mail'),
    sent text,                     -- when the last one was taken by the mail server
    troubled text,                 -- when the last one was not
    trouble text                   -- why, in fixed words
) strict;
insert into mail_state (name) values ('mail');
