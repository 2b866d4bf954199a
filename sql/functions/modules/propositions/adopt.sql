-- Roles and actions that were defined in settings become rows of the catalogue, each on its proposition, or on all
-- where it names none. What is there, or was there and was taken away, stays as it is: the call can be made again.

create or replace function jalon.adopt_proposition_settings()
returns table (kind text, proposition uuid, name text, outcome text)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_found record;
    p jalon_propositions.proposition;
begin
    perform jalon_engine.require_permission('manage_permissions');
    for v_found in
        select s.name = 'proposition.custom_roles' as is_role, e.value as definition, x.id
        from jalon_engine.setting s
        cross join lateral jsonb_array_elements(case jsonb_typeof(s.value) when 'array' then s.value
            else '[]' end) with ordinality e
        left join jalon_propositions.proposition x on e.value ->> 'proposition' is null
            or e.value ->> 'proposition' = x.id::text
        where s.name in ('proposition.custom_roles', 'proposition.custom_actions')
        -- Roles first: actions name them.
        order by s.name = 'proposition.custom_roles' desc, x.id, e.ordinality
    loop
        kind := case when v_found.is_role then 'role' else 'action' end;
        proposition := v_found.id;
        name := v_found.definition ->> 'name';
        begin
            if v_found.id is null then
                perform jalon_engine.fail('JL401',
                    jsonb_build_object('table', 'proposition', 'id', v_found.definition ->> 'proposition'));
            elsif coalesce(name, '') !~ '\S' then
                perform jalon_engine.fail('JL405', jsonb_build_object('field', 'name', 'why', name), 'JL405.name');
            end if;
            select x.* into p from jalon_propositions.proposition x where x.id = v_found.id for no key update;
            outcome := case when v_found.is_role then jalon_engine.adopt_role(p, v_found.definition)
                else jalon_engine.adopt_action(p, v_found.definition) end;
        exception
            when others then
                -- A definition that does not fit is reported and hinders no other.
                if sqlstate not like 'JL%' and sqlstate not like '22%' and sqlstate not like '23%' then
                    raise;
                end if;
                outcome := 'refused: ' || sqlerrm;
        end;
        return next;
    end loop;
end
$$;
comment on function jalon.adopt_proposition_settings()
is 'Takes over the roles and actions defined in the settings proposition.custom_roles and proposition.custom_actions; '
    'safe to call again.';
grant execute on function jalon.adopt_proposition_settings() to jalon_dba;

create or replace function jalon_engine.adopt_role(p_proposition jalon_propositions.proposition, p_definition jsonb)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition_roles;
    v_user jsonb;
    v_outcome text := 'there already';
begin
    select r.* into v from jalon_propositions.proposition_roles r
    where r.proposition_id = p_proposition.id and r.code = jalon_engine.proposition_slug(p_definition ->> 'name')
    order by r.deleted_at desc nulls first limit 1;
    if not found then
        v := jalon_engine.make_proposition_role(p_proposition, p_definition);
        v_outcome := 'made';
    end if;
    for v_user in
        select u.value from jsonb_array_elements(coalesce(p_definition -> 'users', '[]')) u
        where v.deleted_at is null and not exists (
            select from jalon_propositions.proposition_role_assignments a
            where a.role_id = v.id and a.user_id = coalesce(u.value ->> 'userId', u.value #>> '{}'))
    loop
        perform jalon_engine.assign_proposition_role(p_proposition, v, coalesce(v_user ->> 'userId', v_user #>> '{}'),
            (v_user ->> 'until')::timestamptz, p_definition ->> 'reason');
    end loop;
    return v_outcome;
end
$$;
comment on function jalon_engine.adopt_role(jalon_propositions.proposition, jsonb) is
'Makes a role as a setting defines it, and hands it to the users named there, each once ever.';

create or replace function jalon_engine.adopt_action(p_proposition jalon_propositions.proposition, p_definition jsonb)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (select from jalon_propositions.proposition_custom_actions a
               where a.proposition_id = p_proposition.id
                   and a.code = jalon_engine.proposition_slug(p_definition ->> 'name')) then
        return 'there already';
    end if;
    perform jalon_engine.declare_custom_action(p_proposition => p_proposition, p_input => p_definition,
        p_action => null);
    return 'made';
end
$$;
comment on function jalon_engine.adopt_action(jalon_propositions.proposition, jsonb) is
'Declares an action as a setting defines it.';
