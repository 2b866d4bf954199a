-- What became of deliveries. A result counts while its lease does; the attempt is noted in any case.

create or replace function jalon.finish_deliveries(results jsonb)
returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant timestamptz := clock_timestamp();
    v_pauses constant jsonb := (select s.value from jalon_engine.setting s where s.name = 'webhook.retry_after');
    v_disabled text[] := '{}';
    r record;
begin
    insert into jalon_engine.webhook_attempt (webhook_id, message_id, created_at, attempted_at, milliseconds,
        http_status, error, response_head)
    select x.webhook_id, x.message_id, x.created_at, x.attempted_at, x.milliseconds, x.http_status, x.error,
        x.response_head
    from jsonb_populate_recordset(null::jalon_engine.webhook_attempt, finish_deliveries.results) x
    join jalon_engine.webhook w on w.id = x.webhook_id;

    with result as (
        select x.webhook_id, x.message_id, x.created_at, x.lease, x.retry_after,
            coalesce(x.http_status between 200 and 299, false) as is_delivered
        from jsonb_to_recordset(finish_deliveries.results)
            as x (webhook_id uuid, message_id uuid, created_at timestamptz, lease uuid, http_status integer,
                retry_after double precision)
    )
    update jalon_engine.webhook_delivery d
    set lease = null, attempts = d.attempts + 1, delivered_at = case when x.is_delivered then v_now end,
        due_at = case when not x.is_delivered then v_now + make_interval(secs => greatest(
            (v_pauses ->> d.attempts)::double precision * (0.8 + 0.4 * random()),
            case when v_pauses -> d.attempts is not null then x.retry_after end)) end
    from result x
    where d.webhook_id = x.webhook_id and d.message_id = x.message_id and d.created_at = x.created_at
        and d.lease = x.lease;

    for r in
        select x.webhook_id, bool_or(x.http_status between 200 and 299) as has_arrived,
            bool_or(x.http_status = 410) as is_gone,
            max(x.retry_after) filter (where x.http_status in (429, 502, 503, 504)) as retry_after,
            max(x.attempted_at) filter (where not coalesce(x.http_status between 200 and 299, false)) as failed_at,
            (array_agg(coalesce('HTTP ' || x.http_status, x.error, 'no answer') order by x.attempted_at desc)
                filter (where not coalesce(x.http_status between 200 and 299, false)))[1] as failure
        from jsonb_to_recordset(finish_deliveries.results)
            as x (webhook_id uuid, http_status integer, retry_after double precision,
                attempted_at timestamptz, error text)
        group by x.webhook_id order by x.webhook_id
    loop
        update jalon_engine.webhook_health h
        set failing_since = case when not coalesce(r.has_arrived, false) then coalesce(h.failing_since, v_now) end,
            held_until = v_now + make_interval(secs => r.retry_after),
            last_failure_at = coalesce(r.failed_at, h.last_failure_at),
            last_failure = coalesce(left(r.failure, 1000), h.last_failure)
        where h.webhook_id = r.webhook_id
          and (r.failed_at is not null or r.has_arrived and h.failing_since is not null
               or (v_now + make_interval(secs => r.retry_after)) is distinct from h.held_until);
        v_disabled := v_disabled || jalon_engine.disable_webhook(r.webhook_id, coalesce(r.is_gone, false));
    end loop;
    return v_disabled;
end
$$;
comment on function jalon.finish_deliveries(jsonb) is
'Reports deliveries: delivered, to be tried again, or dead; returns the addresses of endpoints that were given up.';
grant execute on function jalon.finish_deliveries(jsonb) to jalon_dba, jalon_relay;

create or replace function jalon_engine.disable_webhook(p_webhook_id uuid, p_is_gone boolean)
returns text[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_period constant text := (select s.value #>> '{}' from jalon_engine.setting s
        where s.name = 'webhook.give_up_after');
    w jalon_engine.webhook;
begin
    update jalon_engine.webhook x
    set disabled_at = clock_timestamp(), disabled_why = case when p_is_gone then 'gone' else 'failing' end,
        revision = x.revision + 1
    from jalon_engine.webhook_health h
    where x.id = p_webhook_id and h.webhook_id = x.id and x.disabled_at is null
      and (p_is_gone or h.failing_since <= clock_timestamp() - v_period::interval)
    returning x.* into w;
    if not found then
        return '{}';
    end if;
    insert into jalon_engine.notification (id, recipient_permission, acted_by, type, priority, message, params, link,
        tracked, record_key)
    values (jalon_engine.uuid7(), 'manage_webhooks', 'relay', 'webhook_disabled', 'high',
        'webhook.disabled.' || w.disabled_why,
        jsonb_build_object('url', w.url, 'period', v_period, 'webhook_id', w.id), '/api/v1/webhooks/' || w.id,
        'webhook', w.id::text);
    return array[w.url];
end
$$;
comment on function jalon_engine.disable_webhook(uuid, boolean) is
'Gives an endpoint up that is gone or has only failed for too long, and tells those who manage webhooks.';
