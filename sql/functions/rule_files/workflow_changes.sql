-- What differs between two versions of a workflow, in the sentences of `jalon plan`.

create or replace function jalon_engine.version_rules(p_category text, p_case_type text, p_version integer)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object('category', p_category,
        'codes', jalon_engine.exported_codes(p_category, p_case_type, p_version), 'workflows',
        jsonb_build_array(jalon_engine.said(jsonb_build_object('case_type', p_case_type,
        'transitions', jalon_engine.exported_transitions(p_category, p_case_type, p_version),
        'arrivals', jalon_engine.exported_arrivals(p_category, p_case_type, p_version)))))
$$;
comment on function jalon_engine.version_rules(text, text, integer) is
'One version of a workflow as a document of rules, with the codes as it sees them.';

create or replace function jalon_engine.workflow_sentences(
    p_category text, p_case_type text, p_from_version integer, p_to_version integer
)
returns table (change text, transition text, message text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select (d.difference).change, case when (d.difference).kind = 'transition'
            then jalon_engine.transition_name((d.difference).key[2], (d.difference).key[3]) end, s.message
    from (select r as difference, row_number() over () as place from jalon_engine.rule_differences(
        jalon_engine.version_rules(p_category, p_case_type, p_from_version),
        jalon_engine.version_rules(p_category, p_case_type, p_to_version)) r) d
    cross join lateral jalon_engine.rule_sentences(d.difference, p_category) with ordinality s (message, place)
    where p_from_version is not null
    order by d.place, s.place
$$;
comment on function jalon_engine.workflow_sentences(text, text, integer, integer) is
'What differs between two versions of a workflow, a sentence each.';

create or replace function jalon_engine.rule_file_of(p_category text)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('source', f.source, 'appliedAt', f.applied_at, 'appliedBy', f.applied_by)
    from jalon_engine.rule_file f where f.category = p_category
$$;
comment on function jalon_engine.rule_file_of(text) is 'The file that owns the rules of a category, if one does.';

create or replace function jalon_api.rule_file(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_set text := set_config('jalon.language', coalesce(p_caller ->> 'language', ''), true);
    v_rules jsonb;
begin
    perform jalon_engine.require_permission('manage_workflows', p_caller => p_caller);
    perform jalon_engine.require_category(p_category => p_key);
    v_rules := jalon_engine.exported_rules(p_key, p_input ->> 'caseType');
    return jalon_engine.ok(json_build_object('category', p_key, 'caseType', p_input ->> 'caseType', 'document', v_rules,
        'file', jalon_engine.rule_file_of(p_key), 'isDraft', exists (select from jalon_engine.workflow w
            where w.category = p_key and w.case_type = p_input ->> 'caseType' and w.state = 'draft'),
        'changes', coalesce((
            select json_agg(json_build_object('change', (d.difference).change, 'message', s.message)
                order by d.place, s.place)
            from (select r as difference, row_number() over () as place from jalon_engine.rule_file f
                cross join lateral jalon_engine.rule_differences(f.document, v_rules) r
                where f.category = p_key) d
            cross join lateral jalon_engine.rule_sentences(d.difference, p_key) with ordinality s (message, place)
        ), '[]')));
end
$$;
comment on function jalon_api.rule_file(text, jsonb, jsonb) is
'The rules of a category as a file would have them, with the draft of {caseType} where there is one, and what differs '
'from the file as it was applied last.';
