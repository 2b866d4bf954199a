-- The door behind all doors: one function with a branch for each table and column, written anew when a table comes or goes, so that no
-- statement is planned for a move and nothing is called on the way. It locks the row, compares what the caller believed, and updates.
-- The rules and the history are the wall's business; this only knows the row.

create or replace function logic.door_branch(p_tracked lifecycle.tracked, p_column lifecycle.tracked_column)
returns text
language sql stable
set search_path = ''
as $$
    select logic.weave($branch$if @asked@ then
            select @name@, x.@key@::text, @column_name@, x.@column@::text, x.status_version, x.status_changed_at
            into v_tracked, v_key, v_column, v_code, v_version, v_changed_at
            from @table@ x where x.@key@ = p_id::@key_type@ for no key update;
            if not found then
                perform logic.fail('JL401', jsonb_build_object('table', @name@, 'id', p_id));
            end if;
            if v_version <> p_expected_version or v_code <> p_expected_from then
                perform logic.fail_stale(@name@, @column_name@, p_id, v_version, v_code, p_expected_version, p_expected_from);
            end if;
            if v_code is distinct from p_target then
                update @table@ x set @column@ = p_target::@type@ where x.@key@ = p_id::@key_type@
                returning x.status_version, x.status_changed_at into v_version, v_changed_at;
            end if;
        els$branch$, jsonb_build_object('name', quote_literal(p_tracked.name), 'key_type', p_tracked.key_type,
        'asked', format(case p_column.position when 1 then 'p_column is null or p_column = %L' else 'p_column = %L' end, p_column.column_name),
        'column', quote_ident(p_column.column_name), 'column_name', quote_literal(p_column.column_name),
        'table', format('%I.%I', p_tracked.table_schema, p_tracked.table_name), 'key', quote_ident(p_tracked.key_column),
        'type', logic.column_type(p_tracked, p_column.column_name)))
$$;
comment on function logic.door_branch(lifecycle.tracked, lifecycle.tracked_column) is 'PL/pgSQL that moves one record of one tracked table by one column.';

create or replace function logic.door_branches(p_tracked lifecycle.tracked)
returns text
language sql stable
set search_path = ''
as $$
    -- Tables are told apart first, by one comparison each, since every one that is passed over is made ready in each transaction.
    select logic.weave(logic.weave($branch$if p_tracked = @name@ then
        if (@usual_key@) is not true then
            perform logic.demand_key(logic.tracked_of(p_tracked), p_id);
        end if;
        @columns@e
            perform logic.fail('JL405', jsonb_build_object('field', 'status_column', 'why', format('%s is no status column of %s', p_column, p_tracked)));
        end if;
    els$branch$, jsonb_build_object('columns', string_agg(logic.door_branch(p_tracked, c), '' order by c.position))),
        jsonb_build_object('name', quote_literal(p_tracked.name),
        'usual_key', logic.usual_key(p_tracked.key_type, 'p_id')))
    from lifecycle.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function logic.door_branches(lifecycle.tracked) is 'PL/pgSQL that moves one record of one tracked table.';

create or replace function logic.generate_door()
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_body text := logic.weave($body$
declare
    v_tracked text;
    v_key text;
    v_column text;
    v_code text;
    v_version integer;
    v_changed_at timestamptz;
    v_reasons text[];
    v_more text;
    v_set text;
begin
    -- Settings made by assignment, since PERFORM starts the executor; and as few steps as can be, since each is made ready anew in each
    -- transaction.
    if p_reason is not null then
        v_reasons := array[coalesce(current_setting('jalon.reason', true), ''), set_config('jalon.reason', p_reason, true)];
    end if;
    if p_more is not null then
        v_more := coalesce(current_setting('jalon.more', true), '');
        v_set := set_config('jalon.more', (coalesce(nullif(v_more, ''), '{}')::jsonb || p_more)::text, true);
    end if;
    @branches@if true then
        select m.tracked, m.id, m.column_name, m.old_code, m.version, m.changed_at into v_tracked, v_key, v_column, v_code, v_version, v_changed_at
        from generated.move((logic.tracked_of(p_tracked)).name, p_column, p_id, p_target, null, p_expected_from, p_expected_version) m;
    end if;
    if v_reasons is not null then
        v_set := set_config('jalon.reason', v_reasons[1], true);
    end if;
    if v_more is not null then
        v_set := set_config('jalon.more', v_more, true);
    end if;
    return (v_tracked, v_key, v_column, v_code, p_target, v_version, v_changed_at, v_code is distinct from p_target)::lifecycle.moved;
end
$body$, jsonb_build_object('branches', coalesce((select string_agg(logic.door_branches(t), '' order by t.name) from lifecycle.tracked t), '')));
    v_old text;
begin
    if v_body is not distinct from (select p.prosrc from pg_catalog.pg_proc p where p.oid = to_regprocedure('generated.move(text, text, text, text, text, text, integer, jsonb)')) then
        return;
    end if;
    -- What earlier versions used instead.
    for v_old in select format('drop function %s', p.oid::regprocedure) from pg_catalog.pg_proc p
        where p.pronamespace = 'generated'::regnamespace and (p.proname = 'move' and p.pronargs = 6 or p.proname like '%\_\_move\_%' and p.pronargs = 4) loop
        execute v_old;
    end loop;
    execute format($sql$create or replace function generated.move(
        p_tracked text, p_column text, p_id text, p_target text, p_reason text default null,
        p_expected_from text default null, p_expected_version integer default null, p_more jsonb default null
    ) returns lifecycle.moved language plpgsql volatile security definer set search_path = '' as %L$sql$, v_body);
    comment on function generated.move(text, text, text, text, text, text, integer, jsonb) is
    'Generated for every tracked table: moves one record of one column (of the first, where none is named), with reason and marks that hold for this move only.';
    grant execute on function generated.move(text, text, text, text, text, text, integer, jsonb) to jalon_dba;
end
$$;
comment on function logic.generate_door() is 'Writes generated.move anew where tables came or went.';

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
