-- A change of a workflow begins as a draft: nothing obeys it until it is published.

create or replace function jalon.draft(
    category text, case_type text default '*', copied boolean default true, label text default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
    v_published integer := jalon_engine.version_in(p_category => draft.category, p_case_type => draft.case_type,
        p_states => '{published}');
    -- What is in force for a case type without a workflow of its own is the workflow for all.
    v_source text := draft.case_type;
    v_source_version integer := v_published;
begin
    perform jalon_engine.require_permission('manage_workflows');
    perform jalon_engine.require_category(p_category => draft.category);
    perform from jalon_engine.category c where c.code = draft.category for no key update;
    select v.* into w
    from jalon_engine.workflow v
    where v.category = draft.category and v.case_type = draft.case_type and v.state = 'draft';
    if found then
        perform jalon_engine.fail('JL102',
            jsonb_build_object('category', w.category, 'caseType', w.case_type, 'who', w.created_by), 'draft.exists');
    end if;
    insert into jalon_engine.workflow as n (category, case_type, version, label, created_by)
    select draft.category, draft.case_type, coalesce(max(v.version), 0) + 1,
           coalesce(draft.label, max(v.label) filter (where v.version = v_published)), jalon_engine.actor()
    from jalon_engine.workflow v
    where v.category = draft.category and v.case_type = draft.case_type
    returning n.* into w;
    if draft.copied then
        if v_published is null then
            v_source := '*';
            v_source_version := jalon_engine.version_in(p_category => draft.category, p_case_type => '*',
                p_states => '{published}');
        end if;
        insert into jalon_engine.workflow_transition (category, case_type, version, from_code, to_code, action, roles,
            relation, requires_reason, required_fields, guard, icon, position)
        select a.category, draft.case_type, w.version, a.from_code, a.to_code, a.action, a.roles, a.relation,
               a.requires_reason, a.required_fields, a.guard, a.icon, a.position
        from jalon_engine.workflow_transition a
        where a.category = draft.category and a.case_type = v_source and a.version = v_source_version;
        insert into jalon_engine.workflow_arrival (category, case_type, version, from_case_type, from_code, to_code)
        select a.category, draft.case_type, w.version, a.from_case_type, a.from_code, a.to_code
        from jalon_engine.workflow_arrival a
        where a.category = draft.category and a.case_type = v_source and a.version = v_source_version
            and a.from_case_type <> draft.case_type;
    end if;
    return w;
end
$$;
comment on function jalon.draft(text, text, boolean, text) is 'Begins a draft of the workflow of a category and case '
'type, as a copy of what is in force for it (its published version, else that of all case types) unless '
'copied => false.';
grant execute on function jalon.draft(text, text, boolean, text) to jalon_dba;

create or replace function jalon.discard(
    category text, case_type text default '*', expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => discard.category, p_case_type => discard.case_type,
        p_expected_revision => discard.expected_revision);
begin
    delete from jalon_engine.workflow v
    where (v.category, v.case_type, v.version) = (w.category, w.case_type, w.version);
    return w;
end
$$;
comment on function jalon.discard(text, text, integer) is 'Drops a draft with its transitions, arrivals and codes.';
grant execute on function jalon.discard(text, text, integer) to jalon_dba;
