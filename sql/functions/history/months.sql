-- Months of history. Each is a partition with finite bounds in UTC; a default partition takes what has no month, so
-- that no write ever fails for want of one. Making a month whose rows lie in the default
-- partition moves them, and says so.

set local role jalon_historian;

create or replace function jalon_history.months_of(p_history regclass)
returns table (part regclass, part_name text, lower_bound timestamptz, upper_bound timestamptz, is_default boolean)
language sql stable
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set datestyle = 'ISO'
as $$
    select c.oid::regclass, format('%I.%I', n.nspname, c.relname),
        case when b.bound like '%FROM (MINVALUE)%' then '-infinity'
            else (regexp_match(b.bound, 'FROM \(''([^'']+)''\)'))[1]::timestamptz end,
        (regexp_match(b.bound, 'TO \(''([^'']+)''\)'))[1]::timestamptz, b.bound = 'DEFAULT'
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class c on c.oid = i.inhrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    cross join lateral (select pg_get_expr(c.relpartbound, c.oid) as bound) b
    where i.inhparent = p_history
$$;
comment on function jalon_history.months_of(regclass) is 'The partitions of a history table with their bounds.';

create or replace function jalon_history.month_name(p_schema text, p_history text, p_month timestamp)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_stem text := p_history || to_char(p_month, '"_y"YYYY"m"MM');
    v_name text := v_stem;
    v_try integer := 1;
begin
    while to_regclass(format('%I.%I', p_schema, v_name)) is not null loop  -- detached by jalon.retain, or another's
        v_try := v_try + 1;
        v_name := v_stem || '_' || v_try;
    end loop;
    return v_name;
end
$$;
comment on function jalon_history.month_name(text, text, timestamp) is
'A free name for the partition of a month: <history>_y2026m11.';

create or replace function jalon_history.lock_default(
    p_parent text, p_default text, p_from timestamptz, p_to timestamptz
)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_strays constant text := format('select exists (select from %s where changed_at >= $1 and changed_at < $2)',
        p_default);
    v_wanted boolean;
    v_found boolean;
begin
    loop
        execute v_strays into v_wanted using p_from, p_to;
        begin
            -- In the order in which writers lock them. Without rows to move, the parent stays open to writers.
            perform jalon_engine.take_locks(case when v_wanted then array[p_parent] else '{}' end || p_default);
            execute v_strays into v_found using p_from, p_to;
            if v_found and not v_wanted then
                raise exception using errcode = 'JL000';  -- a row came in between
            end if;
            return v_found;
        exception when sqlstate 'JL000' then
            null;
        end;
    end loop;
end
$$;
comment on function jalon_history.lock_default(text, text, timestamptz, timestamptz) is
'Locks the default partition of a history, and the history too if rows of a month have to move; says whether they '
'have.';

create or replace function jalon_history.ensure_month(p_tracked jalon_engine.tracked, p_month timestamp)
returns table (part_name text, moved bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s'
as $$
declare
    v_parent text := jalon_engine.history_of(p_tracked);
    v_from timestamptz := p_month at time zone 'UTC';
    v_to timestamptz := (p_month + interval '1 month') at time zone 'UTC';
    v_default text;
    v_has_strays boolean := false;
    v_columns text;
begin
    execute format('lock table %s in share update exclusive mode', v_parent);
    if exists (select from jalon_history.months_of(v_parent::regclass) m
            where m.lower_bound < v_to and m.upper_bound > v_from) then
        return;
    end if;
    select m.part_name into v_default from jalon_history.months_of(v_parent::regclass) m where m.is_default;
    moved := 0;
    part_name := format('%I.%I', p_tracked.history_schema,
        jalon_history.month_name(p_tracked.history_schema, p_tracked.history_name, p_month));
    if v_default is not null then
        v_has_strays := jalon_history.lock_default(v_parent, v_default, v_from, v_to);
    end if;
    execute format('create table %s (like %s including all excluding indexes excluding identity)', part_name, v_parent);
    if v_has_strays then
        execute format('alter table %s detach partition %s', v_parent, v_default);
        select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into v_columns from pg_catalog.pg_attribute a
        where a.attrelid = v_parent::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
        execute format('insert into %1$s (%2$s) select %2$s from %3$s where changed_at >= $1 and changed_at < $2',
            part_name, v_columns, v_default)
        using v_from, v_to;
        get diagnostics moved = row_count;
        execute format('delete from %s where changed_at >= $1 and changed_at < $2', v_default) using v_from, v_to;
    end if;
    execute format('alter table %s attach partition %s for values from (%L) to (%L)', v_parent, part_name,
        v_from, v_to);
    perform jalon_history.guard_history(part_name::regclass, false);
    execute format('comment on table %s is %L', part_name,
        format('%s of %s.', to_char(p_month, 'FMMonth YYYY'), v_parent));
    if v_has_strays then
        execute format('alter table %s attach partition %s default', v_parent, v_default);
    end if;
    return next;
end
$$;
comment on function jalon_history.ensure_month(jalon_engine.tracked, timestamp) is
'Makes the partition of one month unless it is there; rows of that month in the default partition move into it.';

create or replace function jalon_history.ensure_months_of(p_tracked jalon_engine.tracked, p_months timestamp[])
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
declare
    v_history constant oid := jalon_engine.history_of(p_tracked)::regclass;
begin
    -- A month under its usual name is found by that: with many months it takes long to read the bounds of all.
    perform jalon_history.ensure_month(p_tracked, m.month)
    from (
        select u.month from unnest(p_months) u (month)
        left join pg_catalog.pg_class c on c.relnamespace = 'jalon_history'::regnamespace
            and c.relname = p_tracked.history_name || to_char(u.month, '"_y"YYYY"m"MM')
        left join pg_catalog.pg_inherits i on i.inhrelid = c.oid and i.inhparent = v_history
        where i.inhrelid is null order by u.month
    ) m;
end
$$;
comment on function jalon_history.ensure_months_of(jalon_engine.tracked, timestamp[]) is
'Makes the partitions of some months, unless they are there.';

create or replace function jalon_history.ensure_months(p_name text, p_from timestamptz, p_to timestamptz)
returns table (part_name text, moved bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
declare
    t jalon_engine.tracked;
    v_month timestamp;
begin
    select * into strict t from jalon_engine.tracked x where x.name = p_name;
    for v_month in select m
        from generate_series(date_trunc('month', p_from::timestamp), p_to::timestamp, interval '1 month') m loop
        return query select e.part_name, e.moved from jalon_history.ensure_month(t, v_month) e;
    end loop;
end
$$;
comment on function jalon_history.ensure_months(text, timestamptz, timestamptz) is 'Makes the monthly partitions of a '
'tracked table''s history over a period; returns those it made and how many rows moved into each.';

create or replace function jalon_history.detach_months(p_tracked text, p_before timestamptz)
returns table (part_name text, upper_bound timestamptz)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    v_history constant text := jalon_engine.history_of(t);
    v_kept constant text := format('%I.%I', t.history_schema, t.history_name || '_before');
    v_begins timestamptz;
    v_default text;
begin
    perform jalon_history.ensure_month(t, m) from jalon_history.stray_months(t.name) m;
    select max(m.upper_bound) into v_begins from jalon_history.months_of(v_history::regclass) m
    where m.upper_bound <= p_before and isfinite(m.lower_bound);
    if v_begins is null then
        return;
    end if;
    for part_name, upper_bound in
        select m.part_name, m.upper_bound from jalon_history.months_of(v_history::regclass) m
        where m.upper_bound <= v_begins order by m.upper_bound
    loop
        execute format('lock table %s in share mode', part_name);
    end loop;
    perform jalon_history.keep_stays(t, v_begins);
    select m.part_name into v_default from jalon_history.months_of(v_history::regclass) m where m.is_default;
    perform jalon_engine.take_locks(array_remove(array[v_history, v_default], null));
    for part_name, upper_bound in
        select m.part_name, m.upper_bound from jalon_history.months_of(v_history::regclass) m
        where m.upper_bound <= v_begins order by m.upper_bound, m.lower_bound desc
    loop
        execute format('alter table %s detach partition %s', v_history, part_name);
        if part_name = v_kept then
            part_name := format('%I.%I', t.history_schema, jalon_history.month_name(t.history_schema,
                t.history_name || '_b', upper_bound::timestamp));
            execute format('alter table %s rename to %I', v_kept, (parse_ident(part_name))[2]);
        end if;
        return next;
    end loop;
    execute format('alter table %I.%I rename to %I', t.history_schema, t.history_name || '_before_new',
        t.history_name || '_before');
    execute format('alter table %s attach partition %s for values from (minvalue) to (%L)', v_history, v_kept,
        v_begins);
    perform jalon_history.guard_history(v_kept::regclass, false);
end
$$;
comment on function jalon_history.detach_months(text, timestamptz) is
'Detaches the months of a history that ended before an instant, and says which; where records stood at its new '
'beginning stays.';

create or replace function jalon_history.keep_stays(p_tracked jalon_engine.tracked, p_begins timestamptz)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp set work_mem = '64MB'
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
    v_kept constant text := format('%I.%I', t.history_schema, t.history_name || '_before_new');
begin
    execute format('create table %s (like %s including all excluding indexes excluding identity)', v_kept,
        jalon_engine.history_of(t));
    execute format('comment on table %s is %L', v_kept, format('Where the records of %s stood when its history, whose '
        'older months were detached, begins: their last row before, as a beginning.', t.name));
    -- The last row of each record that had not ended: what it says of before is gone with the row before.
    execute (
        select jalon_engine.render($sql$
            insert into {kept} ({columns})
            select {values} from (
                select distinct on (h.{key}) h.* from {history} h where h.changed_at < $1
                order by h.{key}, h.changed_at desc, h.version desc
            ) h
            where not exists (select from jalon_history.deletion d where d.tracked = {name}
                and d.record_key = h.{key}::text and d.deleted_at >= h.changed_at and d.deleted_at < $1)$sql$,
        jsonb_build_object('kept', v_kept, 'history', jalon_engine.history_of(t), 'key', quote_ident(t.history_key),
            'name', quote_literal(t.name), 'columns', string_agg(quote_ident(a.attname), ', ' order by a.attnum),
            'values', string_agg(case when a.attname = 'kind' then '''backfill'''
                when a.attname = 'previous_changed_at' or a.attname like 'old\_%' then 'null'
                else 'h.' || quote_ident(a.attname) end, ', ' order by a.attnum)))
        from pg_catalog.pg_attribute a where a.attrelid = jalon_engine.history_of(t)::regclass and a.attnum > 0
            and not a.attisdropped and a.attgenerated = ''
    ) using p_begins;
end
$$;
comment on function jalon_history.keep_stays(jalon_engine.tracked, timestamptz) is
'Writes down where records stood at an instant, for the beginning of a history that loses what was before.';

create or replace function jalon_history.stray_months(p_tracked text)
returns setof timestamp
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC'
as $$
declare
    v_default constant text := (select m.part_name
        from jalon_history.months_of(jalon_engine.history_of(jalon_engine.tracked_of(p_tracked))::regclass) m
        where m.is_default);
begin
    if v_default is not null then
        return query execute format('select distinct date_trunc(''month'', changed_at::timestamp) from %s order by 1',
            v_default);
    end if;
end
$$;
comment on function jalon_history.stray_months(text) is
'The months of which rows lie in the default partition of a history.';

grant execute on function jalon_history.months_of(regclass),
    jalon_history.ensure_months(text, timestamptz, timestamptz),
jalon_history.ensure_months_of(jalon_engine.tracked, timestamp[]), jalon_history.detach_months(text, timestamptz),
jalon_history.stray_months(text) to jalon_owner;
