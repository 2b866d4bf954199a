-- A machine shows its key; the web application sends only the hash.

create or replace function jalon_api.api_key(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.api_key;
begin
    select k.* into v from jalon_engine.api_key k
    where k.hash = p_key and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
    if not found then
        return jalon_engine.respond(404, null);
    end if;
    return jalon_engine.ok(json_build_object('actor', 'key:' || v.name, 'roles', v.roles, 'name', v.name));
end
$$;
comment on function jalon_api.api_key(text, jsonb, jsonb) is
'Actor and roles of the API key with this hash; 404 where it is unknown, revoked or expired.';
