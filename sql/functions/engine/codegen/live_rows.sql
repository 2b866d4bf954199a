-- Where the rows of a tracked table are read by Jalon's own functions, they are read through jalon_mover. Tables of
-- jalon_owner itself (the modules') are read directly: nobody else can hang code on them.

create or replace function jalon_engine.is_ours(p_tracked jalon_engine.tracked)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select pg_get_userbyid(c.relowner) = 'jalon_owner' from pg_catalog.pg_class c
    where c.oid = jalon_engine.table_of(p_tracked)
$$;
comment on function jalon_engine.is_ours(jalon_engine.tracked) is 'Whether a tracked table belongs to jalon_owner.';

create or replace function jalon_engine.states_sql(p_tracked jalon_engine.tracked, p_filter text default 'all')
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format(e'select %s,\n                array[%s],\n                %s, x.status_version, x.status_changed_at\n'
        '                from %s x%s',
        jalon_engine.text_sql(p_tracked, p_tracked.key_column, 'x'),
        (select string_agg(jalon_engine.text_sql(p_tracked, c, 'x'), ', ' order by n)
            from unnest(jalon_engine.status_columns(p_tracked)) with ordinality u (c, n)),
        coalesce(jalon_engine.text_sql(p_tracked, p_tracked.workflow_column, 'x'), 'null::text'),
        jalon_engine.table_of(p_tracked),
        case p_filter when 'record' then format(' where x.%I = $1::%s', p_tracked.key_column, p_tracked.key_type)
            when 'partition' then ' where x.tableoid = $2' else '' end)
$$;
comment on function jalon_engine.states_sql(jalon_engine.tracked, text) is
'The statement for jalon_engine.states_as_mover: all rows, that of one record ($1), or those of one partition ($2).';

create or replace function jalon_engine.live_rows_sql(p_tracked jalon_engine.tracked, p_id text default null)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- What stands for the table in a FROM: its key, status columns, case type, version and time, under their names and
    -- in the types in which history keeps them.
    select case when jalon_engine.is_ours(p_tracked) and p_id is null then jalon_engine.table_of(p_tracked)::text
        else format('(select l.record_key::%s as %I%s%s, l.version as status_version, '
            'l.changed_at as status_changed_at from jalon_engine.states_as_mover(%L%s) l)',
            p_tracked.key_type, p_tracked.key_column,
            (select string_agg(format(', l.codes[%s]::%s as %I', c.position, jalon_engine.base_type(a.atttypid),
                c.column_name), '' order by c.position)
                from jalon_engine.tracked_column c join pg_catalog.pg_attribute a
                    on a.attrelid = jalon_engine.table_of(p_tracked) and a.attname = c.column_name
                where c.tracked = p_tracked.name),
            coalesce((select format(', l.case_type::%s as %I', jalon_engine.base_type(a.atttypid),
                p_tracked.workflow_column)
                from pg_catalog.pg_attribute a where a.attrelid = jalon_engine.table_of(p_tracked)
                    and a.attname = p_tracked.workflow_column), ''),
            jalon_engine.states_sql(p_tracked, case when p_id is null then 'all' else 'record' end),
            coalesce(', ' || p_id, '')) end
$$;
comment on function jalon_engine.live_rows_sql(jalon_engine.tracked, text) is
'SQL that stands for a tracked table in a FROM, read by jalon_mover; with a key (SQL of a text) for one record.';

create or replace function jalon_engine.read_row(p_tracked jalon_engine.tracked, p_id text, p_lock text default '')
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_lock = '' then
        return jalon_engine.row_as_mover(p_tracked.name, p_id);
    end if;
    return (select r from jalon_engine.lock_row_as_mover(format('select x.* from %s x where x.%I = ($1)[1]::%s %s',
        jalon_engine.table_of(p_tracked), p_tracked.key_column, p_tracked.key_type, p_lock), array[p_id]) r);
end
$$;
comment on function jalon_engine.read_row(jalon_engine.tracked, text, text) is
'One row of a tracked table as JSON, locked if asked; read by jalon_mover.';
