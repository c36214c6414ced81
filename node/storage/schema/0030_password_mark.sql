-- Which password it is, whatever its digest is made with: by this the ledger of erasures knows it.
alter table person add column password_mark text;    -- null: what its present digest says
