-- Custom roles handed out and taken back. A row is a span of time in which somebody held a
-- role; it is closed, not changed.

create or replace function jalon_engine.assign_proposition_role(
    p_proposition jalon_propositions.proposition, p_role jalon_propositions.proposition_roles, p_user text,
    p_until timestamptz, p_reason text
)
returns jalon_propositions.proposition_role_assignments
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition_role_assignments;
    v_limit integer := jalon_engine.proposition_role_limit(p_role);
begin
    if p_until <= now() then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'until', 'why', p_until), 'JL405.past');
    end if;
    -- A span that ran out ends when it ran out.
    update jalon_propositions.proposition_role_assignments a set revoked_at = a.valid_until, revoked_by = a.granted_by
    where a.role_id = p_role.id and a.user_id = p_user and a.revoked_at is null and a.valid_until <= now();
    select a.* into v from jalon_propositions.proposition_role_assignments a
    where a.role_id = p_role.id and a.user_id = p_user and a.revoked_at is null;
    if found and v.valid_until is not distinct from p_until then
        return v;
    end if;
    if (select count(*) from jalon_propositions.proposition_role_assignments a
        where a.role_id = p_role.id and a.user_id <> p_user
            and jalon_engine.is_in_force(a.revoked_at, a.valid_until)) >= v_limit then
        perform jalon_engine.fail('JL421', jsonb_build_object('what', p_role.name, 'limit', v_limit));
    end if;
    -- Another end is another span.
    update jalon_propositions.proposition_role_assignments a
    set revoked_at = clock_timestamp(), revoked_by = jalon_engine.actor(), revocation_reason = p_reason
    where a.id = v.id;
    insert into jalon_propositions.proposition_role_assignments (proposition_id, role_id, user_id, granted_by,
        valid_until, reason)
    values (p_proposition.id, p_role.id, p_user, jalon_engine.actor(), p_until, p_reason)
    returning * into v;
    return v;
end
$$;
comment on function jalon_engine.assign_proposition_role(jalon_propositions.proposition,
    jalon_propositions.proposition_roles, text, timestamptz, text)
is 'Hands a role out, for good or until a time; to who holds it already with that end, nothing happens. Its caller has '
    'asked for permission.';

create or replace function jalon_engine.revoke_proposition_role(
    p_role jalon_propositions.proposition_roles, p_user text, p_reason text
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    update jalon_propositions.proposition_role_assignments a
    set revoked_at = clock_timestamp(), revoked_by = jalon_engine.actor(), revocation_reason = p_reason
    where a.role_id = p_role.id and a.user_id = p_user and jalon_engine.is_in_force(a.revoked_at, a.valid_until);
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'proposition_role_assignments', 'id', p_user,
            'role', p_role.name), 'proposition.no_holder');
    end if;
end
$$;
comment on function jalon_engine.revoke_proposition_role(jalon_propositions.proposition_roles, text, text) is
'Takes a role back from somebody; JL401 where they do not hold it.';

create or replace function jalon_engine.tg_proposition_role_assignments__keep()
returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Lets pass the end of a span, and what goes with its proposition when that is erased.
    if tg_op = 'UPDATE' and old.revoked_at is null and new.revoked_at is not null
       and to_jsonb(new) - '{revoked_at,revoked_by,revocation_reason}'::text[] =
           to_jsonb(old) - '{revoked_at,revoked_by,revocation_reason}'::text[] then
        return new;
    end if;
    if tg_op = 'DELETE' and pg_trigger_depth() > 1 then
        return old;
    end if;
    perform jalon_engine.fail('JL502', jsonb_build_object('table', tg_table_name, 'operation', tg_op));
    return null;
end
$$;
comment on function jalon_engine.tg_proposition_role_assignments__keep() is
'Keeps assignments as they were made: only their end may be written, once.';
