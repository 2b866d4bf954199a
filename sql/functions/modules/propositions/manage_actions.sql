-- Custom actions: declared, changed, taken away. The writers below are called with the proposition's row locked.

create or replace function jalon_engine.custom_action_roles(p_proposition uuid, p_roles jsonb)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_role text;
    v_found text;
    v_roles text[] := '{}';
begin
    -- A role may be given as custom:<code>, or as id, code or name of a custom role; or as one of the organisation's.
    for v_role in select distinct e.value from jsonb_array_elements_text(p_roles) e order by 1 loop
        select coalesce(
            (select 'custom:' || r.code from jalon_propositions.proposition_roles r
             where r.proposition_id = p_proposition and r.deleted_at is null
                 and v_role in ('custom:' || r.code, r.id::text, r.code, r.name)
             order by r.code limit 1),
            (select r.code from jalon_engine.role r where r.code = v_role)) into v_found;
        if v_found is null then
            perform jalon_engine.fail('JL405', jsonb_build_object('field', 'roles', 'why', v_role, 'allowed', array(
                select r.code from jalon_engine.role r union all
                select 'custom:' || r.code from jalon_propositions.proposition_roles r
                where r.proposition_id = p_proposition and r.deleted_at is null)), 'JL405.choice');
        end if;
        v_roles := array_append(array_remove(v_roles, v_found), v_found);
    end loop;
    return v_roles;
end
$$;
comment on function jalon_engine.custom_action_roles(uuid, jsonb) is
'Roles of a request by their names in actions; JL405 where there is no such role here.';

create or replace function jalon_engine.check_custom_action(p_action jalon_propositions.proposition_custom_actions)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_status text;
begin
    foreach v_status in array array_append(array_remove(p_action.statuses, '*'), p_action.to_status) loop
        if v_status is not null and not exists (
            select from jalon_engine.referential f
            where f.category = 'PROPOSITION_STATUS' and f.code = v_status and f.is_active) then
            perform jalon_engine.fail('JL402', jsonb_build_object('category', 'PROPOSITION_STATUS', 'to', v_status,
                'allowed', jalon_engine.codes_of('PROPOSITION_STATUS', '*')));
        end if;
    end loop;
    foreach v_status in array array_remove(p_action.statuses, '*') loop
        -- An action may only promise a transition that exists wherever it shows.
        if v_status <> p_action.to_status and not exists (
            select from jalon_engine.rule u
            where u.category = 'PROPOSITION_STATUS' and u.case_type = '*' and u.from_code = v_status
                and u.to_code = p_action.to_status) then
            perform jalon_engine.fail('JL405',
                jsonb_build_object('field', 'toStatus', 'why', v_status || ' -> ' || p_action.to_status,
                    'allowed', jalon_engine.allowed_codes('PROPOSITION_STATUS', '*', v_status)), 'JL405.choice');
        end if;
    end loop;
    if p_action.to_status = any (p_action.statuses) then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', 'toStatus', 'why', p_action.to_status || ' -> ' || p_action.to_status),
            'JL405.value');
    end if;
    perform jalon_engine.check_payload(p_action.payload);
    perform jalon_engine.check_inputs(p_action.inputs);
end
$$;
comment on function jalon_engine.check_custom_action(jalon_propositions.proposition_custom_actions) is
'Refuses an action with unknown statuses, a transition that does not exist, or a template that cannot be filled.';

create or replace function jalon_engine.declare_custom_action(
    p_proposition jalon_propositions.proposition, p_input jsonb, p_action jalon_propositions.proposition_custom_actions
)
returns jalon_propositions.proposition_custom_actions
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition_custom_actions := p_action;
    v_limit integer := jalon_engine.proposition_limit('max_actions');
begin
    if v.id is null then
        v.id := gen_random_uuid();
        v.proposition_id := p_proposition.id;
        v.code := jalon_engine.proposition_slug(p_input ->> 'name');
        v.payload := '{}';
        v.inputs := '{}';
        v.position := 0;
        v.is_active := true;
        v.created_at := clock_timestamp();
        v.created_by := jalon_engine.actor();
        if (select count(*) from jalon_propositions.proposition_custom_actions a
                where a.proposition_id = p_proposition.id and a.deleted_at is null) >= v_limit then
            perform jalon_engine.fail('JL421', jsonb_build_object('what', 'actions', 'limit', v_limit));
        end if;
        if exists (select from jalon_propositions.proposition_custom_actions a
                   where a.proposition_id = p_proposition.id and a.deleted_at is null and a.code = v.code) then
            perform jalon_engine.fail('JL422', jsonb_build_object('name', p_input ->> 'name'));
        end if;
    end if;
    v.name := case when p_input ? 'name' then btrim(p_input ->> 'name') else v.name end;
    v.description := case when p_input ? 'description' then p_input ->> 'description' else v.description end;
    v.icon := case when p_input ? 'icon' then p_input ->> 'icon' else v.icon end;
    v.statuses := case when p_input ? 'statuses' then array(select distinct e.value
        from jsonb_array_elements_text(p_input -> 'statuses') e order by 1)
        else v.statuses end;
    v.roles := case when p_input ? 'roles' then jalon_engine.custom_action_roles(p_proposition.id, p_input -> 'roles')
        else v.roles end;
    v.payload := case when p_input ? 'payload' then p_input -> 'payload' else v.payload end;
    v.inputs := case when p_input ? 'inputs' then jsonb_strip_nulls(p_input -> 'inputs') else v.inputs end;
    v.to_status := case when p_input ? 'toStatus' then p_input ->> 'toStatus' else v.to_status end;
    v.visibility := case when p_input ? 'visibility' then p_input ->> 'visibility' else v.visibility end;
    v.position := case when p_input ? 'position' then (p_input ->> 'position')::integer else v.position end;
    v.is_active := case when p_input ? 'isActive' then (p_input ->> 'isActive')::boolean else v.is_active end;
    perform jalon_engine.check_custom_action(v);
    if p_action.id is null then
        insert into jalon_propositions.proposition_custom_actions select v.*;
    else
        update jalon_propositions.proposition_custom_actions a
        set (name, description, icon, statuses, roles, payload, inputs, to_status, visibility, position, is_active)
            = (v.name, v.description, v.icon, v.statuses, v.roles, v.payload, v.inputs, v.to_status, v.visibility,
                v.position, v.is_active)
        where a.id = v.id;
    end if;
    return v;
end
$$;
comment on function jalon_engine.declare_custom_action(jalon_propositions.proposition, jsonb,
    jalon_propositions.proposition_custom_actions)
is 'Declares an action, or changes what is given of one: {name, description, icon, statuses, roles, payload, inputs, '
    'toStatus, visibility, position, isActive}.';

create or replace function jalon_engine.custom_action_choices(p_proposition uuid, p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object(
        'statuses', (
            select json_agg(json_build_object('code', f.code,
                'label', jalon_engine.code_name(f.category, f.code, p_language), 'color', f.color, 'icon', f.icon,
                'leadsTo', jalon_engine.allowed_codes(f.category, '*', f.code)) order by f.position, f.code)
            from jalon_engine.referential f where f.category = 'PROPOSITION_STATUS' and f.is_active),
        'roles', (
            select json_agg(json_build_object('code', c.code, 'label', c.label,
                'isCustom', c.is_custom) order by c.is_custom desc, c.label)
            from (
                select r.code, r.label, false from jalon_engine.roles_in(p_language) r
                union all
                select 'custom:' || r.code, r.name, true from jalon_propositions.proposition_roles r
                where r.proposition_id = p_proposition and r.deleted_at is null
            ) c (code, label, is_custom)),
        'placeholders', jalon_engine.payload_placeholders(), 'inputTypes', jalon_engine.input_types())
$$;
comment on function jalon_engine.custom_action_choices(uuid, text) is
'What an action of a proposition can be declared with: statuses, roles, placeholders of its payload.';

create or replace function jalon_engine.custom_action_json(p_action jalon_propositions.proposition_custom_actions)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('id', p_action.id, 'propositionId', p_action.proposition_id, 'code', p_action.code,
        'name', p_action.name, 'description', p_action.description, 'icon', p_action.icon,
        'statuses', p_action.statuses, 'roles', p_action.roles, 'payload', p_action.payload, 'inputs', p_action.inputs,
        'toStatus', p_action.to_status, 'visibility', p_action.visibility, 'position', p_action.position,
        'isActive', p_action.is_active, 'createdAt', p_action.created_at, 'createdBy', p_action.created_by)
$$;
comment on function jalon_engine.custom_action_json(jalon_propositions.proposition_custom_actions) is
'An action as it was declared, as the API shows it.';
