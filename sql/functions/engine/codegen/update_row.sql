-- The statement behind every move: one function with a branch a table and column, so that no statement is planned for a
-- move. It runs as its caller: the table's own triggers, policies, checks and casts run as the caller. It raises
-- nothing of ours, since its callers may not call more.

create or replace function jalon_engine.update_row_branch(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($branch$
    -- {label}
    if p_tracked = {name} and {asked} and ({usual_key} or p_is_key) then
        select {name}, {key_text}, {column_name}, {code}, x.status_version, x.status_changed_at
        into tracked, id, column_name, old_code, version, changed_at
        from {table} x where x.{key} = p_id::{key_type} for no key update;
        if not found or version <> p_expected_version or old_code <> p_expected_from then
            return;
        end if;
        if old_code is distinct from p_target then
            update {table} x set {column} = p_target::{type} where x.{key} = p_id::{key_type}
            returning {code}, x.status_version, x.status_changed_at into new_code, version, changed_at;
            has_changed := case when new_code is not null then true end;
        else
            new_code := old_code;
            has_changed := false;
        end if;
        return;
    end if;$branch$, jsonb_build_object(
        'label', replace(replace(p_tracked.name || '.' || p_column.column_name, e'\n', ' '), e'\r', ' '),
        'name', quote_literal(p_tracked.name),
        'asked', format(case p_column.position when 1 then '(p_column is null or p_column = %L)'
            else 'p_column = %L' end, p_column.column_name),
        'usual_key', jalon_engine.usual_key(p_tracked.key_type, 'p_id'), 'key', quote_ident(p_tracked.key_column),
        'key_type', p_tracked.key_type, 'key_text', jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'x'),
        'code', jalon_engine.text_sql(p_tracked, p_column.column_name, 'x'),
        'column', quote_ident(p_column.column_name), 'column_name', quote_literal(p_column.column_name),
        'table', format('%I.%I', p_tracked.table_schema, p_tracked.table_name),
        'type', jalon_engine.column_type(p_tracked, p_column.column_name)))
$$;
comment on function jalon_engine.update_row_branch(jalon_engine.tracked, jalon_engine.tracked_column) is
'PL/pgSQL that moves one record of one tracked table by one column.';

create or replace function jalon_engine.usual_key(p_type text, p_key text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- What keys mostly look like is asked in place. For the rest the caller asks jalon_engine.is_key and calls again.
    select format(case when p_type = 'uuid' then '%1$s ~ ''^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$'''
        when d.digits > 0 then 'length(%1$s) between 1 and %2$s and translate(%1$s, ''0123456789'', '''') = '''''
        else '%1$s is not null' end, p_key, d.digits)
    from (select case p_type when 'bigint' then 18 when 'integer' then 9 when 'smallint' then 4 else 0 end as digits) d
$$;
comment on function jalon_engine.usual_key(text, text) is 'SQL that is true if a text is surely a key of this type.';

create or replace function jalon_engine.update_row_body()
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select e'\n#variable_conflict use_variable\nbegin'
        || coalesce(string_agg(jalon_engine.update_row_branch(t, c), '' order by t.name, c.position), '') || e'\nend\n'
    from jalon_engine.tracked t join jalon_engine.tracked_column c on c.tracked = t.name
    where jalon_engine.table_of(t) is not null
$$;
comment on function jalon_engine.update_row_body() is 'Body of jalon_generated.update_row, for every tracked table.';
