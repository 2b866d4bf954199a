-- What the endpoints for any tracked table share: the row as JSON and who may see it.

create or replace function jalon_engine.record(
    p_tracked jalon_engine.tracked, p_id text, p_caller jsonb, p_roles text[] default null, p_lock text default ''
)
returns jsonb
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jsonb;
begin
    perform jalon_engine.require_key(p_tracked, p_id);
    v_row := jalon_engine.read_row(p_tracked, p_id, p_lock);
    if v_row is null or not jalon_engine.can_read_all(p_tracked.name, p_caller)
        and not jalon_engine.can_read_record(p_tracked, p_caller,
            coalesce(p_roles, jalon_engine.caller_roles(p_caller)), v_row) then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', p_tracked.name, 'id', p_id));
    end if;
    return v_row;
end
$$;
comment on function jalon_engine.record(jalon_engine.tracked, text, jsonb, text[], text) is
'A tracked row as JSON, locked if asked; JL401 where there is none or the caller may not see it.';
