-- Referentials over HTTP. Everybody known reads them; who manages them is asked by the functions of schema jalon.

create or replace function jalon_engine.code_body(p_code jalon_engine.referential, p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
set intervalstyle = 'iso_8601'
as $$
    select json_build_object(
        'category', p_code.category, 'code', p_code.code,
        'label', jalon_engine.code_name(p_code.category, p_code.code, p_language),
        'labels', coalesce((select json_object_agg(l.language, l.label order by l.language)
            from jalon_engine.referential_label l
            where l.category = p_code.category and l.code = p_code.code), '{}'),
        'description', p_code.description, 'place', p_code.position, 'color', p_code.color, 'icon', p_code.icon,
        'outcome', p_code.outcome,
        'isInitial', p_code.is_initial, 'isFinal', p_code.is_final, 'isActive', p_code.is_active,
        'maxStay', p_code.max_stay, 'meta', p_code.meta)
$$;
comment on function jalon_engine.code_body(jalon_engine.referential, text) is 'A code as the web application shows it.';

create or replace function jalon_engine.workflow_state(p_category text, p_case_type text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('caseType', p_case_type,
        'label', (array_agg(w.label order by w.version desc) filter (where w.label is not null))[1],
        'versions', count(*),
        'published', (select json_build_object('version', p.version, 'at', p.published_at, 'by', p.published_by,
            'transitions', (
                    select count(*) from jalon_engine.workflow_transition a
                    where (a.category, a.case_type, a.version) = (p.category, p.case_type, p.version)))
            from jalon_engine.workflow p
            where (p.category, p.case_type, p.state) = (p_category, p_case_type, 'published')),
        'draft', (select json_build_object('version', d.version, 'at', d.created_at, 'by', d.created_by,
            'touched', jalon_engine.draft_touched(d))
            from jalon_engine.workflow d where (d.category, d.case_type, d.state) = (p_category, p_case_type, 'draft')))
    from jalon_engine.workflow w
    where w.category = p_category and w.case_type = p_case_type
$$;
comment on function jalon_engine.workflow_state(text, text) is
'What is in force and what is being drafted for a category and case type.';

create or replace function jalon_engine.category_body(p_category jalon_engine.category)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('code', p_category.code, 'label', p_category.label, 'description', p_category.description,
        'codes', (select count(*) from jalon_engine.referential r where r.category = p_category.code),
        'tables', coalesce((select json_agg(t.tracked order by t.tracked) from jalon_engine.tracked_column t
            where t.category = p_category.code), '[]'),
        'ruleFile', jalon_engine.rule_file_of(p_category.code),
        'workflows', coalesce(
            (select json_agg(jalon_engine.workflow_state(p_category.code, s.case_type) order by s.case_type)
                from (select distinct w.case_type from jalon_engine.workflow w where w.category = p_category.code) s),
            '[]'))
$$;
comment on function jalon_engine.category_body(jalon_engine.category) is 'A category as the web application shows it.';

create or replace function jalon_api.categories(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(jalon_engine.category_body(c) order by c.code)
        from jalon_engine.category c), '[]'),
        'canEdit', jalon_engine.may('manage_workflows', jalon_engine.caller_roles(p_caller))))
$$;
comment on function jalon_api.categories(text, jsonb, jsonb) is
'All categories of codes, with the tables and the workflows that use them, and whether the caller manages workflows.';

create or replace function jalon_api.codes(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_category_found(p_key);
    return jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(jalon_engine.code_body(r, p_caller ->> 'language') order by r.position, r.code)
        from jalon_engine.referential r
        where r.category = p_key and (r.is_active or coalesce((p_input ->> 'all')::boolean, true))), '[]')));
end
$$;
comment on function jalon_api.codes(text, jsonb, jsonb) is
'The codes of a category, in order; {all: false} leaves the inactive ones out.';

create or replace function jalon_api.code(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.referential;
begin
    select r.* into v from jalon_engine.referential r where r.category = p_input ->> 'category' and r.code = p_key;
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', p_input ->> 'category', 'id', p_key));
    end if;
    return jalon_engine.ok(jalon_engine.code_body(v, p_caller ->> 'language'));
end
$$;
comment on function jalon_api.code(text, jsonb, jsonb) is 'One code of a category; {category}.';

create or replace function jalon_engine.require_category_found(p_category text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from jalon_engine.category c where c.code = p_category) then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'category', 'id', p_category));
    end if;
end
$$;
comment on function jalon_engine.require_category_found(text) is 'JL401 where there is no such category.';
