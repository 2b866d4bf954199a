-- Events obey their three workflows. The history has the name that the requirement gives it, and the moderators' notes
-- as a column of their own. Rights and follow-ups come before Jalon's triggers, which check the result.
select jalon.track('jalon_events.events', columns =>
    '{"status": "EVENT_STATUS", "moderation_status": "EVENT_MODERATION", "is_published": "EVENT_PUBLICATION"}',
    name => 'events', history_key => 'event_id', relations => '{"event_organizer": "organizer_id"}');

create or replace trigger _100_content before update on jalon_events.events
for each row when (
    (old.title, old.description, old.starts_at, old.ends_at, old.place, old.price, old.capacity, old.organizer_id)
    is distinct from (new.title, new.description, new.starts_at, new.ends_at, new.place, new.price, new.capacity,
        new.organizer_id))
execute function jalon_engine.tg_events__content();

create or replace trigger _200_follow_up before update on jalon_events.events
for each row when (
    (old.status, old.moderation_status, old.is_published, old.revision)
    is distinct from (new.status, new.moderation_status, new.is_published, new.revision))
execute function jalon_engine.tg_events__follow_up();

create or replace trigger _300_delete before delete on jalon_events.events
for each row execute function jalon_engine.tg_events__delete();

create or replace trigger _400_changed_by_of_new before insert on jalon_events.events
for each row execute function jalon_engine.tg_events__changed_by();

create or replace trigger _410_changed_by before update on jalon_events.events
for each row when (
    (old.status, old.moderation_status, old.is_published) is distinct from (new.status, new.moderation_status,
        new.is_published))
execute function jalon_engine.tg_events__changed_by();

create or replace trigger notify after update on jalon_events.events
for each row when (
    (old.status, old.moderation_status, old.is_published) is distinct from (new.status, new.moderation_status,
        new.is_published))
execute function jalon_engine.tg_events__notify();
comment on trigger notify on jalon_events.events is
'Tells those whom a change concerns. Fires after Jalon''s trigger, which sorts before it.';

create or replace trigger keep_edit after update on jalon_events.events
for each row when (old.edited_at is distinct from new.edited_at)
execute function jalon_engine.tg_record__keep_edit('events');
