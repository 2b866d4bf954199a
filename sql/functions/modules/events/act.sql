-- The verbs of the endpoints. An action is a name on transitions; where it leads from here, the transitions say.

create or replace function jalon_engine.event_act(
    p_event jalon_events.events, p_action text, p_reason text default null
)
returns jalon_events.events
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of('events');
    v_to text;
    v_event jalon_events.events;
begin
    -- The status goes where its transition of this name leads; the other columns follow.
    select r.to_code into v_to from jalon_engine.rule r
    where r.category = 'EVENT_STATUS' and r.case_type = '*' and r.from_code = p_event.status and r.action = p_action
    order by r.position limit 1;
    if not found then
        perform jalon_engine.fail('JL101', jsonb_build_object('table', t.name, 'id', p_event.id, 'from', p_event.status,
            'action', p_action, 'label', jalon_engine.event_label(p_event, jalon_engine.language()),
            'allowed', jalon_engine.allowed_codes('EVENT_STATUS', '*', p_event.status, jalon_engine.actor(),
                jalon_engine.event_roles(p_event, jalon_engine.actor(), jalon_engine.actor_roles()))),
            'event.no_such_action');
    end if;
    perform jalon_engine.move(t.name, 'status', p_event.id::text, v_to, p_reason);
    select e.* into v_event from jalon_events.events e where e.id = p_event.id;
    return v_event;
end
$$;
comment on function jalon_engine.event_act(jalon_events.events, text, text) is
'Takes the transition of this name from where the event stands; JL101 where there is none.';

create or replace function jalon_engine.event_is_outside_transitions(p_event jalon_events.events, p_input jsonb)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Whether the actor, in the roles held now, has no transition to one of the wanted codes.
    select coalesce(bool_or(not jalon_engine.allowed_codes(c.category, '*', j.row ->> c.column_name, a.actor,
        a.roles) ? (p_input ->> c.column_name)), false)
    from (select to_jsonb(p_event) as row) j
    cross join (select x.actor, jalon_engine.event_roles(p_event, x.actor, jalon_engine.actor_roles()) as roles
        from (select jalon_engine.actor() as actor) x) a
    join jalon_engine.tracked_column c on c.tracked = 'events'
    where p_input ->> c.column_name <> j.row ->> c.column_name
$$;
comment on function jalon_engine.event_is_outside_transitions(jalon_events.events, jsonb) is
'Whether setting these codes takes no transition of the actor''s, so that it must be forced.';

create or replace function jalon_engine.get_event(
    p_key text, p_organizer text default null, p_locked boolean default false
)
returns jalon_events.events
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_events.events;
begin
    -- Somebody else's event does not exist for an organizer.
    perform jalon_engine.require_key(jalon_engine.tracked_of('events'), p_key);
    if p_locked then
        select e.* into v from jalon_events.events e
        where e.id = p_key::uuid and e.organizer_id = coalesce(p_organizer, e.organizer_id) for no key update;
    else
        select e.* into v from jalon_events.events e
        where e.id = p_key::uuid and e.organizer_id = coalesce(p_organizer, e.organizer_id);
    end if;
    if v.id is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'events', 'id', p_key));
    end if;
    return v;
end
$$;
comment on function jalon_engine.get_event(text, text, boolean) is
'An event, of a certain organizer where one is named; JL401 where there is none.';
