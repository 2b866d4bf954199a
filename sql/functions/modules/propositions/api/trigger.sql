-- POST /api/propositions/{id}/actions/{actionId}/trigger, and what became of every such click.

create or replace function jalon_api.trigger_proposition_action(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    p jalon_propositions.proposition;
    v jalon_propositions.proposition_custom_action_events;
    v_code text;
    v_message text;
    v_detail text;
    v_hint text;
begin
    -- A refusal must leave a trace, and an error that reached the web application would undo it. So the refusal is
    -- caught here: the block undoes whatever the attempt had begun, the trace is written after it in the same
    -- transaction, and the refusal leaves as an ordinary answer with its own status. Anything that is not our refusal
    -- (a lock, a bug) is not a refusal.
    begin
        p := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
        perform jalon_engine.require_match(p_caller, 'proposition', p.id::text, p.status_version);
        v := jalon_engine.trigger_custom_action(p, p_input ->> 'actionId', p_input -> 'input', p_input ->> 'reason',
            p_caller ->> 'idempotencyKey');
    exception when others then
        get stacked diagnostics v_code = returned_sqlstate, v_message = message_text, v_detail = pg_exception_detail,
            v_hint = pg_exception_hint;
        if v_code not like 'JL%'
            or not jalon_engine.keep_refusal(p_key, p_input ->> 'actionId', p_caller, v_code, v_message) then
            raise;
        end if;
        return jalon_engine.refusal(format('/api/propositions/%s/actions/%s/trigger', p_key,
            p_input ->> 'actionId'), v_code, v_message, v_detail, v_hint);
    end;
    return jalon_engine.ok(jalon_engine.custom_action_event_json(v, p_caller ->> 'language'),
        p_headers => jsonb_build_object('etag', jalon_engine.etag(v.proposition_id::text, v.version))
        || case when v.to_status is not null and v.transaction_id = pg_current_xact_id()
           then jsonb_build_object(':moves', jsonb_build_array(jsonb_build_array('proposition', v.status, v.to_status)))
           else '{}' end);
end
$$;
comment on function jalon_api.trigger_proposition_action(text, jsonb, jsonb)
is 'Triggers a custom action: {actionId, input, reason}. A refusal is answered, traced, and tells nobody else.';

create or replace function jalon_engine.keep_refusal(
    p_key text, p_action text, p_caller jsonb, p_code text, p_message text
)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into jalon_propositions.proposition_custom_action_refusals
        (proposition_id, action_id, action_key, status, actor, roles, code, message, db_role, transaction_id)
    select p.id, (
            select a.id from jalon_propositions.proposition_custom_actions a
            where a.proposition_id = p.id and p_action in (a.id::text, a.code)
            order by a.deleted_at nulls first limit 1), left(p_action, 200), p.status, p_caller ->> 'actor',
                jalon_engine.proposition_caller_roles(p.id, p_caller), p_code, p_message, session_user,
                pg_current_xact_id()
    from jalon_propositions.proposition p where p.id::text = lower(p_key);
    return found;
end
$$;
comment on function jalon_engine.keep_refusal(text, text, jsonb, text, text) is
'Writes the trace of a refused trigger; says false where there is no such proposition.';

create or replace function jalon_engine.refusal(
    p_instance text, p_code text, p_message text, p_detail text, p_hint text
)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The body that the web application makes of an error: RFC 9457, with the members of DETAIL.
    select e.http_status,
        to_json(jsonb_strip_nulls(coalesce(p_detail::jsonb, '{}') || jsonb_build_object('type', '/errors/' || p_code,
                'title', h.phrase, 'status', e.http_status, 'detail', p_message,
                'instance', p_instance, 'code', p_code, 'hint', nullif(p_hint, '')))::text), null::text,
        '{"content-type": "application/problem+json"}'::jsonb
    from jalon_engine.error_code e
    left join (values (400, 'Bad Request'), (401, 'Unauthorized'), (403, 'Forbidden'), (404, 'Not Found'),
        (409, 'Conflict'),
        (412, 'Precondition Failed'), (422, 'Unprocessable Entity'), (428, 'Precondition Required')) h (status, phrase)
        on h.status = e.http_status
    where e.sqlstate = p_code
$$;
comment on function jalon_engine.refusal(text, text, text, text, text) is
'A refusal as an answer: problem details, with the status of its SQLSTATE.';

create or replace function jalon_engine.custom_action_event_json(
    p_event jalon_propositions.proposition_custom_action_events, p_language text
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('id', p_event.id, 'type', 'proposition.custom_action.triggered',
        'propositionId', p_event.proposition_id,
        'actionId', p_event.action_id, 'action', a.code, 'label', a.name, 'icon', a.icon,
        'status', p_event.status,
        'statusLabel', jalon_engine.code_name('PROPOSITION_STATUS', p_event.status, p_language),
        'toStatus', p_event.to_status,
        'toStatusLabel', jalon_engine.code_name('PROPOSITION_STATUS', p_event.to_status, p_language),
        'version', p_event.version, 'triggeredAt', p_event.triggered_at, 'triggeredBy', p_event.triggered_by,
        'reason', p_event.reason, 'input', p_event.input, 'payload', p_event.payload)
    from jalon_propositions.proposition_custom_actions a where a.id = p_event.action_id
$$;
comment on function jalon_engine.custom_action_event_json(jalon_propositions.proposition_custom_action_events, text) is
'One triggering, as the API shows it.';
