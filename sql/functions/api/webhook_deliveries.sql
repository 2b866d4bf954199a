-- The log of an endpoint's deliveries, and what can be done about them.

create or replace function jalon_engine.delivery_json(d jalon_engine.webhook_delivery)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('id', m.id, 'type', m.type, 'table', m.tracked, 'key', m.record_key, 'version', m.version,
        'occurredAt', m.occurred_at, 'state', case when d.due_at is not null then 'waiting'
            when d.delivered_at is not null then 'delivered' else 'dead' end,
        'dueAt', d.due_at, 'deliveredAt', d.delivered_at, 'attempts', d.attempts, 'lastAttempt', (
            select json_build_object('attemptedAt', a.attempted_at, 'milliseconds', a.milliseconds,
                'httpStatus', a.http_status, 'error', a.error, 'responseHead', a.response_head)
            from jalon_engine.webhook_attempt a
            where a.webhook_id = d.webhook_id and a.message_id = d.message_id and a.created_at = d.created_at
            order by a.attempted_at desc limit 1))
    from jalon_engine.webhook_message m where m.id = d.message_id and m.created_at = d.created_at
$$;
comment on function jalon_engine.delivery_json(jalon_engine.webhook_delivery) is 'A delivery and what it is about.';

create or replace function jalon_api.webhook_deliveries(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook := jalon_engine.get_webhook(p_key, p_caller);
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_state text := p_input ->> 'state';
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_rows jalon_engine.webhook_delivery[];
    v_items json;
    v_next text;
begin
    -- The state is part of the statement, so that each has its index.
    execute format($sql$select array(
        select d from jalon_engine.webhook_delivery d
        where d.webhook_id = $1
            and ($2 is null or (d.created_at, d.message_id) < (($2 ->> 0)::timestamptz, ($2 ->> 1)::uuid))
          and %s
        order by d.created_at desc, d.message_id desc limit $3 + 1)$sql$, case v_state
            when 'waiting' then 'd.due_at is not null'
            when 'delivered' then 'd.due_at is null and d.delivered_at is not null'
            when 'dead' then 'd.due_at is null and d.delivered_at is null' else 'true' end)
    into v_rows using w.id, v_after, v_limit;
    v_next := jalon_engine.next_cursor(cardinality(v_rows) > v_limit,
        jsonb_build_array(v_rows[v_limit].created_at, v_rows[v_limit].message_id));
    select coalesce(json_agg(jalon_engine.delivery_json(d) order by d.created_at desc, d.message_id desc), '[]')
    into v_items from unnest(v_rows[:v_limit]) d;
    return jalon_engine.page(v_items, v_next);
end
$$;
comment on function jalon_api.webhook_deliveries(text, jsonb, jsonb) is
'Deliveries of an endpoint, newest first: {state, after, limit}.';

create or replace function jalon_api.webhook_delivery(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook := jalon_engine.get_webhook(p_key, p_caller);
    d jalon_engine.webhook_delivery;
    m jalon_engine.webhook_message;
begin
    select x.* into d from jalon_engine.webhook_delivery x
    where x.webhook_id = w.id and x.message_id::text = p_input ->> 'delivery';
    if not found then
        perform jalon_engine.fail('JL401',
            jsonb_build_object('table', 'webhook delivery', 'id', p_input ->> 'delivery'));
    end if;
    select x.* into m from jalon_engine.webhook_message x where x.id = d.message_id and x.created_at = d.created_at;
    return jalon_engine.ok((jalon_engine.delivery_json(d)::jsonb
        || jsonb_build_object('body', jalon_engine.webhook_body(w, m), 'log', coalesce((
            select jsonb_agg(jsonb_build_object('attemptedAt', a.attempted_at, 'milliseconds', a.milliseconds,
                'httpStatus', a.http_status, 'error', a.error, 'responseHead', a.response_head) order by a.attempted_at)
            from jalon_engine.webhook_attempt a where a.webhook_id = w.id and a.message_id = d.message_id
                and a.created_at = d.created_at), '[]')))::json);
end
$$;
comment on function jalon_api.webhook_delivery(text, jsonb, jsonb) is
'One delivery with its body and each attempt: {delivery}.';

create or replace function jalon_api.send_webhook(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.webhook;
    v_count bigint;
begin
    w := jalon_engine.get_webhook(p_key, p_caller, p_locked => true);
    v_count := jalon_engine.send_again(w, jalon_engine.moment('since', p_input ->> 'since'),
        coalesce((p_input ->> 'onlyDead')::boolean, false), (p_input ->> 'delivery')::uuid);
    if v_count = 0 and p_input ? 'delivery'
       and not exists (select from jalon_engine.webhook_delivery d
           where d.webhook_id = w.id and d.message_id::text = p_input ->> 'delivery') then
        perform jalon_engine.fail('JL401',
            jsonb_build_object('table', 'webhook delivery', 'id', p_input ->> 'delivery'));
    end if;
    return jalon_engine.accepted(json_build_object('queued', v_count));
end
$$;
comment on function jalon_api.send_webhook(text, jsonb, jsonb) is
'Sends again: {since} all since an instant, {delivery} one, {onlyDead} what was given up.';

create or replace function jalon_api.test_webhook(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant timestamptz := clock_timestamp();
    w jalon_engine.webhook;
    m jalon_engine.webhook_message;
begin
    w := jalon_engine.get_webhook(p_key, p_caller, p_locked => true);
    insert into jalon_engine.webhook_message (id, created_at, type, tracked, record_key, version, occurred_at, data)
    values (jalon_engine.uuid7(), v_now, 'webhook.test', 'webhook', w.id::text, 1, v_now,
        jsonb_build_object('table', 'webhook', 'key', w.id, 'version', 1, 'who', jalon_engine.actor()))
            returning * into m;
    insert into jalon_engine.webhook_delivery (webhook_id, message_id, created_at, tracked, record_key, version, due_at)
    values (w.id, m.id, m.created_at, m.tracked, m.record_key, m.version, v_now);
    return jalon_engine.accepted(json_build_object('id', m.id),
        format('/api/v1/webhooks/%s/deliveries/%s', w.id, m.id));
end
$$;
comment on function jalon_api.test_webhook(text, jsonb, jsonb) is 'Sends a message of type webhook.test.';
