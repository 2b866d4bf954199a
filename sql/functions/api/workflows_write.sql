-- Workflows over HTTP, written: a draft is begun, saved whole, dropped, published. If-Match names the draft's ETag.

create or replace function jalon_engine.require_draft_match(p_caller jsonb, p_category text, p_case_type text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    -- Of a category that is none the function itself says so.
    if p_caller ? 'ifMatch' and exists (select from jalon_engine.category c where c.code = p_category) then
        select v.* into w from jalon_engine.workflow v
        where v.category = p_category and v.case_type = p_case_type and v.state = 'draft' for update;
        if not jalon_engine.matches(p_caller, coalesce(jalon_engine.workflow_etag(w), '""')) then
            -- The second is told who was first.
            perform jalon_engine.fail('JL410',
                jsonb_build_object('category', p_category, 'caseType', p_case_type, 'version', w.revision,
                    'expected', p_caller ->> 'ifMatch', 'etag', jalon_engine.workflow_etag(w),
                    'who', jalon_engine.draft_touched(w) ->> 'by'),
                case when w.revision is null then 'draft.gone' else 'draft.passed' end);
        end if;
    end if;
end
$$;
comment on function jalon_engine.require_draft_match(jsonb, text, text) is
'Fails with JL410 unless the caller''s If-Match, if any, names the draft as it is.';

create or replace function jalon_api.draft_workflow(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    w := jalon.draft(category => p_key, case_type => p_input ->> 'caseType',
        copied => coalesce((p_input ->> 'copied')::boolean, true), label => p_input ->> 'label');
    return jalon_engine.created(jalon_engine.workflow_body(w), p_etag => jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.draft_workflow(text, jsonb, jsonb) is
'Begins a draft, a copy of the published version by default: {caseType, copied, label}.';

create or replace function jalon_api.discard_workflow(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_draft_match(p_caller, p_key, p_input ->> 'caseType');
    perform jalon.discard(category => p_key, case_type => p_input ->> 'caseType');
    return jalon_engine.no_content();
end
$$;
comment on function jalon_api.discard_workflow(text, jsonb, jsonb) is 'Drops the draft: {caseType}.';

create or replace function jalon_api.save_workflow(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_draft_match(p_caller, p_key, p_input ->> 'caseType');
    w := jalon.import_workflow(definition => (p_input -> 'definition')::json, category => p_key,
        case_type => p_input ->> 'caseType');
    return jalon_engine.ok(jalon_engine.workflow_body(w), jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.save_workflow(text, jsonb, jsonb) is
'Saves a document as the draft, which it begins where there is none: {caseType, definition}.';

create or replace function jalon_api.publish_workflow(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case_type text := p_input ->> 'caseType';
    v_effects json;
begin
    perform jalon_engine.require_draft_match(p_caller, p_key, v_case_type);
    select json_agg(json_build_object('what', e.what, 'subject', e.subject, 'records', e.records, 'message', e.message,
            'code', case when e.what = 'unmapped' then substring(e.subject from ': (.*)$') end)) into v_effects
    from jalon.publish(category => p_key, case_type => v_case_type, mapping => coalesce(p_input -> 'mapping', '{}'),
        dry_run => coalesce((p_caller ->> 'dryRun')::boolean, false), reason => p_input ->> 'reason') e;
    return jalon_engine.ok(json_build_object('effects', coalesce(v_effects, '[]'),
        'workflow', jalon_engine.workflow_body(jalon_engine.asked_workflow(p_key, v_case_type, null,
            '{published,draft}'))));
end
$$;
comment on function jalon_api.publish_workflow(text, jsonb, jsonb) is
'Publishes the draft: {caseType, mapping, reason}; a dry run tells what would happen, errors included.';

create or replace function jalon_api.templates(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('items', coalesce(
        (select json_agg(json_build_object('name', t.name, 'label', t.label, 'codes', t.codes, 'roles', t.roles)
            order by t.position, t.name) from jalon.templates t), '[]')))
$$;
comment on function jalon_api.templates(text, jsonb, jsonb) is 'Ready-made workflows.';

create or replace function jalon_api.apply_template(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    if not exists (select from jalon.templates t where t.name = p_key) then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'template', 'id', p_key));
    end if;
    w := jalon.apply_template(name => p_key, category => p_input ->> 'category',
        case_type => coalesce(p_input ->> 'caseType', '*'),
        roles => coalesce(p_input -> 'roles', '{}'), published => coalesce((p_input ->> 'published')::boolean, true));
    return jalon_engine.created(jalon_engine.workflow_body(w), p_etag => jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.apply_template(text, jsonb, jsonb) is
'Puts a template to use in a category: {category, caseType, roles, published}.';
