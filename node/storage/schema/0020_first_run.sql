-- The first run: what was typed on its pages so far, and what the law wants to stand on every site.

alter table community add column contact text;   -- how strangers reach it; public

create table setup_draft (
    step text primary key check (step in ('community', 'legal')),
    fields text not null,          -- JSON: pairs as the form sent them, never a password
    at text not null
) strict;

create table legal (
    name text primary key check (name in ('notice', 'imprint', 'privacy')),
    value text not null,           -- JSON: of the notice its fields, else language to Markdown
    changed text not null
) strict;
