-- A document becomes the draft: transitions and arrivals as it has them, codes added at once where neither
-- the category nor the draft has them, others left alone.

create or replace function jalon.import_workflow(
    definition json, category text default null, case_type text default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_category text;
    v_case_type text := coalesce(import_workflow.case_type, import_workflow.definition ->> 'case_type', '*');
    v_missing json;
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_permission('manage_workflows');
    v_category := (jalon_engine.import_category(p_definition => import_workflow.definition,
        p_category => import_workflow.category)).code;
    select coalesce(json_agg(c.value order by c.place), '[]') into v_missing
    from json_array_elements(import_workflow.definition -> 'codes') with ordinality c (value, place)
    where not exists (select from jalon_engine.version_codes(v_category, v_case_type, jalon_engine.version_in(
            p_category => v_category, p_case_type => v_case_type, p_states => '{draft}')) r
        where r.code = c.value ->> 'code');
    if json_array_length(v_missing) > 0 then
        perform jalon_engine.add_codes(p_category => v_category, p_codes => v_missing);
        perform jalon_engine.put_labels(p_category => v_category, p_codes => v_missing);
    end if;
    insert into jalon_engine.action_label (category, action, language, label)
    select v_category, a.key, l.key, l.value
    from json_each(import_workflow.definition -> 'actions') a cross join lateral json_each_text(a.value) l
    on conflict on constraint action_label_pk do nothing;

    if jalon_engine.version_in(p_category => v_category, p_case_type => v_case_type, p_states => '{draft}') is null then
        w := jalon.draft(category => v_category, case_type => v_case_type, copied => false,
            label => import_workflow.definition ->> 'label');
    else
        w := jalon_engine.open_draft(p_category => v_category, p_case_type => v_case_type);
        perform jalon_engine.keep_draft_step(w);
        delete from jalon_engine.workflow_transition a
        where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version);
        delete from jalon_engine.workflow_arrival a
        where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version);
    end if;
    perform jalon.set_transition(
        category => v_category, case_type => v_case_type, from_code => a.value ->> 'from', to_code => a.value ->> 'to',
        action => a.value ->> 'action', roles => jalon_engine.text_array(p_list => a.value -> 'roles'),
        relation => a.value ->> 'relation', requires_reason => (a.value ->> 'requires_reason')::boolean,
        required_fields => jalon_engine.text_array(p_list => a.value -> 'required_fields'),
        guard => a.value ->> 'guard', icon => a.value ->> 'icon', place => (a.value ->> 'place')::integer)
    from json_array_elements(import_workflow.definition -> 'transitions') a;
    perform jalon.set_arrival(category => v_category, case_type => v_case_type, to_code => a.value ->> 'to',
        from_code => a.value ->> 'from', from_case_type => a.value ->> 'from_case_type')
    from json_array_elements(import_workflow.definition -> 'arrivals') a;
    return jalon_engine.open_draft(p_category => v_category, p_case_type => v_case_type);
end
$$;
comment on function jalon.import_workflow(json, text, text) is
'Turns a document into the draft of its category and case type, or of those given; check and publish it as any other.';
grant execute on function jalon.import_workflow(json, text, text) to jalon_dba;

create or replace function jalon_engine.text_array(p_list json)
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select array(select e.value from json_array_elements_text(p_list) e) where json_typeof(p_list) = 'array' $$;
comment on function jalon_engine.text_array(json) is 'A JSON list of texts as an array; null where it is not a list.';
