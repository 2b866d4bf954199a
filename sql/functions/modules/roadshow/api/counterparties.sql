-- Counterparties: the list, a new one, one changed.

create or replace function jalon_api.counterparties(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of('jalon_roadshow.roadshow_counterparty');
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_fields constant text[] := jalon_engine.fields_asked(p_input ->> 'fields',
        '{id,name,statut,statutLabel,statutColor,owner,sector,ticketSize,currency,notes,createdAt,since,version,'
        'lastInteraction,etag,contentEtag,status,canManage,canForce,hasWorkflow}');
    v_rows jalon_roadshow.roadshow_counterparty[] := '{}';
    v_next text;
    v_previous text;
    v_total bigint;
begin
    select * into v_rows, v_next, v_previous, v_total
    from jalon_engine.read_list(v_rows, 'jalon_roadshow.roadshow_counterparty x', array[
        case when jalon_engine.can_read_all(t.name, p_caller) then 'true'
            else '(' || jalon_engine.visible_rows_sql(t) || ')' end
        || case when p_input ? 'statut' then ' and x.statut = $2 ->> ''statut''' else '' end
        || case when p_input ? 'owner' then ' and x.owner = $2 ->> ''owner''' else '' end
        || case when p_input ? 'sector' then ' and x.sector = $2 ->> ''sector''' else '' end
        || case when p_input ? 'q' then ' and strpos(lower(x.name), lower($2 ->> ''q'')) > 0' else '' end],
        '{"name": "lower(x.name)", "since": "x.status_changed_at", "createdAt": "x.created_at", '
        '"ticketSize": "coalesce(x.ticket_size, 0)", "id": "x.id"}', 'name',
        jalon_engine.visible_rows_values(t, p_caller, v_roles), p_input);
    return jalon_engine.list_answer((
        select json_agg(jalon_engine.counterparty_json(v_rows[i], p_caller ->> 'language')
            || case when (p_input ->> 'moves')::boolean then jalon_engine.counterparty_possible(v_rows[i], p_caller)
                else '{}' end order by i)
        from generate_subscripts(v_rows, 1) i), v_fields, v_next, v_previous, v_total,
        json_build_object('canManage', jalon_engine.may('manage_roadshow', v_roles, t.name)));
end
$$;
comment on function jalon_api.counterparties(text, jsonb, jsonb) is 'Counterparties, by name unless sorted otherwise, '
'in pages; {statut, owner, sector, q, moves, sort, count, fields, after, limit}.';

create or replace function jalon_api.create_counterparty(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_given constant jsonb := jsonb_strip_nulls(jsonb_build_object('name', btrim(p_input ->> 'name'),
        'statut', p_input -> 'statut', 'owner', p_input -> 'owner', 'sector', p_input -> 'sector',
        'ticket_size', p_input -> 'ticketSize', 'currency', p_input -> 'currency', 'notes', p_input -> 'notes'));
    v_row jalon_roadshow.roadshow_counterparty;
begin
    perform jalon_engine.require_permission('manage_roadshow', 'roadshow_counterparty');
    -- What is not given stays the table's default.
    execute format('insert into jalon_roadshow.roadshow_counterparty (%1$s)
        select %1$s from jsonb_populate_record(null::jalon_roadshow.roadshow_counterparty, $1) returning *',
        (select string_agg(quote_ident(k), ', ') from jsonb_object_keys(v_given) k)) into v_row using v_given;
    return jalon_engine.created(p_body => jalon_engine.counterparty_json(v_row, p_caller ->> 'language')::json,
        p_location => '/api/v1/roadshow/counterparties/' || v_row.id,
        p_etag => jalon_engine.etag(v_row.id::text, v_row.status_version));
end
$$;
comment on function jalon_api.create_counterparty(text, jsonb, jsonb) is
'Enters a counterparty: {name, statut, owner, sector, ticketSize, currency, notes, reason}.';

create or replace function jalon_api.edit_counterparty(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jalon_roadshow.roadshow_counterparty;
begin
    v_row := jalon_engine.get_counterparty(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_permission('manage_roadshow', 'roadshow_counterparty');
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
    return jalon_engine.ok(jalon_engine.counterparty_json(v_row, p_caller ->> 'language')::json,
        jalon_engine.etag(v_row.id::text, v_row.status_version));
end
$$;
comment on function jalon_api.edit_counterparty(text, jsonb, jsonb) is
'Edits what is known of a counterparty: {name, owner, sector, ticketSize, currency, notes}; what is not given stays, '
'null clears.';
