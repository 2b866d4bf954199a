-- How a call gets hold of a proposition: as its caller may see it, and for writers under the row's lock, so that a role
-- that is being revoked, an action that is being changed and a button that is being pressed come one after the other.

create or replace function jalon_engine.get_proposition(p_key text, p_caller jsonb, p_locked boolean default false)
returns jalon_propositions.proposition
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    return jsonb_populate_record(null::jalon_propositions.proposition,
        jalon_engine.get_record(jalon_engine.tracked_of('proposition'), p_key, p_caller,
            p_lock => case when p_locked then 'for no key update' else '' end));
end
$$;
comment on function jalon_engine.get_proposition(text, jsonb, boolean) is
'A proposition that the caller may see, locked for a change if asked; JL401 where there is none.';

create or replace function jalon_engine.proposition_role(p_proposition jalon_propositions.proposition, p_key text)
returns jalon_propositions.proposition_roles
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition_roles;
begin
    select r.* into v from jalon_propositions.proposition_roles r
    where r.proposition_id = p_proposition.id and r.deleted_at is null and p_key in (r.id::text, r.code);
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'proposition_roles', 'id', p_key));
    end if;
    return v;
end
$$;
comment on function jalon_engine.proposition_role(jalon_propositions.proposition, text) is
'A role of this proposition by id or code; JL401 where it has none such.';

create or replace function jalon_engine.proposition_action(p_proposition jalon_propositions.proposition, p_key text)
returns jalon_propositions.proposition_custom_actions
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition_custom_actions;
begin
    select a.* into v from jalon_propositions.proposition_custom_actions a
    where a.proposition_id = p_proposition.id and a.deleted_at is null and p_key in (a.id::text, a.code);
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'proposition_custom_actions', 'id', p_key));
    end if;
    return v;
end
$$;
comment on function jalon_engine.proposition_action(jalon_propositions.proposition, text) is
'An action of this proposition by id or code; JL401 where it has none such.';
