-- The moderators' page: what waits, one event of it beside with its history, and the notes that they begin with.

create or replace function jalon_api.moderation_triage(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_queue constant json := (jalon_api.moderation_queue(null, p_input, p_caller)).body;
    v_id constant text := coalesce(p_key, v_queue #>> '{items,0,id}');
    v_event jalon_events.events;
begin
    -- Whatever is chosen may be gone meanwhile: then the first that waits.
    if jalon_engine.is_key('uuid', v_id) then
        select e.* into v_event from jalon_events.events e where e.id = v_id::uuid;
        if not found then
            select e.* into v_event from jalon_events.events e where e.id = (v_queue #>> '{items,0,id}')::uuid;
        end if;
    end if;
    return jalon_engine.ok(json_build_object('queue', v_queue,
        'event', case when v_event.id is not null
            then (jalon_engine.event_answer(200, v_event, p_caller)).body end,
        'history', case when v_event.id is not null
            then (jalon_engine.event_timeline(v_event, '{"limit": 10}', p_caller)).body end,
        'notes', (select coalesce(json_agg(json_build_object('label', n.label, 'note', n.note)
                order by n.position, n.id), '[]')
            from jalon_events.note_template n where n.language = jalon_recap.language(p_caller ->> 'language'))));
end
$$;
comment on function jalon_api.moderation_triage(text, jsonb, jsonb) is
'What waits for a moderator, as moderation_queue says it, one event of it (the key, else the first) with its history, '
'and the notes that moderators begin with.';
