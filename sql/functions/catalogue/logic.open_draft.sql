-- Every edit of a draft goes through here: may the actor, is there a draft, is it the one the actor has seen. The
-- row lock makes editors and the publisher wait for each other.

create or replace function logic.open_draft(p_category text, p_case_type text, p_expected_revision integer default null)
returns lifecycle.workflow
language plpgsql volatile
set search_path = ''
as $$
declare
    w lifecycle.workflow;
begin
    perform logic.demand('manage_workflows');
    perform logic.need_category(p_category => p_category);
    select v.* into w
    from lifecycle.workflow v
    where v.category = p_category and v.case_type = p_case_type and v.state = 'draft'
    for update;
    if not found then
        perform logic.fail('JL401', jsonb_build_object('category', p_category, 'scope', p_case_type), 'draft.none');
    end if;
    if w.revision <> p_expected_revision then
        perform logic.fail('JL102', jsonb_build_object('category', p_category, 'scope', p_case_type,
            'revision', w.revision, 'expected', p_expected_revision), 'draft.stale');
    end if;
    return w;
end
$$;
comment on function logic.open_draft(text, text, integer) is 'Locks the draft of a workflow for the actor; fails where it is missing or was edited meanwhile.';

create or replace function logic.touch_draft(p_draft lifecycle.workflow)
returns lifecycle.workflow
language sql volatile
set search_path = ''
as $$
    update lifecycle.workflow w set revision = w.revision + 1
    where (w.category, w.case_type, w.version) = (p_draft.category, p_draft.case_type, p_draft.version)
    returning w.*
$$;
comment on function logic.touch_draft(lifecycle.workflow) is 'Counts an edit of a draft.';
