-- jalon.verify, the rows: every record against its last history row, every history row against the one before, every
-- last row against its record or a deletion, every deletion against the lives of its record. By induction that makes
-- versions gapless and stays closed. Each question is a hash join or an aggregate over the history;
-- none calls a function for a row.

create or replace function jalon_engine.problem(p_tracked text, p_code text, p_params jsonb)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p_tracked, p_code,
        jalon_engine.text_of('verify.' || p_code, p_params || jsonb_build_object('table', p_tracked)),
        jalon_engine.text_of('verify.' || p_code, p_params || jsonb_build_object('table', p_tracked), p_part => 'hint')
$$;
comment on function jalon_engine.problem(text, text, jsonb) is 'One finding of jalon.verify, in words.';

create or replace function jalon_engine.found_rows(p_tracked text, p_problem text, p_count bigint, p_keys text[])
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.* from jalon_engine.problem(p_tracked, p_problem, jsonb_build_object('count', p_count,
        'keys', to_jsonb(p_keys) || case when p_count > cardinality(p_keys) then '["…"]' else '[]' end::jsonb)) p
$$;
comment on function jalon_engine.found_rows(text, text, bigint, text[]) is
'One finding of jalon.verify about rows: how many, and some of their keys.';

create or replace function jalon_engine.findings_sql(p_tracked text, p_query text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select format($sql$
        select r.*
        from (
            select f.problem, count(*) as rows, (array_agg(f.key order by f.key))[1:5] as keys
            from (%s) f group by f.problem
        ) f
        cross join lateral jalon_engine.found_rows(%L, f.problem, f.rows, f.keys) r
        order by f.problem$sql$, p_query, p_tracked)
$$;
comment on function jalon_engine.findings_sql(text, text) is
'SQL of the findings that a query of problems and keys makes: one for each problem, with up to five of its keys.';

create or replace function jalon_engine.verify_rows_parts(p_tracked jalon_engine.tracked)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('live', jalon_engine.live_rows_sql(p_tracked), 'key', quote_ident(p_tracked.key_column),
        'history', jalon_engine.history_of(p_tracked), 'history_key', quote_ident(p_tracked.history_key),
        'name', quote_literal(p_tracked.name),
        'live_columns', string_agg(format('l.%I as code_%s', c.column_name, c.position), ', ' order by c.position)
            || coalesce(', l.' || quote_ident(p_tracked.workflow_column) || ' as case_type', ''),
        'differs', string_agg(format('l.code_%s is distinct from h.%I', c.position, 'new_' || c.column_name),
            ' or ' order by c.position)
            || coalesce(' or l.case_type is distinct from h.' || quote_ident(p_tracked.workflow_column), ''),
        'unlinked', string_agg(format('h.%I is distinct from p.%I', 'old_' || c.column_name, 'new_' || c.column_name),
            ' or ' order by c.position),
        'old', string_agg(format('h.%I is not null', 'old_' || c.column_name), ' or ' order by c.position))
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.verify_rows_parts(jalon_engine.tracked) is
'What a tracked table is called in the query of jalon_engine.verify_rows.';

create or replace function jalon_engine.verify_rows(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
declare
    v_begins constant timestamptz := coalesce((select (s.value #>> '{}')::timestamptz from jalon_engine.setting s
        where s.name = 'history_begins.' || p_tracked.name), '-infinity');
begin
    return query execute jalon_engine.findings_sql(p_tracked.name, jalon_engine.render($sql$
        with live as materialized (
            select l.{key} as key, l.status_version as version, l.status_changed_at as changed_at, {live_columns}
            from {live} l
        ),
        link as materialized (  -- what doesn't follow from the row before, and last rows
            select coalesce(h.{history_key}, p.{history_key}) as key, p.version as last_version,
                p.changed_at as last_change, h.version is null as is_last,
                h.changed_at < p.changed_at or (h.changed_at = p.changed_at and h.kind <> 'import') as is_earlier
            from {history} p
            full join {history} h on h.{history_key} = p.{history_key}
                and (h.version, h.previous_changed_at) = (p.version + 1, p.changed_at)
            where h.version is null or case
                    when h.previous_changed_at is null then {old} or h.kind = 'move'
                        or (h.version <> 1 and h.kind <> 'backfill')
                    when p.version is null then h.previous_changed_at >= $1
                    else {unlinked} or h.kind in ('create', 'backfill') or h.changed_at < p.changed_at
                        or (h.changed_at = p.changed_at and h.kind <> 'import') end
        )
        -- 1. A record, against its last history row.
        select case when h.version is null then 'no_history' else 'code_differs' end as problem,
            l.key::text as key
        from live l
        left join {history} h on (h.{history_key}, h.version, h.changed_at) = (l.key, l.version, l.changed_at)
        where (h.version is null and l.changed_at >= $1) or (h.version is not null and ({differs}))
        union all
        -- 2. A history row, against the one before: same codes, later time. A first row follows on nothing.
        select case when k.is_earlier then 'time_order' else 'chain_broken' end, k.key::text
        from link k where not k.is_last
        union all
        -- 3. A last row, against its record, or against a deletion: as many deletions as lives have ended.
        select 'loose_end', e.key from (
            select k.key::text as key, count(*) as ended, max(k.last_change) as last_change
            from link k
            left join live l on (l.key, l.version, l.changed_at) = (k.key, k.last_version, k.last_change)
            where k.is_last and l.version is null group by 1
        ) e
        left join (
            select d.record_key, count(*) as deletions, max(d.deleted_at) as last_deletion
            from jalon_history.deletion d where d.tracked = {name} and d.record_key is not null group by 1
        ) d on d.record_key = e.key
        where d.record_key is null or d.last_deletion < e.last_change or d.deletions < e.ended$sql$,
        jalon_engine.verify_rows_parts(p_tracked))) using v_begins;
end
$$;
comment on function jalon_engine.verify_rows(jalon_engine.tracked) is
'Records and history against each other and against deletions: what does not agree, with up to five keys each.';

create or replace function jalon_engine.verify_times(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A minute more than now: clocks are set, and other transactions end while this one looks.
    return query execute jalon_engine.findings_sql(p_tracked.name, jalon_engine.render($sql$
        select 'from_the_future' as problem, h.{history_key}::text as key from {history} h
        where h.changed_at > now() + interval '1 minute'$sql$, jalon_engine.verify_rows_parts(p_tracked)));
end
$$;
comment on function jalon_engine.verify_times(jalon_engine.tracked) is
'Changes whose time has not come yet: the clock ran ahead.';

create or replace function jalon_engine.verify_ids(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
begin
    -- A partitioned table can have no unique index on id alone.
    return query execute jalon_engine.findings_sql(p_tracked.name, jalon_engine.render($sql$
        select 'id_twice' as problem, h.id::text as key from {history} h group by h.id having count(*) > 1$sql$,
        jalon_engine.verify_rows_parts(p_tracked)));
end
$$;
comment on function jalon_engine.verify_ids(jalon_engine.tracked) is 'Ids that several history rows have, up to five.';

create or replace function jalon_engine.verify_deletions(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
declare
    -- Where months were detached, or histories once went with their records, not every record is known.
    v_is_whole constant boolean := not jalon_engine.was_declared(p_tracked, 'cascade') and not exists (
        select from jalon_engine.setting s where s.name = 'history_begins.' || p_tracked.name);
begin
    if not exists (select from jalon_history.deletion d
            where d.tracked = p_tracked.name and d.record_key is not null) then
        return;
    end if;
    return query execute jalon_engine.findings_sql(p_tracked.name, jalon_engine.render($sql$
        -- 1. Against history: it knows the record, and ends there. One statement may delete a record and make
        -- another one under its key.
        select case when d.is_known then 'deletion_false' else 'deletion_unknown' end as problem,
            d.record_key as key
        from (
            select d.id, d.record_key, bool_or(h.changed_at <= d.deleted_at and (d.last_version is null
                    or (h.version, h.changed_at) = (d.last_version, d.last_changed_at))) is true as is_known,
                -- What was erased later ended nothing.
                d.last_version is null and d.operation <> 'ERASE' as ends_nothing,
                bool_or(h.previous_changed_at <= d.deleted_at and h.changed_at > d.deleted_at
                    and not (h.version = 2 and exists (
                        select from {history} p where p.{history_key} = h.{history_key} and p.version = 1
                            and p.changed_at = h.previous_changed_at
                            and p.transaction_id = d.transaction_id))) is true as is_within
            from jalon_history.deletion d left join {history} h on h.{history_key}::text = d.record_key
            where d.tracked = {name} and d.record_key is not null
            group by d.id, d.record_key
        ) d
        where d.is_within or (d.is_known and d.ends_nothing) or (not d.is_known and $1)
        union all
        -- 2. Against records.
        select 'deletion_false', d.record_key
        from jalon_history.deletion d
        join {live} l on l.{key}::text = d.record_key and l.status_changed_at <= d.deleted_at
        where d.tracked = {name} and not (l.status_version = 1 and exists (
            select from {history} h where h.{history_key} = l.{key} and h.version = 1
                and h.changed_at = l.status_changed_at
                and h.transaction_id = d.transaction_id))$sql$,
        jalon_engine.verify_rows_parts(p_tracked))) using v_is_whole;
end
$$;
comment on function jalon_engine.verify_deletions(jalon_engine.tracked) is
'Deletions of records that lived on, or that history does not know, with up to five keys each.';

create or replace function jalon_engine.was_declared(p_tracked jalon_engine.tracked, p_on_delete text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p_tracked.on_delete = p_on_delete or exists (
        select from jalon_engine.config_history c
        where c.table_name = 'tracked' and p_on_delete in (c.before ->> 'on_delete', c.after ->> 'on_delete')
          and coalesce(c.after, c.before) @> jsonb_build_object('table_schema', p_tracked.table_schema,
              'table_name', p_tracked.table_name))
$$;
comment on function jalon_engine.was_declared(jalon_engine.tracked, text) is
'Whether a table was ever tracked with this on_delete: where it was cascade, histories are gone with their records.';

create or replace function jalon_engine.verify_keys(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
begin
    if not jalon_engine.is_partitioned(p_tracked) then
        return;
    end if;
    return query execute jalon_engine.findings_sql(p_tracked.name, format($sql$
        select case when l.rows > 1 then 'key_twice' else 'key_differs' end as problem,
            coalesce(l.key, k.record_key) as key
        from (select %1$s as kept_key, min(x.record_key) as key, count(*) as rows
            from jalon_engine.states_as_mover(%2$L) x group by 1) l
        full join (select r.record_key from jalon_history.partitioned_record r
            where r.tracked = %3$L and r.ended_at is null) k on k.record_key = l.kept_key
        where l.rows is distinct from 1 or k.record_key is null$sql$,
        jalon_engine.kept_key_sql(p_tracked, 'x.record_key'), jalon_engine.states_sql(p_tracked), p_tracked.name));
end
$$;
comment on function jalon_engine.verify_keys(jalon_engine.tracked) is
'Keys of a partitioned table that several records have, or that are not kept as they are.';
