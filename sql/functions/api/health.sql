-- GET /health/ready and the gauges of /metrics. Cheap: it may be asked every second.

create or replace function api.health(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language sql stable security definer
set search_path = ''
as $$
    -- Counting stops at 10,000: beyond that the number says nothing more, and the count would cost.
    select 200, json_build_object(
        'tracked_tables', (select count(*) from lifecycle.tracked),
        'events_waiting', (select count(*) from (select from lifecycle.event limit 10000) e),
        'relay_age_seconds', coalesce((select extract(epoch from now() - min(e.occurred_at)) from (select v.occurred_at from lifecycle.event v limit 10000) e), 0)
    ), null::text, null::jsonb
$$;
comment on function api.health(text, jsonb, jsonb) is 'That the database answers, and what /metrics shows of it.';
grant execute on function api.health(text, jsonb, jsonb) to jalon_api;
