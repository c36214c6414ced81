-- Since when somebody is in her role without a break: whoever is new in it does not confirm yet.
alter table person add column role_since text;       -- null: since the account was made
update person set role_since = (
    select max(at) from audit where target = person.id
    and (verb like 'role %' or verb in ('enable', 'let in', 'reset-link'))
);

-- A right that was taken by a decision comes back as it was, until its old end.
alter table moderation_case add column role_before_until text;  -- null: for good
