-- What the endpoints for any tracked table share: the row as JSON and who may see it.

create or replace function jalon_engine.get_record(
    p_tracked jalon_engine.tracked, p_id text, p_caller jsonb, p_roles text[] default null, p_lock text default ''
)
returns jsonb
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jsonb;
begin
    if jalon_engine.is_key(p_tracked.key_type, p_id) then
        v_row := jalon_engine.read_row(p_tracked, p_id, p_lock);
    end if;
    if v_row is null or not jalon_engine.can_read_all(p_tracked.name, p_caller)
        and not jalon_engine.can_read_record(p_tracked, p_caller,
            coalesce(p_roles, jalon_engine.caller_roles(p_caller)), v_row) then
        perform jalon_engine.require_some_sight(p_tracked, p_caller,
            coalesce(p_roles, jalon_engine.caller_roles(p_caller)));
        perform jalon_engine.fail('JL401', jsonb_build_object('table', p_tracked.name, 'id', p_id));
    end if;
    return v_row;
end
$$;
comment on function jalon_engine.get_record(jalon_engine.tracked, text, jsonb, text[], text) is
'A tracked row as JSON, locked if asked; JL401 where there is none or the caller may not see it, JL203 where they '
'could see none, whatever its key.';

create or replace function jalon_engine.require_some_sight(
    p_tracked jalon_engine.tracked, p_caller jsonb, p_roles text[]
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Says nothing about any record: nobody with these roles could see one. Of a table that was just put under Jalon
    -- that is so for everybody, until a role is given the permission.
    if p_tracked.resolver is null and p_tracked.relations = '{}'
        and jalon_engine.readable_codes(p_tracked, p_roles) = '{}' then
        perform jalon_engine.fail('JL203', jsonb_build_object('table', p_tracked.name, 'actor', p_caller ->> 'actor',
            'permission', 'read_all', 'roles', jalon_engine.roles_with('read_all', p_tracked.name)), 'JL203.read_all');
    end if;
end
$$;
comment on function jalon_engine.require_some_sight(jalon_engine.tracked, jsonb, text[]) is
'Fails with JL203 for a caller who can see no record of a table, whichever it is, and says what gives sight.';
