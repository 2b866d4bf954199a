-- What the generated views and functions of jalon_history have in common.

create or replace function jalon_engine.history_code_name(p_column text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when p_column in ('version', 'entered_at', 'left_at', 'duration', 'changed_by', 'on_behalf_of',
            'db_role', 'reason', 'kind', 'meta_data', 'workflow_version', 'bulk_id', 'transaction_id', 'is_current',
            'duration_seconds', 'transaction_number')
        then p_column || '_code' else p_column end
$$;
comment on function jalon_engine.history_code_name(text) is
'What a status column is called in a timeline: its own name, unless the timeline needs that itself.';

create or replace function jalon_engine.history_column_type(p_tracked jalon_engine.tracked, p_column text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
    where a.attrelid = to_regclass(format('%I.%I', p_tracked.history_schema, p_tracked.history_name))
        and a.attname = p_column::name
$$;
comment on function jalon_engine.history_column_type(jalon_engine.tracked, text) is
'Type of a column of a history table.';

