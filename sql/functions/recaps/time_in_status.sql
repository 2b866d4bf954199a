-- How long records stay where. Stays that ended are rows of history that know when they began; stays that last are what
-- stands now. Each is clipped to the period, so that the times of neighbouring periods add up.
-- They are read twice: added up per record and then per code, in parallel, and sorted by their length, for each code by
-- itself. Distinct records by a sort, or a sort by code before that by length, take several times as long.

create or replace function jalon_engine.plain_stays_sql(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_since timestamptz, p_until timestamptz
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Of one status column each row is the end of a stay. One query a kind of end, without another around them: what is
    -- asked of each of many millions of rows counts.
    select jalon_engine.render($sql$(
            select h.{old}::text as code, h.{key} as id, false as lasts, {until_change} - {since_change} as stayed
            from {history} h
            where h.{old} is not null and h.changed_at > $1 and h.previous_changed_at < $6 and $3 is null
            union all
            select h.{new}::text, h.{key}, false, {until_deletion} - {since_row} from {deleted}
            where d.tracked = {name} and d.record_key is not null and d.deleted_at > $1 and h.changed_at < $6
                and h.{new} is not null and $3 is null
            union all
            select s.codes[1], s.record_key::{key_type}, true, {until_now} - {since_entry}
            from jalon_history.states_now({name}) s
            where s.codes[1] is not null and s.entered_at < $6 and $3 is null
        )$sql$, jsonb_build_object('old', quote_ident('old_' || p_column.column_name),
        'new', quote_ident('new_' || p_column.column_name), 'key', quote_ident(p_tracked.history_key),
        'key_type', p_tracked.key_type, 'history', jalon_engine.history_of(p_tracked),
        'deleted', jalon_engine.deleted_rows_sql(p_tracked), 'name', quote_literal(p_tracked.name))
        || (select jsonb_object_agg('since_' || c.name,
                case when isfinite(p_since) then format('greatest(%s, $1)', c.at) else c.at end)
            from (values ('change', 'h.previous_changed_at'), ('row', 'h.changed_at'), ('entry', 's.entered_at'))
                c (name, at))
        || (select jsonb_object_agg('until_' || c.name,
                case when isfinite(p_until) then format('least(%s, $4)', c.at) else c.at end)
            from (values ('change', 'h.changed_at'), ('deletion', 'd.deleted_at'), ('now', 'now()')) c (name, at)))
$$;
comment on function jalon_engine.plain_stays_sql(jalon_engine.tracked, jalon_engine.tracked_column, timestamptz,
    timestamptz) is 'SQL of the stays of the only status column of a table without case types, as stays_sql.';

create or replace function jalon_engine.stays_sql(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_is_whole boolean
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A stay that ended is a change, one that lasts is a record; where nothing changed within the period,
    -- it lasts since its beginning.
    select jalon_engine.render($sql$(
            with change as materialized ({changes})
            select s.code, s.id, s.lasts, least(s.ended, $4) - greatest(s.began, $1) as stayed
            from (
                select x.old_code as code, x.id, x.began, x.changed_at as ended, false as lasts from change x
                where x.old_code is not null and x.changed_at > $1 and ($3 is null or x.case_type = $3)
                union all
                select s.codes[{position}], s.record_key::{key_type}, {began}, now(), true
                from jalon_history.states_now({name}) s
                left join (select x.id, max(x.changed_at) as entered_at from change x where x.new_code is not null
                    group by x.id) l on l.id = s.record_key::{key_type}
                where s.codes[{position}] is not null and ($3 is null or s.case_type = $3)
            ) s
            where s.began < $6
        )$sql$, jsonb_build_object('changes', jalon_engine.changes_sql(p_tracked, p_column, p_is_whole),
        'position', p_column.position, 'key_type', p_tracked.key_type, 'name', quote_literal(p_tracked.name),
        'began', case when p_is_whole then 'coalesce(l.entered_at, s.entered_at)'
            else 'coalesce(l.entered_at, least($1, s.entered_at))' end))
$$;
comment on function jalon_engine.stays_sql(jalon_engine.tracked, jalon_engine.tracked_column, boolean) is
'SQL of the stays of one column from $1, of case type $3, that began before $6, clipped to $1 and $4.';

create or replace function jalon_engine.time_in_status(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_since timestamptz, p_until timestamptz,
    p_case_type text, p_language text
)
returns table (
    code text, label text, stays bigint, records bigint, lasting bigint, total interval, average interval,
    median interval, p90 interval, longest interval
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
declare
    v_stays constant text := case when jalon_engine.has_single_column(p_tracked)
        then jalon_engine.plain_stays_sql(p_tracked, p_column, p_since, p_until)
        else jalon_engine.stays_sql(p_tracked, p_column, not isfinite(p_since)) end;
    v_sums text;
    v_middles text;
begin
    execute format($sql$
        select string_agg(format('(%%L, %%s::bigint, %%s::bigint, %%s::bigint, %%L::interval, %%L::interval, %%s)',
                s.code, s.stays, s.records, s.lasting, s.total, s.longest, s.place), ', '),
            string_agg(format('percentile_cont(array[0.5, 0.9]) within group (order by date_part(''epoch'', x.stayed)) '
                'filter (where x.code = %%L)', s.code), ', ' order by s.place)
        from (
            select r.code, sum(r.stays) as stays, count(*) as records, sum(r.lasting) as lasting, sum(r.total) as total,
                max(r.longest) as longest, row_number() over (order by r.code) as place
            from (
                select x.code, x.id, count(*) as stays, count(*) filter (where x.lasts) as lasting,
                    sum(x.stayed) as total, max(x.stayed) as longest
                from %1$s x group by x.code, x.id
            ) r
            group by r.code
        ) s$sql$, v_stays)
    into v_sums, v_middles
    using p_since, 'infinity'::timestamptz, p_case_type, p_until, p_language, least(p_until, now());
    if v_sums is null then
        return;
    end if;
    return query execute format($sql$
        select s.code, coalesce(l.label, s.code), s.stays, s.records, s.lasting, justify_hours(s.total),
            justify_hours(s.total / s.stays), justify_hours(make_interval(secs => m.middles[s.place][1])),
            justify_hours(make_interval(secs => m.middles[s.place][2])), s.longest
        from (values %2$s) s (code, stays, records, lasting, total, longest, place)
        cross join (select array[%3$s] as middles from %1$s x) m
        left join jalon_recap.codes l on l.category = %4$L and l.code = s.code and l.language = $5
        order by l.position, s.code$sql$, v_stays, v_sums, v_middles, p_column.category)
    using p_since, 'infinity'::timestamptz, p_case_type, p_until, p_language, least(p_until, now());
end
$$;
comment on function jalon_engine.time_in_status(jalon_engine.tracked, jalon_engine.tracked_column, timestamptz,
    timestamptz, text, text) is 'The rows of jalon_recap.time_in_status for one status column.';

create or replace function jalon_recap.time_in_status(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    case_type text default null, language text default null
)
returns table (
    tracked_table text, column_name text, code text, label text, stays bigint, records bigint, lasting bigint,
    total interval, average interval, median interval, p90 interval, longest interval,
    total_seconds double precision, average_seconds double precision, median_seconds double precision,
    p90_seconds double precision, longest_seconds double precision
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select (r.t).name, (r.c).column_name, s.code, s.label, s.stays, s.records, s.lasting, s.total, s.average, s.median,
        s.p90, s.longest, date_part('epoch', s.total), date_part('epoch', s.average), date_part('epoch', s.median),
        date_part('epoch', s.p90), date_part('epoch', s.longest)
    from jalon_engine.recap_columns(time_in_status.tracked) r
    cross join lateral jalon_engine.time_in_status(r.t, r.c, time_in_status.since, time_in_status.until,
        time_in_status.case_type, jalon_recap.language(time_in_status.language)) s
$$;
comment on function jalon_recap.time_in_status(text, timestamptz, timestamptz, text, text) is
'Per code: how many stays, how long in all, on average, in the middle, of nine in ten and at the longest, within '
'a period; for all tracked tables or one, for all case types or one.';
revoke execute on function jalon_recap.time_in_status(text, timestamptz, timestamptz, text, text) from public;
grant execute on function jalon_recap.time_in_status(text, timestamptz, timestamptz, text, text)
    to jalon_bi, jalon_bi_masked, jalon_dba;
