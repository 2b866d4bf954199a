-- Sessions of the console, and whether a token still counts. The web application sends hashes, the browser keeps the
-- secrets. It asks again every few seconds.

create or replace function jalon_engine.is_credential_revoked(p_hash text, p_actor text, p_issued_at timestamptz)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A token that doesn't say when it was issued may be older than any revocation.
    select exists (select from jalon_engine.revoked_token t where t.hash = p_hash)
        or exists (select from jalon_engine.revoked_actor a
            where a.actor = p_actor and a.revoked_at >= coalesce(p_issued_at, '-infinity'))
        or exists (select from jalon_engine.api_key k
            where k.hash = p_hash and (k.revoked_at is not null or k.expires_at <= now()))
$$;
comment on function jalon_engine.is_credential_revoked(text, text, timestamptz) is
'Whether a token or key of this hash, of this actor and issued then, counts no longer.';

create or replace function jalon_api.token(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('isRevoked', jalon_engine.is_credential_revoked(
        p_key, p_input ->> 'actor', to_timestamp((p_input ->> 'issuedAt')::double precision))))
$$;
comment on function jalon_api.token(text, jsonb, jsonb) is
'Whether the token of this hash is revoked: {actor, issuedAt} as it says.';

create or replace function jalon_api.session(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.session;
begin
    select s.* into v from jalon_engine.session s where s.hash = p_key and s.expires_at > now()
        and not jalon_engine.is_credential_revoked(s.credential, s.actor, s.started_at);
    if not found then
        return jalon_engine.respond(404, null);
    end if;
    return jalon_engine.ok(json_build_object('actor', v.actor, 'roles', v.roles, 'name', v.name));
end
$$;
comment on function jalon_api.session(text, jsonb, jsonb) is
'Who is signed in by the session of this hash; 404 if it has ended.';

create or replace function jalon_api.open_session(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A person has up to 20; what has expired makes room.
    delete from jalon_engine.session s
    where s.expires_at <= now() or s.hash in (
        select o.hash from jalon_engine.session o where o.actor = p_caller ->> 'actor'
        order by o.started_at desc, o.hash offset 19);
    insert into jalon_engine.session (hash, actor, name, roles, credential, expires_at)
    values (p_key, p_caller ->> 'actor', p_caller ->> 'name',
        array(select jsonb_array_elements_text(coalesce(p_caller -> 'roles', '[]'))), p_input ->> 'credential',
        now() + make_interval(secs => (p_input ->> 'seconds')::double precision));
    perform jalon_engine.remember_roles(p_caller);
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.open_session(text, jsonb, jsonb) is
'Signs the caller in: {credential, seconds}; the key is the hash of the secret.';

create or replace function jalon_api.end_session(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.session;
begin
    delete from jalon_engine.session s where s.hash = p_key returning s.* into v;
    return jalon_engine.ok(json_build_object('isOfProvider', v.hash is not null and v.credential is null));
end
$$;
comment on function jalon_api.end_session(text, jsonb, jsonb) is
'Ends the session of this hash, and says whether an identity provider had opened it.';
