-- Counterparties: list, one, a new one.

create or replace function logic.counterparty_json(p_row roadshow.roadshow_counterparty, p_language text default null)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select jsonb_build_object('id', p_row.id, 'name', p_row.name, 'statut', p_row.statut, 'statutLabel', c.label, 'statutColor', c.color,
        'owner', p_row.owner, 'sector', p_row.sector, 'ticketSize', p_row.ticket_size, 'currency', p_row.currency, 'notes', p_row.notes,
        'createdAt', p_row.created_at, 'since', p_row.status_changed_at, 'version', p_row.status_version,
        'lastInteraction', logic.last_interaction(p_row.id), 'etag', logic.etag(p_row.id::text, p_row.status_version))
    from (select recap.language(p_language) as language) l
    left join recap.codes c on c.category = 'ROADSHOW_STATUS' and c.code = p_row.statut and c.language = l.language
$$;
comment on function logic.counterparty_json(roadshow.roadshow_counterparty, text) is 'A counterparty as the web application shows it.';

create or replace function logic.counterparty_possible(p_row roadshow.roadshow_counterparty, p_caller jsonb)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select jsonb_build_object(
        'status', (logic.statuses(t, to_jsonb(p_row), logic.roles_for_record(t, p_caller ->> 'actor', logic.caller_roles(p_caller), to_jsonb(p_row)),
            recap.language(p_caller ->> 'language')))::jsonb -> 0,
        'canManage', logic.may('manage_roadshow', logic.caller_roles(p_caller), t.name))
    from lifecycle.tracked t where t.name = 'roadshow_counterparty'
$$;
comment on function logic.counterparty_possible(roadshow.roadshow_counterparty, jsonb) is
'What a caller may do with a counterparty: its status with the moves that are his, and whether he may edit it and record interactions.';

create or replace function logic.last_interaction(p_counterparty integer)
returns date
language sql stable security definer
set search_path = ''
as $$
    select max(e.date) from roadshow.roadshow_event e
    where e.counterparty_id = p_counterparty
      and e.type not in (select f.code from lifecycle.referential f where f.category = 'ROADSHOW_EVENT_TYPE' and f.meta ? 'writer')
$$;
comment on function logic.last_interaction(integer) is 'The day of the last interaction with a counterparty; changes of status are none.';

create or replace function api.counterparties(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql stable security definer
set search_path = ''
as $$
declare
    t lifecycle.tracked := logic.tracked_of('roadshow.roadshow_counterparty');
    v_roles text[] := logic.caller_roles(p_caller);
    v_sees_all boolean := logic.reads_all(t.name, p_caller);
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := logic.cursor_position(p_input ->> 'after', 2);
    v_rows jsonb[];
    v_next text;
begin
    if v_after is not null then
        perform logic.demand_key(t, v_after ->> 1);
    end if;
    v_rows := array(
        select logic.counterparty_json(c, p_caller ->> 'language')
            || case when (p_input ->> 'moves')::boolean then logic.counterparty_possible(c, p_caller) else '{}' end
        from roadshow.roadshow_counterparty c
        where (v_sees_all or logic.may_see(t, p_caller, v_roles, to_jsonb(c)))
          and (p_input ->> 'statut' is null or c.statut = p_input ->> 'statut')
          and (p_input ->> 'owner' is null or c.owner = p_input ->> 'owner')
          and (p_input ->> 'sector' is null or c.sector = p_input ->> 'sector')
          and (p_input ->> 'q' is null or strpos(lower(c.name), lower(p_input ->> 'q')) > 0)
          and (v_after is null or (lower(c.name), c.id) > (v_after ->> 0, (v_after ->> 1)::integer))
        order by lower(c.name), c.id
        limit v_limit + 1);
    if cardinality(v_rows) > v_limit then
        v_next := logic.cursor(jsonb_build_array(lower(v_rows[v_limit] ->> 'name'), v_rows[v_limit] -> 'id'));
    end if;
    return (200, json_build_object('items', v_rows[:v_limit], 'next', v_next,
            'canManage', logic.may('manage_roadshow', v_roles, t.name)), null,
        case when v_next is not null then jsonb_build_object(':next', v_next) end)::lifecycle.answer;
end
$$;
comment on function api.counterparties(text, jsonb, jsonb) is 'Counterparties by name, in pages; {statut, owner, sector, q, moves, after, limit}.';
grant execute on function api.counterparties(text, jsonb, jsonb) to jalon_api;

create or replace function api.counterparty(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql stable security definer
set search_path = ''
as $$
begin
    perform logic.record(logic.tracked_of('roadshow.roadshow_counterparty'), logic.counterparty_key(p_key), p_caller);
    return (select (200, logic.counterparty_json(c, p_caller ->> 'language')
            || case when (p_input ->> 'moves')::boolean then logic.counterparty_possible(c, p_caller) else '{}' end,
            logic.etag(c.id::text, c.status_version), null)::lifecycle.answer
        from roadshow.roadshow_counterparty c where c.id = p_key::integer);
end
$$;
comment on function api.counterparty(text, jsonb, jsonb) is 'One counterparty; {moves}: with what the caller may do.';
grant execute on function api.counterparty(text, jsonb, jsonb) to jalon_api;

create or replace function api.create_counterparty(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    v_given constant jsonb := jsonb_strip_nulls(jsonb_build_object('name', btrim(p_input ->> 'name'), 'statut', p_input -> 'statut',
        'owner', p_input -> 'owner', 'sector', p_input -> 'sector', 'ticket_size', p_input -> 'ticketSize', 'currency', p_input -> 'currency',
        'notes', p_input -> 'notes'));
    v_row roadshow.roadshow_counterparty;
begin
    perform logic.enter(p_caller, p_input ->> 'reason');
    perform logic.demand('manage_roadshow', 'roadshow_counterparty');
    -- What is not given stays the table's default.
    execute format('insert into roadshow.roadshow_counterparty (%1$s) select %1$s from jsonb_populate_record(null::roadshow.roadshow_counterparty, $1)
        returning *', (select string_agg(quote_ident(k), ', ') from jsonb_object_keys(v_given) k)) into v_row using v_given;
    perform logic.leave();
    return (201, logic.counterparty_json(v_row, p_caller ->> 'language'), logic.etag(v_row.id::text, v_row.status_version),
        jsonb_build_object('Location', '/api/v1/roadshow/counterparties/' || v_row.id))::lifecycle.answer;
end
$$;
comment on function api.create_counterparty(text, jsonb, jsonb) is 'Enters a counterparty: {name, statut, owner, sector, ticketSize, currency, notes, reason}.';
grant execute on function api.create_counterparty(text, jsonb, jsonb) to jalon_api;

create or replace function api.edit_counterparty(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    v_row roadshow.roadshow_counterparty;
begin
    perform logic.enter(p_caller);
    perform logic.record(logic.tracked_of('roadshow.roadshow_counterparty'), logic.counterparty_key(p_key), p_caller, p_lock => 'for no key update');
    perform logic.demand('manage_roadshow', 'roadshow_counterparty');
    update roadshow.roadshow_counterparty c
    set name = case when p_input ? 'name' then btrim(p_input ->> 'name') else c.name end,
        owner = case when p_input ? 'owner' then p_input ->> 'owner' else c.owner end,
        sector = case when p_input ? 'sector' then p_input ->> 'sector' else c.sector end,
        ticket_size = case when p_input ? 'ticketSize' then (p_input ->> 'ticketSize')::numeric else c.ticket_size end,
        currency = coalesce(p_input ->> 'currency', c.currency),
        notes = case when p_input ? 'notes' then p_input ->> 'notes' else c.notes end
    where c.id = p_key::integer
    returning c.* into v_row;
    perform logic.leave();
    return (200, logic.counterparty_json(v_row, p_caller ->> 'language'), logic.etag(v_row.id::text, v_row.status_version), null)::lifecycle.answer;
end
$$;
comment on function api.edit_counterparty(text, jsonb, jsonb) is
'Edits what is known of a counterparty: {name, owner, sector, ticketSize, currency, notes}; what is not given stays, null clears.';
grant execute on function api.edit_counterparty(text, jsonb, jsonb) to jalon_api;

create or replace function api.roadshow_choices(p_key text, p_input jsonb, p_caller jsonb)
returns lifecycle.answer
language plpgsql stable security definer
set search_path = ''
as $$
declare
    v_language constant text := recap.language(p_caller ->> 'language');
    v_is_reader constant boolean := logic.reads_all('roadshow_counterparty', p_caller);
begin
    return (200, json_build_object(
        'statuses', (select coalesce(json_agg(json_build_object('code', f.code, 'label', logic.code_name(f.category, f.code, v_language),
                'color', f.color, 'icon', f.icon, 'isInitial', f.is_initial) order by f.position, f.code), '[]')
            from lifecycle.referential f where f.category = 'ROADSHOW_STATUS' and f.is_active),
        'types', logic.roadshow_type_choices(v_language),
        'owners', case when v_is_reader then (select coalesce(json_agg(o.owner order by lower(o.owner), o.owner), '[]')
            from (select distinct c.owner from roadshow.roadshow_counterparty c where c.owner is not null) o) else '[]' end,
        'sectors', case when v_is_reader then (select coalesce(json_agg(s.sector order by lower(s.sector), s.sector), '[]')
            from (select distinct c.sector from roadshow.roadshow_counterparty c where c.sector is not null) s) else '[]' end), null, null)::lifecycle.answer;
end
$$;
comment on function api.roadshow_choices(text, jsonb, jsonb) is
'What the roadshow''s forms and filters offer: statuses and types of events with their labels, and for who reads all counterparties their owners and sectors.';
grant execute on function api.roadshow_choices(text, jsonb, jsonb) to jalon_api;

create or replace function logic.roadshow_type_choices(p_language text)
returns json
language sql stable security definer
set search_path = ''
as $$
    select coalesce(json_agg(json_build_object('code', f.code, 'label', logic.code_name(f.category, f.code, p_language), 'icon', f.icon,
        'isRecorded', logic.roadshow_types() ? f.code) order by f.position, f.code), '[]')
    from lifecycle.referential f where f.category = 'ROADSHOW_EVENT_TYPE' and f.is_active
$$;
comment on function logic.roadshow_type_choices(text) is 'Types of roadshow events with label and icon, and whether people record them (a trigger writes the others).';
