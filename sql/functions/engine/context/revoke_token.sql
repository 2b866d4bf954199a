-- A token is signed for hours; who lost it, or left, must not act until then.

create or replace function jalon.revoke_token(hash text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    insert into jalon_engine.revoked_token (hash, revoked_by) values (revoke_token.hash, jalon_engine.actor())
    on conflict on constraint revoked_token_pk do nothing;
end
$$;
comment on function jalon.revoke_token(text) is
'Revokes the token whose SHA-256 this is, and sessions that it opened; the web application forgets it within seconds.';
grant execute on function jalon.revoke_token(text) to jalon_dba;

create or replace function jalon.revoke_tokens_of(actor text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    insert into jalon_engine.revoked_actor (actor, revoked_by)
    values (revoke_tokens_of.actor, jalon_engine.actor())
    on conflict on constraint revoked_actor_pk do update
    set revoked_at = excluded.revoked_at, revoked_by = excluded.revoked_by;
    delete from jalon_engine.session s where s.actor = revoke_tokens_of.actor;
end
$$;
comment on function jalon.revoke_tokens_of(text) is
'Revokes all tokens that were issued to an actor so far, and ends their sessions. API keys: jalon.revoke_api_key.';
grant execute on function jalon.revoke_tokens_of(text) to jalon_dba;
