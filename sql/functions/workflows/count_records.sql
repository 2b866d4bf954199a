-- Where the rows of a category stand now, and what a change of workflow means for them.

create or replace function jalon_engine.obeys_workflow_sql(p_category text, p_case_type text, p_workflow_column text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_case_type <> '*' and p_workflow_column is null then 'false'
        when p_case_type <> '*' then format('x.%I::text = %L', p_workflow_column, p_case_type)
        when p_workflow_column is null then 'true'
        else format('coalesce(x.%I::text, '''') <> all (%L::text[])', p_workflow_column, array(
            select w.case_type from jalon_engine.workflow w
            where w.category = p_category and w.case_type <> '*' and w.state = 'published'))
    end
$$;
comment on function jalon_engine.obeys_workflow_sql(text, text, text) is
'The condition on rows x of a tracked table that obey the workflow of a case type '
'(*: those that have none of their own).';

create or replace function jalon_engine.count_records_by_code(p_category text, p_case_type text, p_codes text[])
returns table (tracked text, column_name text, code text, records bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place record;
begin
    for v_place in
        select t.name, jalon_engine.live_rows_sql(t) as live_rows, t.workflow_column, c.column_name
        from jalon_engine.tracked t
        join jalon_engine.tracked_column c on c.tracked = t.name
        where c.category = p_category and jalon_engine.table_of(t) is not null
        order by t.name, c.position
    loop
        return query execute format(
            'select %1$L::text, %2$L::text, x.%2$I::text, count(*) from %3$s x where x.%2$I::text = any ($1) and %4$s '
            'group by 3 order by 3',
            v_place.name, v_place.column_name, v_place.live_rows,
            jalon_engine.obeys_workflow_sql(p_category => p_category, p_case_type => p_case_type,
                p_workflow_column => v_place.workflow_column))
        using p_codes;
    end loop;
end
$$;
comment on function jalon_engine.count_records_by_code(text, text, text[]) is
'How many rows stand on each of some codes under the workflow of a case type.';
