-- What the console asks of this module's table, by the names of these functions.

create or replace function jalon_engine.dossier_title(p_row jsonb)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select coalesce(nullif(btrim(p_row ->> 'lead_name'), ''), p_row ->> 'organisation') $$;
comment on function jalon_engine.dossier_title(jsonb) is 'What people call a record of this table.';

create or replace function jalon_engine.dossier_case_type(p_case_type text, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.code_name('CASE_TYPE', p_case_type, p_language) $$;
comment on function jalon_engine.dossier_case_type(text, text) is 'What people call a case type of dossiers.';

create or replace function jalon_engine.dossier_search_columns()
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
return '{lead_name,organisation}'::text[];
comment on function jalon_engine.dossier_search_columns() is
'The columns in which a record of this table is searched.';

create or replace function jalon_engine.dossier_stream(
    p_row jsonb, p_caller jsonb, p_before timestamptz, p_before_id text, p_limit integer
)
returns table (at timestamptz, id text, kind text, entry jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select * from jalon_engine.edits('dossier', p_row ->> 'id', p_row) $$;
comment on function jalon_engine.dossier_stream(jsonb, jsonb, timestamptz, text, integer) is 'The edits of a dossier.';
