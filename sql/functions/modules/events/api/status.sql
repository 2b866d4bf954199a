-- What changes the status of an event: submit, take back, publish, decide.

create or replace function jalon_api.submit_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql volatile
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.act_on_own_event(p_key, 'submit', p_input, p_caller) $$;
comment on function jalon_api.submit_event(text, jsonb, jsonb) is
'Submits an event of the caller for review: {reason}.';

create or replace function jalon_api.revert_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql volatile
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.act_on_own_event(p_key, 'revert', p_input, p_caller) $$;
comment on function jalon_api.revert_event(text, jsonb, jsonb) is
'Takes an event of the caller back to draft while it is under review: {reason}.';

create or replace function jalon_engine.act_on_own_event(p_key text, p_action text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old jalon_events.events;
    v jalon_events.events;
begin
    v_old := jalon_engine.get_event(p_key, jalon_engine.event_owner(p_caller), p_locked => true);
    perform jalon_engine.require_event_match(p_caller, v_old);
    v := jalon_engine.event_act(v_old, p_action, p_input ->> 'reason');
    return jalon_engine.event_answer(200, v, p_caller, jalon_engine.event_moves(v_old, v));
end
$$;
comment on function jalon_engine.act_on_own_event(text, text, jsonb, jsonb) is
'Takes an action on an event of the caller and answers with the whole event.';

create or replace function jalon_api.publish_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_old jalon_events.events;
    v jalon_events.events;
begin
    v_old := jalon_engine.get_event(p_key, jalon_engine.event_owner(p_caller), p_locked => true);
    perform jalon_engine.require_event_match(p_caller, v_old);
    perform jalon_engine.move('events', 'is_published', p_key,
        coalesce((p_input ->> 'is_published')::boolean, not v_old.is_published)::text, p_input ->> 'reason');
    select e.* into v from jalon_events.events e where e.id = v_old.id;
    return jalon_engine.event_answer(200, v, p_caller, jalon_engine.event_moves(v_old, v));
end
$$;
comment on function jalon_api.publish_event(text, jsonb, jsonb) is
'Publishes or unpublishes an approved event of the caller: {is_published}; without it, toggles.';

create or replace function jalon_api.moderate_event(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_notes text := nullif(btrim(p_input ->> 'admin_notes'), '');
    v_unknown text;
    v_old jalon_events.events;
    v jalon_events.events;
begin
    perform jalon_engine.require_permission('moderate_events', 'events');
    if not p_input ?| array['status', 'moderation_status', 'admin_notes'] then
        perform jalon_engine.fail('JL405', '{"field": "body"}', 'event.nothing_given');
    end if;
    v_old := jalon_engine.get_event(p_key, p_locked => true);
    perform jalon_engine.require_event_match(p_caller, v_old);
    select c.column_name into v_unknown from jalon_engine.tracked_column c
    where c.tracked = 'events' and p_input ? c.column_name
      and not exists (select from jalon_engine.referential r
          where r.category = c.category and r.code = p_input ->> c.column_name)
    order by c.position limit 1;
    if found then
        perform jalon_engine.fail_unknown_event(v_unknown, p_input ->> v_unknown);
    end if;
    perform jalon_engine.set_marks(v_notes,
        case when v_notes is not null then jsonb_build_object('admin_notes', v_notes) end,
        case when jalon_engine.event_is_outside_transitions(v_old, p_input) then '{"kind": "force"}'::jsonb end);
    update jalon_events.events e
    set status = coalesce(p_input ->> 'status', e.status),
        moderation_status = coalesce(p_input ->> 'moderation_status', e.moderation_status),
        admin_notes = case when p_input ? 'admin_notes' then v_notes else e.admin_notes end
    where e.id = v_old.id
    returning * into v;
    return jalon_engine.event_answer(200, v, p_caller, jalon_engine.event_moves(v_old, v));
end
$$;
comment on function jalon_api.moderate_event(text, jsonb, jsonb) is
'Decides on an event: {status, moderation_status, admin_notes}. Outside the transitions it is a forced move: '
'a permission of its own, with notes, flagged for ever.';

create or replace function jalon_engine.event_moves(p_old jalon_events.events, p_new jalon_events.events)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(':moves', coalesce(jsonb_agg(jsonb_build_array('events', m.left_code, m.entered)), '[]'))
    from (values (p_old.status, p_new.status), (p_old.moderation_status, p_new.moderation_status),
        (p_old.is_published::text, p_new.is_published::text)) m (left_code, entered)
    where m.left_code <> m.entered
$$;
comment on function jalon_engine.event_moves(jalon_events.events, jalon_events.events) is
'What moved, for the metrics.';

create or replace function jalon_engine.fail_unknown_event(p_column text, p_code text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_category constant text := (select c.category from jalon_engine.tracked_column c
        where c.tracked = 'events' and c.column_name = p_column);
begin
    perform jalon_engine.fail('JL402',
        jsonb_build_object('table', 'events', 'column', p_column, 'category', v_category, 'to', p_code,
            'allowed', jalon_engine.codes_of(v_category, '*')));
end
$$;
comment on function jalon_engine.fail_unknown_event(text, text) is
'Refuses a code that the column''s referential lacks.';
