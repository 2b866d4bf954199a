-- How far records come: of those created in a period, how many reached each code, and how soon.

create or replace function jalon_recap.codes_of(category text, case_type text)
returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select array(
        select x.code from jalon_engine.rule r cross join lateral (values (r.from_code), (r.to_code)) x (code)
        where r.category = codes_of.category
          and r.case_type = jalon_engine.ruling_case_type(codes_of.category, codes_of.case_type)
        union
        select f.code from jalon_engine.referential f where f.category = codes_of.category and f.is_initial
          and not exists (select from jalon_engine.rule r
              where r.category = f.category
                and r.case_type = jalon_engine.ruling_case_type(f.category, codes_of.case_type)))
$$;
comment on function jalon_recap.codes_of(text, text) is
'The codes of a case type''s workflow; where it has no transitions, those that records begin with.';
revoke execute on function jalon_recap.codes_of(text, text) from public;
grant execute on function jalon_recap.codes_of(text, text) to jalon_bi, jalon_bi_masked, jalon_dba;

create or replace function jalon_recap.funnel(
    tracked text, since timestamptz default '-infinity', until timestamptz default 'infinity',
    case_type text default null, language text default null
)
returns table (
    column_name text, code text, label text, outcome text, reached bigint, share numeric, current_records bigint,
    median_time interval, median_seconds double precision
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_language constant text := jalon_recap.language(funnel.language);
    v record;
begin
    for v in select r.t, r.c from jalon_engine.recap_columns(funnel.tracked) r where funnel.tracked is not null
        order by (r.c).position loop
        return query execute format($sql$
            with born as materialized (
                select h.%1$I as id, h.changed_at as born_at
                from %2$I.%3$I h
                where h.%4$I is null and h.%5$I is not null and h.kind <> 'backfill' and h.changed_at >= $1
                    and h.changed_at < $2
                  and ($3 is null or %6$s = $3)
            ),
            step as (
                select h.%5$I::text as code, b.id, min(h.changed_at) - b.born_at as after
                from born b
                join %2$I.%3$I h on h.%1$I = b.id and h.changed_at >= b.born_at
                where h.changed_at >= $1 and h.%4$I is distinct from h.%5$I and h.%5$I is not null
                group by 1, b.id, b.born_at
            ),
            summed as (
                select x.code, count(*) as reached, count(s.%7$I) as current_records,
                    percentile_cont(0.5) within group (order by date_part('epoch', x.after)) as middle
                from step x
                left join %8$s s on s.%7$I = x.id and s.%9$I::text = x.code
                group by x.code
            )
            select %9$L, l.code, l.label, l.outcome, coalesce(s.reached, 0),
                round(coalesce(s.reached, 0)::numeric / nullif((select count(distinct b.id) from born b), 0), 4),
                coalesce(s.current_records, 0), justify_hours(make_interval(secs => s.middle)), s.middle
            from jalon_recap.codes l
            left join summed s on s.code = l.code
            where l.category = %10$L and l.language = $4
                and ($3 is null or s.reached > 0 or l.code = any (jalon_recap.codes_of(%10$L, $3)))
            order by l.position, l.code$sql$,
            (v.t).history_key, (v.t).history_schema, (v.t).history_name, 'old_' || (v.c).column_name,
            'new_' || (v.c).column_name, jalon_engine.case_type_sql(v.t, 'h'), (v.t).key_column,
            jalon_engine.live_rows_sql(v.t), (v.c).column_name, (v.c).category)
        using funnel.since, funnel.until, funnel.case_type, v_language;
    end loop;
end
$$;
comment on function jalon_recap.funnel(text, timestamptz, timestamptz, text, text) is 'Of the records created in a '
'period: how many reached each code, what share that is, how many stand there now, and the median time it took.';
revoke execute on function jalon_recap.funnel(text, timestamptz, timestamptz, text, text) from public;
grant execute on function jalon_recap.funnel(text, timestamptz, timestamptz, text, text)
    to jalon_bi, jalon_bi_masked, jalon_dba;
