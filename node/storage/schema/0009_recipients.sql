-- How many recipients were decided on: a fan-out is whole or it is a fault.

alter table outgoing add column recipients integer not null default 0;
update outgoing set recipients = (
    select count(*) from delivery where delivery.activity_id = outgoing.id
);
