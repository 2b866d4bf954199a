-- What the console asks of this module's table, by the names of these functions.

create or replace function jalon_engine.proposition_title(p_row jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select p_row ->> 'title' $$;
comment on function jalon_engine.proposition_title(jsonb) is 'What people call a record of this table.';

create or replace function jalon_engine.proposition_search_columns()
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
return '{title}'::text[];
comment on function jalon_engine.proposition_search_columns() is
'The columns in which a record of this table is searched.';

create or replace function jalon_engine.proposition_stream(p_row jsonb, p_caller jsonb)
returns table (at timestamptz, id text, kind text, entry jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select * from jalon_engine.last_edit(p_row) $$;
comment on function jalon_engine.proposition_stream(jsonb, jsonb) is 'The last edit of a proposition.';
