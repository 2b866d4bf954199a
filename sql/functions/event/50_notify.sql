-- Notifications of events: one for each audience that a change concerns, written with the history row that tells of it.
-- Nothing is sent from here; see jalon.announce.

create or replace function jalon_engine.tg_event_status_history__notify()
returns trigger
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    insert into jalon_engine.notification (id, recipient, recipient_permission, acted_by, type, priority, message, params, link, tracked, record_key)
    select jalon_engine.uuid7(), case when n.audience is null then e.organizer_id end, n.audience, h.changed_by, n.type, n.priority,
        'event.notice.' || n.code, jsonb_build_object(
            'event_id', e.id, 'title', e.title, 'actor', h.changed_by, 'version', h.version,
            'old_status', h.old_status, 'status', h.new_status,
            'old_moderation_status', h.old_moderation_status, 'moderation_status', h.new_moderation_status,
            'old_is_published', h.old_is_published, 'is_published', h.new_is_published,
            'reason', h.reason, 'admin_notes', h.admin_notes,
            'notes', coalesce(e'\n' || coalesce(h.admin_notes, h.reason), '')),
        jalon_engine.fill(n.link, jsonb_build_object('event_id', e.id)), 'events', e.id::text
    from new_rows h
    join event.events e on e.id = h.event_id
    cross join lateral (
        select distinct on (c.audience) c.* from event.notice c
        where coalesce(c.by_organizer = (h.changed_by = e.organizer_id), true)
          and case c.column_name
              when 'status' then h.old_status <> h.new_status
                  and coalesce(c.from_code = h.old_status, true) and coalesce(c.to_code = h.new_status, true)
              when 'moderation_status' then h.old_moderation_status <> h.new_moderation_status
                  and coalesce(c.from_code = h.old_moderation_status, true) and coalesce(c.to_code = h.new_moderation_status, true)
              else h.old_is_published <> h.new_is_published
                  and coalesce(c.from_code = h.old_is_published::text, true) and coalesce(c.to_code = h.new_is_published::text, true)
          end
        order by c.audience, c.position
    ) n
    where h.version > 1 and h.kind not in ('import', 'backfill');
    return null;
end
$$;
comment on function jalon_engine.tg_event_status_history__notify() is 'Writes the notifications of changes, as the rows of event.notice say; never to the one who acted.';
