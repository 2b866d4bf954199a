-- What is done again: codes that a record comes back to, and records that go back at once to where they were.

create or replace function jalon_recap.rework(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    case_type text default null, language text default null
)
returns table (
    tracked_table text, column_name text, code text, label text, records bigint, came_back bigint, share numeric,
    returns bigint
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
    v_language constant text := jalon_recap.language(rework.language);
    v record;
begin
    for v in select r.t, r.c from jalon_engine.recap_columns(rework.tracked) r loop
        return query execute format($sql$
            with visit as (
                select x.new_code as code, count(*) as visits
                from %1$s x
                where x.new_code is not null and x.changed_at >= $1 and x.changed_at < $2
                    and ($3 is null or x.case_type = $3)
                group by x.new_code, x.id, x.life
            ),
            summed as (
                select s.code, count(*) as records, count(*) filter (where s.visits > 1) as came_back,
                    sum(s.visits - 1)::bigint as returns
                from visit s group by s.code
            )
            select %2$L, %3$L, s.code, coalesce(l.label, s.code), s.records, s.came_back,
                round(s.came_back::numeric / s.records, 4), s.returns
            from summed s
            left join jalon_recap.codes l on l.category = %4$L and l.code = s.code and l.language = $4
            order by l.position, s.code$sql$,
            jalon_engine.steps_sql(v.t, v.c), (v.t).name, (v.c).column_name, (v.c).category)
        using rework.since, rework.until, rework.case_type, v_language;
    end loop;
end
$$;
comment on function jalon_recap.rework(text, timestamptz, timestamptz, text, text) is 'Per code: how many records came '
'to it in a period, how many of them more than once, what share that is, and how many times they came back in all.';
revoke execute on function jalon_recap.rework(text, timestamptz, timestamptz, text, text) from public;
grant execute on function jalon_recap.rework(text, timestamptz, timestamptz, text, text)
    to jalon_bi, jalon_bi_masked, jalon_dba;

create or replace function jalon_recap.ping_pong(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    case_type text default null, language text default null
)
returns table (
    tracked_table text, column_name text, code text, label text, other_code text, other_label text, times bigint,
    records bigint, median_seconds double precision
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
    v_language constant text := jalon_recap.language(ping_pong.language);
    v record;
begin
    for v in select r.t, r.c from jalon_engine.recap_columns(ping_pong.tracked) r loop
        return query execute format($sql$
            with turn as materialized (
                select s.new_code as code, s.old_code as other_code, s.id, s.life,
                    date_part('epoch', s.changed_at - s.left_at) as seconds
                from (
                    select x.id, x.life, x.old_code, x.new_code, x.changed_at, x.case_type,
                        lag(x.old_code) over w as came_from, lag(x.changed_at) over w as left_at
                    from %1$s x where x.changed_at < $2
                    window w as (partition by x.id, x.life order by x.changed_at, x.version)
                ) s
                where s.new_code = s.came_from and s.changed_at >= $1 and ($3 is null or s.case_type = $3)
            ),
            turned as (
                select r.code, r.other_code, sum(r.times)::bigint as times, count(*) as records
                from (select t.code, t.other_code, count(*) as times from turn t
                    group by t.code, t.other_code, t.id, t.life) r
                group by 1, 2
            ),
            middle as (
                select t.code, t.other_code, percentile_cont(0.5) within group (order by t.seconds) as seconds
                from turn t group by 1, 2
            )
            select %2$L, %3$L, t.code, coalesce(l.label, t.code), t.other_code, coalesce(o.label, t.other_code),
                t.times, t.records, m.seconds
            from turned t
            join middle m on m.code = t.code and m.other_code = t.other_code
            left join jalon_recap.codes l on l.category = %4$L and l.code = t.code and l.language = $4
            left join jalon_recap.codes o on o.category = %4$L and o.code = t.other_code and o.language = $4
            order by t.times desc, l.position, o.position, t.code, t.other_code$sql$,
            jalon_engine.steps_sql(v.t, v.c), (v.t).name, (v.c).column_name, (v.c).category)
        using ping_pong.since, ping_pong.until, ping_pong.case_type, v_language;
    end loop;
end
$$;
comment on function jalon_recap.ping_pong(text, timestamptz, timestamptz, text, text) is 'Per code and other code: how '
'often a record went from the one to the other and straight back in a period, how many records did, and how long they '
'were away.';
revoke execute on function jalon_recap.ping_pong(text, timestamptz, timestamptz, text, text) from public;
grant execute on function jalon_recap.ping_pong(text, timestamptz, timestamptz, text, text)
    to jalon_bi, jalon_bi_masked, jalon_dba;
