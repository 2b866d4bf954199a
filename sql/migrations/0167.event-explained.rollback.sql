set local role jalon_owner;
delete from jalon_engine.display_text where code like 'event.display.%' or code like 'event.why.%' or code like 'event.role.%' or code like 'event.field.%';
alter table jalon_events.display drop column is_aside;
alter table jalon_events.display drop column step;
