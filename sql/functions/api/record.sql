-- GET /tracked/{table}/{id}, now or as of an instant.

create or replace function jalon_api.record(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_input ->> 'table');
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_row jsonb := jalon_engine.get_record(t, p_key, p_caller, v_roles);
    v_id text := v_row ->> t.key_column;
    v_tag text;
    v_record json;
    v_shown jsonb;
begin
    if p_input ? 'asOf' then
        return jalon_engine.ok(jalon_engine.record_as_of(t, v_id, jalon_engine.moment('asOf', p_input ->> 'asOf'),
            p_caller ->> 'language'));
    end if;
    v_tag := jalon_engine.etag(v_id, (v_row ->> 'status_version')::integer);
    v_record := json_build_object(
        'table', t.name, 'id', v_id, 'caseType', v_row ->> t.workflow_column, 'version', v_row -> 'status_version',
        'since', v_row -> 'status_changed_at', 'etag', v_tag,
        'statuses', jalon_engine.statuses(t, v_row,
            jalon_engine.roles_for_record(t, p_caller ->> 'actor', v_roles, v_row), p_caller ->> 'language'));
    if (p_input ->> 'row')::boolean then
        v_shown := jalon_engine.shown_of(t);
        v_record := (v_record::jsonb || jalon_engine.shown_row(v_row, v_shown)
            || jsonb_build_object('columns', v_shown -> 'columns'))::json;
    end if;
    return jalon_engine.ok(v_record, v_tag);
end
$$;
comment on function jalon_api.record(text, jsonb, jsonb) is
'One tracked record: its codes, version, since when, the moves its reader may make, and what is '
'shown of its row if that is asked for; {table, asOf, row}.';

create or replace function jalon_engine.statuses(
    p_tracked jalon_engine.tracked, p_row jsonb, p_roles text[], p_language text
)
returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
set plan_cache_mode = 'force_generic_plan'
as $$
declare
    c jalon_engine.tracked_column;
    f jalon_engine.referential;
    v_case_type text;
    v_labels jsonb;
    v_actions jsonb;
    v_memo text;
    v_key text;
    v_status json;
    v_statuses json[] := '{}';
begin
    -- What readers wait for: small statements, planned once, labels fetched only for readers of another language.
    -- What was said of a code in this statement to readers in the same roles is said again: of a page, of a batch.
    for c in select x.* from jalon_engine.tracked_column x where x.tracked = p_tracked.name order by x.position loop
        v_case_type := case when p_tracked.workflow_column is null then '*'
            else jalon_engine.ruling_case_type(c.category, p_row ->> p_tracked.workflow_column) end;
        v_memo := 'jalon.status_' || c.position;
        v_key := (statement_timestamp(), c, p_row ->> c.column_name, v_case_type, p_roles, p_language)::text;
        if v_key = current_setting(v_memo || '_of', true) then
            v_statuses := v_statuses || current_setting(v_memo)::json;
            continue;
        end if;
        select x.* into f from jalon_engine.referential x
        where x.category = c.category and x.code = p_row ->> c.column_name;
        if p_language is not null then
            select jsonb_object_agg(l.code, l.label) into v_labels
            from jalon_engine.referential_label l where l.category = c.category and l.language = p_language;
            select jsonb_object_agg(a.action, a.label) into v_actions
            from jalon_engine.action_label a where a.category = c.category and a.language = p_language;
        end if;
        v_status := json_build_object('column', c.column_name, 'category', c.category, 'code', f.code,
            'label', coalesce(v_labels ->> f.code, f.label), 'color', f.color, 'icon', f.icon, 'outcome', f.outcome,
            'isFinal', f.is_final, 'moves', (
                select coalesce(json_agg(json_build_object(
                    'to', r.to_code, 'label', coalesce(v_labels ->> g.code, g.label), 'action', r.action,
                    'actionLabel', coalesce(v_actions ->> r.action, v_labels ->> g.code, g.label), 'icon', r.icon,
                    'requiresReason', r.requires_reason, 'requiredFields', coalesce(r.required_fields, '{}'))
                    order by r.position, g.position, r.to_code), '[]')
                from jalon_engine.rule r
                join jalon_engine.referential g on g.category = r.category and g.code = r.to_code
                where r.category = c.category and r.from_code = f.code and r.case_type = v_case_type
                  -- Where no workflow says who may move, the table's permission does.
                  and (r.workflow_version > 0
                      or (select jalon_engine.may(p_tracked.move_permission, p_roles, p_tracked.name)))
                  and (r.is_open or r.roles && p_roles)
                  and (r.relation is null or (ltrim(r.relation, '!') = any (p_roles)) <> (r.relation like '!%'))));
        v_statuses := v_statuses || v_status;
        v_key := set_config(v_memo || '_of', v_key, true);
        v_key := set_config(v_memo, v_status::text, true);
    end loop;
    return array_to_json(v_statuses);
end
$$;
comment on function jalon_engine.statuses(jalon_engine.tracked, jsonb, text[], text) is
'Each status column of a row with its label and the moves that these roles may make from it.';

create or replace function jalon_engine.record_as_of(
    p_tracked jalon_engine.tracked, p_id text, p_at timestamptz, p_language text
)
returns json
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_row jsonb;
begin
    execute format('select to_jsonb(h) from %I.%I h where h.%I = $1::%s and h.changed_at <= $2 order by h.version desc '
        'limit 1',
        p_tracked.history_schema, p_tracked.history_name, p_tracked.history_key, p_tracked.key_type)
    into v_row using p_id, p_at;
    if v_row is null then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', p_tracked.name, 'id', p_id));
    end if;
    return json_build_object(
        'table', p_tracked.name, 'id', p_id, 'caseType', v_row ->> p_tracked.workflow_column,
        'version', v_row -> 'version', 'since', v_row -> 'changed_at', 'asOf', p_at,
        'statuses', (select json_agg(json_build_object('column', c.column_name, 'category', c.category,
                'code', v_row -> ('new_' || c.column_name),
                'label', jalon_engine.code_name(c.category, v_row ->> ('new_' || c.column_name), p_language))
            order by c.position)
            from jalon_engine.tracked_column c where c.tracked = p_tracked.name));
end
$$;
comment on function jalon_engine.record_as_of(jalon_engine.tracked, text, timestamptz, text) is
'What a record''s codes were at an instant; JL401 where it was not there yet.';
