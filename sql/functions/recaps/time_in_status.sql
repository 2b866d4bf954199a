-- How long records stay where. Stays that ended are rows of history that know when they began; stays that last are what
-- stands now. Each is clipped to the period, so that the times of neighbouring periods add up.

create or replace function jalon_recap.time_in_status(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    case_type text default null, language text default null
)
returns table (
    tracked_table text, column_name text, code text, label text, stays bigint, records bigint, lasting bigint,
    total interval, average interval, median interval, p90 interval, longest interval
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_language constant text := jalon_recap.language(time_in_status.language);
    v_is_whole constant boolean := not isfinite(time_in_status.since);
    v record;
begin
    -- A stay that ended is a change, one that lasts is a record; where nothing changed within the period,
    -- it lasts since its beginning.
    for v in select r.t, r.c from jalon_engine.recap_columns(time_in_status.tracked) r loop
        return query execute format($sql$
            with change as materialized (%1$s),
            stay as (
                select x.old_code as code, x.id, x.began, x.changed_at as ended, false as lasts from change x
                where x.old_code is not null and x.changed_at > $1 and ($3 is null or x.case_type = $3)
                union all
                select s.%2$I::text, s.%3$I, %4$s, now(), true from %5$s
                where s.%2$I is not null and ($3 is null or %6$s = $3)
            ),
            clipped as (
                select s.code, s.id, s.lasts, least(s.ended, $4) - greatest(s.began, $1) as stayed from stay s
                where s.began < least($4, now())
            ),
            summed as (
                select x.code, count(*) as stays, count(distinct x.id) as records,
                    count(*) filter (where x.lasts) as lasting, sum(x.stayed) as total,
                    avg(x.stayed) as average,
                    percentile_cont(array[0.5, 0.9]) within group (order by date_part('epoch', x.stayed)) as middle,
                    max(x.stayed) as longest
                from clipped x group by x.code
            )
            select %7$L, %2$L, s.code, coalesce(l.label, s.code), s.stays, s.records, s.lasting, justify_hours(s.total),
                justify_hours(s.average), justify_hours(make_interval(secs => s.middle[1])),
                justify_hours(make_interval(secs => s.middle[2])), s.longest
            from summed s
            left join jalon_recap.codes l on l.category = %8$L and l.code = s.code and l.language = $5
            order by l.position, s.code$sql$,
            jalon_engine.changes_sql(v.t, v.c, v_is_whole), (v.c).column_name, (v.t).key_column,
            case when jalon_engine.is_plain(v.t) then 's.status_changed_at'
                when v_is_whole then 'coalesce(l.entered_at, s.status_changed_at)'
                else 'coalesce(l.entered_at, least($1, s.status_changed_at))' end,
            (jalon_engine.live_rows_sql(v.t) || ' s') || case when jalon_engine.is_plain(v.t) then '' else format(
                ' left join (select x.id, max(x.changed_at) as entered_at from change x where x.new_code is not null '
                'group by x.id) l on l.id = s.%I', (v.t).key_column) end,
            jalon_engine.case_type_sql(v.t, 's'), (v.t).name, (v.c).category)
        using time_in_status.since, 'infinity'::timestamptz, time_in_status.case_type, time_in_status.until, v_language;
    end loop;
end
$$;
comment on function jalon_recap.time_in_status(text, timestamptz, timestamptz, text, text) is
'Per code: how many stays, how long in all, on average, in the middle, of nine in ten and at the longest, within '
'a period; for all tracked tables or one, for all case types or one.';
revoke execute on function jalon_recap.time_in_status(text, timestamptz, timestamptz, text, text) from public;
grant execute on function jalon_recap.time_in_status(text, timestamptz, timestamptz, text, text) to jalon_bi, jalon_dba;
