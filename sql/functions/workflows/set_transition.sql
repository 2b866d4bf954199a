-- One transition of a draft, created or changed by one call; what is left out stays, an empty text or array clears.

create or replace function jalon.set_transition(
    category text, from_code text, to_code text, action text default null, roles text[] default null,
    case_type text default '*', requires_reason boolean default null, required_fields text[] default null,
    guard text default null, relation text default null, labels jsonb default null, icon text default null,
    place integer default null, expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => set_transition.category, p_case_type => set_transition.case_type,
        p_expected_revision => set_transition.expected_revision);
    v_action text;
begin
    perform jalon_engine.keep_draft_step(w);
    perform jalon_engine.require_version_code(w.category, w.case_type, w.version, c.code)
    from unnest(array[set_transition.from_code, set_transition.to_code]) c (code) where c.code is not null;
    if nullif(set_transition.guard, '') is not null
        and not exists (select from jalon_engine.guard g where g.name = set_transition.guard) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'guard', 'why', set_transition.guard,
            'allowed', coalesce((select jsonb_agg(g.name order by g.name) from jalon_engine.guard g), '[]')),
            'JL405.choice');
    end if;
    insert into jalon_engine.workflow_transition as a (category, case_type, version, from_code, to_code, action, roles,
        relation, requires_reason, required_fields, guard, icon, position)
    values (
        w.category, w.case_type, w.version, set_transition.from_code, set_transition.to_code,
        coalesce(set_transition.action, case when set_transition.from_code is null then 'create'
            else lower(set_transition.to_code) end), coalesce(set_transition.roles, '{}'),
        nullif(set_transition.relation, ''), coalesce(set_transition.requires_reason, false),
        nullif(set_transition.required_fields, '{}'), nullif(set_transition.guard, ''), nullif(set_transition.icon, ''),
        coalesce(set_transition.place, (
            select max(o.position) from jalon_engine.workflow_transition o
            where (o.category, o.case_type, o.version) = (w.category, w.case_type, w.version)
        ) + 10, 10)
    )
    on conflict on constraint a_transition_exists_once do update set
        action = coalesce(set_transition.action, a.action),
        roles = coalesce(set_transition.roles, a.roles),
        relation = nullif(coalesce(set_transition.relation, a.relation), ''),
        requires_reason = coalesce(set_transition.requires_reason, a.requires_reason),
        required_fields = nullif(coalesce(set_transition.required_fields, a.required_fields), '{}'),
        guard = nullif(coalesce(set_transition.guard, a.guard), ''),
        icon = nullif(coalesce(set_transition.icon, a.icon), ''),
        position = coalesce(set_transition.place, a.position)
    returning a.action into v_action;
    insert into jalon_engine.action_label (category, action, language, label)
    select w.category, v_action, e.key, e.value from jsonb_each_text(set_transition.labels) e
    on conflict on constraint action_label_pk do update set label = excluded.label;
    return jalon_engine.touch_draft(p_draft => w);
end
$$;
comment on function jalon.set_transition(text, text, text, text, text[], text, boolean, text[], text, text, jsonb, text,
    integer, integer)
is 'Creates or changes a transition of a draft (no from_code: creation) and returns the draft: '
    'jalon.set_transition(''ORDER_STATUS'', ''NEW'', ''PAID'', ''pay'', ''{clerk}'').';
grant execute on function jalon.set_transition(text, text, text, text, text[], text, boolean, text[], text, text, jsonb,
    text, integer, integer) to jalon_dba;

create or replace function jalon.drop_transition(
    category text, from_code text, to_code text, case_type text default '*', expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => drop_transition.category, p_case_type => drop_transition.case_type,
        p_expected_revision => drop_transition.expected_revision);
begin
    perform jalon_engine.keep_draft_step(w);
    delete from jalon_engine.workflow_transition a
    where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)
      and a.from_code is not distinct from drop_transition.from_code and a.to_code = drop_transition.to_code;
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'workflow_transition',
            'id', jalon_engine.transition_name(p_from => drop_transition.from_code, p_to => drop_transition.to_code)));
    end if;
    return jalon_engine.touch_draft(p_draft => w);
end
$$;
comment on function jalon.drop_transition(text, text, text, text, integer) is
'Takes a transition out of a draft and returns the draft.';
grant execute on function jalon.drop_transition(text, text, text, text, integer) to jalon_dba;

create or replace function jalon_engine.transition_name(p_from text, p_to text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select coalesce(nullif(p_from, ''), '*') || ' -> ' || p_to $$;
comment on function jalon_engine.transition_name(text, text) is
'What a transition is called in reports; * stands for creation.';
