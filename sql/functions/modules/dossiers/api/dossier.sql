-- GET and DELETE /dossiers/{id}

create or replace function jalon_api.dossier(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select a.* from jalon_engine.dossier_answer(jalon_engine.get_dossier(p_key, p_caller), p_caller) a $$;
comment on function jalon_api.dossier(text, jsonb, jsonb) is 'One dossier.';

create or replace function jalon_api.delete_dossier(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.act_for_user(p_input, p_caller);
    perform jalon_engine.get_dossier(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_permission('delete_dossiers', 'dossier');
    delete from jalon_dossiers.dossier d where d.id = p_key::uuid;
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.delete_dossier(text, jsonb, jsonb) is 'Deletes a dossier; its history stays.';
