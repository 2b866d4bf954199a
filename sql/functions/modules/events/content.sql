-- The content of an event: who may edit it, what an edit leaves behind, who may delete it. Whoever writes, through
-- whichever way it comes, passes here.

create or replace function jalon_engine.tg_events__content()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.organizer_id is distinct from old.organizer_id then
        perform jalon_engine.require_event_permission('moderate_events', old);
    end if;
    perform jalon_engine.require_event_permission('edit_event', old);
    new.revision := old.revision + 1;
    new.edited_at := greatest(clock_timestamp(), old.edited_at);
    new.edited_by := jalon_engine.actor();
    return new;
end
$$;
comment on function jalon_engine.tg_events__content() is
'Lets pass only who may edit the event as it stands; counts the edit.';

create or replace function jalon_engine.tg_events__delete()
returns trigger
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_event_permission('delete_event', old);
    delete from jalon_engine.notification n where n.tracked = 'events' and n.record_key = old.id::text;
    return old;
end
$$;
comment on function jalon_engine.tg_events__delete() is
'Lets pass only who may delete the event as it is now; its notifications are deleted with it.';

create or replace function jalon_engine.event_is_majorly_changed(p_old jsonb, p_new jsonb)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from jalon_events.content_column c
                   where c.is_major and p_old -> c.column_name is distinct from p_new -> c.column_name)
$$;
comment on function jalon_engine.event_is_majorly_changed(jsonb, jsonb) is
'Whether a column changed that matters to an approval.';
