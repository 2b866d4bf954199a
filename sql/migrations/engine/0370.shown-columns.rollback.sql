set local role jalon_owner;
set local lock_timeout = '5s';
alter table jalon_engine.tracked
drop column title_column,
drop column subtitle_column,
drop column shown_columns;
