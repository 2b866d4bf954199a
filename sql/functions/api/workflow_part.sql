-- One code or one transition of a graph, looked at closely: its records, how long they stay, how often it is taken, and
-- what refuses it now. A refused move leaves no row, so what refuses is found by asking for the latest records.

create or replace function jalon_api.workflow_part(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_code text := coalesce(p_input ->> 'code', p_input ->> 'from');
    c jalon_engine.tracked_column;
    v_part jsonb;
    v_parts jsonb := '[]';
begin
    for c in select k.* from jalon_engine.tracked_column k where k.category = p_key order by k.tracked, k.position loop
        v_part := jsonb_build_object('table', c.tracked, 'column', c.column_name, 'records', case
            when v_code is not null then jalon_engine.records_on(c, v_code, p_input ->> 'caseType', p_caller) end);
        if jalon_engine.may('read_all', jalon_engine.caller_roles(p_caller), c.tracked) then
            v_part := v_part || jalon_engine.part_counts(c, p_input, p_caller);
        end if;
        if p_input ? 'to' and v_code is not null then
            v_part := v_part || jalon_engine.refused_now(c, v_part -> 'records', p_input ->> 'to', p_caller);
        end if;
        v_parts := v_parts || v_part;
    end loop;
    return jalon_engine.ok(json_build_object('tables', v_parts));
end
$$;
comment on function jalon_api.workflow_part(text, jsonb, jsonb) is
'A code {code} or a transition {from, to} of the workflow of {caseType}, for each table: its latest records, how long '
'they stayed, how often it was taken, what refuses it now.';

create or replace function jalon_engine.records_on(
    p_column jalon_engine.tracked_column, p_code text, p_case_type text, p_caller jsonb
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A list filters by a table's first status column.
    select case when p_column.column_name = jalon_engine.first_column(p_column.tracked)
        then (a.body::jsonb -> 'items') end
    from jalon_api.records(p_column.tracked, jsonb_strip_nulls(jsonb_build_object('status', p_code,
        'caseType', nullif(p_case_type, '*'), 'limit', 20)), p_caller) a
$$;
comment on function jalon_engine.records_on(jalon_engine.tracked_column, text, text, jsonb) is
'The latest records on a code that the caller may see, twenty at most.';

create or replace function jalon_engine.part_counts(
    p_column jalon_engine.tracked_column, p_input jsonb, p_caller jsonb
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_recap constant text := case when p_input ? 'code' then 'time-in-status' else 'transitions' end;
    v_body jsonb;
begin
    v_body := (jalon_api.recap_page(v_recap, jsonb_strip_nulls(jsonb_build_object('table', p_column.tracked,
        'caseType', nullif(p_input ->> 'caseType', '*'))), p_caller)).body;
    return jsonb_build_object('isCounted', jsonb_typeof(v_body -> 'items') = 'array', 'count', (
        select i.value from jsonb_array_elements(case jsonb_typeof(v_body -> 'items') when 'array'
            then v_body -> 'items' else '[]' end) i
        where i.value ->> 'columnName' = p_column.column_name and case when p_input ? 'code'
            then i.value ->> 'code' = p_input ->> 'code'
            else i.value ->> 'toCode' = p_input ->> 'to'
                and i.value ->> 'fromCode' is not distinct from p_input ->> 'from' end
        limit 1));
end
$$;
comment on function jalon_engine.part_counts(jalon_engine.tracked_column, jsonb, jsonb) is
'How long records stayed on a code, or how often a transition was taken: as recaps have it.';

create or replace function jalon_engine.refused_now(
    p_column jalon_engine.tracked_column, p_records jsonb, p_to text, p_caller jsonb
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with asked as materialized (
        select e.id, e.blockers, e.is_allowed or jalon_engine.is_answerable(e.blockers) as is_possible
        from jalon.explain_many(p_column.tracked,
            array(select r.value ->> 'id' from jsonb_array_elements(nullif(p_records, 'null')) r),
            p_caller ->> 'actor', jalon_engine.token_roles(p_caller), null, null, p_caller ->> 'language') e
        where e.column_name = p_column.column_name and e.to_code = p_to
    )
    select jsonb_build_object('asked', (select count(*) from asked),
        'possible', (select count(*) from asked a where a.is_possible),
        'refusals', coalesce((select jsonb_agg(to_jsonb(r) order by r.records desc, r.why) from (
            select b.value ->> 'brief' as why, count(distinct a.id) as records
            from asked a
            cross join lateral jsonb_array_elements(
                jalon_engine.with_short_messages(a.blockers, p_caller ->> 'language')) b
            where not a.is_possible group by 1) r), '[]'))
$$;
comment on function jalon_engine.refused_now(jalon_engine.tracked_column, jsonb, text, jsonb) is
'How many of some records the caller may lead to a code now, and what refuses the others.';
