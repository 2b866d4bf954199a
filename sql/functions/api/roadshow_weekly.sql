-- For the console: the recap of a week, of the roadshow, in the time zone in which it dates its events.

create or replace function api.roadshow_weekly(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language sql stable security definer
set search_path = ''
as $$
    select a.* from api.weekly(null, jsonb_build_object(
        'tz', (select s.value #>> '{}' from lifecycle.setting s where s.name = 'roadshow.time_zone')) || p_input
        || '{"table": "roadshow_counterparty"}', p_caller) a
$$;
comment on function api.roadshow_weekly(text, jsonb, jsonb) is 'The roadshow''s recap of an ISO week: {week, tz}.';
grant execute on function api.roadshow_weekly(text, jsonb, jsonb) to jalon_api;
