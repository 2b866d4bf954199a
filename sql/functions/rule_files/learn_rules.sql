-- Rules read from what is there: the codes that a table's rows stand on and, where there is a log of changes, the
-- transitions that really happened. What is guessed says so. It runs as its caller, who may read both.

create or replace function jalon_engine.log_sql(p_log regclass, p_columns jsonb)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_known constant text[] := array(select a.attname from pg_catalog.pg_attribute a
        where a.attrelid = p_log and a.attnum > 0 and not a.attisdropped);
    v_missing text;
    v_at_type constant regtype := (select a.atttypid from pg_catalog.pg_attribute a
        where a.attrelid = p_log and a.attname = p_columns ->> 'at');
    -- django-pghistory keeps who did it in a table of contexts.
    v_context constant text := (select format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relname = 'pghistory_context' and 'pgh_context_id' = any (v_known)
          and n.oid = (select l.relnamespace from pg_catalog.pg_class l where l.oid = p_log));
begin
    select e.value into v_missing from jsonb_each_text(p_columns) e where e.value <> all (v_known)
    order by array_position(array['record', 'from', 'to', 'at', 'by'], e.key) limit 1;
    if found then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', p_log::text, 'why', v_missing,
            'allowed', v_known), 'learn.column');
    end if;
    return format('select l.%I::text as record, %s as old, l.%I::text as new, %s as at, %s as who, '
        'l.ctid as place from %s l', p_columns ->> 'record',
        case when p_columns ? 'from' then format('l.%I::text', p_columns ->> 'from') else 'null::text' end,
        p_columns ->> 'to',
        format(case when v_at_type in ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype)
            then 'l.%I::timestamptz' else 'jalon_engine.logged_time(l.%I::text)' end, p_columns ->> 'at'),
        case when p_columns ? 'by' then format('l.%I::text', p_columns ->> 'by')
            when v_context is null then 'null::text'
            else format('(select c.metadata ->> ''user'' from %s c where c.id = l.pgh_context_id)', v_context) end,
        p_log);
end
$$;
comment on function jalon_engine.log_sql(regclass, jsonb) is
'SQL that reads a log of changes as record, old, new, at, who.';
grant execute on function jalon_engine.log_sql(regclass, jsonb) to jalon_dba;

create or replace function jalon_engine.logged_time(p_text text)
returns timestamptz
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_time constant timestamptz := jalon_engine.time_of(p_text);
begin
    if v_time is null and p_text is not null then
        perform jalon_engine.fail('JL405', jsonb_build_object('at', p_text), 'import.time');
    end if;
    return v_time;
end
$$;
comment on function jalon_engine.logged_time(text) is 'The time that a log says as text; refuses what is not a time.';
grant execute on function jalon_engine.logged_time(text) to jalon_dba;

create or replace function jalon_engine.log_columns(p_log regclass, p_status_column text, p_columns jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_strip_nulls(case when exists (select from pg_catalog.pg_attribute a
            where a.attrelid = p_log and a.attname = 'pgh_obj_id' and not a.attisdropped)
        then jsonb_build_object('record', 'pgh_obj_id', 'to', p_status_column, 'at', 'pgh_created_at')
        else '{"record": "record", "to": "to", "at": "at"}'::jsonb end || coalesce(p_columns, '{}'))
$$;
comment on function jalon_engine.log_columns(regclass, text, jsonb) is
'The columns of a log: those that were named, those of django-pghistory, or record, to and at.';
grant execute on function jalon_engine.log_columns(regclass, text, jsonb) to jalon_dba;

create or replace function jalon_engine.learn_log(p_log_sql text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_learned jsonb;
begin
    execute format($sql$
    with log as (%s),
    steps as (
        select l.*, lag(l.new) over w as before, row_number() over w as step, lead(l.record) over w is null as is_last
        from log l where l.record is not null and l.new is not null
        window w as (partition by l.record order by l.at, l.place)),
    changes as (select s.*, coalesce(s.old, s.before) as origin from steps s)
    select jsonb_build_object(
        'records', (select count(distinct c.record) from changes c), 'rows', (select count(*) from changes),
        'first', (select min(c.at) from changes c), 'last', (select max(c.at) from changes c),
        'backwards', (select count(*) from changes c where c.old is not null and c.before <> c.old),
        'codes', (select coalesce(jsonb_agg(x order by x.step, x.code), '[]') from (
            select k.code, count(*) filter (where k.is_begin) as begins, count(*) filter (where k.is_end) as ends,
                avg(k.step) as step
            from (select c.new as code, c.step = 1 and c.origin is null as is_begin, c.is_last as is_end, c.step
                  from changes c
                  union all
                  select c.origin, true, false, 0 from changes c where c.step = 1 and c.origin is not null
            ) k group by k.code) x),
        'transitions', (select coalesce(jsonb_agg(x order by x.count desc, x.old, x.new), '[]') from (
            select c.origin as old, c.new, count(*) as count, min(c.at) as first, max(c.at) as last,
                count(distinct c.who) as people
            from changes c where c.origin is distinct from c.new and c.origin is not null
            group by c.origin, c.new) x))
    $sql$, p_log_sql) into v_learned;
    return v_learned;
end
$$;
comment on function jalon_engine.learn_log(text) is 'Codes and transitions of a log, with how often, when and by how '
'many people.';
grant execute on function jalon_engine.learn_log(text) to jalon_dba;

create or replace function jalon_engine.learn_rows(p_table regclass, p_status_column text)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_learned jsonb;
begin
    if not exists (select from pg_catalog.pg_attribute a
            where a.attrelid = p_table and a.attname = p_status_column and a.attnum > 0 and not a.attisdropped) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', p_table::text, 'why', p_status_column,
            'allowed', array(select a.attname from pg_catalog.pg_attribute a
                where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped)), 'learn.column');
    end if;
    execute format('select coalesce(jsonb_agg(x order by x.records desc, x.code), ''[]'') from '
        '(select r.%I::text as code, count(*) as records from %s r group by 1) x', p_status_column, p_table)
    into v_learned;
    return v_learned;
end
$$;
comment on function jalon_engine.learn_rows(regclass, text) is 'The codes that rows stand on, with how many.';
grant execute on function jalon_engine.learn_rows(regclass, text) to jalon_dba;

create or replace function jalon.learn_rules(
    learned regclass, status_column text default 'status', log regclass default null, log_columns jsonb default null,
    category text default null, rare integer default 3
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_name constant text := (select c.relname from pg_catalog.pg_class c where c.oid = learn_rules.learned);
    v_log jsonb;
begin
    if learn_rules.log is not null then
        v_log := jalon_engine.learn_log(jalon_engine.log_sql(learn_rules.log, jalon_engine.log_columns(learn_rules.log,
            learn_rules.status_column, learn_rules.log_columns)));
    end if;
    return jalon_engine.learned_rules(
        p_rows => jalon_engine.learn_rows(learn_rules.learned, learn_rules.status_column), p_log => v_log,
        p_category => coalesce(learn_rules.category, upper(v_name || '_' || learn_rules.status_column)),
        p_table => (select format('%I.%I', n.nspname, c.relname) from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = learn_rules.learned),
        p_status_column => learn_rules.status_column, p_rare => greatest(learn_rules.rare, 1));
end
$$;
comment on function jalon.learn_rules(regclass, text, regclass, jsonb, text, integer) is 'Reads rules from a table and '
'a log of its changes: {document, rare, notes, warnings}. The document is for jalon.plan_rules; log_columns name '
'record, from, to, at and by.';
grant execute on function jalon.learn_rules(regclass, text, regclass, jsonb, text, integer) to jalon_dba;
