-- Keys for machines. The secret is made outside and never comes here; what comes is its hash.

create or replace function jalon.add_api_key(name text, hash text, roles text[], expires_at timestamptz default null)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    insert into jalon_engine.api_key (name, hash, roles, expires_at, created_by)
    values (add_api_key.name, add_api_key.hash, add_api_key.roles, add_api_key.expires_at, jalon_engine.actor());
end
$$;
comment on function jalon.add_api_key(text, text, text[], timestamptz) is
'Registers an API key by the SHA-256 of its secret; jalon api-key add makes one.';
grant execute on function jalon.add_api_key(text, text, text[], timestamptz) to jalon_dba;

create or replace function jalon.revoke_api_key(name text)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    update jalon_engine.api_key k set revoked_at = now(), revoked_by = jalon_engine.actor()
    where k.name = revoke_api_key.name and k.revoked_at is null;
    return found;
end
$$;
comment on function jalon.revoke_api_key(text) is
'Revokes an API key; the web application forgets it within seconds. False where there is none that works.';
grant execute on function jalon.revoke_api_key(text) to jalon_dba;
