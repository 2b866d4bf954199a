-- The mapping between the two vocabularies, changed by one call that takes the dossiers along.

create or replace function jalon.map_dossier_status(status_code text, status text, rank integer default 0)
returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_count bigint;
begin
    perform jalon_engine.require_permission('manage_referentials');
    perform jalon_engine.require_code(p_category => 'CASE_STATUS', p_code => map_dossier_status.status_code);
    perform jalon_engine.require_code(p_category => 'DOSSIER_STATUS', p_code => map_dossier_status.status);
    insert into jalon_dossiers.status_mapping as m (status_code, status, rank)
    values (map_dossier_status.status_code, map_dossier_status.status, map_dossier_status.rank)
    on conflict on constraint status_mapping_pk do update set status = excluded.status, rank = excluded.rank;
    update jalon_dossiers.dossier d set status = map_dossier_status.status
    where d.status_code = map_dossier_status.status_code and d.status <> map_dossier_status.status;
    get diagnostics v_count = row_count;
    return v_count;
end
$$;
comment on function jalon.map_dossier_status(text, text, integer)
is 'Says which DOSSIER_STATUS a status code stands for, and brings the dossiers on it in step; returns how many.';
grant execute on function jalon.map_dossier_status(text, text, integer) to jalon_dba;
