-- Undo and redo of a draft: it is put back as it was after another edit, whoever made that.

create or replace function jalon_engine.draft_state(
    p_draft jalon_engine.workflow, out transitions jsonb, out arrivals jsonb, out codes jsonb
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select (select coalesce(jsonb_agg(to_jsonb(a) order by a.from_code nulls first, a.to_code), '[]')
            from jalon_engine.workflow_transition a
            where (a.category, a.case_type, a.version) = (p_draft.category, p_draft.case_type, p_draft.version)),
        (select coalesce(jsonb_agg(to_jsonb(a) order by a.from_case_type, a.from_code, a.to_code), '[]')
            from jalon_engine.workflow_arrival a
            where (a.category, a.case_type, a.version) = (p_draft.category, p_draft.case_type, p_draft.version)),
        (select coalesce(jsonb_agg(to_jsonb(d) order by d.code), '[]')
            from jalon_engine.draft_code d
            where (d.category, d.case_type, d.version) = (p_draft.category, p_draft.case_type, p_draft.version))
$$;
comment on function jalon_engine.draft_state(jalon_engine.workflow) is
'The transitions, arrivals and codes of a draft.';

create or replace function jalon_engine.keep_draft_step(p_draft jalon_engine.workflow)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- What the transaction that began the draft writes is the draft's beginning.
    if p_draft.created_at = now() or exists (select from jalon_engine.draft_step d
        where (d.category, d.case_type, d.version) = (p_draft.category, p_draft.case_type, p_draft.version)
            and d.transaction_id = pg_current_xact_id()) then
        return;
    end if;
    delete from jalon_engine.draft_step d
    where (d.category, d.case_type, d.version) = (p_draft.category, p_draft.case_type, p_draft.version)
        and d.is_undone;
    insert into jalon_engine.draft_step (category, case_type, version, step, transitions, arrivals, codes, made_by)
    select p_draft.category, p_draft.case_type, p_draft.version, coalesce((select max(d.step)
            from jalon_engine.draft_step d
            where (d.category, d.case_type, d.version)
                = (p_draft.category, p_draft.case_type, p_draft.version)), 0) + 1,
        s.transitions, s.arrivals, s.codes, jalon_engine.actor()
    from jalon_engine.draft_state(p_draft) s;
end
$$;
comment on function jalon_engine.keep_draft_step(jalon_engine.workflow) is
'Keeps what a draft is before an edit; edits of one transaction are one step.';

create or replace function jalon_engine.put_draft_state(p_draft jalon_engine.workflow, p_step jalon_engine.draft_step)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- What stays as it is isn't touched, so that the history of configuration has what differs. A code comes before the
    -- transitions that name it, and goes after them.
    insert into jalon_engine.draft_code as d
    select s.* from jsonb_populate_recordset(null::jalon_engine.draft_code, p_step.codes) s
    on conflict on constraint draft_code_pk do update set (label, description, position, color, icon, outcome,
        is_initial, is_final, is_active, max_stay, meta, labels, drafted, before) = row(excluded.label,
        excluded.description, excluded.position, excluded.color, excluded.icon, excluded.outcome, excluded.is_initial,
        excluded.is_final, excluded.is_active, excluded.max_stay, excluded.meta, excluded.labels, excluded.drafted,
        excluded.before)
    where to_jsonb(d) is distinct from to_jsonb(excluded);
    delete from jalon_engine.workflow_transition a
    where (a.category, a.case_type, a.version) = (p_draft.category, p_draft.case_type, p_draft.version)
        and not p_step.transitions @> jsonb_build_array(to_jsonb(a));
    insert into jalon_engine.workflow_transition
    select s.* from jsonb_populate_recordset(null::jalon_engine.workflow_transition, p_step.transitions) s
    where not exists (select from jalon_engine.workflow_transition a
        where (a.category, a.case_type, a.version, a.to_code) = (s.category, s.case_type, s.version, s.to_code)
            and a.from_code is not distinct from s.from_code);
    delete from jalon_engine.workflow_arrival a
    where (a.category, a.case_type, a.version) = (p_draft.category, p_draft.case_type, p_draft.version)
        and not p_step.arrivals @> jsonb_build_array(to_jsonb(a));
    insert into jalon_engine.workflow_arrival
    select s.* from jsonb_populate_recordset(null::jalon_engine.workflow_arrival, p_step.arrivals) s
    where not exists (select from jalon_engine.workflow_arrival a where a = s);
    delete from jalon_engine.draft_code d
    where (d.category, d.case_type, d.version) = (p_draft.category, p_draft.case_type, p_draft.version)
        and not exists (select from jsonb_to_recordset(p_step.codes) s (code text) where s.code = d.code)
$$;
comment on function jalon_engine.put_draft_state(jalon_engine.workflow, jalon_engine.draft_step) is
'Makes a draft what a step has kept.';

create or replace function jalon.undo_draft(
    category text, case_type text default '*', redo boolean default false, expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => undo_draft.category, p_case_type => undo_draft.case_type,
        p_expected_revision => undo_draft.expected_revision);
    v_step jalon_engine.draft_step;
begin
    select d.* into v_step from jalon_engine.draft_step d
    where (d.category, d.case_type, d.version) = (w.category, w.case_type, w.version)
        and d.is_undone = undo_draft.redo
    order by case when undo_draft.redo then d.step else -d.step end limit 1;
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('category', w.category, 'caseType', w.case_type),
            case when undo_draft.redo then 'draft.nothing_to_redo' else 'draft.nothing_to_undo' end);
    end if;
    -- The step and the draft change places: what the draft is now comes back by the opposite call.
    update jalon_engine.draft_step d
    set transitions = s.transitions, arrivals = s.arrivals, codes = s.codes, is_undone = not d.is_undone
    from jalon_engine.draft_state(w) s
    where (d.category, d.case_type, d.version, d.step) = (w.category, w.case_type, w.version, v_step.step);
    perform jalon_engine.put_draft_state(w, v_step);
    return jalon_engine.touch_draft(p_draft => w);
end
$$;
comment on function jalon.undo_draft(text, text, boolean, integer) is
'Takes back the last edit of a draft, or with redo => true the last undo, and returns the draft.';
grant execute on function jalon.undo_draft(text, text, boolean, integer) to jalon_dba;

create or replace function jalon_engine.draft_steps(p_workflow jalon_engine.workflow)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('undo', coalesce(bool_or(not d.is_undone), false),
        'redo', coalesce(bool_or(d.is_undone), false))
    from jalon_engine.draft_step d
    where (d.category, d.case_type, d.version) = (p_workflow.category, p_workflow.case_type, p_workflow.version)
$$;
comment on function jalon_engine.draft_steps(jalon_engine.workflow) is
'Whether an edit of a draft can be undone, or an undo redone.';
