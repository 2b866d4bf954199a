set local role jalon_owner;
delete from jalon_engine.message where code like 'event.display.%' or code like 'event.why.%' or code like 'event.role.%' or code like 'event.field.%';
alter table event.display drop column is_aside;
alter table event.display drop column step;
