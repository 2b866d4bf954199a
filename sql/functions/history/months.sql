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
        (regexp_match(b.bound, 'FROM \(''([^'']+)''\)'))[1]::timestamptz,
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

create or replace function jalon_history.ensure_month(p_tracked jalon_engine.tracked, p_month timestamp)
returns table (part_name text, moved bigint)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s'
as $$
declare
    v_parent text := format('%I.%I', p_tracked.history_schema, p_tracked.history_name);
    v_from timestamptz := p_month at time zone 'UTC';
    v_to timestamptz := (p_month + interval '1 month') at time zone 'UTC';
    v_default text;
    v_has_strays boolean := false;
    v_columns text;
begin
    perform pg_advisory_xact_lock(1246317939, hashtext(p_tracked.name));
    if exists (select from jalon_history.months_of(v_parent::regclass) m
            where m.lower_bound < v_to and m.upper_bound > v_from) then
        return;
    end if;
    select m.part_name into v_default from jalon_history.months_of(v_parent::regclass) m where m.is_default;
    moved := 0;
    part_name := format('%I.%I', p_tracked.history_schema,
        jalon_history.month_name(p_tracked.history_schema, p_tracked.history_name, p_month));
    execute format('create table %s (like %s including all excluding indexes excluding identity)', part_name, v_parent);
    if v_default is not null then
        execute format('lock table %s in access exclusive mode', v_default);
        execute format('select exists (select from %s where changed_at >= $1 and changed_at < $2)', v_default)
            into v_has_strays using v_from, v_to;
    end if;
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
set search_path = pg_catalog, pg_temp set timezone = 'UTC' set lock_timeout = '5s'
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
begin
    for part_name, upper_bound in
        select m.part_name, m.upper_bound from jalon_history.months_of(jalon_engine.history_of(t)::regclass) m
        where m.upper_bound <= p_before order by m.upper_bound
    loop
        execute format('alter table %s detach partition %s', jalon_engine.history_of(t), part_name);
        return next;
    end loop;
end
$$;
comment on function jalon_history.detach_months(text, timestamptz) is
'Detaches the months of a history that ended before an instant, and says which.';

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
jalon_history.detach_months(text, timestamptz), jalon_history.stray_months(text) to jalon_owner;
