-- How often each transition was taken, per period. Changes are counted per record first and then per transition: that
-- is distinct records without a sort, and each process of a parallel query can do its share.

create or replace function jalon_recap.transitions(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    bucket text default null, time_zone text default 'UTC', language text default null, case_type text default null
)
returns table (
    tracked_table text, column_name text, period timestamptz, from_code text, from_label text, to_code text,
    to_label text, changes bigint, records bigint, forced bigint, average_stay interval,
    average_stay_seconds double precision
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
    v_language constant text := jalon_recap.language(transitions.language);
    v record;
begin
    for v in select r.t, r.c from jalon_engine.recap_columns(transitions.tracked) r loop
        return query execute format($sql$
            with taken as (
                select r.period, r.old_code, r.new_code, sum(r.changes)::bigint as changes, count(*) as records,
                    sum(r.forced)::bigint as forced, sum(r.stayed) / nullif(sum(r.ended), 0)::double precision
                        as average_stay
                from (
                    select date_trunc($3, x.changed_at, $4) as period, x.old_code, x.new_code, count(*) as changes,
                        count(*) filter (where x.kind = 'force') as forced, sum(x.changed_at - x.began) as stayed,
                        count(x.began) as ended
                    from (%1$s) x
                    where x.kind <> 'backfill' and ($5 is null or x.case_type = $5)
                    group by 1, x.old_code, x.new_code, x.id
                ) r
                group by r.period, r.old_code, r.new_code
            )
            select %2$L, %3$L, t.period, t.old_code, coalesce(o.label, t.old_code), t.new_code,
                coalesce(n.label, t.new_code), t.changes, t.records, t.forced, justify_hours(t.average_stay),
                date_part('epoch', t.average_stay)
            from taken t
            left join jalon_recap.codes o on o.category = %4$L and o.code = t.old_code and o.language = $6
            left join jalon_recap.codes n on n.category = %4$L and n.code = t.new_code and n.language = $6
            order by t.period, o.position nulls first, n.position nulls last, t.old_code, t.new_code$sql$,
            jalon_engine.changes_sql(v.t, v.c, not isfinite(transitions.since)), (v.t).name, (v.c).column_name,
            (v.c).category)
        using transitions.since, transitions.until, transitions.bucket, transitions.time_zone,
            transitions.case_type, v_language;
    end loop;
end
$$;
comment on function jalon_recap.transitions(text, timestamptz, timestamptz, text, text, text, text) is
'Per transition taken: how often, by how many records, how many of them forced, after what stay; per day, week, month, '
'quarter or year where a bucket is given. From nothing is creation, to nothing deletion.';
revoke execute on function jalon_recap.transitions(text, timestamptz, timestamptz, text, text, text, text) from public;
grant execute on function jalon_recap.transitions(text, timestamptz, timestamptz, text, text, text, text)
    to jalon_bi, jalon_bi_masked, jalon_dba;
