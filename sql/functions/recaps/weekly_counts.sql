-- How many records stood where at the week's end, and at its start: less what entered
-- during the week, and what departed.
-- So it reads the week itself, and for its end what the as-of functions read, however old the week is.

create or replace function jalon_recap.weekly_counts(
    week text default null, time_zone text default 'UTC', language text default null, tracked text default null
)
returns table (
    tracked_table text, column_name text, code text, label text, color text, outcome text,
    at_start bigint, entered bigint, departed bigint, at_end bigint
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_from timestamptz;
    v_until timestamptz;
    v_language text := jalon_recap.language(weekly_counts.language);
begin
    select b.starts_at, b.ends_at into v_from, v_until
    from jalon_recap.week_bounds(weekly_counts.week, weekly_counts.time_zone) b;
    return query
    with moved as (
        select c.tracked, c.column_name, x.code, count(*) filter (where x.is_new) as entered,
            count(*) filter (where not x.is_new) as departed
        from jalon_history.changes c
        cross join lateral (values (c.old_code, false), (c.new_code, true)) x (code, is_new)
        where c.changed_at >= v_from and c.changed_at < v_until and x.code is not null
          and (weekly_counts.tracked is null or c.tracked = weekly_counts.tracked)
        group by 1, 2, 3
    ),
    counted as (
        select coalesce(s.tracked_table, m.tracked) as tracked, coalesce(s.column_name, m.column_name) as column_name,
            coalesce(s.code, m.code) as code,
            coalesce(s.records, 0) as at_end, coalesce(m.entered, 0) as entered, coalesce(m.departed, 0) as departed
        from jalon_history.counts_at(v_until - interval '1 microsecond', weekly_counts.tracked) s
        full join moved m on m.tracked = s.tracked_table and m.column_name = s.column_name and m.code = s.code
    )
    select h.tracked, h.column_name, l.code,
        -- Two codes that are called alike carry their code.
        l.label || case when count(*) over (partition by h.tracked, h.column_name, l.label) > 1
            then ' (' || l.code || ')' else '' end,
        l.color, l.outcome,
        coalesce(c.at_end - c.entered + c.departed, 0)::bigint, coalesce(c.entered, 0)::bigint,
        coalesce(c.departed, 0)::bigint, coalesce(c.at_end, 0)::bigint
    from jalon_history.tracked_columns h
    join jalon_recap.codes l on l.category = h.category and l.language = v_language
    left join counted c on c.tracked = h.tracked and c.column_name = h.column_name and c.code = l.code
    where (weekly_counts.tracked is null or h.tracked = weekly_counts.tracked)
      and (l.is_active or c.at_end <> 0 or c.entered <> 0 or c.departed <> 0)
    order by h.tracked, h.position, l.position, l.code;
end
$$;
comment on function jalon_recap.weekly_counts(text, text, text, text) is 'Per code: how many records stood there '
'at the start of an ISO week, entered and departed during it, stood there at its end.';
revoke execute on function jalon_recap.weekly_counts(text, text, text, text) from public;
grant execute on function jalon_recap.weekly_counts(text, text, text, text) to jalon_bi, jalon_bi_masked, jalon_dba;
