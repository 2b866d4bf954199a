-- Workflows over HTTP, read: lists, documents, pictures, reports. Drafts are seen by everybody
-- known: they are plans, not secrets.

create or replace function jalon_engine.workflow_body(p_workflow jalon_engine.workflow)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('category', p_workflow.category, 'caseType', p_workflow.case_type,
        'version', p_workflow.version, 'state', p_workflow.state, 'label', p_workflow.label,
        'revision', p_workflow.revision, 'createdAt', p_workflow.created_at, 'createdBy', p_workflow.created_by,
        'publishedAt', p_workflow.published_at, 'publishedBy', p_workflow.published_by,
        'retiredAt', p_workflow.retired_at, 'etag', jalon_engine.workflow_etag(p_workflow))
$$;
comment on function jalon_engine.workflow_body(jalon_engine.workflow) is
'A workflow version as the web application shows it, without its transitions.';

create or replace function jalon_engine.workflow_etag(p_workflow jalon_engine.workflow)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.etag(p_workflow.category || ':' || p_workflow.case_type || ':' || p_workflow.version,
        p_workflow.revision)
$$;
comment on function jalon_engine.workflow_etag(jalon_engine.workflow) is
'ETag of a workflow version: every edit of a draft changes it.';

create or replace function jalon_api.workflows(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('items', coalesce((
        select json_agg(jalon_engine.workflow_body(w) order by w.category, w.case_type, w.version desc)
        from jalon_engine.workflow w
        where (p_input ->> 'category' is null or w.category = p_input ->> 'category')
          and (p_input ->> 'state' is null or w.state = p_input ->> 'state')), '[]')))
$$;
comment on function jalon_api.workflows(text, jsonb, jsonb) is
'Versions of workflows, the newest first; {category, state}.';

create or replace function jalon_engine.asked_workflow(
    p_category text, p_case_type text, p_version integer, p_states text[]
)
returns jalon_engine.workflow
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    select v.* into w from jalon_engine.workflow v
    where v.category = p_category and v.case_type = p_case_type
      and case when p_version is null then v.state = any (p_states) else v.version = p_version end
    order by array_position(p_states, v.state) limit 1;
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'workflow ' || p_category, 'id', p_case_type));
    end if;
    return w;
end
$$;
comment on function jalon_engine.asked_workflow(text, text, integer, text[]) is
'The version asked for, or the first in the given states; JL401 where there is none.';

create or replace function jalon_api.workflow(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.asked_workflow(p_key, p_input ->> 'caseType',
        (p_input ->> 'version')::integer, '{published,draft}');
    v_format text := coalesce(p_input ->> 'format', 'json');
    v_language text := p_caller ->> 'language';
    v_tracked text := p_input ->> 'table';
    v_id text := p_input ->> 'id';
begin
    if (v_tracked is null) <> (v_id is null) then
        perform jalon_engine.fail('JL405', '{"field": "id"}', 'JL405.record');
    end if;
    if v_id is not null then
        v_id := jalon_engine.get_record(jalon_engine.tracked_of(v_tracked), v_id,
            p_caller) ->> (jalon_engine.tracked_of(v_tracked)).key_column;
    end if;
    if v_format = 'mermaid' then
        return jalon_engine.ok(to_json(jalon.workflow_mermaid(w.category, w.case_type, w.version, v_tracked, v_id,
            p_caller ->> 'actor', v_language)), p_headers => '{"content-type": "text/vnd.mermaid; charset=utf-8"}');
    elsif v_format = 'dot' then
        return jalon_engine.ok(to_json(jalon.workflow_dot(w.category, w.case_type, w.version, v_tracked, v_id,
            p_caller ->> 'actor', v_language)), p_headers => '{"content-type": "text/vnd.graphviz; charset=utf-8"}');
    elsif v_format = 'svg' then
        return jalon_api.workflow_graph(p_key, p_input || jsonb_build_object('version', w.version), p_caller);
    end if;
    return jalon_engine.ok(json_build_object('workflow', jalon_engine.workflow_body(w),
        'definition', jalon.export_workflow(w.category, w.case_type, w.version)), jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.workflow(text, jsonb, jsonb) is
'A workflow version, the published one by default: {caseType, version, format json|mermaid|dot|svg, table, id}.';

create or replace function jalon_api.check_workflow(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.asked_workflow(p_key, p_input ->> 'caseType',
        (p_input ->> 'version')::integer, '{draft,published}');
begin
    -- The findings are in the reader's language.
    perform set_config('jalon.language', coalesce(p_caller ->> 'language', ''), true);
    return jalon_engine.ok((select json_build_object('workflow', jalon_engine.workflow_body(w),
            'errors', count(*) filter (where f.severity = 'error'),
            'findings', coalesce(json_agg(json_build_object('severity', f.severity, 'code', f.code,
                'subject', f.subject, 'message', f.message)), '[]'))
        from jalon.workflow_check(w.category, w.case_type, w.version) f));
end
$$;
comment on function jalon_api.check_workflow(text, jsonb, jsonb) is
'Errors and warnings of a version, the draft by default; {caseType, version}.';

create or replace function jalon_api.diff_workflow(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.asked_workflow(p_key, p_input ->> 'caseType', (p_input ->> 'to')::integer,
        '{draft,published}');
begin
    return jalon_engine.ok(json_build_object('workflow', jalon_engine.workflow_body(w), 'items', coalesce((
        select json_agg(json_build_object('change', d.change, 'transition', d.transition, 'before', d.before,
            'after', d.after))
        from jalon.workflow_diff(w.category, w.case_type, (p_input ->> 'from')::integer, w.version) d), '[]')));
end
$$;
comment on function jalon_api.diff_workflow(text, jsonb, jsonb) is
'Transitions added, removed and changed from the published version to the draft, or between two; {caseType, from, to}.';
