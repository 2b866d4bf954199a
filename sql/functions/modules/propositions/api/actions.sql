-- /api/propositions/{id}/actions: what custom actions a proposition has. p_key is the proposition;
-- the action travels as actionId.

create or replace function jalon_api.proposition_actions(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition := jalon_engine.get_proposition(p_key, p_caller);
begin
    perform jalon_engine.require_proposition_permission('manage_actions', p, p_caller => p_caller);
    return jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(jalon_engine.custom_action_json(a) order by a.position, a.name)
        from jalon_propositions.proposition_custom_actions a
        where a.proposition_id = p.id and a.deleted_at is null), '[]'),
        'limit', jalon_engine.proposition_limit('max_actions'),
        'choices', jalon_engine.custom_action_choices(p.id, p_caller ->> 'language')));
end
$$;
comment on function jalon_api.proposition_actions(text, jsonb, jsonb) is 'The custom actions of a proposition as they '
'were declared, and what one can be declared with; for those who manage them.';

create or replace function jalon_api.proposition_action(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition := jalon_engine.get_proposition(p_key, p_caller);
begin
    perform jalon_engine.require_proposition_permission('manage_actions', p, p_caller => p_caller);
    return jalon_engine.ok(jalon_engine.custom_action_json(jalon_engine.proposition_action(p, p_input ->> 'actionId')));
end
$$;
comment on function jalon_api.proposition_action(text, jsonb, jsonb) is
'One custom action as it was declared: {actionId}.';

create or replace function jalon_api.declare_proposition_action(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
    v jalon_propositions.proposition_custom_actions;
begin
    p := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_proposition_permission('manage_actions', p);
    v := jalon_engine.declare_custom_action(p, p_input, null);
    return jalon_engine.created(jalon_engine.custom_action_json(v),
        format('/api/propositions/%s/actions/%s', p.id, v.id));
end
$$;
comment on function jalon_api.declare_proposition_action(text, jsonb, jsonb)
is 'Declares a custom action: {name, description, icon, statuses, roles, payload, toStatus, visibility, '
    'position, isActive}.';

create or replace function jalon_api.change_proposition_action(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
    v jalon_propositions.proposition_custom_actions;
begin
    p := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_proposition_permission('manage_actions', p);
    v := jalon_engine.declare_custom_action(p, p_input, jalon_engine.proposition_action(p, p_input ->> 'actionId'));
    return jalon_engine.ok(jalon_engine.custom_action_json(v));
end
$$;
comment on function jalon_api.change_proposition_action(text, jsonb, jsonb) is
'Changes what is given of a custom action: {actionId, …}.';

create or replace function jalon_api.drop_proposition_action(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
    v jalon_propositions.proposition_custom_actions;
begin
    p := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_proposition_permission('manage_actions', p);
    v := jalon_engine.proposition_action(p, p_input ->> 'actionId');
    update jalon_propositions.proposition_custom_actions a
    set deleted_at = clock_timestamp(), deleted_by = jalon_engine.actor() where a.id = v.id;
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.drop_proposition_action(text, jsonb, jsonb) is
'Takes a custom action away; its events stay: {actionId}.';
