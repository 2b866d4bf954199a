-- How often each arrow was taken, per period.

create or replace function recap.transitions(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity', bucket text default null,
    time_zone text default 'UTC', language text default null
)
returns table (
    tracked_table text, column_name text, period timestamptz, from_code text, from_label text, to_code text, to_label text,
    changes bigint, records bigint, forced bigint, average_stay interval
)
language sql stable
set search_path = ''
as $$
    select c.tracked, c.column_name, date_trunc(transitions.bucket, c.changed_at, transitions.time_zone),
        c.old_code, coalesce(max(o.label), c.old_code), c.new_code, coalesce(max(n.label), c.new_code),
        count(*), count(distinct c.record_key), count(*) filter (where c.kind = 'force'), avg(c.changed_at - c.stay_began)
    from history.changes c
    cross join recap.language(transitions.language) r
    left join recap.codes o on o.category = c.category and o.code = c.old_code and o.language = r
    left join recap.codes n on n.category = c.category and n.code = c.new_code and n.language = r
    where c.changed_at >= transitions.since and c.changed_at < transitions.until and c.kind <> 'backfill'
      and (transitions.tracked is null or c.tracked = transitions.tracked)
    group by c.tracked, c.column_name, 3, c.old_code, c.new_code
    order by c.tracked, c.column_name, 3, max(o.position) nulls first, max(n.position) nulls last, c.old_code, c.new_code
$$;
comment on function recap.transitions(text, timestamptz, timestamptz, text, text, text) is 'Per arrow taken: how often, by how many records, how many of them forced, after what stay; per day, week, month, quarter or year where a bucket is given. From nothing is creation, to nothing deletion.';
revoke execute on function recap.transitions(text, timestamptz, timestamptz, text, text, text) from public;
grant execute on function recap.transitions(text, timestamptz, timestamptz, text, text, text) to jalon_bi, jalon_dba;
