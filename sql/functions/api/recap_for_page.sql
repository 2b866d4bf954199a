-- A recap as a page shows it: of durations only those that end, since a stay on a final status has none; records and
-- case types by their names.

create or replace function jalon_engine.recap_for_page(p_name text, p_tracked text, p_items jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when p_name <> 'time-in-status' or jsonb_typeof(p_items) <> 'array' then p_items else (
        select coalesce(jsonb_agg(i.value order by i.ordinality), '[]')
        from jsonb_array_elements(p_items) with ordinality i
        where not exists (
            select from jalon_engine.tracked_column c
            join jalon_engine.referential f on f.category = c.category and f.code = i.value ->> 'code' and f.is_final
            where c.tracked = coalesce(i.value ->> 'table', p_tracked)
                and c.column_name = i.value ->> 'columnName')) end
$$;
comment on function jalon_engine.recap_for_page(text, text, jsonb) is
'The rows of a recap that a page shows: durations without those of final statuses.';

create or replace function jalon_engine.case_types_of(p_tracked text, p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(jsonb_build_object('code', s.case_type,
        'label', jalon_engine.case_type_name(p_tracked, s.case_type, p_language)) order by s.case_type), '[]')
    from (select distinct r.case_type from jalon_engine.rule_case_type r
        join jalon_engine.tracked_column c on c.category = r.category
        join jalon_engine.tracked t on t.name = c.tracked and t.workflow_column is not null
        where c.tracked = p_tracked and r.case_type <> '*') s
$$;
comment on function jalon_engine.case_types_of(text, text) is
'The case types of a tracked table that have rules of their own, with their names.';

create or replace function jalon_engine.recap_with_names(p_items jsonb, p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when jsonb_typeof(p_items) <> 'array' then p_items else (
        select coalesce(jsonb_agg(case when t.name is null then i.value
            else i.value || jsonb_strip_nulls(jsonb_build_object(
                'title', jalon_engine.record_title(t, jalon_engine.row_as_mover(t.name, i.value ->> 'id')),
                'caseTypeLabel', jalon_engine.case_type_name(t.name, i.value ->> 'caseType', p_language))) end
            order by i.ordinality), '[]')
        from jsonb_array_elements(p_items) with ordinality i
        left join jalon_engine.tracked t on t.name = i.value ->> 'table' and i.value ? 'id') end
$$;
comment on function jalon_engine.recap_with_names(jsonb, text) is
'Rows of a recap; those of single records with what people call the record and its case type.';

create or replace function jalon_engine.recap_labels_apart(
    p_items jsonb, p_tracked text, p_case_type text, p_language text
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with shared as (
        select c.category, c.code, c.label, count(*) over (partition by c.category, c.label) as codes
        from jalon_recap.codes c
        where c.language = jalon_recap.language(p_language)
    ), apart as materialized (
        select h.tracked, h.column_name, s.code, format('%s (%s)', s.label, string_agg(distinct
            jalon_engine.case_type_name(h.tracked, r.case_type, p_language), ', ')) as label
        from shared s
        join jalon_history.tracked_columns h on h.category = s.category
        join jalon_engine.rule r on r.category = s.category and s.code in (r.from_code, r.to_code)
        where s.codes > 1 and r.case_type <> '*'
        group by h.tracked, h.column_name, s.code, s.label
    )
    select case when jsonb_typeof(p_items) <> 'array' or p_case_type is not null then p_items else (
        select coalesce(jsonb_agg(i.value || coalesce((
            select jsonb_object_agg(m.label, a.label)
            from (values ('code', 'label'), ('fromCode', 'fromLabel'), ('toCode', 'toLabel')) m (code, label)
            join apart a on a.code = i.value ->> m.code
            where a.tracked = coalesce(i.value ->> 'table', p_tracked) and a.column_name = i.value ->> 'columnName'
                and not i.value ? 'id' -- a record's case type stands beside it
        ), '{}') order by i.ordinality), '[]')
        from jsonb_array_elements(p_items) with ordinality i) end
$$;
comment on function jalon_engine.recap_labels_apart(jsonb, text, text, text) is
'Rows of a recap of all case types; a label that two codes of a category have, with the case types of each.';
