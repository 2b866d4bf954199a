-- The report on a workflow, third part: what its transitions and codes refer to exists.

create or replace function jalon_engine.is_guard(p_function text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from pg_catalog.pg_proc p
        where p.oid = jalon_engine.find_function(p_function, 'jsonb,jsonb,jsonb') and p.prorettype = 'text'::regtype
            and not p.proretset and p.prokind = 'f'
          and jalon_engine.uncallable_because(p.oid) is null)
$$;
comment on function jalon_engine.is_guard(text) is
'Whether a name stands for a function (jsonb, jsonb, jsonb) returns text that Jalon may call.';

create or replace function jalon_engine.check_texts(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.finding
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with transitions as materialized (
        select a.*, jalon_engine.transition_name(p_from => a.from_code, p_to => a.to_code) as name
        from jalon_engine.workflow_transition a
        where a.category = p_category and a.case_type = p_case_type and a.version = p_version
    ),
    labels as materialized (
        select l.* from jalon_engine.version_labels(p_category, p_case_type, p_version) l
    ),
    tables as materialized (
        select t.name, t.relations, t.resolver, jalon_engine.table_of(t) as relation
        from jalon_engine.tracked t
        where exists (select from jalon_engine.tracked_column c where c.tracked = t.name and c.category = p_category)
    ),
    found (severity, code, subject, params) as (
        select 'error', 'guard', a.name, jsonb_build_object('guard', a.guard, 'function', g.function_name)
        from transitions a join jalon_engine.guard g on g.name = a.guard
        where not jalon_engine.is_guard(p_function => g.function_name)
        union all
        select 'error', 'no_label', r.code, jsonb_build_object('language', jsonb_agg(l.code order by l.code))
        from jalon_engine.version_codes(p_category, p_case_type, p_version) r cross join jalon_engine.language l
        where exists (select from transitions a where r.code in (a.from_code, a.to_code)) and l.is_active
            and not exists (select from labels t
                where t.code = r.code and t.language = l.code and t.label ~ '\S')
        group by r.code
        union all
        select 'warning', 'no_action_label', a.action,
            jsonb_build_object('language', jsonb_agg(distinct l.code))
        from transitions a cross join jalon_engine.language l
        where l.is_active and not exists (select from jalon_engine.action_label t
            where t.category = a.category and t.action = a.action and t.language = l.code and t.label ~ '\S')
        group by a.action
        union all
        select 'warning', 'unknown_relation', a.name, jsonb_build_object('relation', a.relation, 'table', t.name)
        from transitions a cross join tables t
        where not t.relations ? ltrim(a.relation, '!') and t.resolver is null
        union all
        select 'warning', 'unknown_field', a.name, jsonb_build_object('field', f.field, 'table', t.name)
        from transitions a cross join lateral unnest(a.required_fields) f (field) cross join tables t
        where f.field not like 'meta.%' and t.relation is not null and not exists (
            select from pg_catalog.pg_attribute c
            where c.attrelid = t.relation and c.attname = f.field and c.attnum > 0 and not c.attisdropped)
    )
    select n.*
    from found f,
        jalon_engine.finding(p_severity => f.severity, p_code => f.code, p_subject => f.subject, p_params => f.params) n
$$;
comment on function jalon_engine.check_texts(text, text, integer) is
'Guards, labels, actions, relations and fields that a version refers to.';
