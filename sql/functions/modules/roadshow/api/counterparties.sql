-- Counterparties: the list, a new one, one changed.

create or replace function jalon_api.counterparties(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of('jalon_roadshow.roadshow_counterparty');
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_sees_all boolean := jalon_engine.can_read_all(t.name, p_caller);
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_rows jsonb[];
    v_next text;
begin
    if v_after is not null then
        perform jalon_engine.require_key(t, v_after ->> 1);
    end if;
    v_rows := array(
        select jalon_engine.counterparty_json(c, p_caller ->> 'language')
            || case when (p_input ->> 'moves')::boolean then jalon_engine.counterparty_possible(c, p_caller)
                else '{}' end
        from jalon_roadshow.roadshow_counterparty c
        where (v_sees_all or jalon_engine.can_read_record(t, p_caller, v_roles, to_jsonb(c)))
          and (p_input ->> 'statut' is null or c.statut = p_input ->> 'statut')
          and (p_input ->> 'owner' is null or c.owner = p_input ->> 'owner')
          and (p_input ->> 'sector' is null or c.sector = p_input ->> 'sector')
          and (p_input ->> 'q' is null or strpos(lower(c.name), lower(p_input ->> 'q')) > 0)
          and (v_after is null or (lower(c.name), c.id) > (v_after ->> 0, (v_after ->> 1)::integer))
        order by lower(c.name), c.id
        limit v_limit + 1);
    if cardinality(v_rows) > v_limit then
        v_next := jalon_engine.cursor(jsonb_build_array(lower(v_rows[v_limit] ->> 'name'), v_rows[v_limit] -> 'id'));
    end if;
    return (200, json_build_object('items', v_rows[:v_limit], 'next', v_next,
            'canManage', jalon_engine.may('manage_roadshow', v_roles, t.name)), null,
        case when v_next is not null then jsonb_build_object(':next', v_next) end)::jalon_engine.answer;
end
$$;
comment on function jalon_api.counterparties(text, jsonb, jsonb) is
'Counterparties by name, in pages; {statut, owner, sector, q, moves, after, limit}.';

create or replace function jalon_api.create_counterparty(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_given constant jsonb := jsonb_strip_nulls(jsonb_build_object('name', btrim(p_input ->> 'name'),
        'statut', p_input -> 'statut', 'owner', p_input -> 'owner', 'sector', p_input -> 'sector',
        'ticket_size', p_input -> 'ticketSize', 'currency', p_input -> 'currency', 'notes', p_input -> 'notes'));
    v_row jalon_roadshow.roadshow_counterparty;
begin
    perform jalon_engine.enter(p_caller, p_input ->> 'reason');
    perform jalon_engine.require_permission('manage_roadshow', 'roadshow_counterparty');
    -- What is not given stays the table's default.
    execute format('insert into jalon_roadshow.roadshow_counterparty (%1$s)
        select %1$s from jsonb_populate_record(null::jalon_roadshow.roadshow_counterparty, $1) returning *',
        (select string_agg(quote_ident(k), ', ') from jsonb_object_keys(v_given) k)) into v_row using v_given;
    return (201, jalon_engine.counterparty_json(v_row, p_caller ->> 'language'),
        jalon_engine.etag(v_row.id::text, v_row.status_version),
        jsonb_build_object('Location', '/api/v1/roadshow/counterparties/' || v_row.id))::jalon_engine.answer;
end
$$;
comment on function jalon_api.create_counterparty(text, jsonb, jsonb) is
'Enters a counterparty: {name, statut, owner, sector, ticketSize, currency, notes, reason}.';

create or replace function jalon_api.edit_counterparty(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jalon_roadshow.roadshow_counterparty;
begin
    perform jalon_engine.enter(p_caller);
    perform jalon_engine.record(jalon_engine.tracked_of('jalon_roadshow.roadshow_counterparty'),
        jalon_engine.counterparty_key(p_key), p_caller, p_lock => 'for no key update');
    perform jalon_engine.require_permission('manage_roadshow', 'roadshow_counterparty');
    select c.* into v_row from jalon_roadshow.roadshow_counterparty c where c.id = p_key::integer;
    perform jalon_engine.require_content_match(p_caller, 'roadshow_counterparty', p_key, v_row.revision,
        v_row.status_version, v_row.edited_by, v_row.edited_at, v_row.status_changed_at);
    update jalon_roadshow.roadshow_counterparty c
    set name = case when p_input ? 'name' then btrim(p_input ->> 'name') else c.name end,
        owner = case when p_input ? 'owner' then p_input ->> 'owner' else c.owner end,
        sector = case when p_input ? 'sector' then p_input ->> 'sector' else c.sector end,
        ticket_size = case when p_input ? 'ticketSize' then (p_input ->> 'ticketSize')::numeric else c.ticket_size end,
        currency = coalesce(p_input ->> 'currency', c.currency),
        notes = case when p_input ? 'notes' then p_input ->> 'notes' else c.notes end,
        revision = c.revision + 1, edited_at = clock_timestamp(), edited_by = jalon_engine.actor()
    where c.id = p_key::integer
    returning c.* into v_row;
    return (200, jalon_engine.counterparty_json(v_row, p_caller ->> 'language'),
        jalon_engine.etag(v_row.id::text, v_row.status_version), null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.edit_counterparty(text, jsonb, jsonb) is
'Edits what is known of a counterparty: {name, owner, sector, ticketSize, currency, notes}; what is not given stays, '
'null clears.';
