-- GET /health/ready and the gauges of /metrics. Cheap: it may be asked every second.

create or replace function jalon_api.health(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- Counting stops at 10,000: beyond that the number says nothing more, and the count would cost.
    select 200, json_build_object(
        'tracked_tables', (select count(*) from jalon_engine.tracked),
        'events_waiting', (select count(*) from (select from jalon_engine.outbox_message limit 10000) e),
        'relay_age_seconds', coalesce((select extract(epoch from now() - min(e.occurred_at))
            from (select v.occurred_at from jalon_engine.outbox_message v limit 10000) e), 0),
        'webhooks', (select count(*) from jalon_engine.webhook),
        'webhooks_paused', (select count(*) from jalon_engine.webhook w where w.is_paused),
        'webhooks_disabled', (select count(*) from jalon_engine.webhook w where w.disabled_at is not null),
        'webhooks_failing', (select count(*) from jalon_engine.webhook_health h where h.failing_since is not null),
        'deliveries_waiting', (select count(*)
            from (select from jalon_engine.webhook_delivery d where d.due_at is not null limit 10000) d)
    ), null::text, null::jsonb
$$;
comment on function jalon_api.health(text, jsonb, jsonb) is 'That the database answers, and what /metrics shows of it.';
