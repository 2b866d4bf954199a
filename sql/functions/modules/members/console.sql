-- What the console asks of this module's table, by the names of these functions.

create or replace function jalon_engine.users_title(p_row jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select p_row ->> 'name' $$;
comment on function jalon_engine.users_title(jsonb) is 'What people call a record of this table.';

create or replace function jalon_engine.users_search_columns()
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
return '{name,email}'::text[];
comment on function jalon_engine.users_search_columns() is
'The columns in which a record of this table is searched.';
