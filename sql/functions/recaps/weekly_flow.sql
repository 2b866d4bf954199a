-- Who came into the pipe and who left it. In the pipe is a record whose status proper is neither done nor dropped.

create or replace function jalon_recap.weekly_flow(
    week text default null, time_zone text default 'UTC', language text default null, tracked text default null
)
returns table (
    tracked_table text, movement text, record_key text, code text, label text, changed_at timestamptz,
    local_time timestamp, changed_by text, reason text, case_type text
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_from timestamptz;
    v_until timestamptz;
    v_language text := jalon_recap.language(weekly_flow.language);
begin
    select b.starts_at, b.ends_at into v_from, v_until
    from jalon_recap.week_bounds(weekly_flow.week, weekly_flow.time_zone) b;
    return query
    with label as materialized (
        select l.category, l.code, l.label, l.is_running from jalon_recap.codes l where l.language = v_language
    ),
    change as (
        select c.tracked, c.record_key, c.new_code, c.category, c.changed_at, c.version,
            c.changed_by, c.reason, c.case_type,
            case when c.kind = 'backfill' then coalesce(n.is_running, false) else coalesce(o.is_running, false)
                end as was_in, coalesce(n.is_running, false) as is_in, coalesce(n.label, c.new_code) as label
        from jalon_history.changes c
        join jalon_history.tracked_columns h on h.tracked = c.tracked and h.column_name = c.column_name
            and h.position = 1
        left join label o on o.category = c.category and o.code = c.old_code
        left join label n on n.category = c.category and n.code = c.new_code
        where c.changed_at >= v_from and c.changed_at < v_until
          and (weekly_flow.tracked is null or c.tracked = weekly_flow.tracked)
    ),
    net as (
        select c.tracked, c.record_key,
            (array_agg(c.was_in order by c.changed_at, c.version))[1] as began_in,
            (array_agg(c.is_in order by c.changed_at desc, c.version desc))[1] as ended_in,
            bool_or(c.is_in) as was_ever_in
        from change c group by 1, 2
    ),
    crossing as (
        select n.tracked, n.record_key,
            case when n.ended_in then 'entered' when n.began_in then 'left' else 'passed' end as movement, n.ended_in
        from net n where n.began_in <> n.ended_in or (not n.began_in and n.was_ever_in)
    ),
    last_over as (
        -- the change that took the record over the line, in or out, for the last time that week
        select distinct on (c.tracked, c.record_key, c.is_in) c.*
        from change c
        where c.was_in <> c.is_in
        order by c.tracked, c.record_key, c.is_in, c.changed_at desc, c.version desc
    )
    select x.tracked, x.movement, x.record_key, l.new_code, l.label, l.changed_at,
        l.changed_at at time zone weekly_flow.time_zone, l.changed_by, l.reason, l.case_type
    from crossing x
    join last_over l on l.tracked = x.tracked and l.record_key = x.record_key and l.is_in = x.ended_in
    order by x.tracked, x.movement, l.changed_at, x.record_key;
end
$$;
comment on function jalon_recap.weekly_flow(text, text, text, text) is 'Records that entered the pipe during an ISO '
'week, left it, or passed through it (in and out again), each with the change that decided.';
revoke execute on function jalon_recap.weekly_flow(text, text, text, text) from public;
grant execute on function jalon_recap.weekly_flow(text, text, text, text) to jalon_bi, jalon_dba;
