-- What the public sees: published events, which are approved ones by the table's own word.

create or replace function api.public_events(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql stable security definer
set search_path = ''
as $$
declare
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := logic.cursor_position(p_input ->> 'after', 2);
    v_from timestamptz := logic.moment('starts_from', p_input ->> 'starts_from');
    v_before timestamptz := logic.moment('starts_before', p_input ->> 'starts_before');
    v_events event.events[];
    v_next text;
begin
    v_events := array(
        select e from event.events e
        where e.is_published
          and (v_from is null or e.starts_at >= v_from) and (v_before is null or e.starts_at < v_before)
          and (v_after is null or (e.starts_at, e.id) > (logic.moment('after', v_after ->> 0), (v_after ->> 1)::uuid))
        order by e.starts_at, e.id limit v_limit + 1);
    if cardinality(v_events) > v_limit then
        v_next := logic.cursor(jsonb_build_array(v_events[v_limit].starts_at, v_events[v_limit].id));
    end if;
    return (200, json_build_object('items', logic.public_events_json(v_events[:v_limit], p_caller ->> 'language'), 'next', v_next),
        null, case when v_next is not null then jsonb_build_object(':next', v_next) end)::lifecycle.answer;
end
$$;
comment on function api.public_events(text, jsonb, jsonb) is 'Published events by date, in pages: {starts_from, starts_before, after, limit}.';
grant execute on function api.public_events(text, jsonb, jsonb) to jalon_api;

create or replace function api.public_event(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql stable security definer
set search_path = ''
as $$
declare
    v event.events := logic.event_of(p_key);
begin
    if not v.is_published then
        perform logic.fail('JL401', jsonb_build_object('table', 'events', 'id', p_key));
    end if;
    return (200, logic.public_events_json(array[v], p_caller ->> 'language') -> 0, logic.event_etag(v), null)::lifecycle.answer;
end
$$;
comment on function api.public_event(text, jsonb, jsonb) is 'One published event.';
grant execute on function api.public_event(text, jsonb, jsonb) to jalon_api;
