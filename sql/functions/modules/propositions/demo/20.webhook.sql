-- A webhook as an admin finds it: it failed once, was tried again, and is paused. Its name resolves to nothing
-- (.invalid), so nothing leaves, not even when somebody resumes it; and it listens to rare events
-- only, so that little waits for it.
do $$
declare
    v_caller constant jsonb := '{"actor": "anna", "roles": ["admin"]}';
    v_url constant text := 'https://crm.example.invalid/hooks/jalon';
    v_at constant timestamptz := clock_timestamp() - interval '9 minutes';
    v_id uuid;
    v_message uuid;
begin
    if exists (select from jalon_engine.webhook w where w.url = v_url) then
        return;
    end if;
    v_id := (select (a.body ->> 'id')::uuid
        from jalon_engine.run(p_function => 'create_webhook', p_key => null,
            p_input => jsonb_build_object('url', v_url,
            'description', 'The CRM next door (demo)',
            'eventTypes', jsonb_build_array('proposition.custom_action.triggered'), 'omit', jsonb_build_array('who'),
            'inOrder', true), p_caller => v_caller) a);
    v_message := (select (a.body ->> 'id')::uuid from jalon_engine.run('test_webhook', v_id::text, '{}', v_caller) a);
    insert into jalon_engine.webhook_attempt (webhook_id, message_id, created_at, attempted_at, milliseconds,
        http_status, response_head)
    select d.webhook_id, d.message_id, d.created_at, v_at + t.after, t.milliseconds, t.status, t.head
    from jalon_engine.webhook_delivery d,
        (values (interval '0', 412, 503, 'Down for maintenance'),
            (interval '5.4 seconds', 38, 204, '')) t (after, milliseconds, status, head)
    where d.webhook_id = v_id and d.message_id = v_message;
    update jalon_engine.webhook_delivery d set due_at = null, attempts = 2, delivered_at = v_at + interval '5.4 seconds'
    where d.webhook_id = v_id and d.message_id = v_message;
    update jalon_engine.webhook_health h set last_failure_at = v_at, last_failure = 'HTTP 503'
    where h.webhook_id = v_id;
    perform jalon_engine.run('pause_webhook', v_id::text, '{"paused": true}', v_caller);
end
$$;
