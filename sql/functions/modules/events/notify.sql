-- Notifications of events: one for each audience that a change concerns, written in the transaction of the change.
-- Nothing is sent from here; see jalon.announce.

create or replace function jalon_engine.tg_events__notify()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    c constant jalon_engine.context := jalon_engine.context();
    v_notes constant text := c.meta ->> 'admin_notes';
begin
    if c.kind in ('import', 'backfill') then
        return null;
    end if;
    -- What waited for a decision has been answered, whoever was asked.
    update jalon_engine.notification n set resolved_at = now()
    where n.tracked = 'events' and n.record_key = new.id::text and n.recipient_permission is not null
        and n.resolved_at is null and old.moderation_status <> new.moderation_status;
    insert into jalon_engine.notification (id, recipient, recipient_permission, acted_by, type, priority, message,
        params, link, tracked, record_key)
    select jalon_engine.uuid7(), case when n.audience is null then new.organizer_id end, n.audience, c.actor, n.type,
        n.priority, 'event.notice.' || n.code, jsonb_build_object(
            'event_id', new.id, 'title', new.title, 'actor', c.actor, 'version', new.status_version,
            'old_status', old.status, 'status', new.status,
            'old_moderation_status', old.moderation_status, 'moderation_status', new.moderation_status,
            'old_is_published', old.is_published, 'is_published', new.is_published,
            'reason', c.reason, 'admin_notes', v_notes,
            'notes', coalesce(e'\n' || coalesce(v_notes, c.reason), '')),
        jalon_engine.fill(n.link, jsonb_build_object('event_id', new.id)), 'events', new.id::text
    from (
        select distinct on (m.audience) m.* from jalon_events.notice m
        where coalesce(m.by_organizer = (c.actor = new.organizer_id), true)
          and case m.column_name
              when 'status' then old.status <> new.status
                  and coalesce(m.from_code = old.status, true) and coalesce(m.to_code = new.status, true)
              when 'moderation_status' then old.moderation_status <> new.moderation_status
                  and coalesce(m.from_code = old.moderation_status, true)
                  and coalesce(m.to_code = new.moderation_status, true)
              else old.is_published <> new.is_published
                  and coalesce(m.from_code = old.is_published::text, true)
                  and coalesce(m.to_code = new.is_published::text, true)
          end
        order by m.audience, m.position
    ) n;
    return null;
end
$$;
comment on function jalon_engine.tg_events__notify() is
'Writes the notifications of changes, as the rows of jalon_events.notice say; never to the one who acted.';
