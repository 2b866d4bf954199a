-- What happens with a counterparty: recorded by people, but for the changes of its status.

create or replace function jalon_engine.roadshow_event_json(
    p_event jalon_roadshow.roadshow_event, p_language text default null
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('id', p_event.id, 'counterpartyId', p_event.counterparty_id, 'type', p_event.type,
        'typeLabel', coalesce(c.label, p_event.type), 'typeIcon', c.icon, 'date', p_event.date, 'meta', p_event.meta)
    from (select jalon_recap.language(p_language) as language) l
    left join jalon_recap.codes c on c.category = 'ROADSHOW_EVENT_TYPE' and c.code = p_event.type
        and c.language = l.language
$$;
comment on function jalon_engine.roadshow_event_json(jalon_roadshow.roadshow_event, text) is
'An event as the web application shows it.';

create or replace function jalon_engine.roadshow_change_json(p_event jalon_roadshow.roadshow_event, p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- What the history knows of the change that an event stands for.
    select jsonb_build_object('change', jsonb_build_object('at', h.changed_at, 'by', h.changed_by,
        'onBehalfOf', h.on_behalf_of, 'reason', h.reason,
        'from', jalon_engine.roadshow_status_json(h.old_statut, p_language),
        'to', jalon_engine.roadshow_status_json(h.new_statut, p_language)))
    from jalon_roadshow.roadshow_counterparty_history h
    where h.counterparty_id = p_event.counterparty_id
      and h.version = case when p_event.meta ->> 'version' ~ '^\d{1,9}$' then (p_event.meta ->> 'version')::integer end
      and exists (
          select from jalon_engine.referential f
          where f.category = 'ROADSHOW_EVENT_TYPE' and f.code = p_event.type and f.meta ->> 'writer' = 'history')
$$;
comment on function jalon_engine.roadshow_change_json(jalon_roadshow.roadshow_event, text) is
'Of the event of a change of status: from, to, who, when, why; null for interactions.';

create or replace function jalon_engine.roadshow_status_json(p_code text, p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('code', f.code, 'label', jalon_engine.code_name(f.category, f.code, p_language),
        'color', f.color, 'icon', f.icon)
    from jalon_engine.referential f where f.category = 'ROADSHOW_STATUS' and f.code = p_code
$$;
comment on function jalon_engine.roadshow_status_json(text, text) is
'A status of the roadshow with label, colour and icon.';

create or replace function jalon_api.interactions(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_limit constant integer := jalon_engine.page_limit(p_input);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_date date := jalon_engine.moment('after', v_after ->> 0);
    v_rows jsonb[];
    v_next text;
begin
    perform jalon_engine.get_counterparty(p_key, p_caller);
    if v_after is not null then
        perform jalon_engine.counterparty_key(v_after ->> 1);
    end if;
    v_rows := array(
        select jalon_engine.roadshow_event_json(e, p_caller ->> 'language')
            || coalesce(jalon_engine.roadshow_change_json(e, p_caller ->> 'language'), '{}')
        from jalon_roadshow.roadshow_event e
        where e.counterparty_id = p_key::integer
          and (p_input ->> 'type' is null or e.type = p_input ->> 'type')
          and (v_after is null or (e.date, e.id) < (v_date, (v_after ->> 1)::integer))
        order by e.date desc, e.id desc
        limit v_limit + 1);
    v_next := jalon_engine.next_cursor(cardinality(v_rows) > v_limit,
        jsonb_build_array(v_rows[v_limit] -> 'date', v_rows[v_limit] -> 'id'));
    return jalon_engine.ok(json_build_object('items', v_rows[:v_limit], 'next', v_next,
            'types', jalon_engine.roadshow_type_choices(jalon_recap.language(p_caller ->> 'language'))),
        p_headers => jalon_engine.page_headers(v_next));
end
$$;
comment on function jalon_api.interactions(text, jsonb, jsonb) is
'What happened with a counterparty, the latest first, in pages, and the types there are; {type, after, limit}.';

create or replace function jalon_api.record_interaction(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_today constant date := now() at time zone (
        select s.value #>> '{}' from jalon_engine.setting s where s.name = 'roadshow.time_zone');
    v_date constant date := coalesce((p_input ->> 'date')::date, v_today);
    v_event jalon_roadshow.roadshow_event;
begin
    perform jalon_engine.get_record(jalon_engine.tracked_of('jalon_roadshow.roadshow_counterparty'),
        jalon_engine.counterparty_key(p_key), p_caller, p_lock => 'for key share');
    perform jalon_engine.require_permission('manage_roadshow', 'roadshow_counterparty');
    if not jalon_engine.roadshow_types() ? (p_input ->> 'type') then
        perform jalon_engine.fail('JL402',
            jsonb_build_object('category', 'ROADSHOW_EVENT_TYPE', 'field', 'type', 'to', p_input ->> 'type',
                'allowed', jalon_engine.roadshow_types()));
    end if;
    -- One that has not taken place would hide that nobody speaks with the counterparty.
    if v_date > v_today then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'date', 'why', v_date), 'JL405.not_yet');
    end if;
    insert into jalon_roadshow.roadshow_event (counterparty_id, type, date, meta)
    values (p_key::integer, p_input ->> 'type', v_date,
        jsonb_strip_nulls(coalesce(p_input -> 'meta', '{}')
            || jsonb_build_object('note', p_input -> 'note', 'by', jalon_engine.actor())))
    returning * into v_event;
    return jalon_engine.created(jalon_engine.roadshow_event_json(v_event, p_caller ->> 'language')::json,
        format('/api/v1/roadshow/counterparties/%s/interactions', p_key));
end
$$;
comment on function jalon_api.record_interaction(text, jsonb, jsonb) is
'Records an interaction with a counterparty: {type, date, note, meta}.';
