-- jalon.verify, the rows: every record against its last history row, every history row against the one before, every
-- last row against its record. By induction that makes versions gapless and stays closed, in three hash joins and no
-- window. What was changed with triggers off (session_replication_role, a restore) shows here.

create or replace function jalon_engine.problem(p_tracked text, p_code text, p_params jsonb)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p_tracked, p_code, jalon_engine.say('verify.' || p_code, p_params || jsonb_build_object('table', p_tracked)),
        jalon_engine.say('verify.' || p_code, p_params || jsonb_build_object('table', p_tracked), p_part => 'hint')
$$;
comment on function jalon_engine.problem(text, text, jsonb) is 'One finding of jalon.verify, in words.';

create or replace function jalon_engine.verify_rows(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_begins timestamptz;
    v_differs text;
    v_unlinked text;
    v_old text;
    v_parts jsonb;
    v_found record;
begin
    return query
    select p.*
    from (values ('jalon_mover', jalon_engine.table_of(t)), ('jalon_owner', jalon_engine.history_of(t)::regclass)) x (reader, name)
    cross join lateral jalon_engine.problem(t.name, 'unreadable', jsonb_build_object('on', x.name::text)) p
    where not has_table_privilege(x.reader, x.name, 'select');
    if found then
        return;
    end if;
    select coalesce((s.value #>> '{}')::timestamptz, '-infinity') into v_begins
    from (select) one left join jalon_engine.setting s on s.name = 'history_begins.' || t.name;
    select string_agg(format('l.%I is distinct from h.%I', c.column_name, 'new_' || c.column_name), ' or ' order by c.position)
            || coalesce(' or l.' || quote_ident(t.workflow_column) || ' is distinct from h.' || quote_ident(t.workflow_column), ''),
        string_agg(format('h.%I is distinct from p.%I', 'old_' || c.column_name, 'new_' || c.column_name), ' or ' order by c.position),
        string_agg(format('h.%I is not null', 'old_' || c.column_name), ' or ' order by c.position)
    into v_differs, v_unlinked, v_old
    from jalon_engine.tracked_column c where c.tracked = t.name;
    v_parts := jsonb_build_object('table', jalon_engine.live_rows_sql(t), 'key', quote_ident(t.key_column),
        'history', format('%I.%I', t.history_schema, t.history_name), 'history_key', quote_ident(t.history_key), 'name', quote_literal(t.name),
        'differs', v_differs, 'unlinked', v_unlinked, 'old', v_old, 'sample', '[1:5]');
    for v_found in execute jalon_engine.render($sql$
        select f.problem, count(*) as rows, (array_agg(f.key order by f.key))[1:5] as keys from (
            select case when h.version is null then 'no_history' else 'code_differs' end as problem, l.{key}::text as key
            from {table} l
            left join {history} h on h.{history_key} = l.{key} and h.version = l.status_version and h.changed_at = l.status_changed_at
            where (h.version is null and l.status_changed_at >= $1) or (h.version is not null and ({differs}))
            union all
            select 'chain_broken', h.{history_key}::text
            from {history} h
            left join {history} p on p.{history_key} = h.{history_key} and p.version = h.version - 1 and p.changed_at = h.previous_changed_at
            where case when h.previous_changed_at is null then {old} when p.version is null then h.previous_changed_at >= $1 else {unlinked} end
            union all
            select 'loose_end', h.{history_key}::text
            from {history} h
            left join {history} n on n.{history_key} = h.{history_key} and n.version = h.version + 1 and n.previous_changed_at = h.changed_at
            left join {table} l on l.{key} = h.{history_key} and l.status_version = h.version and l.status_changed_at = h.changed_at
            where n.version is null and l.status_version is null
              and not exists (select from jalon_history.deletion d
                  where d.tracked = {name} and d.record_key = h.{history_key}::text and d.deleted_at >= h.changed_at)
        ) f
        group by f.problem order by f.problem$sql$, v_parts) using v_begins
    loop
        return query select * from jalon_engine.problem(t.name, v_found.problem,
            jsonb_build_object('count', v_found.rows, 'keys', to_jsonb(v_found.keys) || case when v_found.rows > 5 then '["…"]' else '[]' end::jsonb));
    end loop;
end
$$;
comment on function jalon_engine.verify_rows(jalon_engine.tracked) is 'Rows against history, history against itself: what does not agree, with up to five keys each.';
