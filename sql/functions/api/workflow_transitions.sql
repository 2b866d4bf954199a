-- One transition of a draft over HTTP: set, taken out.

create or replace function jalon_api.set_transition(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case_type text := p_input ->> 'caseType';
    v_is_new constant boolean := jsonb_typeof(p_input -> 'was') is distinct from 'object';
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_draft_match(p_caller, p_key, v_case_type);
    if coalesce((p_input ->> 'fromEvery')::boolean, false) then
        w := jalon_engine.set_transition_from_every(p_key, p_input);
        return jalon_engine.ok(jalon_engine.workflow_body(w), jalon_engine.workflow_etag(w));
    end if;
    if v_is_new
        or (p_input #>> '{was,from}', p_input #>> '{was,to}') is distinct from (p_input ->> 'from', p_input ->> 'to')
        then
        perform jalon_engine.require_no_transition(p_key, v_case_type, p_input ->> 'from', p_input ->> 'to');
    end if;
    if not v_is_new
        and (p_input #>> '{was,from}', p_input #>> '{was,to}') is distinct from (p_input ->> 'from', p_input ->> 'to')
        then
        perform jalon.drop_transition(category => p_key, case_type => v_case_type,
            from_code => p_input #>> '{was,from}', to_code => p_input #>> '{was,to}');
    end if;
    w := jalon_engine.set_transition(p_key, v_case_type, p_input ->> 'from', p_input, v_is_new);
    return jalon_engine.ok(jalon_engine.workflow_body(w), jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.set_transition(text, jsonb, jsonb) is
'Adds a transition to the draft, or changes the one that `was`: {caseType, was: {from, to}, from, to, action, labels, '
'roles, relation, requiresReason, requiredFields, guard, icon, place}; '
'with fromEvery one from every code that has none.';

create or replace function jalon_engine.set_transition(
    p_category text, p_case_type text, p_from text, p_input jsonb, p_is_new boolean
)
returns jalon_engine.workflow
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles text[] := jalon_engine.text_array(p_list => (p_input -> 'roles')::json);
    v_labels jsonb := (select jsonb_object_agg(l.key, l.value)
        from jsonb_each(nullif(p_input -> 'labels', 'null')) l where l.value <> '""');
begin
    -- A new transition is whole from the start: with the roles of its neighbours and the words of its target.
    if p_is_new then
        v_roles := coalesce(v_roles, jalon_engine.neighbours_roles(p_category, p_case_type, p_from,
            p_input ->> 'to'));
        if nullif(p_input ->> 'action', '') is null then
            v_labels := coalesce(jalon_engine.labels_of_target(p_category, p_case_type, p_from,
                p_input ->> 'to'), '{}')
                || coalesce(v_labels, '{}');
        end if;
    end if;
    return jalon.set_transition(category => p_category, case_type => p_case_type, from_code => p_from,
        to_code => p_input ->> 'to', action => nullif(p_input ->> 'action', ''), roles => v_roles,
        relation => p_input ->> 'relation', requires_reason => (p_input ->> 'requiresReason')::boolean,
        required_fields => jalon_engine.text_array(p_list => (p_input -> 'requiredFields')::json),
        guard => p_input ->> 'guard', icon => p_input ->> 'icon', place => (p_input ->> 'place')::integer,
        labels => v_labels);
end
$$;
comment on function jalon_engine.set_transition(text, text, text, jsonb, boolean) is
'Writes a transition of a draft as a call says it; what a new one leaves out it takes from its neighbours.';

create or replace function jalon_engine.neighbours_roles(p_category text, p_case_type text, p_from text, p_to text)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((
        select a.roles
        from jalon_engine.workflow w
        join jalon_engine.workflow_transition a using (category, case_type, version)
        where w.category = p_category and w.case_type = p_case_type and w.state = 'draft' and a.roles <> '{}'
            and (a.from_code is null) = (p_from is null)
        group by a.roles
        order by bool_or(a.from_code is not distinct from p_from) desc, bool_or(a.to_code = p_to) desc, count(*) desc,
            a.roles
        limit 1), '{any}')
$$;
comment on function jalon_engine.neighbours_roles(text, text, text, text) is
'The roles that a new transition begins with: those of a transition from the same code, else to the same code, else '
'the most frequent ones; any where there are none.';

create or replace function jalon_engine.labels_of_target(p_category text, p_case_type text, p_from text, p_to text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_object_agg(l.language, l.label)
    from jalon_engine.version_labels(p_category, p_case_type, jalon_engine.version_in(p_category => p_category,
        p_case_type => p_case_type, p_states => '{draft}')) l
    where l.code = p_to and p_from is not null
        and not exists (select from jalon_engine.action_label a
            where a.category = p_category and a.language = l.language
                and a.action = jalon_engine.usual_action(p_from, p_to))
$$;
comment on function jalon_engine.labels_of_target(text, text, text, text) is
'What a transition without words of its own is called: as the code that it leads to.';

create or replace function jalon_engine.set_transition_from_every(p_category text, p_input jsonb)
returns jalon_engine.workflow
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(p_category => p_category,
        p_case_type => p_input ->> 'caseType');
    v_from text;
begin
    for v_from in
        select r.code
        from unnest(jalon_engine.workflow_codes(p_category => w.category, p_case_type => w.case_type,
            p_version => w.version)) with ordinality c (code, place)
        join jalon_engine.version_codes(w.category, w.case_type, w.version) r on r.code = c.code
        where not r.is_final and r.code <> p_input ->> 'to' and not exists (
            select from jalon_engine.workflow_transition a
            where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)
                and a.from_code = r.code and a.to_code = p_input ->> 'to')
        order by c.place
    loop
        w := jalon_engine.set_transition(w.category, w.case_type, v_from, p_input, p_is_new => true);
    end loop;
    return w;
end
$$;
comment on function jalon_engine.set_transition_from_every(text, jsonb) is
'Adds a transition to a code from every code of the draft that isn''t final and has none to it yet.';

create or replace function jalon_api.undo_draft(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_draft_match(p_caller, p_key, p_input ->> 'caseType');
    w := jalon.undo_draft(category => p_key, case_type => p_input ->> 'caseType',
        redo => coalesce((p_input ->> 'redo')::boolean, false));
    return jalon_engine.ok(jalon_engine.workflow_body(w), jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.undo_draft(text, jsonb, jsonb) is
'Takes back the last edit of the draft, or with {redo} the last undo: {caseType, redo}.';

create or replace function jalon_engine.require_no_transition(p_category text, p_case_type text, p_from text, p_to text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if exists (
        select from jalon_engine.workflow w
        join jalon_engine.workflow_transition a using (category, case_type, version)
        where w.category = p_category and w.case_type = p_case_type and w.state = 'draft' and a.to_code = p_to
            and a.from_code is not distinct from p_from) then
        perform jalon_engine.fail('JL408', jsonb_build_object('name', jalon_engine.transition_name(p_from, p_to)));
    end if;
end
$$;
comment on function jalon_engine.require_no_transition(text, text, text, text) is
'JL408 where the draft has a transition from one code to another already.';

create or replace function jalon_api.drop_transition(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_draft_match(p_caller, p_key, p_input ->> 'caseType');
    w := jalon.drop_transition(category => p_key, case_type => p_input ->> 'caseType', from_code => p_input ->> 'from',
        to_code => p_input ->> 'to');
    return jalon_engine.ok(jalon_engine.workflow_body(w), jalon_engine.workflow_etag(w));
end
$$;
comment on function jalon_api.drop_transition(text, jsonb, jsonb) is
'Takes a transition out of the draft: {caseType, from, to}.';
