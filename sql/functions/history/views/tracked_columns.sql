-- Which tables and columns have a history, for those who read it.
set local role jalon_historian;

create or replace view jalon_history.tracked_columns as
select
    t.name as tracked, c.column_name, c.category, c.position, t.table_schema, t.table_name, t.key_column,
        t.workflow_column, t.history_schema, t.history_name, (s.value #>> '{}')::timestamptz as history_begins
from jalon_engine.tracked t
join jalon_engine.tracked_column c on c.tracked = t.name
left join jalon_engine.setting s on s.name = 'history_begins.' || t.name;
comment on view jalon_history.tracked_columns is 'The status columns under Jalon and where their history lies.';
comment on column jalon_history.tracked_columns.tracked is
'Name of the tracked table; history.<name>_timeline and history.<name>_as_of() carry it.';
comment on column jalon_history.tracked_columns.column_name is 'Status column.';
comment on column jalon_history.tracked_columns.category is 'Category of its codes.';
comment on column jalon_history.tracked_columns.position is 'Order; 1 is the status proper.';
comment on column jalon_history.tracked_columns.table_schema is 'Schema of the table.';
comment on column jalon_history.tracked_columns.table_name is 'The table.';
comment on column jalon_history.tracked_columns.key_column is 'Its key.';
comment on column jalon_history.tracked_columns.workflow_column is
'Column that holds the case type, where there is one.';
comment on column jalon_history.tracked_columns.history_schema is 'Schema of the history table.';
comment on column jalon_history.tracked_columns.history_name is 'The history table.';
comment on column jalon_history.tracked_columns.history_begins is
'Older months were detached by jalon.retain; empty where all is there.';
grant select on jalon_history.tracked_columns to jalon_bi, jalon_dba;
