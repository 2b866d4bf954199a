-- A workflow version as a document: its codes with labels, its actions, its arrows.

create or replace function jalon.export_workflow(category text, case_type text default '*', version integer default null)
returns json
language plpgsql stable security definer
set search_path = ''
as $$
declare
    w lifecycle.workflow := logic.need_version(p_category => export_workflow.category, p_case_type => export_workflow.case_type,
        p_version => coalesce(export_workflow.version, logic.version_in(p_category => export_workflow.category,
            p_case_type => export_workflow.case_type, p_states => '{published,draft}')));
begin
    return logic.filled(p_document => json_build_object(
        'format', 'jalon/1',
        'category', logic.category_document(p_category => w.category),
        'case_type', w.case_type,
        'label', w.label,
        'codes', logic.codes_document(p_category => w.category,
            p_codes => logic.workflow_codes(p_category => w.category, p_case_type => w.case_type, p_version => w.version)),
        'actions', (
            select json_object_agg(l.action, l.labels order by l.action)
            from (select t.action, json_object_agg(t.language, t.label order by t.language) as labels
                  from lifecycle.action_label t
                  where t.category = w.category and exists (
                      select from lifecycle.workflow_arrow a
                      where (a.category, a.case_type, a.version, a.action) = (w.category, w.case_type, w.version, t.action))
                  group by t.action) l),
        'arrows', coalesce((
            select json_agg(logic.filled(p_document => json_build_object(
                'from', a.from_code, 'to', a.to_code, 'action', a.action, 'roles', to_json(a.roles), 'relation', a.relation,
                'requires_reason', nullif(a.requires_reason, false), 'required_fields', to_json(a.required_fields),
                'guard', a.guard, 'icon', a.icon, 'place', a.position
            )) order by a.position, a.from_code nulls first, a.to_code)
            from lifecycle.workflow_arrow a
            where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)), '[]')));
end
$$;
comment on function jalon.export_workflow(text, text, integer) is 'A workflow version, by default the published one, as a document for jalon.import_workflow.';
grant execute on function jalon.export_workflow(text, text, integer) to jalon_dba;
