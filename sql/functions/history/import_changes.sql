-- The past of many records at once, written into history as it was elsewhere. The rows come as JSON, so that nothing
-- of a customer's runs here; each step is one statement over all of them. What an import may do is decided here,
-- whoever calls: it gives a past to records of which Jalon has seen nothing but that they were there, and to records
-- that are gone and of which it knows nothing. It changes no code of a record.
set local role jalon_historian;

create or replace function jalon_history.import_changes(
    p_table regclass, p_rows jsonb[], p_mode text, p_dry_run boolean
)
returns table (outcome text, records bigint, changes bigint, line bigint, record_key text, problem text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
    t constant jalon_engine.tracked := jalon_history.tracked_by_table(p_table);
    v_has_problems boolean;
begin
    perform jalon_history.require_import(t, p_rows, p_mode);
    perform jalon_history.find_import_records(t, p_rows);
    perform jalon_history.read_import_rows(t, p_rows);
    perform jalon_history.check_import_rows(t);
    perform jalon_history.check_import_ends(t);
    perform jalon_history.compare_imported(t);
    return query select 'refused', null::bigint, null::bigint, i.line, i.record_key,
        jalon_engine.text_for(i.problem ->> 'code', i.problem)
    from jalon_history.import_row i where i.problem is not null order by i.place;
    v_has_problems := found;
    update jalon_history.import_record r set state = 'refused'
    where v_has_problems and (p_mode = 'all' or exists (select from jalon_history.import_row i
        where i.record_key is not distinct from r.record_key and i.problem is not null));
    if not p_dry_run then
        perform jalon_history.write_imported(t);
    end if;
    return query
    select s.outcome, count(distinct i.record_key), count(*), null::bigint, null::text, null::text
    from jalon_history.import_row i join jalon_history.import_record r on r.record_key = i.record_key
    cross join lateral (select case when not i.is_change then 'unchanged'
        when r.state = 'imported' then 'present' else 'imported' end as outcome) s
    where r.state in ('untouched', 'gone', 'imported') group by s.outcome order by s.outcome;
    delete from jalon_history.import_row;
    delete from jalon_history.import_record;
end
$$;
comment on function jalon_history.import_changes(regclass, jsonb[], text, boolean) is
'Gives records their past, or says for each row why it cannot be. Only for a table whose owner has let jalon_mover '
'renumber its records in this transaction.';
grant execute on function jalon_history.import_changes(regclass, jsonb[], text, boolean) to jalon_dba;

create or replace function jalon_history.find_import_records(p_tracked jalon_engine.tracked, p_rows jsonb[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp set work_mem = '64MB'
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
    v_keys constant text[] := array(
        with given as materialized (select distinct r ->> 'record' as key from unnest(p_rows) r)
        select distinct jalon_engine.key_text(t.key_type, g.key) from given g
        where jalon_engine.is_key(t.key_type, g.key));
begin
    -- Records are locked as a move locks them: where they stand is where they stand at the end.
    execute format($sql$insert into jalon_history.import_record
        select k.key, l.key is not null, l.codes, l.case_type, l.version, l.changed_at, case
            when l.key is null and h.rows is null and not exists (select from jalon_history.deletion d
                where d.tracked = $2 and d.record_key = k.key) then 'gone'
            when h.rows is null and l.key is not null then 'broken'
            when h.first_kind = 'import' then 'imported'
            when l.key is null then 'deleted'
            when h.rows = 1 and h.first_kind = 'backfill' then 'untouched'
            when h.first_kind = 'backfill' then 'moved'
            else 'began' end
        from unnest($1) k (key)
        left join (select l.* from jalon_engine.lock_row_as_mover($3, $1) r
            cross join jsonb_to_record(r) as l (key text, codes text[], case_type text, version integer,
                changed_at timestamptz)) l on l.key = k.key
        left join (select h.%1$I::text as key, count(*) as rows,
                (array_agg(h.kind order by h.changed_at, h.version))[1] as first_kind
            from %2$s h where h.%1$I = any ($1::%3$s[]) group by 1) h on h.key = k.key$sql$,
        t.history_key, jalon_engine.history_of(t), t.key_type)
    using v_keys, t.name, format('select s.record_key as key, s.codes, s.case_type, s.version, s.changed_at from (%s '
        'where x.%I = any ($1::%s[]) order by x.%2$I for no key update) s (record_key, codes, case_type, version, '
        'changed_at)', jalon_engine.states_sql(t), t.key_column, t.key_type);
end
$$;
comment on function jalon_history.find_import_records(jalon_engine.tracked, jsonb[]) is
'Locks the records that an import names, and finds where they stand and what history knows of them.';

create or replace function jalon_history.read_import_rows(p_tracked jalon_engine.tracked, p_rows jsonb[])
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp set work_mem = '64MB'
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
    v_column constant text := jalon_engine.first_column(t.name);
begin
    insert into jalon_history.import_row
    select i.place, i.line, i.record_key, i.status_column, i.case_type, i.from_code, i.to_code, i.at, i.changed_at,
        i.changed_by, i.reason, lag(i.to_code) over by_column, row_number() over by_column = 1,
        lead(i.place) over by_column is null, lead(i.place) over by_record is null,
        row_number() over by_column = 1 or i.to_code is distinct from lag(i.to_code) over by_column
            or i.case_type is distinct from lag(i.case_type) over by_record
    from (
        select g.place, case when g.row ->> 'line' ~ '^\d{1,18}$' then (g.row ->> 'line')::bigint else g.place end
                as line,
            r.record_key, coalesce(nullif(g.row ->> 'status_column', ''), v_column) as status_column,
            coalesce(nullif(g.row ->> 'case_type', ''), r.case_type) as case_type,
            nullif(g.row ->> 'from', '') as from_code, nullif(g.row ->> 'to', '') as to_code, g.row ->> 'at' as at,
            jalon_engine.time_of(g.row ->> 'at') as changed_at,
            coalesce(nullif(g.row ->> 'by', ''), 'unknown') as changed_by, nullif(g.row ->> 'reason', '') as reason
        from unnest(p_rows) with ordinality g (row, place)
        join (
            select d.given, jalon_engine.key_text(t.key_type, d.given) as key
            from (select distinct r ->> 'record' as given from unnest(p_rows) r) d
        ) k on k.given = g.row ->> 'record'
        join jalon_history.import_record r on r.record_key = k.key
    ) i
    window by_column as (partition by i.record_key, i.status_column order by i.changed_at, i.place),
        by_record as (partition by i.record_key order by i.changed_at, i.place);
    -- What can be no key of the table.
    insert into jalon_history.import_row
    select g.place, case when g.row ->> 'line' ~ '^\d{1,18}$' then (g.row ->> 'line')::bigint else g.place end,
        g.row ->> 'record', v_column, null, null, null, null, null, '', null, null, false, false, false, true,
        jsonb_build_object('code', 'import.unknown', 'table', t.name, 'id', g.row ->> 'record')
    from unnest(p_rows) with ordinality g (row, place)
    where not exists (select from jalon_history.import_row i where i.place = g.place);
end
$$;
comment on function jalon_history.read_import_rows(jalon_engine.tracked, jsonb[]) is
'Reads the rows of an import: by time, and rows of one time in the order given.';

create or replace function jalon_history.imported_sql(p_tracked jalon_engine.tracked, p_states text[])
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A row for each change. A status column keeps its code until its next change.
    select jalon_engine.render($sql$
        select c.record_key, (row_number() over by_time)::integer as version, c.changed_at,
            lag(c.changed_at) over by_time as previous_changed_at, c.case_type, c.changed_by, c.reason{codes}
        from (
            select s.*{kept}
            from (
                select i.*{changes}
                from jalon_history.import_row i
                join jalon_history.import_record r on r.record_key = i.record_key and r.state = any ({states})
                where i.is_change and i.to_code is not null
            ) s
        ) c
        window by_time as (partition by c.record_key order by c.changed_at, c.place)$sql$,
        jsonb_build_object('states', quote_literal(p_states),
            'changes', string_agg(format(', count(*) filter (where i.status_column = %L) over (partition by '
                'i.record_key order by i.changed_at, i.place) as changes_%s', c.column_name, c.position), ''
                order by c.position),
            'kept', string_agg(format(', max(s.to_code) filter (where s.status_column = %1$L) over (partition by '
                's.record_key, s.changes_%2$s) as code_%2$s', c.column_name, c.position), '' order by c.position),
            'codes', string_agg(format(', (lag(c.code_%1$s) over by_time)::%2$s as old_%1$s, c.code_%1$s::%2$s '
                'as new_%1$s', c.position, jalon_engine.history_column_type(p_tracked, 'new_' || c.column_name)), ''
                order by c.position)))
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_history.imported_sql(jalon_engine.tracked, text[]) is
'SQL of the changes that an import makes for the records in some states.';
