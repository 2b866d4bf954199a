-- Every edit of a draft goes through here: may the actor, is there a draft, is it the one the actor has seen. The
-- row lock makes editors and the publisher wait for each other.

create or replace function jalon_engine.open_draft(
    p_category text, p_case_type text, p_expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_permission('manage_workflows');
    perform jalon_engine.require_category(p_category => p_category);
    select v.* into w
    from jalon_engine.workflow v
    where v.category = p_category and v.case_type = p_case_type and v.state = 'draft'
    for update;
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('category', p_category, 'caseType', p_case_type),
            'draft.none');
    end if;
    if w.revision <> p_expected_revision then
        perform jalon_engine.fail('JL102', jsonb_build_object('category', p_category, 'caseType', p_case_type,
            'revision', w.revision, 'expected', p_expected_revision), 'draft.stale');
    end if;
    return w;
end
$$;
comment on function jalon_engine.open_draft(text, text, integer) is
'Locks the draft of a workflow for the actor; fails where it is missing or was edited meanwhile.';

create or replace function jalon_engine.touch_draft(p_draft jalon_engine.workflow)
returns jalon_engine.workflow
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    update jalon_engine.workflow w set revision = w.revision + 1
    where (w.category, w.case_type, w.version) = (p_draft.category, p_draft.case_type, p_draft.version)
    returning w.*
$$;
comment on function jalon_engine.touch_draft(jalon_engine.workflow) is 'Counts an edit of a draft.';
