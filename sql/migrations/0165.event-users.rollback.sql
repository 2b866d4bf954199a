-- The column stays: it came with the table.
set local role jalon_owner;
alter table jalon_events.events drop constraint events_status_changed_by_fk;
