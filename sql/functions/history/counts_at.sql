-- How many records stood on each code at an instant, for every tracked table alike.

set local role jalon_historian;

create or replace function jalon_history.counts_at(at timestamptz, tracked text default null)
returns table (tracked_table text, column_name text, code text, records bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_column record;
begin
    for v_column in
        select c.tracked, c.column_name, jalon_engine.history_code_name(c.column_name) as code_name
        from jalon_history.tracked_columns c
        where counts_at.tracked is null or c.tracked = counts_at.tracked
        order by c.tracked, c.position
    loop
        return query execute format(
            'select %L, %L, s.%I::text, count(*) from jalon_history.%I($1) s where s.%3$I is not null group by 3',
            v_column.tracked, v_column.column_name, v_column.code_name, v_column.tracked || '_as_of')
        using counts_at.at;
    end loop;
end
$$;
comment on function jalon_history.counts_at(timestamptz, text) is
'How many records stood on each code at an instant, for all tracked tables or one.';
revoke execute on function jalon_history.counts_at(timestamptz, text) from public;
grant execute on function jalon_history.counts_at(timestamptz, text) to jalon_bi, jalon_bi_masked, jalon_dba;
