-- Histories that were made before version 0.3 have no index in the order of time, from which the newest changes are
-- read. It is made month by month, concurrently, so that nobody who writes waits; no function can do that, so these are
-- the statements for `jalon migrate`, which runs them one by one.
set local role jalon_historian;

create or replace function jalon_history.missing_indexes()
returns table (history text, statement text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with wanted as (
        select jalon_engine.history_of(t) as history, t.history_name || '_time' as name, i.indexrelid as parent_index,
            to_regclass(jalon_engine.history_of(t)) as relation
        from jalon_engine.tracked t
        left join pg_catalog.pg_index i
            on i.indexrelid = to_regclass(format('%I.%I', t.history_schema, t.history_name || '_time'))
        where to_regclass(jalon_engine.history_of(t)) is not null and i.indisvalid is distinct from true
    ),
    part as (
        select w.history, w.name as parent_name, m.part_name, m.lower_bound,
            'time_' || md5(m.part_name) as name, o.indexrelid as found
        from wanted w
        cross join lateral jalon_history.months_of(w.relation) m
        left join pg_catalog.pg_index o on o.indexrelid = to_regclass('jalon_history.time_' || md5(m.part_name))
        where not exists (
            select from pg_catalog.pg_inherits h join pg_catalog.pg_index x on x.indexrelid = h.inhrelid
            where h.inhparent = w.parent_index and x.indrelid = m.part)
    )
    select s.history, s.statement
    from (
        select w.history, null::timestamptz as month, 0 as place,
            format('create index %I on only %s (changed_at)', w.name, w.history) as statement
        from wanted w where w.parent_index is null
        union all
        -- What was interrupted leaves an index behind that can't be used.
        select p.history, p.lower_bound, 1, format('drop index concurrently jalon_history.%I', p.name)
        from part p where p.found is not null
        union all
        select p.history, p.lower_bound, 2,
            format('create index concurrently %I on %s (changed_at)', p.name, p.part_name)
        from part p
        union all
        select p.history, p.lower_bound, 3,
            format('alter index jalon_history.%I attach partition jalon_history.%I', p.parent_name, p.name)
        from part p
    ) s
    order by s.history, s.month nulls first, s.place
$$;
comment on function jalon_history.missing_indexes() is
'The statements that give older histories the index on time, to be run one by one outside a transaction.';
