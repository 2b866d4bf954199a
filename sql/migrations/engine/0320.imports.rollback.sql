set local role jalon_owner;
set local lock_timeout = '5s';
revoke select on jalon_engine.referential from jalon_historian;
drop function if exists jalon_engine.renumber_rows(regclass, name, text, text[], integer[], timestamptz[]);
set local role jalon_historian;
alter table jalon_history.deletion replica identity default;
update jalon_history.deletion set operation = 'DELETE' where operation = 'IMPORT';
alter table jalon_history.deletion drop constraint operation_is_known;
alter table jalon_history.deletion add constraint operation_is_known
check (operation in ('DELETE', 'TRUNCATE', 'ERASE', 'TEST'));
comment on column jalon_history.deletion.operation is
'DELETE, TRUNCATE or ERASE; TEST: emptied in test mode.';
drop table if exists jalon_history.renumbering, jalon_history.import_record, jalon_history.import_row;
