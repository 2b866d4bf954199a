-- The timeline of an event: for its organizer, and for moderators.

create or replace function jalon_api.my_event_status_history(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.event_timeline(jalon_engine.get_event(p_key, jalon_engine.event_owner(p_caller)),
        p_input, p_caller)
$$;
comment on function jalon_api.my_event_status_history(text, jsonb, jsonb) is
'Every change of status of an event of the caller (for a moderator: of any), newest first: {after, limit}.';

create or replace function jalon_api.event_status_history_for_moderation(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('moderate_events', 'events', p_caller => p_caller);
    return jalon_engine.event_timeline(jalon_engine.get_event(p_key), p_input, p_caller);
end
$$;
comment on function jalon_api.event_status_history_for_moderation(text, jsonb, jsonb) is
'Every change of status of any event, newest first: {after, limit}.';

create or replace function jalon_engine.event_timeline(p_event jalon_events.events, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_before integer := (jalon_engine.cursor_position(p_input ->> 'after', 1) ->> 0)::integer;
    v_language constant text := p_caller ->> 'language';
    v_rows jalon_events.event_status_history[];
    v_items json;
    v_next text;
begin
    v_rows := array(
        select h from jalon_events.event_status_history h
        where h.event_id = p_event.id and (v_before is null or h.version < v_before)
        order by h.version desc limit v_limit + 1);
    v_next := jalon_engine.next_cursor(cardinality(v_rows) > v_limit, jsonb_build_array(v_rows[v_limit].version));
    select coalesce(json_agg(json_build_object(
        'id', h.id, 'version', h.version, 'kind', h.kind,
        'old_status', h.old_status, 'new_status', h.new_status,
        'old_moderation_status', h.old_moderation_status, 'new_moderation_status', h.new_moderation_status,
        'old_is_published', h.old_is_published, 'new_is_published', h.new_is_published,
        'label', jalon_engine.event_status_label(h.new_status, h.new_moderation_status, h.new_is_published, v_language),
        'color', d.color, 'icon', d.icon, 'reason', h.reason, 'admin_notes', h.admin_notes,
        'changes', (select coalesce(json_agg(json_build_object('column', c.column_name,
                'from', c.old_code, 'from_label', jalon_engine.code_name(t.category, c.old_code, v_language),
                'to', c.new_code, 'to_label', jalon_engine.code_name(t.category, c.new_code, v_language))
            order by t.position), '[]')
            from (select j.j ->> ('old_' || k.column_name) as old_code,
                    j.j ->> ('new_' || k.column_name) as new_code, k.column_name
                  from (select to_jsonb(h) as j) j cross join jalon_engine.tracked_column k
                  where k.tracked = 'events') c
            join jalon_engine.tracked_column t on t.tracked = 'events' and t.column_name = c.column_name
            where c.old_code is distinct from c.new_code),
        'changed_at', h.changed_at, 'changed_by', h.changed_by, 'previous_changed_at', h.previous_changed_at)
        order by h.version desc), '[]')
    into v_items
    from unnest(v_rows[:v_limit]) h
    cross join lateral jalon_engine.event_display(h.new_status, h.new_moderation_status, h.new_is_published) d;
    return jalon_engine.ok(p_body => json_build_object('items', v_items, 'next', v_next,
            'total', p_event.status_version, 'current', json_build_object('status', p_event.status,
                'moderation_status', p_event.moderation_status, 'is_published', p_event.is_published,
                'label', jalon_engine.event_label(p_event, v_language),
                'status_changed_at', p_event.status_changed_at,
                'steps', jalon_engine.event_steps(p_event, v_language))),
        p_etag => jalon_engine.event_etag(p_event),
        p_headers => jalon_engine.page_headers(v_next));
end
$$;
comment on function jalon_engine.event_timeline(jalon_events.events, jsonb, jsonb) is
'The changes of an event in pages, and where it stands now.';
