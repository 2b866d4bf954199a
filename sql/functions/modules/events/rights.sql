-- Who may do what with an event: the permission matrix, asked with both of its codes. One of them allows, and the other
-- may say no (an approved event is edited, unless it is cancelled).

create or replace function jalon_engine.event_may(p_permission text, p_roles text[], p_event jalon_events.events)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from jalon_engine.permission_rule r
        where r.permission = p_permission and r.role = any (p_roles) and r.scope in ('events', '*')
          and r.status in (p_event.status, p_event.moderation_status, '*')
        group by r.role
        having bool_and(r.is_allowed))
$$;
comment on function jalon_engine.event_may(text, text[], jalon_events.events) is
'Whether one of the roles carries a permission for an event as it stands.';

create or replace function jalon_engine.event_may_be_deleted(p_roles text[], p_event jalon_events.events)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from unnest(p_roles) a (role)
        where jalon_engine.event_may('delete_event', array[a.role], p_event)
          and not exists (
              select from jalon_engine.permission_rule r
              join jalon_events.event_status_history h
                  on h.event_id = p_event.id and r.status in (h.new_status, h.new_moderation_status)
              where r.permission = 'delete_event' and r.role = a.role and r.scope in ('events', '*')
                and not r.is_allowed))
$$;
comment on function jalon_engine.event_may_be_deleted(text[], jalon_events.events) is
'Whether one of the roles may delete an event: as it stands, and whatever it has been.';

create or replace function jalon_engine.event_roles(p_event jalon_events.events, p_actor text, p_roles text[])
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.roles_for_record(jalon_engine.tracked_of('events'), p_actor, p_roles, to_jsonb(p_event))
$$;
comment on function jalon_engine.event_roles(jalon_events.events, text, text[]) is
'Roles of an actor for one event: the given ones, and what the event''s columns give.';

create or replace function jalon_engine.require_event_permission(p_permission text, p_event jalon_events.events)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.context := jalon_engine.context();
    v_roles text[];
begin
    -- A DBA in person may: the rows of the matrix are theirs to edit anyway.
    if v.actor = 'db:' || session_user and pg_has_role(session_user, 'jalon_dba', 'member') then
        return;
    end if;
    perform jalon_engine.require_fresh_grants(v.actor);
    v_roles := jalon_engine.event_roles(p_event, v.actor, jalon_engine.roles_for_permissions(v));
    if not jalon_engine.event_may(p_permission, v_roles, p_event)
        or p_permission = 'delete_event' and not jalon_engine.event_may_be_deleted(v_roles, p_event) then
        perform jalon_engine.fail('JL203', jsonb_build_object(
            'actor', v.actor, 'permission', p_permission, 'id', p_event.id, 'status', p_event.status,
            'moderation_status', p_event.moderation_status,
            'label', jalon_engine.event_label(p_event, jalon_engine.language()),
            'why', jalon_engine.event_permission_hint(p_permission, v_roles, p_event, jalon_engine.language())),
            'event.may_not');
    end if;
end
$$;
comment on function jalon_engine.require_event_permission(text, jalon_events.events) is
'Fails with JL203 unless the running transaction''s actor carries the permission for this event.';

create or replace function jalon_engine.guard_event(p_permission text, p_row jsonb, p_context jsonb, p_message text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when not jalon_engine.event_may(p_permission,
        array(select jsonb_array_elements_text(p_context -> 'roles')),
        jsonb_populate_record(null::jalon_events.events, p_row)) then jalon_engine.text_of(p_message) end
$$;
comment on function jalon_engine.guard_event(text, jsonb, jsonb, text) is
'A guard that asks for a permission on an event; the words of a refusal, or nothing.';

create or replace function jalon_engine.guard_event_submit(p_old jsonb, p_new jsonb, p_context jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.guard_event('submit_event', coalesce(p_old, p_new), p_context, 'event.not_submittable') $$;
comment on function jalon_engine.guard_event_submit(jsonb, jsonb, jsonb) is 'Guard: only a draft is submitted.';

create or replace function jalon_engine.guard_event_resubmit(p_old jsonb, p_new jsonb, p_context jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- An approved event that was sent back to draft is submitted, and comes under review with that.
    select jalon_engine.guard_event('resubmit_event', coalesce(p_old, p_new), p_context, 'event.not_resubmittable')
    where p_old ->> 'status' is not distinct from p_new ->> 'status'
        or jalon_engine.guard_event_submit(p_old, p_new, p_context) is not null
$$;
comment on function jalon_engine.guard_event_resubmit(jsonb, jsonb, jsonb) is
'Guard: a new approval is asked for what is active or sold out.';

create or replace function jalon_engine.guard_event_revert(p_old jsonb, p_new jsonb, p_context jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.guard_event('revert_event', coalesce(p_old, p_new), p_context, 'event.not_revertible') $$;
comment on function jalon_engine.guard_event_revert(jsonb, jsonb, jsonb) is
'Guard: a submitted event goes back only while nobody has decided on it.';

create or replace function jalon_engine.guard_event_publish(p_old jsonb, p_new jsonb, p_context jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.guard_event('publish_event', coalesce(p_new, p_old), p_context, 'event.not_publishable') $$;
comment on function jalon_engine.guard_event_publish(jsonb, jsonb, jsonb) is
'Guard: only what is approved is published.';
