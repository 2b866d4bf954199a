-- Which code follows which: the edges of the process as it ran, for a picture of it.

create or replace function jalon_recap.directly_follows(
    tracked text default null, since timestamptz default '-infinity', until timestamptz default 'infinity',
    case_type text default null, language text default null
)
returns table (
    tracked_table text, column_name text, from_code text, from_label text, to_code text, to_label text,
    changes bigint, average_seconds double precision, median_seconds double precision, p90_seconds double precision
)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set work_mem = '64MB'
as $$
#variable_conflict use_column
declare
    v_language constant text := jalon_recap.language(directly_follows.language);
    v record;
begin
    for v in select r.t, r.c from jalon_engine.recap_columns(directly_follows.tracked) r loop
        return query execute format($sql$
            with followed as (
                select x.old_code, x.new_code, count(*) as changes,
                    avg(date_part('epoch', x.changed_at - x.began)) as average,
                    percentile_cont(array[0.5, 0.9]) within group (order by date_part('epoch', x.changed_at - x.began))
                        as middle
                from (%1$s) x
                where x.kind <> 'backfill' and ($3 is null or x.case_type = $3)
                group by 1, 2
            )
            select %2$L, %3$L, f.old_code, coalesce(o.label, f.old_code), f.new_code, coalesce(n.label, f.new_code),
                f.changes, f.average, f.middle[1], f.middle[2]
            from followed f
            left join jalon_recap.codes o on o.category = %4$L and o.code = f.old_code and o.language = $4
            left join jalon_recap.codes n on n.category = %4$L and n.code = f.new_code and n.language = $4
            order by f.changes desc, o.position nulls first, n.position nulls last, f.old_code, f.new_code$sql$,
            jalon_engine.changes_sql(v.t, v.c, not isfinite(directly_follows.since)), (v.t).name, (v.c).column_name,
            (v.c).category)
        using directly_follows.since, directly_follows.until, directly_follows.case_type, v_language;
    end loop;
end
$$;
comment on function jalon_recap.directly_follows(text, timestamptz, timestamptz, text, text) is
'Per pair of codes of which one followed the other: how often, and after what stay on the first: on average, in the '
'middle, of nine in ten. From nothing is creation, to nothing deletion.';
revoke execute on function jalon_recap.directly_follows(text, timestamptz, timestamptz, text, text) from public;
grant execute on function jalon_recap.directly_follows(text, timestamptz, timestamptz, text, text)
    to jalon_bi, jalon_bi_masked, jalon_dba;
