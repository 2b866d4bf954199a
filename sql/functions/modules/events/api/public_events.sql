-- What the public sees: published events, which are approved ones by the table's own word.

create or replace function jalon_api.public_events(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_fields constant text[] := jalon_engine.fields_asked(p_input ->> 'fields',
        '{id,title,description,starts_at,ends_at,place,price,capacity,status,label,color,icon,etag}');
    v_rows jalon_events.events[] := '{}';
    v_next text;
    v_previous text;
    v_total bigint;
begin
    select * into v_rows, v_next, v_previous, v_total
    from jalon_engine.read_list(v_rows, 'jalon_events.events x', array[
        'x.is_published'
        || case when p_input ? 'starts_from' then ' and x.starts_at >= ($1)[1]::timestamptz' else '' end
        || case when p_input ? 'starts_before' then ' and x.starts_at < ($1)[2]::timestamptz' else '' end],
        '{"starts_at": "x.starts_at", "title": "lower(x.title)", "id": "x.id"}', 'starts_at',
        array[jalon_engine.moment('starts_from', p_input ->> 'starts_from'),
            jalon_engine.moment('starts_before', p_input ->> 'starts_before')]::text[], p_input);
    return jalon_engine.list_answer(jalon_engine.public_events_json(v_rows, p_caller ->> 'language'), v_fields,
        v_next, v_previous, v_total);
end
$$;
comment on function jalon_api.public_events(text, jsonb, jsonb) is
'Published events by date unless sorted otherwise, in pages: {starts_from, starts_before, sort, count, fields, after, '
'limit}.';

create or replace function jalon_api.public_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_events.events := jalon_engine.get_event(p_key);
begin
    if not v.is_published then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'events', 'id', p_key));
    end if;
    return jalon_engine.ok(jalon_engine.public_events_json(array[v], p_caller ->> 'language') -> 0,
        jalon_engine.event_etag(v));
end
$$;
comment on function jalon_api.public_event(text, jsonb, jsonb) is 'One published event.';
