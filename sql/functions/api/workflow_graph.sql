-- GET /workflows/{category}/{caseType}/graph: all that one looks at a workflow for, in one answer: its codes and
-- transitions, what the report found on them, what a draft changes, how often each transition was taken,
-- where a record stands and may go.

create or replace function jalon_api.workflow_graph(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.graph_version(p_key, p_input);
    v_language text := p_caller ->> 'language';
    v_record jsonb := jalon_engine.graph_record(p_input, p_key, p_caller);
    v_since timestamptz := coalesce(jalon_engine.moment('since', p_input ->> 'since'), now() - interval '90 days');
    v_before integer := coalesce((p_input ->> 'from')::integer,
        case when w.state = 'draft' then jalon_engine.version_in(
            p_category => w.category, p_case_type => w.case_type, p_states => '{published,retired}') end);
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    v_is_counted boolean;
    v_set text := set_config('jalon.language', coalesce(v_language, ''), true);
    v_edges jsonb;
begin
    v_is_counted := not exists (select from jalon_engine.tracked_column c
        where c.category = w.category and not jalon_engine.may('read_all', v_roles, c.tracked))
        and exists (select from jalon_engine.tracked_column c where c.category = w.category);
    v_edges := jalon_engine.graph_edges(w, v_before, case when v_is_counted then v_since end, v_record, v_language);
    return jalon_engine.ok(json_build_object('workflow', jalon_engine.workflow_body(w)::jsonb
        || jsonb_build_object('touched', jalon_engine.draft_touched(w), 'steps', jalon_engine.draft_steps(w)),
        'category', (select json_build_object('code', c.code, 'label', c.label, 'description', c.description,
            'tables', coalesce(
                (select json_agg(k.tracked order by k.tracked) from jalon_engine.tracked_column k
                    where k.category = c.code), '[]'))
            from jalon_engine.category c where c.code = w.category),
        'versions', jalon_engine.graph_versions(w), 'ruleFile', jalon_engine.rule_file_of(w.category),
        'sentences', coalesce((select json_agg(s)
            from jalon_engine.workflow_sentences(w.category, w.case_type, v_before, w.version) s), '[]'),
        'language', coalesce(v_language, jalon_engine.language()), 'since', v_since, 'comparedWith', v_before,
        'record', v_record - 'moves', 'canEdit', jalon_engine.may('manage_workflows', v_roles),
        'canEditCodes', jalon_engine.may('manage_referentials', v_roles), 'languages', (
            select json_agg(l.code order by l.is_default desc, l.code) from jalon_engine.language l where l.is_active),
        'roles', (select json_agg(json_build_object('code', r.code, 'label', r.label) order by r.code)
            from jalon_engine.roles_in(v_language) r),
        'guards', coalesce((select json_agg(json_build_object('code', g.name, 'label', g.description) order by g.name)
            from jalon_engine.guard g), '[]'),
        'nodes', jalon_engine.graph_nodes(w, v_before, v_is_counted, v_edges, v_record, v_language),
        -- What is only needed to mark the nodes stays here.
        'edges', coalesce((select jsonb_agg(e - 'isGone') from jsonb_array_elements(v_edges) e), '[]'),
        'findings', coalesce((select json_agg(json_build_object('severity', f.severity, 'code', f.code,
            'subject', f.subject, 'message', f.message, 'about', jalon_engine.finding_target(f, w)))
            from jalon.workflow_check(w.category, w.case_type, w.version) f), '[]')),
        jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.workflow_graph(text, jsonb, jsonb) is
'A workflow version as one looks at it, the published one by default; a case type without a workflow of its own shows '
'that of *. {caseType, version, from, table, id, since}.';

create or replace function jalon_engine.graph_version(p_category text, p_input jsonb)
returns jalon_engine.workflow
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.asked_workflow(p_category,
        case when exists (select from jalon_engine.workflow v
            where v.category = p_category and v.case_type = p_input ->> 'caseType')
            then p_input ->> 'caseType' else '*' end,
        (p_input ->> 'version')::integer, '{published,draft,retired}')
$$;
comment on function jalon_engine.graph_version(text, jsonb) is
'The version to look at: of the case type, or of * where it has no workflow of its own.';

create or replace function jalon_engine.graph_edges(
    p_workflow jalon_engine.workflow, p_before integer, p_since timestamptz, p_record jsonb, p_language text
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with counts as materialized (
        select c.* from jalon_engine.graph_counts(p_workflow.category, p_workflow.case_type, p_since) c
        where p_since is not null
    ),
    differences as materialized (
        select d.* from jalon.workflow_diff(p_workflow.category, p_workflow.case_type, p_before, p_workflow.version) d
        where p_before is not null
    ),
    edges as (
        select e.*, jalon_engine.transition_name(e.from_code, e.to_code) as name, d.change, d.before, false as is_gone,
               not exists (select from jalon_engine.workflow_transition a
               where (a.category, a.case_type, a.version, a.to_code) = (e.category, e.case_type, e.version, e.to_code)
                   and a.from_code is not distinct from e.from_code) as is_implied
        from jalon_engine.workflow_edges(p_category => p_workflow.category, p_case_type => p_workflow.case_type,
            p_version => p_workflow.version) e
        left join differences d on d.transition = jalon_engine.transition_name(e.from_code, e.to_code)
        union all
        select a.*, d.transition, d.change, d.before, true, false
        from differences d
        join jalon_engine.workflow_transition a
            on (a.category, a.case_type, a.version) = (p_workflow.category, p_workflow.case_type, p_before)
            and jalon_engine.transition_name(a.from_code, a.to_code) = d.transition
        where d.change = 'removed'
    )
    select coalesce(jsonb_agg(jsonb_build_object('name', e.name, 'from', e.from_code, 'to', e.to_code,
            'action', e.action, 'label', coalesce(l.label, case when e.from_code is null
                then jalon_engine.text_of('action.create', p_language => p_language) end, e.action),
            'labels', coalesce((select json_object_agg(a.language, a.label) from jalon_engine.action_label a
                where a.category = p_workflow.category and a.action = e.action), '{}'),
            'roles', to_json(e.roles), 'roleLabels', jalon_engine.role_names(to_jsonb(e.roles), p_language),
            'relation', e.relation, 'requiresReason', e.requires_reason,
            'requiredFields', coalesce(to_json(e.required_fields), '[]'), 'guard', e.guard, 'icon', e.icon,
            'place', e.position, 'isImplied', e.is_implied, 'isMine', not e.is_gone and p_record is not null
                and e.from_code is not distinct from p_record ->> 'code' and p_record -> 'moves' ? e.to_code,
            'count', case when p_since is not null then coalesce((select sum(c.changes) from counts c
                where c.from_code is not distinct from e.from_code and c.to_code = e.to_code), 0) end,
            'change', e.change, 'before', e.before, 'isGone', e.is_gone)
        order by e.position, e.from_code nulls first, e.to_code), '[]')
    from edges e
    left join jalon_engine.action_label l on l.category = p_workflow.category and l.action = e.action
        and l.language = coalesce(p_language, jalon_engine.language())
$$;
comment on function jalon_engine.graph_edges(jalon_engine.workflow, integer, timestamptz, jsonb, text) is
'The transitions of a version and those that it took away from another, with how often each was taken since a time.';

create or replace function jalon_engine.graph_nodes(
    p_workflow jalon_engine.workflow, p_before integer, p_is_counted boolean, p_edges jsonb, p_record jsonb,
    p_language text
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with edges as materialized (
        select e.value ->> 'from' as from_code, e.value ->> 'to' as to_code, (e.value ->> 'isGone')::boolean as is_gone
        from jsonb_array_elements(p_edges) e
    ),
    record_count as materialized (
        select s.code, sum(s.records) as records
        from jalon_engine.count_records_by_code(p_category => p_workflow.category, p_case_type => p_workflow.case_type,
            p_codes => array(select r.code from jalon_engine.referential r
                where r.category = p_workflow.category)) s
        where p_is_counted
        group by s.code
    ),
    codes as materialized (
        select r.code, jalon_engine.code_body(r, p_language)::jsonb
                || jalon_engine.drafted_body(p_workflow, r, p_language) as body, r.position,
               exists (select from edges e where not e.is_gone and r.code in (e.from_code, e.to_code)) as is_used,
               exists (select from edges e where e.is_gone and r.code in (e.from_code, e.to_code)) as is_left,
               exists (select from jalon_engine.workflow_transition a
               where (a.category, a.case_type, a.version) = (p_workflow.category, p_workflow.case_type, p_before)
                   and r.code in (a.from_code, a.to_code)) as was_used
        from jalon_engine.version_codes(p_workflow.category, p_workflow.case_type, p_workflow.version) r
    )
    select coalesce(json_agg(c.body || jsonb_build_object('isUsed', c.is_used,
            'isShown', c.is_used or c.is_left or coalesce(c.body ->> 'drafted' = 'new', false),
            'change', case when p_before is null then null when c.is_used and not c.was_used then 'added'
                when c.was_used and not c.is_used then 'removed' end,
            'isCurrent', c.code is not distinct from p_record ->> 'code',
            'records', case when p_is_counted
                then coalesce((select s.records from record_count s where s.code = c.code), 0) end)
        order by c.position, c.code), '[]')
    from codes c
$$;
comment on function jalon_engine.graph_nodes(jalon_engine.workflow, integer, boolean, jsonb, jsonb, text) is
'The codes of a category as a version uses them, with how many records stand on each.';
