-- The door of one tracked table and column: locks the row, compares what the caller believed, updates.
-- The rules and the history are the wall''s business; this only knows the row.

create or replace function logic.generate_mover(p_tracked lifecycle.tracked, p_column text)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_function text := format('%s__move_%s', p_tracked.name, p_column);
begin
    execute logic.weave($sql$create or replace function generated.@function@(
        p_id @key_type@, p_target text, p_expected_from text, p_expected_version integer)
    returns lifecycle.moved language plpgsql volatile set search_path = '' as $body$
declare
    v record;
    v_moved lifecycle.moved;
begin
    select x.@column@::text as code, x.status_version as version, x.status_changed_at as changed_at into v
    from @table@ x where x.@key@ = p_id for no key update;
    if not found then
        perform logic.fail('JL401', jsonb_build_object('table', @name@, 'id', p_id));
    end if;
    if v.version <> p_expected_version or v.code <> p_expected_from then
        perform logic.fail_stale(@name@, @column_name@, p_id::text, v.version, v.code, p_expected_version, p_expected_from);
    end if;
    if v.code is distinct from p_target then
        update @table@ x set @column@ = p_target::@type@ where x.@key@ = p_id
        returning x.status_version, x.status_changed_at into v_moved.version, v_moved.changed_at;
    else
        v_moved.version := v.version;
        v_moved.changed_at := v.changed_at;
    end if;
    v_moved.tracked := @name@;
    v_moved.id := p_id;
    v_moved.column_name := @column_name@;
    v_moved.old_code := v.code;
    v_moved.new_code := p_target;
    v_moved.has_changed := v.code is distinct from p_target;
    return v_moved;
end
$body$
    $sql$, jsonb_build_object('function', quote_ident(v_function), 'key_type', p_tracked.key_type, 'column', quote_ident(p_column),
        'column_name', quote_literal(p_column), 'table', format('%I.%I', p_tracked.table_schema, p_tracked.table_name),
        'key', quote_ident(p_tracked.key_column), 'name', quote_literal(p_tracked.name),
        'type', (select format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute a
                 where a.attrelid = format('%I.%I', p_tracked.table_schema, p_tracked.table_name)::regclass and a.attname = p_column)));
    execute format('comment on function generated.%I(%s, text, text, integer) is %L', v_function, p_tracked.key_type,
        format('Generated for %s: moves one record by %s.', p_tracked.name, p_column));
end
$$;
comment on function logic.generate_mover(lifecycle.tracked, text) is 'Creates or replaces the function that moves one record of a tracked table.';

create or replace function logic.fail_stale(
    p_tracked text, p_column text, p_id text, p_version integer, p_code text, p_expected_version integer, p_expected_from text
)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
    t lifecycle.tracked := logic.tracked_of(p_tracked);
    v_missed jsonb;
    v_allowed jsonb;
begin
    execute format($sql$select coalesce(jsonb_agg(jsonb_build_object('version', h.version, 'from', h.%1$I, 'to', h.%2$I, 'who', h.changed_by,
        'at', h.changed_at, 'reason', h.reason) order by h.version), '[]') from %3$I.%4$I h where h.%5$I = $1::%6$s and h.version > $2$sql$,
        'old_' || p_column, 'new_' || p_column, t.history_schema, t.history_name, t.history_key, t.key_type)
    into v_missed using p_id, coalesce(p_expected_version, p_version - 1);
    execute format('select logic.allowed_codes(c.category, logic.scope_of(c.category, %s), $2) from lifecycle.tracked_column c, %I.%I x
        where c.tracked = $3 and c.column_name = $4 and x.%I = $1::%s',
        case when t.workflow_column is null then 'null' else format('x.%I::text', t.workflow_column) end,
        t.table_schema, t.table_name, t.key_column, t.key_type)
    into v_allowed using p_id, p_code, t.name, p_column;
    perform logic.fail('JL102', jsonb_build_object('table', t.name, 'id', p_id, 'column', p_column, 'from', p_code, 'version', p_version,
        'expected', coalesce(p_expected_from, 'version ' || p_expected_version), 'missed', v_missed, 'allowed', v_allowed));
end
$$;
comment on function logic.fail_stale(text, text, text, integer, text, integer, text) is 'Refuses a move that believed the record elsewhere, with the moves that were missed.';
