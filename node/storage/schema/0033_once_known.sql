-- Servers that we trusted or followed until one of us ended that: for 30 days one person alone does
-- not suspend them.
create table once_known (
    host text primary key,
    at text not null               -- when it was ended last
) strict;
