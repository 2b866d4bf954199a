-- GET and DELETE /dossiers/{id}

create or replace function jalon_api.dossier(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select a.* from jalon_engine.dossier_answer(jalon_engine.get_dossier(p_key, p_caller), p_caller) a $$;
comment on function jalon_api.dossier(text, jsonb, jsonb) is 'One dossier.';

create or replace function jalon_api.delete_dossier(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.enter_dossier(p_input, p_caller);
    perform jalon_engine.get_dossier(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_permission('delete_dossiers', 'dossier');
    delete from jalon_dossiers.dossier d where d.id = p_key::uuid;
    return (204, null, null, null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.delete_dossier(text, jsonb, jsonb) is 'Deletes a dossier; its history stays.';
