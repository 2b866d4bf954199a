-- The door behind all doors: one function with a branch for each table and column, written anew when a table comes or goes, so that no
-- statement is planned for a move and nothing is called on the way. It locks the row, compares what the caller believed, and updates.
-- The rules and the history are the wall's business; this only knows the row.

create or replace function jalon_engine.door_branch(p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column)
returns text
language sql stable
set search_path = ''
as $$
    select jalon_engine.weave($branch$if @asked@ then
            select @name@, x.@key@::text, @column_name@, x.@column@::text, x.status_version, x.status_changed_at
            into v_tracked, v_key, v_column, v_code, v_version, v_changed_at
            from @table@ x where x.@key@ = p_id::@key_type@ for no key update;
            if not found then
                perform jalon_engine.fail('JL401', jsonb_build_object('table', @name@, 'id', p_id));
            end if;
            if v_version <> p_expected_version or v_code <> p_expected_from then
                perform jalon_engine.fail_stale(@name@, @column_name@, p_id, v_version, v_code, p_expected_version, p_expected_from);
            end if;
            if v_code is distinct from p_target then
                update @table@ x set @column@ = p_target::@type@ where x.@key@ = p_id::@key_type@
                returning x.status_version, x.status_changed_at into v_version, v_changed_at;
            end if;
        els$branch$, jsonb_build_object('name', quote_literal(p_tracked.name), 'key_type', p_tracked.key_type,
        'asked', format(case p_column.position when 1 then 'p_column is null or p_column = %L' else 'p_column = %L' end, p_column.column_name),
        'column', quote_ident(p_column.column_name), 'column_name', quote_literal(p_column.column_name),
        'table', format('%I.%I', p_tracked.table_schema, p_tracked.table_name), 'key', quote_ident(p_tracked.key_column),
        'type', jalon_engine.column_type(p_tracked, p_column.column_name)))
$$;
comment on function jalon_engine.door_branch(jalon_engine.tracked, jalon_engine.tracked_column) is 'PL/pgSQL that moves one record of one tracked table by one column.';

create or replace function jalon_engine.door_branches(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = ''
as $$
    -- Tables are told apart first, by one comparison each, since every one that is passed over is made ready in each transaction.
    select jalon_engine.weave(jalon_engine.weave($branch$if p_tracked = @name@ then
        if (@usual_key@) is not true then
            perform jalon_engine.demand_key(jalon_engine.tracked_of(p_tracked), p_id);
        end if;
        @columns@e
            perform jalon_engine.fail('JL405', jsonb_build_object('field', 'status_column', 'why', format('%s is no status column of %s', p_column, p_tracked)));
        end if;
    els$branch$, jsonb_build_object('columns', string_agg(jalon_engine.door_branch(p_tracked, c), '' order by c.position))),
        jsonb_build_object('name', quote_literal(p_tracked.name),
        'usual_key', jalon_engine.usual_key(p_tracked.key_type, 'p_id')))
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.door_branches(jalon_engine.tracked) is 'PL/pgSQL that moves one record of one tracked table.';

create or replace function jalon_engine.generate_door()
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_body text := jalon_engine.weave($body$
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
        from jalon_generated.move((jalon_engine.tracked_of(p_tracked)).name, p_column, p_id, p_target, null, p_expected_from, p_expected_version) m;
    end if;
    if v_reasons is not null then
        v_set := set_config('jalon.reason', v_reasons[1], true);
    end if;
    if v_more is not null then
        v_set := set_config('jalon.more', v_more, true);
    end if;
    return (v_tracked, v_key, v_column, v_code, p_target, v_version, v_changed_at, v_code is distinct from p_target)::jalon_engine.moved;
end
$body$, jsonb_build_object('branches', coalesce((select string_agg(jalon_engine.door_branches(t), '' order by t.name) from jalon_engine.tracked t), '')));
    v_old text;
begin
    if v_body is not distinct from (select p.prosrc from pg_catalog.pg_proc p where p.oid = to_regprocedure('jalon_generated.move(text, text, text, text, text, text, integer, jsonb)')) then
        return;
    end if;
    -- What earlier versions used instead.
    for v_old in select format('drop function %s', p.oid::regprocedure) from pg_catalog.pg_proc p
        where p.pronamespace = 'jalon_generated'::regnamespace and (p.proname = 'move' and p.pronargs = 6 or p.proname like '%\_\_move\_%' and p.pronargs = 4) loop
        execute v_old;
    end loop;
    execute format($sql$create or replace function jalon_generated.move(
        p_tracked text, p_column text, p_id text, p_target text, p_reason text default null,
        p_expected_from text default null, p_expected_version integer default null, p_more jsonb default null
    ) returns jalon_engine.moved language plpgsql volatile security definer set search_path = '' as %L$sql$, v_body);
    comment on function jalon_generated.move(text, text, text, text, text, text, integer, jsonb) is
    'Generated for every tracked table: moves one record of one column (of the first, where none is named), with reason and marks that hold for this move only.';
    grant execute on function jalon_generated.move(text, text, text, text, text, text, integer, jsonb) to jalon_dba;
end
$$;
comment on function jalon_engine.generate_door() is 'Writes jalon_generated.move anew where tables came or went.';

create or replace function jalon_engine.fail_stale(
    p_tracked text, p_column text, p_id text, p_version integer, p_code text, p_expected_version integer, p_expected_from text
)
returns void
language plpgsql stable security definer
set search_path = ''
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v_missed jsonb;
    v_allowed jsonb;
begin
    execute format($sql$select coalesce(jsonb_agg(jsonb_build_object('version', h.version, 'from', h.%1$I, 'to', h.%2$I, 'who', h.changed_by,
        'at', h.changed_at, 'reason', h.reason) order by h.version), '[]') from %3$I.%4$I h where h.%5$I = $1::%6$s and h.version > $2$sql$,
        'old_' || p_column, 'new_' || p_column, t.history_schema, t.history_name, t.history_key, t.key_type)
    into v_missed using p_id, coalesce(p_expected_version, p_version - 1);
    execute format('select jalon_engine.allowed_codes(c.category, jalon_engine.scope_of(c.category, %s), $2) from jalon_engine.tracked_column c, %I.%I x
        where c.tracked = $3 and c.column_name = $4 and x.%I = $1::%s',
        case when t.workflow_column is null then 'null' else format('x.%I::text', t.workflow_column) end,
        t.table_schema, t.table_name, t.key_column, t.key_type)
    into v_allowed using p_id, p_code, t.name, p_column;
    perform jalon_engine.fail('JL102', jsonb_build_object('table', t.name, 'id', p_id, 'column', p_column, 'from', p_code, 'version', p_version,
        'expected', coalesce(p_expected_from, 'version ' || p_expected_version), 'missed', v_missed, 'allowed', v_allowed));
end
$$;
comment on function jalon_engine.fail_stale(text, text, text, integer, text, integer, text) is 'Refuses a move that believed the record elsewhere, with the moves that were missed.';
