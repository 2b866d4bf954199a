-- GET /dossiers/organisations: names for a field in which an organisation is named, of dossiers that the caller may
-- see.

create or replace function jalon_api.dossier_organisations(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of('dossier');
    v_values constant text[] := jalon_engine.visible_rows_values(t, p_caller, jalon_engine.caller_roles(p_caller));
    v_items json;
begin
    -- A suggestion is not a list: of a long table a part has to do.
    execute format($sql$
        select json_agg(json_build_object('id', o.name, 'name', null) order by o.place, o.name) from (
            select n.name, strpos(lower(n.name), $2) as place
            from (select distinct x.organisation as name from (
                select x.* from jalon_dossiers.dossier x where x.organisation is not null and (%s) limit 20000) x) n
            where strpos(lower(n.name), $2) > 0 order by 2, 1 limit 20) o$sql$,
        case when jalon_engine.can_read_all(t.name, p_caller) then 'true' else jalon_engine.visible_rows_sql(t) end)
    into v_items using v_values, lower(coalesce(btrim(p_input ->> 'q'), ''));
    return jalon_engine.ok(json_build_object('items', coalesce(v_items, '[]')));
end
$$;
comment on function jalon_api.dossier_organisations(text, jsonb, jsonb) is
'Up to 20 organisations to suggest, of dossiers that the caller may see: {q}.';
