-- POST /dossiers

create or replace function jalon_api.open_dossier(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    d jalon_dossiers.dossier;
begin
    perform jalon_engine.act_for_user(p_input, p_caller);
    perform jalon_engine.require_permission('write_dossiers', 'dossier');
    insert into jalon_dossiers.dossier as x (case_type, status_code, status, lead_name, lead_phone, source,
        assignee, organisation)
    values (p_input ->> 'caseType', p_input ->> 'statusCode', p_input ->> 'status', p_input ->> 'leadName',
            p_input ->> 'leadPhone', p_input ->> 'source', p_input ->> 'assignee', p_input ->> 'organisation')
    returning x.* into d;
    return jalon_engine.dossier_answer(d, p_caller, 201, jsonb_build_object(
        'Location', '/api/v1/dossiers/' || d.id,
        ':moves', jsonb_build_array(jsonb_build_array('dossier', '', d.status_code))));
end
$$;
comment on function jalon_api.open_dossier(text, jsonb, jsonb)
is 'Opens a dossier: {caseType, statusCode, status, leadName, leadPhone, source, assignee, organisation, '
    'reason, userId}.';
