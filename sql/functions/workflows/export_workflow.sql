-- A workflow version as a document: its codes with labels, its actions, its transitions and arrivals.

create or replace function jalon.export_workflow(
    category text, case_type text default '*', version integer default null
)
returns json
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.get_version(p_category => export_workflow.category,
        p_case_type => export_workflow.case_type,
        p_version => coalesce(export_workflow.version, jalon_engine.version_in(p_category => export_workflow.category,
            p_case_type => export_workflow.case_type, p_states => '{published,draft}')));
begin
    return jalon_engine.filled(p_document => json_build_object(
        'format', 'jalon/1',
        'category', jalon_engine.category_document(p_category => w.category),
        'case_type', w.case_type,
        'label', w.label,
        'codes', jalon_engine.codes_document(p_category => w.category,
            p_codes => jalon_engine.workflow_codes(p_category => w.category, p_case_type => w.case_type,
                p_version => w.version) || array(
                    select a.from_code::text from jalon_engine.workflow_arrival a
                    where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)),
            p_case_type => w.case_type, p_version => w.version),
        'actions', (
            select json_object_agg(l.action, l.labels order by l.action)
            from (select t.action, json_object_agg(t.language, t.label order by t.language) as labels
                  from jalon_engine.action_label t
                  where t.category = w.category and exists (
                      select from jalon_engine.workflow_transition a
                      where (a.category, a.case_type, a.version, a.action) = (w.category, w.case_type,
                          w.version, t.action))
                  group by t.action) l),
        'transitions', coalesce((
            select json_agg(jalon_engine.filled(p_document => json_build_object(
                'from', a.from_code, 'to', a.to_code, 'action', a.action, 'roles', to_json(a.roles),
                'relation', a.relation, 'requires_reason', nullif(a.requires_reason, false),
                'required_fields', to_json(a.required_fields), 'guard', a.guard, 'icon', a.icon, 'place', a.position
            )) order by a.position, a.from_code nulls first, a.to_code)
            from jalon_engine.workflow_transition a
            where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)), '[]'),
        'arrivals', (
            select json_agg(json_build_object('from_case_type', a.from_case_type, 'from', a.from_code, 'to', a.to_code)
                order by a.from_case_type, a.from_code, a.to_code)
            from jalon_engine.workflow_arrival a
            where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version))));
end
$$;
comment on function jalon.export_workflow(text, text, integer) is
'A workflow version, by default the published one, as a document for jalon.import_workflow.';
grant execute on function jalon.export_workflow(text, text, integer) to jalon_dba;
