-- Which ways records take: the codes of each life in their order, and how many lives took the same.

create or replace function jalon_recap.variants(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    case_type text default null
)
returns table (
    tracked_table text, column_name text, codes text[], steps integer, records bigint, share numeric,
    median_seconds double precision, p90_seconds double precision
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
    v record;
begin
    for v in select r.t, r.c from jalon_engine.recap_columns(variants.tracked) r loop
        -- A text is sorted and compared faster than an array.
        return query execute format($sql$
            with path as (
                select string_agg(x.new_code, E'\x1f' order by x.changed_at, x.version) as codes,
                    date_part('epoch', max(x.changed_at) - min(x.changed_at)) as seconds
                from %1$s x
                where x.new_code is not null and x.changed_at >= $1
                group by x.id, x.life
                having bool_or(x.old_code is null) and min(x.changed_at) < $2 and ($3 is null or %2$s = $3)
            )
            select %3$L, %4$L, string_to_array(p.codes, E'\x1f'), cardinality(string_to_array(p.codes, E'\x1f')),
                count(*), round(count(*) / sum(count(*)) over (), 4),
                percentile_cont(0.5) within group (order by p.seconds),
                percentile_cont(0.9) within group (order by p.seconds)
            from path p group by p.codes order by count(*) desc, p.codes$sql$,
            jalon_engine.steps_sql(v.t, v.c), case when (v.t).workflow_column is null then 'null'
                else '(array_agg(x.case_type order by x.changed_at desc, x.version desc))[1]' end,
            (v.t).name, (v.c).column_name)
        using variants.since, variants.until, variants.case_type;
    end loop;
end
$$;
comment on function jalon_recap.variants(text, timestamptz, timestamptz, text) is 'Of the records that began in a '
'period: which codes they have been on so far, in order, how many took the same way, and the time from the first '
'change to the last.';
revoke execute on function jalon_recap.variants(text, timestamptz, timestamptz, text) from public;
grant execute on function jalon_recap.variants(text, timestamptz, timestamptz, text)
    to jalon_bi, jalon_bi_masked, jalon_dba;
