-- GET /health/ready and the gauges of /metrics. Cheap: it may be asked every second.

create or replace function api.health(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language sql stable security definer
set search_path = ''
as $$
    select 200, json_build_object('tracked_tables', (select count(*) from lifecycle.tracked)), null::text, null::jsonb
$$;
comment on function api.health(text, jsonb, jsonb) is 'That the database answers, and what /metrics shows of it.';
grant execute on function api.health(text, jsonb, jsonb) to jalon_api;
