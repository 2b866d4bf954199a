-- How many records stood where at the week's start and end: what stands now, less what changed since. So it reads the
-- table and the months from that week on, whatever the log holds before.

create or replace function recap.weekly_counts(
    week text default null, time_zone text default 'UTC', language text default null, tracked text default null
)
returns table (
    tracked_table text, column_name text, code text, label text, color text, outcome text,
    at_start bigint, entered bigint, departed bigint, at_end bigint
)
language plpgsql stable
set search_path = ''
as $$
#variable_conflict use_column
declare
    v_from timestamptz;
    v_until timestamptz;
    v_language text := recap.language(weekly_counts.language);
begin
    select b.starts_at, b.ends_at into v_from, v_until from recap.week_bounds(weekly_counts.week, weekly_counts.time_zone) b;
    return query
    with moved as (
        select c.tracked, c.column_name, c.old_code, c.new_code, c.changed_at < v_until as is_within, count(*) as records
        from history.changes c
        where c.changed_at >= v_from and (weekly_counts.tracked is null or c.tracked = weekly_counts.tracked)
        group by 1, 2, 3, 4, 5
    ),
    tally as (
        select s.tracked, s.column_name, s.code, count(*) as now, 0::numeric as entered, 0::numeric as departed, 0::numeric as since
        from history.standing s
        where weekly_counts.tracked is null or s.tracked = weekly_counts.tracked
        group by 1, 2, 3
        union all
        select m.tracked, m.column_name, x.code, 0, sum(m.records) filter (where m.is_within and x.is_new),
            sum(m.records) filter (where m.is_within and not x.is_new), sum(case when m.is_within then 0 when x.is_new then m.records else -m.records end)
        from moved m
        cross join lateral (values (m.old_code, false), (m.new_code, true)) x (code, is_new)
        where x.code is not null
        group by 1, 2, 3
    ),
    counted as (
        select t.tracked, t.column_name, t.code, sum(t.now) - coalesce(sum(t.since), 0) as at_end,
            coalesce(sum(t.entered), 0) as entered, coalesce(sum(t.departed), 0) as departed
        from tally t group by 1, 2, 3
    )
    select h.tracked, h.column_name, l.code, l.label, l.color, l.outcome,
        coalesce(c.at_end - c.entered + c.departed, 0)::bigint, coalesce(c.entered, 0)::bigint, coalesce(c.departed, 0)::bigint, coalesce(c.at_end, 0)::bigint
    from history.tracked_columns h
    join recap.codes l on l.category = h.category and l.language = v_language
    left join counted c on c.tracked = h.tracked and c.column_name = h.column_name and c.code = l.code
    where (weekly_counts.tracked is null or h.tracked = weekly_counts.tracked)
      and (l.is_active or c.at_end <> 0 or c.entered <> 0 or c.departed <> 0)
    order by h.tracked, h.position, l.position, l.code;
end
$$;
comment on function recap.weekly_counts(text, text, text, text) is 'Per code: how many records stood there at the start of an ISO week, entered and departed during it, stood there at its end.';
revoke execute on function recap.weekly_counts(text, text, text, text) from public;
grant execute on function recap.weekly_counts(text, text, text, text) to jalon_bi, jalon_dba;
