-- Roles: those of the token and those granted, as far as the settings let them count; resolved live.

create or replace function jalon_engine.grants_count()
returns boolean
language plpgsql stable
set search_path = ''
as $$
begin
    -- Whoever sets this for himself only loses what was granted to him.
    return current_setting('jalon.role_sources', true) is distinct from 'token';
end
$$;
comment on function jalon_engine.grants_count() is 'Whether granted roles count; the web application says no where the token''s roles alone shall (JALON_ROLE_SOURCES).';

create or replace function jalon_engine.roles_of(p_actor text, p_token_roles text[] default '{}')
returns text[]
language plpgsql stable security definer
set search_path = ''
as $$
begin
    return coalesce(p_token_roles, '{}') || array(
        select g.role from jalon_engine.role_grant g
        where g.principal = p_actor and g.revoked_at is null and (g.valid_until is null or g.valid_until > now()) and jalon_engine.grants_count());
end
$$;
comment on function jalon_engine.roles_of(text, text[]) is 'Roles of an actor now: those of the token and those granted, resolved live.';

create or replace function jalon_engine.is_granted(p_actor text, p_roles text[])
returns boolean
language plpgsql stable security definer
set search_path = ''
as $$
begin
    return jalon_engine.grants_count() and exists (select from jalon_engine.role_grant g where g.principal = p_actor and g.role = any (p_roles)
        and g.revoked_at is null and (g.valid_until is null or g.valid_until > now()));
end
$$;
comment on function jalon_engine.is_granted(text, text[]) is 'Whether one of these roles is granted to an actor now.';

create or replace function jalon_engine.actor_roles()
returns text[]
language sql stable
set search_path = ''
as $$ select jalon_engine.roles_of(c.actor, c.roles) from jalon_engine.context() c $$;
comment on function jalon_engine.actor_roles() is 'Roles of the running transaction''s actor.';
