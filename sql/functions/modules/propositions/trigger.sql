-- The button, and why it is greyed: the same function says both what somebody sees and whether pressing it counts.

create or replace function jalon_engine.custom_action_blockers(
    p_proposition jalon_propositions.proposition, p_action jalon_propositions.proposition_custom_actions, p_actor text,
    p_roles text[], p_reason text, p_meta jsonb
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_found jsonb := '[]';
    v_facts jsonb := jsonb_build_object('table', 'proposition', 'id', p_proposition.id, 'actor', p_actor,
        'action', p_action.name, 'from', p_proposition.status, 'to', p_action.to_status);
    v_row jsonb := to_jsonb(p_proposition);
    v_rule jalon_engine.rule;
begin
    if not p_action.statuses && array[p_proposition.status, '*']::text[] then
        v_found := v_found || jsonb_build_object('code', 'JL104',
            'params', v_facts || jsonb_build_object('statuses', p_action.statuses));
    end if;
    if not p_action.roles && (p_roles || '{any}'::text[]) then
        v_found := v_found || jsonb_build_object('code', 'JL202', 'text', 'proposition.action_role',
            'params', v_facts || jsonb_build_object('roles', p_action.roles, 'held', p_roles));
    end if;
    if not jalon_engine.proposition_carries('trigger_custom_action', p_actor, p_roles, p_proposition.id,
            p_proposition.status) then
        v_found := v_found || jsonb_build_object('code', 'JL203',
            'params', v_facts || jsonb_build_object('permission', 'trigger_custom_action',
                'roles', jalon_engine.proposition_carriers('trigger_custom_action', p_proposition.id,
                    p_proposition.status)));
    end if;
    if p_action.to_status is not null then
        v_facts := v_facts || jsonb_build_object('allowed', jalon_engine.allowed_codes('PROPOSITION_STATUS', '*',
            p_proposition.status, p_actor, p_roles));
        select u.* into v_rule from jalon_engine.rule u
        where u.category = 'PROPOSITION_STATUS' and u.case_type = '*' and u.from_code = p_proposition.status
            and u.to_code = p_action.to_status;
        if found then
            select v_found || coalesce(
                jsonb_agg(b.value || jsonb_build_object('params', v_facts || (b.value -> 'params'))), '[]') into v_found
            from jsonb_array_elements(jalon_engine.blockers(v_rule, p_actor, p_roles, p_reason, p_meta, v_row,
                v_row || jsonb_build_object('status', p_action.to_status))) b;
        else
            v_found := v_found || jsonb_build_object('code', 'JL101', 'params', v_facts);
        end if;
    end if;
    return v_found;
end
$$;
comment on function jalon_engine.custom_action_blockers(jalon_propositions.proposition,
    jalon_propositions.proposition_custom_actions, text, text[], text, jsonb)
is 'All that stands between an actor and a custom action, as JSON; empty where they may trigger it.';

create or replace function jalon_engine.trigger_custom_action(
    p_proposition jalon_propositions.proposition, p_key text, p_input jsonb, p_reason text, p_idempotency_key text
)
returns jalon_propositions.proposition_custom_action_events
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    c jalon_engine.context := jalon_engine.context();
    a jalon_propositions.proposition_custom_actions := jalon_engine.proposition_action(p_proposition, p_key);
    v jalon_propositions.proposition_custom_action_events;
    v_meta jsonb := coalesce(p_input, '{}') || jsonb_build_object('customAction', a.code);
    v_blocker jsonb;
begin
    select e.* into v from jalon_propositions.proposition_custom_action_events e
    where e.proposition_id = p_proposition.id and e.triggered_by = c.actor and e.idempotency_key = p_idempotency_key;
    if found and v.action_id = a.id then
        return v;
    elsif found then
        perform jalon_engine.fail('JL412', jsonb_build_object('key', p_idempotency_key));
    end if;
    v.roles := jalon.resolve_actor_roles(c.actor, p_proposition.id, c.roles);
    if not a.is_active then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'proposition_custom_actions', 'id', p_key));
    end if;
    v_blocker := jalon_engine.custom_action_blockers(p_proposition, a, c.actor, v.roles, p_reason, v_meta) -> 0;
    if v_blocker is not null then
        perform jalon_engine.fail(v_blocker ->> 'code', v_blocker -> 'params', v_blocker ->> 'text');
    end if;
    perform jalon_engine.check_input(a.inputs, coalesce(p_input, '{}'));
    v.status := p_proposition.status;
    v.version := p_proposition.status_version;
    if a.to_status is not null then
        v.version := (jalon_engine.move('proposition', 'status', p_proposition.id::text, a.to_status, p_reason,
            p_meta => v_meta)).version;
    end if;
    v.id := jalon_engine.uuid7();
    v.proposition_id := p_proposition.id;
    v.action_id := a.id;
    v.to_status := a.to_status;
    v.triggered_at := clock_timestamp();
    v.triggered_by := c.actor;
    v.reason := p_reason;
    v.input := coalesce(p_input, '{}');
    v.idempotency_key := p_idempotency_key;
    v.db_role := c.db_role;
    v.transaction_id := pg_current_xact_id();
    v.payload := jalon_engine.render_payload(a.payload, jsonb_build_object(
        'proposition', jsonb_build_object('id', p_proposition.id, 'title', p_proposition.title,
            'body', p_proposition.body, 'authorId', p_proposition.author_id,
            'status', p_proposition.status, 'version', v.version),
        'action', jsonb_build_object('id', a.id, 'code', a.code, 'name', a.name), 'actor', c.actor, 'roles', v.roles,
        'input', v.input, 'reason', p_reason, 'status', v.status, 'toStatus', v.to_status, 'at', v.triggered_at));
    insert into jalon_propositions.proposition_custom_action_events select v.*;
    perform jalon_engine.publish_custom_action(v, a);
    return v;
end
$$;
comment on function jalon_engine.trigger_custom_action(jalon_propositions.proposition, text, jsonb, text, text)
is 'Triggers an action of a proposition whose row is locked: checks role, status and permission, takes its transition, '
    'records and publishes. The same key triggers once.';

create or replace function jalon_engine.publish_custom_action(
    p_event jalon_propositions.proposition_custom_action_events, p_action jalon_propositions.proposition_custom_actions
)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- For the relay, which delivers after commit: no person waits for a webhook.
    insert into jalon_engine.outbox_message (id, type, tracked, record_key, version, occurred_at, transaction_id, data)
    select p_event.id, 'proposition.custom_action.triggered', 'proposition', p_event.proposition_id::text,
        p_event.version, p_event.triggered_at, p_event.transaction_id,
        jsonb_strip_nulls(jsonb_build_object('table', 'proposition', 'key', p_event.proposition_id,
            'action', jsonb_build_object('id', p_action.id, 'code', p_action.code, 'name', p_action.name),
            'status', p_event.status, 'toStatus', p_event.to_status, 'version', p_event.version,
            'who', p_event.triggered_by, 'reason', p_event.reason))
            || jsonb_build_object('payload', p_event.payload)
    where exists (select from jalon_engine.interest i where i.tracked = 'proposition')
$$;
comment on function jalon_engine.publish_custom_action(jalon_propositions.proposition_custom_action_events,
    jalon_propositions.proposition_custom_actions)
is 'Publishes proposition.custom_action.triggered, where somebody wants to hear of propositions.';
