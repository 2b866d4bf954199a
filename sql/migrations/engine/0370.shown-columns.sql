-- Which columns of a tracked table name its records and are shown with them.
set local role jalon_owner;
set local lock_timeout = '5s';

alter table jalon_engine.tracked
add column title_column text,
add column subtitle_column text,
add column shown_columns text [];
comment on column jalon_engine.tracked.title_column is
'Column that names a record for people; empty: the one that the table suggests.';
comment on column jalon_engine.tracked.subtitle_column is 'Column that is shown below the title.';
comment on column jalon_engine.tracked.shown_columns is
'Columns that are shown with a record; empty: those that the table suggests.';
