-- jalon.verify, what one tracked table needs besides rows and guards: that it is there under its names and can be read,
-- that its months are made and its rules compiled from versions that nobody altered.

create or replace function jalon_engine.verify_shape(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_table regclass := jalon_engine.table_of(t);
    v_found text;
begin
    if v_table is null then
        select min(g.tgrelid::regclass::text) into v_found from pg_catalog.pg_trigger g
        where g.tgparentid = 0
          and g.tgfoid = to_regproc(format('jalon_generated.%I', jalon_engine.generated_name(t, '__after_update')));
        return query select p.* from jalon_engine.problem(t.name,
            case when v_found is null then 'table_dropped' else 'table_missing' end,
            jsonb_build_object('on', format('%I.%I', t.table_schema, t.table_name), 'found', v_found)) p;
    end if;
    if to_regclass(format('%I.%I', t.history_schema, t.history_name)) is null then
        return query select p.* from jalon_engine.problem(t.name, 'history_missing',
            jsonb_build_object('on', format('%I.%I', t.history_schema, t.history_name))) p;
    end if;
    return query
    select p.*
    from (
        select w.relation, w.name
        from (
            select v_table as relation,
                unnest(array[t.key_column, t.workflow_column, 'status_version', 'status_changed_at']) as name
            union all
            select v_table, c.column_name from jalon_engine.tracked_column c where c.tracked = t.name
            union all
            select to_regclass(format('%I.%I', t.history_schema, t.history_name)), x.prefix || c.column_name
            from jalon_engine.tracked_column c cross join (values ('old_'), ('new_')) x (prefix)
            where c.tracked = t.name
        ) w
        where w.relation is not null and w.name is not null
          and not exists (select from pg_catalog.pg_attribute a
              where a.attrelid = w.relation and a.attname = w.name and not a.attisdropped)
    ) m
    cross join lateral jalon_engine.problem(t.name, 'column_missing',
        jsonb_build_object('on', m.relation::text, 'column', m.name)) p;
end
$$;
comment on function jalon_engine.verify_shape(jalon_engine.tracked) is
'Table, history and columns that are not there under the names they were tracked with.';

create or replace function jalon_engine.verify_column_types(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.*
    from (
        select jalon_engine.table_of(p_tracked) as relation, p_tracked.key_column as name,
            p_tracked.key_type as wanted, null as kept
        union all select jalon_engine.table_of(p_tracked), 'status_version', 'integer', null
        union all select jalon_engine.table_of(p_tracked), 'status_changed_at', 'timestamp with time zone', null
        union all select jalon_engine.table_of(p_tracked), p_tracked.workflow_column, null, p_tracked.workflow_column
        union all select jalon_engine.table_of(p_tracked), p_tracked.changed_by_column, null, null
        union all select jalon_engine.table_of(p_tracked), c.column_name, null, 'new_' || c.column_name
        from jalon_engine.tracked_column c where c.tracked = p_tracked.name
    ) w
    join pg_catalog.pg_attribute a on a.attrelid = w.relation and a.attname = w.name and not a.attisdropped
    cross join lateral jalon_engine.problem(p_tracked.name, 'column_altered', jsonb_build_object(
        'on', w.relation::text, 'column', w.name, 'type', format_type(a.atttypid, a.atttypmod))) p
    where case
        when w.wanted is not null then format_type(a.atttypid, null) <> w.wanted
        when w.kept is not null then not jalon_engine.can_be_status(a.atttypid)
            or jalon_engine.base_type(a.atttypid) <> jalon_engine.history_column_type(p_tracked, w.kept)
        else (select y.typnamespace from pg_catalog.pg_type y
            where y.oid = a.atttypid) <> 'pg_catalog'::regnamespace end
$$;
comment on function jalon_engine.verify_column_types(jalon_engine.tracked) is
'Columns whose type is not the one that the table was tracked with: a type of somebody''s own may bring casts along.';

create or replace function jalon_engine.verify_readable(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.*
    from (values ('jalon_mover', jalon_engine.table_of(p_tracked)),
        ('jalon_owner', to_regclass(jalon_engine.history_of(p_tracked)))) x (reader, relation)
    join pg_catalog.pg_class c on c.oid = x.relation
    cross join lateral (values
        (has_table_privilege(x.reader, x.relation, 'select'), format('select on %s', x.relation)),
        (has_schema_privilege(x.reader, c.relnamespace, 'usage'),
            format('usage on schema %s', c.relnamespace::regnamespace))) w (is_granted, what)
    cross join lateral jalon_engine.problem(p_tracked.name, 'unreadable', jsonb_build_object('on', x.relation::text,
        'reader', x.reader, 'statement', format('grant %s to %s', w.what, x.reader))) p
    where not w.is_granted
    union all
    select p.*
    from pg_catalog.pg_class c
    cross join lateral jalon_engine.problem(p_tracked.name, 'row_security',
        jsonb_build_object('on', c.oid::regclass::text)) p
    where c.oid = jalon_engine.table_of(p_tracked) and c.relrowsecurity
    union all
    -- Months are not asked: row security of a month does not count for whoever reads the history as a whole.
    select p.*
    from pg_catalog.pg_class c
    cross join lateral jalon_engine.problem(p_tracked.name, 'row_security',
        jsonb_build_object('on', c.oid::regclass::text)) p
    where c.oid = to_regclass(jalon_engine.history_of(p_tracked)) and c.relrowsecurity
$$;
comment on function jalon_engine.verify_readable(jalon_engine.tracked) is
'A table or history that Jalon may not read, or not wholly: its rows were not looked at.';

create or replace function jalon_engine.verify_key(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.*
    from jalon_engine.problem(p_tracked.name, 'key_not_unique',
        jsonb_build_object('on', jalon_engine.table_of(p_tracked)::text, 'column', p_tracked.key_column)) p
    where not jalon_engine.is_unique(jalon_engine.table_of(p_tracked), p_tracked.key_column)
$$;
comment on function jalon_engine.verify_key(jalon_engine.tracked) is
'A key that no index keeps unique any more: two records may have one history.';

create or replace function jalon_engine.default_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- As jalon_historian, so that a new one belongs to it.
    select format(case when to_regclass(d.name) is null
            then 'set role jalon_historian; create table %s partition of %s default; reset role'
            else 'alter table %2$s attach partition %1$s default' end, d.name, jalon_engine.history_of(p_tracked))
    from (select format('%I.%I', p_tracked.history_schema, p_tracked.history_name || '_default') as name) d
$$;
comment on function jalon_engine.default_sql(jalon_engine.tracked) is
'SQL that gives a history its default partition again: the one that was detached, or a new one.';

create or replace function jalon_engine.verify_upkeep(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_history regclass := to_regclass(format('%I.%I', t.history_schema, t.history_name));
    v_default text;
    v_count bigint;
begin
    select m.part_name into v_default from jalon_history.months_of(v_history) m where m.is_default;
    if v_default is not null and has_table_privilege(v_default, 'select') and not row_security_active(v_default) then
        execute format('select count(*) from %s', v_default) into v_count;
    end if;
    return query
    select p.* from jalon_engine.problem(t.name, 'default_missing', jsonb_build_object('on', v_history::text,
        'statement', jalon_engine.default_sql(t))) p
    where v_default is null
    union all
    select p.* from jalon_engine.problem(t.name, 'default_not_empty',
        jsonb_build_object('on', v_default, 'count', v_count)) p where v_count > 0
    union all
    select p.*
    from (
        select string_agg(to_char(w.month, 'YYYY-MM'), ', ' order by w.month) as months
        from generate_series(date_trunc('month', now()::timestamp), now()::timestamp + interval '1 month',
            interval '1 month') w (month)
        where not exists (select from jalon_history.months_of(v_history) m
            where m.lower_bound <= w.month and m.upper_bound > w.month)
    ) w
    cross join lateral jalon_engine.problem(t.name, 'months_missing', jsonb_build_object('months', w.months)) p
    where w.months is not null
    union all
    select p.*
    from (select distinct c.category from jalon_engine.tracked_column c where c.tracked = t.name) c
    cross join lateral jalon_engine.problem(t.name, 'rules_stale', jsonb_build_object('category', c.category)) p
    where exists (select r from jalon_engine.rule r where r.category = c.category
        except select n from jalon_engine.rules_of(c.category) n)
       or exists (select n from jalon_engine.rules_of(c.category) n
           except select r from jalon_engine.rule r where r.category = c.category)
       or exists (select s from jalon_engine.rule_case_type s where s.category = c.category
           except select n from jalon_engine.ruling_case_types(c.category) n)
       or exists (select n from jalon_engine.ruling_case_types(c.category) n
           except select s from jalon_engine.rule_case_type s where s.category = c.category)
    union all
    select p.*
    from (select distinct c.category from jalon_engine.tracked_column c where c.tracked = t.name) c
    cross join lateral jalon_engine.altered_workflows(c.category) w
    cross join lateral jalon_engine.problem(t.name, 'workflow_altered',
        jsonb_build_object('category', c.category, 'caseType', w.case_type, 'version', w.version)) p;
end
$$;
comment on function jalon_engine.verify_upkeep(jalon_engine.tracked) is
'Months that are missing, rows without a month, rules that were not compiled, published versions that were altered.';
