-- Who holds which role. Grants are revoked, never deleted, and read live: nothing is copied into records.

create or replace function jalon.add_role(code text, label text default null, description text default null)
returns jalon_engine.role
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.role;
begin
    perform jalon_engine.require_permission('manage_permissions');
    insert into jalon_engine.role as r (code, label, description)
    values (add_role.code, coalesce(add_role.label, add_role.code), add_role.description)
    on conflict on constraint role_pk do update set
        label = coalesce(add_role.label, r.label), description = coalesce(add_role.description, r.description)
    returning r.* into v;
    insert into jalon_engine.role_label as x (role, language, label, description)
    select v.code, l.code, v.label, v.description from jalon_engine.language l where l.is_default
    on conflict on constraint role_label_pk do update set label = excluded.label, description = excluded.description;
    return v;
end
$$;
comment on function jalon.add_role(text, text, text) is 'Adds a role, or changes what it is called.';
grant execute on function jalon.add_role(text, text, text) to jalon_dba;

create or replace function jalon_engine.require_role(p_role text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from jalon_engine.role r where r.code = p_role) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'role', 'why', p_role,
            'allowed', (select jsonb_agg(r.code order by r.code) from jalon_engine.role r)), 'JL405.choice');
    end if;
end
$$;
comment on function jalon_engine.require_role(text) is 'Fails with JL405 unless the role exists.';

create or replace function jalon_engine.require_name(p_field text, p_name text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_name !~ '^\S(.*\S)?$' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', p_field, 'why', p_name), 'JL405.name');
    end if;
end
$$;
comment on function jalon_engine.require_name(text, text) is
'Fails with JL405 for a name that nobody can have: an empty one, or one with a space at an end.';

create or replace function jalon.grant_role(principal text, role text, until timestamptz default null)
returns jalon_engine.role_grant
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v jalon_engine.role_grant;
begin
    perform jalon_engine.require_permission('manage_permissions');
    perform jalon_engine.require_role(p_role => grant_role.role);
    perform jalon_engine.require_name(p_field => 'principal', p_name => grant_role.principal);
    -- A grant that ran out stays on record as it was; the new one is another.
    update jalon_engine.role_grant g set revoked_at = g.valid_until
    where g.principal = grant_role.principal and g.role = grant_role.role and g.revoked_at is null
        and g.valid_until <= now();
    insert into jalon_engine.role_grant as g (principal, role, granted_by, valid_until)
    values (grant_role.principal, grant_role.role, jalon_engine.actor(), grant_role.until)
    on conflict (principal, role) where revoked_at is null do update set valid_until = excluded.valid_until
    returning g.* into v;
    return v;
end
$$;
comment on function jalon.grant_role(text, text, timestamptz) is
'Grants a role to an actor (db:<login> for a database session), for good or until a time.';
grant execute on function jalon.grant_role(text, text, timestamptz) to jalon_dba;

create or replace function jalon.revoke_role(principal text, role text)
returns jalon_engine.role_grant
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.role_grant;
begin
    perform jalon_engine.require_permission('manage_permissions');
    update jalon_engine.role_grant g set revoked_at = now(), revoked_by = jalon_engine.actor()
    where g.principal = revoke_role.principal and g.role = revoke_role.role and g.revoked_at is null
    returning g.* into v;
    if not found then
        perform jalon_engine.fail('JL401',
            jsonb_build_object('table', 'role_grant', 'id', revoke_role.principal || ' / ' || revoke_role.role));
    end if;
    return v;
end
$$;
comment on function jalon.revoke_role(text, text) is
'Takes a role back from an actor; in force with the next statement.';
grant execute on function jalon.revoke_role(text, text) to jalon_dba;
