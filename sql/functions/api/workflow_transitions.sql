-- One transition of a draft over HTTP: set, taken out.

create or replace function jalon_api.set_transition(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_case_type text := p_input ->> 'caseType';
    w jalon_engine.workflow;
begin
    perform jalon_engine.enter(p_caller);
    perform jalon_engine.require_draft_match(p_caller, p_key, v_case_type);
    if jsonb_typeof(p_input -> 'was') = 'object'
        and (p_input #>> '{was,from}', p_input #>> '{was,to}') is distinct from (p_input ->> 'from', p_input ->> 'to')
        then
        perform jalon_engine.require_no_transition(p_key, v_case_type, p_input ->> 'from', p_input ->> 'to');
        perform jalon.drop_transition(category => p_key, case_type => v_case_type,
            from_code => p_input #>> '{was,from}', to_code => p_input #>> '{was,to}');
    elsif jsonb_typeof(p_input -> 'was') is distinct from 'object' then
        perform jalon_engine.require_no_transition(p_key, v_case_type, p_input ->> 'from', p_input ->> 'to');
    end if;
    w := jalon.set_transition(category => p_key, case_type => v_case_type, from_code => p_input ->> 'from',
        to_code => p_input ->> 'to', action => nullif(p_input ->> 'action', ''),
        roles => jalon_engine.text_array(p_list => (p_input -> 'roles')::json), relation => p_input ->> 'relation',
        requires_reason => (p_input ->> 'requiresReason')::boolean,
        required_fields => jalon_engine.text_array(p_list => (p_input -> 'requiredFields')::json),
        guard => p_input ->> 'guard', icon => p_input ->> 'icon', place => (p_input ->> 'place')::integer,
        labels => (select jsonb_object_agg(l.key, l.value) from jsonb_each(nullif(p_input -> 'labels', 'null')) l
            where l.value <> '""'));
    return (200, jalon_engine.workflow_body(w), jalon_engine.workflow_etag(w), null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.set_transition(text, jsonb, jsonb) is
'Adds a transition to the draft, or changes the one that `was`: {caseType, was: {from, to}, from, to, action, labels, '
'roles, relation, requiresReason, requiredFields, guard, icon, place}.';

create or replace function jalon_engine.require_no_transition(p_category text, p_case_type text, p_from text, p_to text)
returns void
language plpgsql stable security definer
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
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow;
begin
    perform jalon_engine.enter(p_caller);
    perform jalon_engine.require_draft_match(p_caller, p_key, p_input ->> 'caseType');
    w := jalon.drop_transition(category => p_key, case_type => p_input ->> 'caseType', from_code => p_input ->> 'from',
        to_code => p_input ->> 'to');
    return (200, jalon_engine.workflow_body(w), jalon_engine.workflow_etag(w), null)::jalon_engine.answer;
end
$$;
comment on function jalon_api.drop_transition(text, jsonb, jsonb) is
'Takes a transition out of the draft: {caseType, from, to}.';
