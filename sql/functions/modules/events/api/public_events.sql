-- What the public sees: published events, which are approved ones by the table's own word.

create or replace function jalon_api.public_events(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_from timestamptz := jalon_engine.moment('starts_from', p_input ->> 'starts_from');
    v_before timestamptz := jalon_engine.moment('starts_before', p_input ->> 'starts_before');
    v_events jalon_events.events[];
    v_next text;
begin
    v_events := array(
        select e from jalon_events.events e
        where e.is_published
          and (v_from is null or e.starts_at >= v_from) and (v_before is null or e.starts_at < v_before)
          and (v_after is null
              or (e.starts_at, e.id) > (jalon_engine.moment('after', v_after ->> 0), (v_after ->> 1)::uuid))
        order by e.starts_at, e.id limit v_limit + 1);
    if cardinality(v_events) > v_limit then
        v_next := jalon_engine.cursor(jsonb_build_array(v_events[v_limit].starts_at, v_events[v_limit].id));
    end if;
    return (200, json_build_object('items', jalon_engine.public_events_json(v_events[:v_limit],
        p_caller ->> 'language'), 'next', v_next),
        null, case when v_next is not null then jsonb_build_object(':next', v_next) end)::jalon_engine.answer;
end
$$;
comment on function jalon_api.public_events(text, jsonb, jsonb) is
'Published events by date, in pages: {starts_from, starts_before, after, limit}.';

create or replace function jalon_api.public_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_events.events := jalon_engine.get_event(p_key);
begin
    if not v.is_published then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'events', 'id', p_key));
    end if;
    return (200, jalon_engine.public_events_json(array[v], p_caller ->> 'language') -> 0, jalon_engine.event_etag(v),
        null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.public_event(text, jsonb, jsonb) is 'One published event.';
