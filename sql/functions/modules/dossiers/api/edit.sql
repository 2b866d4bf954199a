-- PATCH /dossiers/{id}: what is not given stays, null clears. A case type moves the dossier under another workflow:
-- where the dossier does not arrive on its own status code, mapping says which one to take instead.

create or replace function jalon_api.edit_dossier(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    d jalon_dossiers.dossier;
    v_old text;
    v_is_other constant boolean := p_input ? 'caseType';
begin
    perform jalon_engine.act_for_user(p_input, p_caller);
    d := jalon_engine.get_dossier(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_permission('write_dossiers', 'dossier');
    v_old := d.status_code;
    if v_is_other and d.case_type is distinct from p_input ->> 'caseType' then
        perform jalon_engine.require_permission('change_case_type', 'dossier', d.status_code);
        perform jalon_engine.require_case_type(p_input ->> 'caseType');
        d.status_code := coalesce(p_input #>> array['mapping', v_old], v_old);
    end if;
    update jalon_dossiers.dossier x
    set case_type = case when v_is_other then p_input ->> 'caseType' else x.case_type end,
        status_code = d.status_code,
        lead_name = case when p_input ? 'leadName' then p_input ->> 'leadName' else x.lead_name end,
        lead_phone = case when p_input ? 'leadPhone' then p_input ->> 'leadPhone' else x.lead_phone end,
        source = case when p_input ? 'source' then p_input ->> 'source' else x.source end,
        assignee = case when p_input ? 'assignee' then p_input ->> 'assignee' else x.assignee end,
        organisation = case when p_input ? 'organisation' then p_input ->> 'organisation' else x.organisation end
    where x.id = d.id
    returning x.* into d;
    return jalon_engine.dossier_answer(d, p_caller, 200, case when d.status_code <> v_old
        then jsonb_build_object(':moves', jsonb_build_array(jsonb_build_array('dossier', v_old, d.status_code)))
        else '{}' end);
end
$$;
comment on function jalon_api.edit_dossier(text, jsonb, jsonb)
is 'Edits a dossier: {leadName, leadPhone, source, assignee, organisation, caseType, mapping: {code: code on which '
    'it arrives}, reason, userId}.';
