-- The keys of what is somebody's work, of all tracked tables: what waits for them, what is overdue, what is theirs,
-- what changed of theirs since they last looked, and their drafts. Of each table no more is read than a page shows, in
-- the order of an index.

create or replace function jalon_engine.work_branches(
    p_tracked jalon_engine.tracked, p_section text, p_actor text, p_roles text[], p_sight text, p_looked timestamptz
)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_first constant text := jalon_engine.first_column(p_tracked.name);
    v_codes text;
begin
    if p_section = 'waiting' then
        return array(select format('%s and (%s)', jalon_engine.code_is_sql(p_tracked, b.column_name, b.code),
            b.condition) from jalon_engine.waiting_branches(p_tracked, p_actor, p_roles, p_sight) b);
    elsif p_section = 'overdue' then
        return array(select format('%s and %s', jalon_engine.code_is_sql(p_tracked, b.column_name, b.code),
            b.condition) from jalon_engine.overdue_branches(p_tracked, p_actor, p_roles, p_sight) b);
    elsif p_section = 'changed' then
        return array(select format('%s and x.status_changed_at > %L', m, p_looked)
            from unnest(jalon_engine.mine_sql(p_tracked, p_actor)) m);
    end if;
    select string_agg(quote_literal(f.code), ', ') into v_codes
    from jalon_engine.referential f
    join jalon_engine.tracked_column c on c.category = f.category and c.tracked = p_tracked.name
        and c.column_name = v_first
    where case p_section when 'drafts' then f.is_initial and f.outcome = 'open' else f.is_final end;
    return array(
        select case
            when p_section = 'drafts' then format('%s and %s in (%s)', m,
                jalon_engine.text_sql(p_tracked, v_first, 'x'), v_codes)
            else m || coalesce(format(' and coalesce(%s not in (%s), true)',
                jalon_engine.text_sql(p_tracked, v_first, 'x'), v_codes), '') end
        from unnest(jalon_engine.mine_sql(p_tracked, p_actor)) m
        where p_section <> 'drafts' or v_codes is not null);
end
$$;
comment on function jalon_engine.work_branches(jalon_engine.tracked, text, text, text[], text, timestamptz) is
'Conditions on rows x of a tracked table, one of which is true of what belongs to a section of somebody''s work.';

create or replace function jalon_engine.work_keys(
    p_section text, p_caller jsonb, p_roles text[], p_looked timestamptz, p_limit integer
)
returns table (tracked text, record_key text, changed_at timestamptz, changed_by text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_order constant text := case when p_section in ('waiting', 'overdue') then 'asc' else 'desc' end;
    v_actor constant text := p_caller ->> 'actor';
    t jalon_engine.tracked;
    v_sight text;
    v_branches text[];
begin
    for t in select x.* from jalon_engine.tracked x where jalon_engine.table_of(x) is not null order by x.name loop
        -- Rows that only a resolver lets be seen are left out where it has to be asked row by row.
        v_sight := case when jalon_engine.can_read_all(t.name, p_caller) then 'true'
            when jalon_engine.asks_each_row(t) then 'false' else '(' || jalon_engine.visible_rows_sql(t) || ')' end;
        v_branches := jalon_engine.work_branches(t, p_section, v_actor, p_roles, v_sight, p_looked);
        if v_branches <> '{}' then
            return query
            with found as materialized (
                select r ->> 'key' as key, (r ->> 'at')::timestamptz as at
                from jalon_engine.rows_as_mover((
                    select format('select b.key, min(b.at) as at from (%s) b group by b.key order by at %s limit %s',
                        string_agg(format('(select format(''%%s'', x.%I) as key, x.status_changed_at as at from %s x '
                            'where %s order by x.status_changed_at %s limit %s)', t.key_column,
                            jalon_engine.table_of(t), w, v_order, p_limit), ' union all '), v_order, p_limit)
                    from unnest(v_branches) w),
                    case when v_sight in ('true', 'false') then '{}'
                        else jalon_engine.visible_rows_values(t, p_caller, p_roles) end) r
            )
            select t.name, f.key, f.at, a.changed_by from found f
            left join jalon_engine.last_actors(t,
                array(select g.key from found g where p_section = 'changed' order by g.key),
                array(select g.at from found g where p_section = 'changed' order by g.key)) a on a.record_key = f.key
            -- What I did myself is no news to me.
            where p_section <> 'changed' or a.changed_by is distinct from v_actor;
        end if;
    end loop;
end
$$;
comment on function jalon_engine.work_keys(text, jsonb, text[], timestamptz, integer) is
'Keys of what belongs to a section of the caller''s work, of each table so many at most, and since when they are so.';

create or replace function jalon_engine.last_actors(
    p_tracked jalon_engine.tracked, p_keys text[], p_times timestamptz[]
)
returns table (record_key text, changed_by text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_keys <> '{}' and to_regclass(jalon_engine.history_of(p_tracked)) is not null then
        -- The time leads to one month of the history. Without it each month would be asked for each record.
        return query execute format('select k.key, (select h.changed_by from %s h where h.%I = k.key::%s '
            'and h.changed_at = k.at order by h.version desc limit 1) from unnest($1, $2) k (key, at)',
            jalon_engine.history_of(p_tracked), p_tracked.history_key, p_tracked.key_type) using p_keys, p_times;
    end if;
end
$$;
comment on function jalon_engine.last_actors(jalon_engine.tracked, text[], timestamptz[]) is
'Who changed each of some records last, which is when its status changed.';
