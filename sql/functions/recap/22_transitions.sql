-- How often each arrow was taken, per period.

create or replace function recap.transitions(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity', bucket text default null,
    time_zone text default 'UTC', language text default null, case_type text default null
)
returns table (
    tracked_table text, column_name text, period timestamptz, from_code text, from_label text, to_code text, to_label text,
    changes bigint, records bigint, forced bigint, average_stay interval
)
language sql stable
set search_path = ''
as $$
    with taken as (
        select c.tracked, c.column_name, c.category, date_trunc(transitions.bucket, c.changed_at, transitions.time_zone) as period,
            c.old_code, c.new_code, count(*) as changes, count(distinct c.record_key) as records,
            count(*) filter (where c.kind = 'force') as forced, avg(c.changed_at - c.stay_began) as average_stay
        from history.changes c
        where c.changed_at >= transitions.since and c.changed_at < transitions.until and c.kind <> 'backfill'
          and (transitions.tracked is null or c.tracked = transitions.tracked)
          and (transitions.case_type is null or c.case_type = transitions.case_type)
        group by c.tracked, c.column_name, c.category, 4, c.old_code, c.new_code
    )
    select t.tracked, t.column_name, t.period, t.old_code, coalesce(o.label, t.old_code), t.new_code, coalesce(n.label, t.new_code),
        t.changes, t.records, t.forced, justify_hours(t.average_stay)
    from taken t
    cross join recap.language(transitions.language) r
    left join recap.codes o on o.category = t.category and o.code = t.old_code and o.language = r
    left join recap.codes n on n.category = t.category and n.code = t.new_code and n.language = r
    order by t.tracked, t.column_name, t.period, o.position nulls first, n.position nulls last, t.old_code, t.new_code
$$;
comment on function recap.transitions(text, timestamptz, timestamptz, text, text, text, text) is 'Per arrow taken: how often, by how many records, how many of them forced, after what stay; per day, week, month, quarter or year where a bucket is given. From nothing is creation, to nothing deletion.';
revoke execute on function recap.transitions(text, timestamptz, timestamptz, text, text, text, text) from public;
grant execute on function recap.transitions(text, timestamptz, timestamptz, text, text, text, text) to jalon_bi, jalon_dba;
