-- A change of an event, once recorded, is told to those whom it concerns.
create or replace trigger _500_notify after insert on event.event_status_history
referencing new table as new_rows
for each statement execute function jalon_engine.tg_event_status_history__notify();
