-- What an organizer does with the content of an event: create, edit, delete.

create or replace function jalon_api.create_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_events.events;
begin
    perform jalon_engine.require_permission('create_event', 'events');
    insert into jalon_events.events (organizer_id, title, description, starts_at, ends_at, place, price, capacity)
    select jalon_engine.actor(), r.title, r.description, r.starts_at, r.ends_at, r.place, r.price, r.capacity
    from jsonb_populate_record(null::jalon_events.events, p_input) r
    returning * into v;
    return jalon_engine.event_answer(201, v, p_caller,
        jsonb_build_object('Location', '/api/organizer/events/' || v.id));
end
$$;
comment on function jalon_api.create_event(text, jsonb, jsonb) is
'Creates an event of the caller: {title, description, starts_at, ends_at, place, price, capacity}.';

create or replace function jalon_api.edit_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_events.events;
begin
    v := jalon_engine.get_event(p_key, jalon_engine.event_owner(p_caller), p_locked => true);
    perform jalon_engine.require_event_match(p_caller, v);
    -- Only what is content; what is not given stays.
    update jalon_events.events e
    set (title, description, starts_at, ends_at, place, price, capacity)
        = (select r.title, r.description, r.starts_at, r.ends_at, r.place, r.price, r.capacity
           from jsonb_populate_record(v,
               (select coalesce(jsonb_object_agg(c.column_name, p_input -> c.column_name), '{}')
                   from jalon_events.content_column c where p_input ? c.column_name)) r)
    where e.id = v.id
    returning * into v;
    return jalon_engine.event_answer(200, v, p_caller);
end
$$;
comment on function jalon_api.edit_event(text, jsonb, jsonb) is
'Edits an event of the caller; a major change of an approved one asks for a new approval.';

create or replace function jalon_api.delete_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_events.events;
begin
    v := jalon_engine.get_event(p_key, jalon_engine.event_owner(p_caller), p_locked => true);
    perform jalon_engine.require_event_match(p_caller, v);
    delete from jalon_events.events e where e.id = v.id;
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.delete_event(text, jsonb, jsonb) is
'Deletes a draft of the caller. That it was there stays on record.';

create or replace function jalon_engine.require_event_match(p_caller jsonb, p_event jalon_events.events)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_etag(p_caller, jalon_engine.event_etag(p_event),
        p_facts => jsonb_build_object('table', 'events', 'id', p_event.id, 'version', p_event.status_version),
        p_edited_by => p_event.edited_by, p_edited_at => p_event.edited_at, p_moved_at => p_event.status_changed_at);
end
$$;
comment on function jalon_engine.require_event_match(jsonb, jalon_events.events) is
'Fails with JL410 unless If-Match, if any, names the event as it stands.';
