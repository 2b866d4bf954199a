-- Who passes work on to whom: two changes of a record, one after the other, by different actors.

create or replace function jalon_recap.handovers(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    case_type text default null
)
returns table (
    tracked_table text, column_name text, from_actor text, to_actor text, times bigint, records bigint,
    median_seconds double precision
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
    v record;
begin
    for v in select r.t, r.c from jalon_engine.recap_columns(handovers.tracked) r loop
        return query execute format($sql$
            with handover as materialized (
                select s.passed_by, s.changed_by, s.id, s.life,
                    date_part('epoch', s.changed_at - s.passed_at) as seconds
                from (
                    select x.id, x.life, x.changed_by, x.changed_at, x.case_type, lag(x.changed_by) over w as passed_by,
                        lag(x.changed_at) over w as passed_at
                    from %1$s x where x.changed_at < $2
                    window w as (partition by x.id, x.life order by x.changed_at, x.version)
                ) s
                where s.passed_by <> s.changed_by and s.changed_at >= $1 and ($3 is null or s.case_type = $3)
            ),
            counted as (
                select r.passed_by, r.changed_by, sum(r.times)::bigint as times, count(*) as records
                from (select h.passed_by, h.changed_by, count(*) as times from handover h
                    group by h.passed_by, h.changed_by, h.id, h.life) r
                group by 1, 2
            ),
            middle as (
                select h.passed_by, h.changed_by, percentile_cont(0.5) within group (order by h.seconds) as seconds
                from handover h group by 1, 2
            )
            select %2$L, %3$L, c.passed_by, c.changed_by, c.times, c.records, m.seconds
            from counted c
            join middle m on m.passed_by = c.passed_by and m.changed_by = c.changed_by
            order by c.times desc, c.passed_by, c.changed_by$sql$,
            jalon_engine.steps_sql(v.t, v.c), (v.t).name, (v.c).column_name)
        using handovers.since, handovers.until, handovers.case_type;
    end loop;
end
$$;
comment on function jalon_recap.handovers(text, timestamptz, timestamptz, text) is 'Per pair of actors: how often the '
'second changed a record next after the first in a period, how many records, and how long it lay between.';
revoke execute on function jalon_recap.handovers(text, timestamptz, timestamptz, text) from public;
grant execute on function jalon_recap.handovers(text, timestamptz, timestamptz, text) to jalon_bi, jalon_dba;
