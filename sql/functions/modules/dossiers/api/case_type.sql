-- POST /dossiers/case-types

create or replace function jalon_api.add_case_type(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon.add_case_type(code => p_input ->> 'code', labels => p_input -> 'labels',
        template => p_input ->> 'template',
        roles => p_input -> 'roles', color => p_input ->> 'color', icon => p_input ->> 'icon');
    return jalon_engine.respond(p_status => 201,
        p_body => jalon_engine.case_type_json(p_input ->> 'code', p_caller ->> 'language'),
        p_headers => '{"vary": "Accept-Language"}');
end
$$;
comment on function jalon_api.add_case_type(text, jsonb, jsonb) is
'Adds a case type: {code, labels, template, roles, color, icon}.';
