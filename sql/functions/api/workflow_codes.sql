-- The codes of a draft over HTTP: added, edited, taken out. Nothing else sees them before the draft is published.

create or replace function jalon_engine.drafted_body(
    p_workflow jalon_engine.workflow, p_code jalon_engine.referential, p_language text
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with labels as (
        select l.* from jalon_engine.version_labels(p_workflow.category, p_workflow.case_type, p_workflow.version) l
        where l.code = p_code.code
    )
    select coalesce((
        select jsonb_build_object('drafted', case when d.before is null then 'new' else 'changed' end,
            'labels', coalesce((select jsonb_object_agg(t.language, t.label) from labels t), '{}'),
            'label', coalesce((select t.label from labels t
                where t.language in (p_language, split_part(p_language, '-', 1))
                order by t.language = p_language desc limit 1), p_code.label))
        from jalon_engine.draft_code d
        where (d.category, d.case_type, d.version, d.code)
            = (p_workflow.category, p_workflow.case_type, p_workflow.version, p_code.code)), '{"drafted": null}')
$$;
comment on function jalon_engine.drafted_body(jalon_engine.workflow, jalon_engine.referential, text) is
'Whether a draft adds a code (new) or edits it (changed), and its labels there.';

create or replace function jalon_engine.write_draft_code(p_category text, p_code text, p_input jsonb)
returns jalon_engine.workflow
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    select w.* from jalon.set_draft_code(
        category => p_category, case_type => p_input ->> 'caseType', code => p_code, label => p_input ->> 'label',
        labels => nullif(p_input -> 'labels', 'null'), outcome => p_input ->> 'outcome',
        is_initial => (p_input ->> 'isInitial')::boolean, is_final => (p_input ->> 'isFinal')::boolean,
        is_active => (p_input ->> 'isActive')::boolean, color => p_input ->> 'color', icon => p_input ->> 'icon',
        place => (p_input ->> 'place')::integer, description => p_input ->> 'description',
        max_stay => coalesce(nullif(p_input ->> 'maxStay', ''),
            case when p_input ->> 'maxStay' = '' then '0' end)::interval, meta => nullif(p_input -> 'meta', 'null')) w
$$;
comment on function jalon_engine.write_draft_code(text, text, jsonb) is
'Adds or edits a code of a draft as a call says it.';

create or replace function jalon_engine.has_version_code(p_category text, p_case_type text, p_code text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (
        select from jalon_engine.version_codes(p_category, p_case_type, jalon_engine.version_in(
            p_category => p_category, p_case_type => p_case_type, p_states => '{draft}')) c
        where c.code = p_code)
$$;
comment on function jalon_engine.has_version_code(text, text, text) is
'Whether the category has a code, or the draft of a case type adds it.';

create or replace function jalon_api.add_draft_code(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_draft_match(p_caller, p_key, p_input ->> 'caseType');
    if jalon_engine.has_version_code(p_key, p_input ->> 'caseType', p_input ->> 'code') then
        perform jalon_engine.fail('JL408', jsonb_build_object('name', p_input ->> 'code'));
    end if;
    w := jalon_engine.write_draft_code(p_key, p_input ->> 'code', p_input);
    return jalon_engine.created(jalon_engine.workflow_body(w), p_etag => jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.add_draft_code(text, jsonb, jsonb) is 'Adds a code to the draft: {caseType, code, label, '
'labels, description, outcome, isInitial, isFinal, isActive, color, icon, place, maxStay, meta}.';

create or replace function jalon_api.set_draft_code(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_draft_match(p_caller, p_input ->> 'category', p_input ->> 'caseType');
    perform jalon_engine.require_category_found(p_input ->> 'category');
    if not jalon_engine.has_version_code(p_input ->> 'category', p_input ->> 'caseType', p_key) then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', p_input ->> 'category', 'id', p_key));
    end if;
    w := jalon_engine.write_draft_code(p_input ->> 'category', p_key, p_input);
    return jalon_engine.ok(jalon_engine.workflow_body(w), jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.set_draft_code(text, jsonb, jsonb) is 'Changes what is given of a code in the draft: '
'{category, caseType, label, labels, description, outcome, isInitial, isFinal, isActive, color, icon, place, maxStay, '
'meta}.';

create or replace function jalon_api.drop_draft_code(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_draft_match(p_caller, p_input ->> 'category', p_input ->> 'caseType');
    w := jalon.drop_draft_code(category => p_input ->> 'category', case_type => p_input ->> 'caseType', code => p_key);
    return jalon_engine.ok(jalon_engine.workflow_body(w), jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.drop_draft_code(text, jsonb, jsonb) is
'Takes a new code, or the edits of a code, out of the draft: {category, caseType}.';
