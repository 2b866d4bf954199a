-- GET /dossiers/allowed-status-codes, …/statuses and …/case-types: what a form may offer.

create or replace function jalon_engine.dossier_codes(p_case_type text)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array(select c from jsonb_array_elements_text(jalon_engine.codes_of('CASE_STATUS',
        jalon_engine.ruling_case_type('CASE_STATUS', p_case_type))) c)
$$;
comment on function jalon_engine.dossier_codes(text) is
'The active status codes of a case type''s workflow, in order; every active one where it has none.';

create or replace function jalon_api.allowed_status_codes(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_case_type(p_input ->> 'caseType');
    return jalon_engine.ok(to_json(jalon_engine.dossier_codes(p_input ->> 'caseType')));
end
$$;
comment on function jalon_api.allowed_status_codes(text, jsonb, jsonb) is
'The status codes allowed for a case type, as a list of codes: {caseType}.';

create or replace function jalon_api.dossier_statuses(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_beginnings jsonb := jalon_engine.allowed_codes('CASE_STATUS',
        jalon_engine.ruling_case_type('CASE_STATUS', p_input ->> 'caseType'), null,
        p_caller ->> 'actor', jalon_engine.caller_roles(p_caller));
begin
    perform jalon_engine.require_case_type(p_input ->> 'caseType');
    return jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(jalon_engine.dossier_code_json(c.code, p_caller ->> 'language')
            || jsonb_build_object('isInitial', v_beginnings ? c.code) order by c.place)
        from unnest(jalon_engine.dossier_codes(p_input ->> 'caseType')) with ordinality c (code, place)), '[]')),
        p_headers => '{"vary": "Accept-Language"}');
end
$$;
comment on function jalon_api.dossier_statuses(text, jsonb, jsonb)
is 'The same with labels, colours, icons, and whether the caller may open a dossier with it: {caseType}.';

create or replace function jalon_engine.case_type_json(p_code text, p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('code', f.code, 'label', jalon_engine.code_name(f.category, f.code, p_language),
        'color', f.color, 'icon', f.icon, 'isActive', f.is_active,
        'workflowVersion', (select s.workflow_version from jalon_engine.rule_case_type s
            where s.category = 'CASE_STATUS' and s.case_type = f.code),
        'statusCodes', jalon_engine.dossier_codes(f.code))
    from jalon_engine.referential f
    where f.category = 'CASE_TYPE' and f.code = p_code
$$;
comment on function jalon_engine.case_type_json(text, text) is
'A case type with its label, its workflow''s version and its status codes.';

create or replace function jalon_api.case_types(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(jalon_engine.case_type_json(f.code, p_caller ->> 'language') order by f.position, f.code)
        from jalon_engine.referential f where f.category = 'CASE_TYPE' and f.is_active), '[]')),
        p_headers => '{"vary": "Accept-Language"}'::jsonb)
$$;
comment on function jalon_api.case_types(text, jsonb, jsonb) is 'The active case types.';

create or replace function jalon_api.dossier_choices(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object(
        'statuses', (jalon_api.dossier_statuses(null, p_input, p_caller)).body -> 'items',
        'caseTypes', (jalon_api.case_types(null, '{}', p_caller)).body -> 'items'))
$$;
comment on function jalon_api.dossier_choices(text, jsonb, jsonb) is
'What a list of dossiers is filtered by: status codes, of a case type if one is named, and case types: {caseType}.';
