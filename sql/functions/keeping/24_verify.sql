-- jalon.verify: what a DBA runs after a restore, an incident, an upgrade, or on a Monday. No rows is good news.

create or replace function jalon_engine.verify_shape(p_tracked jalon_engine.tracked)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_table regclass := to_regclass(format('%I.%I', t.table_schema, t.table_name));
begin
    if v_table is null then
        return query select p.* from jalon_engine.problem(t.name, 'table_missing', jsonb_build_object('on', format('%I.%I', t.table_schema, t.table_name), 'found', (
            select coalesce(min(g.tgrelid::regclass::text), '-') from pg_catalog.pg_trigger g
            where g.tgparentid = 0 and g.tgfoid = to_regproc(format('jalon_generated.%I', jalon_engine.generated_name(t, '__after_update')))))) p;
    end if;
    if to_regclass(format('%I.%I', t.history_schema, t.history_name)) is null then
        return query select p.* from jalon_engine.problem(t.name, 'history_missing', jsonb_build_object('on', format('%I.%I', t.history_schema, t.history_name))) p;
    end if;
    return query
    select p.*
    from (
        select w.relation, w.name
        from (
            select v_table as relation, unnest(array[t.key_column, t.workflow_column, 'status_version', 'status_changed_at']) as name
            union all
            select v_table, c.column_name from jalon_engine.tracked_column c where c.tracked = t.name
            union all
            select to_regclass(format('%I.%I', t.history_schema, t.history_name)), x.prefix || c.column_name
            from jalon_engine.tracked_column c cross join (values ('old_'), ('new_')) x (prefix) where c.tracked = t.name
        ) w
        where w.relation is not null and w.name is not null
          and not exists (select from pg_catalog.pg_attribute a where a.attrelid = w.relation and a.attname = w.name and not a.attisdropped)
    ) m
    cross join lateral jalon_engine.problem(t.name, 'column_missing', jsonb_build_object('on', m.relation::text, 'column', m.name)) p;
end
$$;
comment on function jalon_engine.verify_shape(jalon_engine.tracked) is 'Table, history and columns that are not there under the names they were tracked with.';

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
    if v_default is not null and has_table_privilege(v_default, 'select') then
        execute format('select count(*) from %s', v_default) into v_count;
    end if;
    return query
    select p.* from jalon_engine.problem(t.name, 'default_missing', jsonb_build_object('on', v_history::text)) p where v_default is null
    union all
    select p.* from jalon_engine.problem(t.name, 'default_not_empty', jsonb_build_object('on', v_default, 'count', v_count)) p where v_count > 0
    union all
    select p.*
    from (
        select string_agg(to_char(w.month, 'YYYY-MM'), ', ' order by w.month) as months
        from generate_series(date_trunc('month', now()::timestamp), now()::timestamp + interval '1 month', interval '1 month') w (month)
        where not exists (select from jalon_history.months_of(v_history) m where m.lower_bound <= w.month and m.upper_bound > w.month)
    ) w
    cross join lateral jalon_engine.problem(t.name, 'months_missing', jsonb_build_object('months', w.months)) p
    where w.months is not null
    union all
    select p.*
    from (select distinct c.category from jalon_engine.tracked_column c where c.tracked = t.name) c
    cross join lateral jalon_engine.problem(t.name, 'rules_stale', jsonb_build_object('category', c.category)) p
    where exists (select r from jalon_engine.rule r where r.category = c.category except select n from jalon_engine.rules_of(c.category) n)
       or exists (select n from jalon_engine.rules_of(c.category) n except select r from jalon_engine.rule r where r.category = c.category)
    union all
    select p.*
    from pg_catalog.pg_class c
    cross join lateral jalon_engine.problem(t.name, 'row_security', jsonb_build_object('on', c.oid::regclass::text)) p
    where c.oid = jalon_engine.table_of(t) and c.relrowsecurity;
end
$$;
comment on function jalon_engine.verify_upkeep(jalon_engine.tracked) is 'Months that are missing, rows without a month, rules that were not compiled, rows that verify cannot see.';

create or replace function jalon.verify(tracked text default null)
returns table (tracked_table text, problem text, detail text, hint text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    t jalon_engine.tracked;
    v_name text := case when verify.tracked is not null then (jalon_engine.tracked_of(verify.tracked)).name end;
begin
    for t in select x.* from jalon_engine.tracked x where v_name is null or x.name = v_name order by x.name loop
        return query select s.* from jalon_engine.verify_shape(t) s;
        continue when found;
        return query
        select v.* from jalon_engine.verify_triggers(t) v
        union all select v.* from jalon_engine.verify_functions(t) v
        union all select v.* from jalon_engine.verify_rights(t) v
        union all select v.* from jalon_engine.verify_upkeep(t) v
        union all select v.* from jalon_engine.verify_rows(t) v;
    end loop;
    return query
    select p.*
    from pg_catalog.pg_db_role_setting s
    cross join lateral unnest(s.setconfig) c (setting)
    cross join lateral jalon_engine.problem(null, 'replication_role', jsonb_build_object('setting', c.setting,
        'role', coalesce(pg_get_userbyid(nullif(s.setrole, 0)), 'public'))) p
    where c.setting like 'session\_replication\_role=%' and c.setting not like '%=origin'
      and s.setdatabase in (0, (select d.oid from pg_catalog.pg_database d where d.datname = current_database()));
end
$$;
comment on function jalon.verify(text) is 'Proves a tracked table, or all: rows agree with history, versions are gapless, stays closed, triggers and functions as generated, rights and months in order. Every row is a problem.';
revoke execute on function jalon.verify(text) from public;
grant execute on function jalon.verify(text) to jalon_dba;
