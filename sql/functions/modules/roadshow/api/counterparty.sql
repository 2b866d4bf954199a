-- One counterparty, and what its forms offer.

create or replace function jalon_engine.counterparty_json(
    p_row jalon_roadshow.roadshow_counterparty, p_language text default null
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('id', p_row.id, 'name', p_row.name, 'statut', p_row.statut, 'statutLabel', c.label,
        'statutColor', c.color, 'owner', p_row.owner, 'sector', p_row.sector, 'ticketSize', p_row.ticket_size,
        'currency', p_row.currency, 'notes', p_row.notes, 'createdAt', p_row.created_at,
        'since', p_row.status_changed_at, 'version', p_row.status_version,
        'lastInteraction', jalon_engine.last_interaction(p_row.id),
        'etag', jalon_engine.etag(p_row.id::text, p_row.status_version),
        'contentEtag', jalon_engine.content_etag(p_row.id::text, p_row.revision, p_row.status_version))
    from (select jalon_recap.language(p_language) as language) l
    left join jalon_recap.codes c on c.category = 'ROADSHOW_STATUS' and c.code = p_row.statut
        and c.language = l.language
$$;
comment on function jalon_engine.counterparty_json(jalon_roadshow.roadshow_counterparty, text) is
'A counterparty as the web application shows it.';

create or replace function jalon_engine.counterparty_possible(
    p_row jalon_roadshow.roadshow_counterparty, p_caller jsonb
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'status', (jalon_engine.statuses(t, to_jsonb(p_row), jalon_engine.roles_for_record(t, p_caller ->> 'actor',
            jalon_engine.caller_roles(p_caller), to_jsonb(p_row)),
            jalon_recap.language(p_caller ->> 'language')))::jsonb -> 0,
        'canManage', jalon_engine.may('manage_roadshow', jalon_engine.caller_roles(p_caller), t.name),
        'canForce', jalon_engine.may('force_move', jalon_engine.caller_roles(p_caller), t.name),
        'hasWorkflow', jalon_engine.has_workflow('ROADSHOW_STATUS'))
    from jalon_engine.tracked t where t.name = 'roadshow_counterparty'
$$;
comment on function jalon_engine.counterparty_possible(jalon_roadshow.roadshow_counterparty, jsonb) is
'What a caller may do with a counterparty: its status with the moves that they may make, and whether they may edit it '
'and record interactions.';

create or replace function jalon_engine.last_interaction(p_counterparty integer)
returns date
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select max(e.date) from jalon_roadshow.roadshow_event e
    where e.counterparty_id = p_counterparty
      and e.type not in (select f.code from jalon_engine.referential f
          where f.category = 'ROADSHOW_EVENT_TYPE' and f.meta ? 'writer')
$$;
comment on function jalon_engine.last_interaction(integer) is
'The day of the last interaction with a counterparty; changes of status are none.';

create or replace function jalon_api.counterparty(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row constant jalon_roadshow.roadshow_counterparty := jalon_engine.get_counterparty(p_key, p_caller);
begin
    return jalon_engine.ok((jalon_engine.counterparty_json(v_row, p_caller ->> 'language')
            || case when (p_input ->> 'moves')::boolean then jalon_engine.counterparty_possible(v_row, p_caller)
                else '{}' end)::json,
        jalon_engine.etag(v_row.id::text, v_row.status_version));
end
$$;
comment on function jalon_api.counterparty(text, jsonb, jsonb) is
'One counterparty; {moves}: with what the caller may do.';

create or replace function jalon_api.roadshow_choices(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_language constant text := jalon_recap.language(p_caller ->> 'language');
    v_owners json := '[]';
    v_sectors json := '[]';
begin
    if jalon_engine.can_read_all('roadshow_counterparty', p_caller) then
        -- The table is read once for both.
        with pair as materialized (
            select distinct c.owner, c.sector from jalon_roadshow.roadshow_counterparty c
        )
        select coalesce((select json_agg(o.owner order by lower(o.owner), o.owner)
            from (select distinct p.owner from pair p where p.owner is not null) o), '[]'),
            coalesce((select json_agg(o.sector order by lower(o.sector), o.sector)
                from (select distinct p.sector from pair p where p.sector is not null) o), '[]')
        into v_owners, v_sectors;
    end if;
    return jalon_engine.ok(json_build_object(
        'statuses', (select coalesce(json_agg(json_build_object('code', f.code,
                'label', jalon_engine.code_name(f.category, f.code, v_language),
                'color', f.color, 'icon', f.icon, 'isInitial', f.is_initial) order by f.position, f.code), '[]')
            from jalon_engine.referential f where f.category = 'ROADSHOW_STATUS' and f.is_active),
        'types', jalon_engine.roadshow_type_choices(v_language),
        'owners', v_owners, 'sectors', v_sectors));
end
$$;
comment on function jalon_api.roadshow_choices(text, jsonb, jsonb) is
'What the roadshow''s forms and filters offer: statuses and types of events with their labels, and for who reads all '
'counterparties their owners and sectors.';

create or replace function jalon_engine.roadshow_type_choices(p_language text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object('code', f.code,
        'label', jalon_engine.code_name(f.category, f.code, p_language), 'icon', f.icon,
        'isRecorded', jalon_engine.roadshow_types() ? f.code) order by f.position, f.code), '[]')
    from jalon_engine.referential f where f.category = 'ROADSHOW_EVENT_TYPE' and f.is_active
$$;
comment on function jalon_engine.roadshow_type_choices(text) is
'Types of roadshow events with label and icon, and whether people record them (a trigger writes the others).';
