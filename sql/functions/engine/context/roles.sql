-- Roles: those of the token and those granted, as far as the call lets them count. A grant counts by the clock of the
-- moment it is looked at.

create or replace function jalon_engine.grants_count()
returns boolean
language sql stable
-- Part of the seal of a call. Whoever sets it without one only loses what was granted. It becomes part of the statement
-- that asks.
return current_setting('jalon.role_sources', true) is distinct from 'token';
comment on function jalon_engine.grants_count() is
'Whether granted roles count; the web application says no if only the token''s roles shall (JALON_ROLE_SOURCES).';

create or replace function jalon_engine.is_in_force(p_revoked_at timestamptz, p_valid_until timestamptz)
returns boolean
language sql volatile
-- Becomes part of the statement that asks, row by row, and so can an index serve it.
return p_revoked_at is null and (p_valid_until is null or p_valid_until > clock_timestamp());
comment on function jalon_engine.is_in_force(timestamptz, timestamptz) is
'Whether a grant that was revoked then, and was valid until then, counts at this moment.';
grant execute on function jalon_engine.is_in_force(timestamptz, timestamptz) to jalon_dba;  -- in the view jalon.grants

create or replace function jalon_engine.roles_of(p_actor text, p_token_roles text[] default '{}')
returns text[]
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return coalesce(p_token_roles, '{}') || array(
        select g.role from jalon_engine.role_grant g
        where g.principal = p_actor and jalon_engine.is_in_force(g.revoked_at, g.valid_until)
            and jalon_engine.grants_count());
end
$$;
comment on function jalon_engine.roles_of(text, text[]) is
'Roles of an actor now: those of the token and those granted.';

create or replace function jalon_engine.require_fresh_grants(p_actor text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- An old snapshot shows grants that were revoked since. Locking such a row raises 40001.
    if current_setting('transaction_isolation') <> 'read committed'
        and current_setting('transaction_read_only') = 'off' then
        perform from jalon_engine.role_grant g where g.principal = p_actor for share;
    end if;
end
$$;
comment on function jalon_engine.require_fresh_grants(text) is
'Raises 40001 if a grant of the actor was changed after this transaction''s snapshot.';

create or replace function jalon_engine.is_granted(p_actor text, p_roles text[])
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Volatile, so that each change looks again: a statement may take long.
    if current_setting('transaction_isolation') <> 'read committed' then
        perform jalon_engine.require_fresh_grants(p_actor);
    end if;
    return jalon_engine.grants_count()
        and exists (select from jalon_engine.role_grant g where g.principal = p_actor and g.role = any (p_roles)
            and jalon_engine.is_in_force(g.revoked_at, g.valid_until));
end
$$;
comment on function jalon_engine.is_granted(text, text[]) is
'Whether one of these roles is granted to an actor at this moment.';

create or replace function jalon_engine.actor_roles()
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.roles_of(c.actor, c.roles) from jalon_engine.context() c $$;
comment on function jalon_engine.actor_roles() is 'Roles of the running transaction''s actor.';
