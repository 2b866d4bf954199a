-- How long records stay where. Stays that ended are rows of history that know when they began; stays that last are what
-- stands now. Each is clipped to the period, so that the times of neighbouring periods add up.

create or replace function recap.time_in_status(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity', case_type text default null,
    language text default null
)
returns table (
    tracked_table text, column_name text, code text, label text, stays bigint, records bigint, lasting bigint,
    total interval, average interval, median interval, p90 interval, longest interval
)
language sql stable
set search_path = ''
as $$
    with stay as (
        select c.tracked, c.column_name, c.category, c.old_code as code, c.record_key, c.stay_began as began, c.changed_at as ended, false as lasts
        from history.changes c
        where c.changed_at > time_in_status.since and c.stay_began < least(time_in_status.until, now())
          and (time_in_status.tracked is null or c.tracked = time_in_status.tracked)
          and (time_in_status.case_type is null or c.case_type = time_in_status.case_type)
        union all
        select s.tracked, s.column_name, s.category, s.code, s.record_key, s.entered_at, now(), true
        from history.standing s
        where s.entered_at < least(time_in_status.until, now())
          and (time_in_status.tracked is null or s.tracked = time_in_status.tracked)
          and (time_in_status.case_type is null or s.case_type = time_in_status.case_type)
    ),
    summed as (
        select s.tracked, s.column_name, s.category, s.code, count(*) as stays, count(distinct s.record_key) as records,
            count(*) filter (where s.lasts) as lasting, sum(c.stayed) as total, avg(c.stayed) as average,
            percentile_cont(array[0.5, 0.9]) within group (order by c.stayed) as middle, max(c.stayed) as longest
        from stay s
        cross join lateral (select least(s.ended, time_in_status.until) - greatest(s.began, time_in_status.since) as stayed) c
        group by s.tracked, s.column_name, s.category, s.code
    )
    select s.tracked, s.column_name, s.code, coalesce(l.label, s.code), s.stays, s.records, s.lasting,
        justify_hours(s.total), justify_hours(s.average), justify_hours(s.middle[1]), justify_hours(s.middle[2]), s.longest
    from summed s
    left join recap.codes l on l.category = s.category and l.code = s.code and l.language = recap.language(time_in_status.language)
    order by s.tracked, s.column_name, l.position, s.code
$$;
comment on function recap.time_in_status(text, timestamptz, timestamptz, text, text) is 'Per code: how many stays, how long in all, on average, in the middle, of nine in ten and at the longest, within a period; for all tracked tables or one, for all case types or one.';
revoke execute on function recap.time_in_status(text, timestamptz, timestamptz, text, text) from public;
grant execute on function recap.time_in_status(text, timestamptz, timestamptz, text, text) to jalon_bi, jalon_dba;
