-- One arrow of a draft, created or changed by one call; what is left out stays, an empty text or array clears.

create or replace function jalon.set_arrow(
    category text, from_code text, to_code text, action text default null, roles text[] default null, case_type text default '*',
    requires_reason boolean default null, required_fields text[] default null, guard text default null, relation text default null,
    labels jsonb default null, icon text default null, place integer default null, expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => set_arrow.category, p_case_type => set_arrow.case_type, p_expected_revision => set_arrow.expected_revision);
    v_action text;
begin
    perform jalon_engine.need_code(p_category => set_arrow.category, p_code => c.code)
    from unnest(array[set_arrow.from_code, set_arrow.to_code]) c (code) where c.code is not null;
    if nullif(set_arrow.guard, '') is not null and not exists (select from jalon_engine.guard g where g.name = set_arrow.guard) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'guard', 'why', set_arrow.guard,
            'allowed', coalesce((select jsonb_agg(g.name order by g.name) from jalon_engine.guard g), '[]')));
    end if;
    insert into jalon_engine.workflow_arrow as a (category, case_type, version, from_code, to_code, action, roles, relation,
                                               requires_reason, required_fields, guard, icon, position)
    values (
        w.category, w.case_type, w.version, set_arrow.from_code, set_arrow.to_code,
        coalesce(set_arrow.action, case when set_arrow.from_code is null then 'create' else lower(set_arrow.to_code) end),
        coalesce(set_arrow.roles, '{}'), nullif(set_arrow.relation, ''), coalesce(set_arrow.requires_reason, false),
        nullif(set_arrow.required_fields, '{}'), nullif(set_arrow.guard, ''), nullif(set_arrow.icon, ''),
        coalesce(set_arrow.place, (
            select max(o.position) from jalon_engine.workflow_arrow o
            where (o.category, o.case_type, o.version) = (w.category, w.case_type, w.version)
        ) + 10, 10)
    )
    on conflict on constraint an_arrow_exists_once do update set
        action = coalesce(set_arrow.action, a.action),
        roles = coalesce(set_arrow.roles, a.roles),
        relation = nullif(coalesce(set_arrow.relation, a.relation), ''),
        requires_reason = coalesce(set_arrow.requires_reason, a.requires_reason),
        required_fields = nullif(coalesce(set_arrow.required_fields, a.required_fields), '{}'),
        guard = nullif(coalesce(set_arrow.guard, a.guard), ''),
        icon = nullif(coalesce(set_arrow.icon, a.icon), ''),
        position = coalesce(set_arrow.place, a.position)
    returning a.action into v_action;
    insert into jalon_engine.action_label (category, action, language, label)
    select w.category, v_action, e.key, e.value from jsonb_each_text(set_arrow.labels) e
    on conflict on constraint action_label_pk do update set label = excluded.label;
    return jalon_engine.touch_draft(p_draft => w);
end
$$;
comment on function jalon.set_arrow(text, text, text, text, text[], text, boolean, text[], text, text, jsonb, text, integer, integer)
is 'Creates or changes an arrow of a draft (no from_code: creation) and returns the draft: jalon.set_arrow(''ORDER_STATUS'', ''NEW'', ''PAID'', ''pay'', ''{clerk}'').';
grant execute on function jalon.set_arrow(text, text, text, text, text[], text, boolean, text[], text, text, jsonb, text, integer, integer) to jalon_dba;

create or replace function jalon.drop_arrow(
    category text, from_code text, to_code text, case_type text default '*', expected_revision integer default null
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    w jalon_engine.workflow := jalon_engine.open_draft(
        p_category => drop_arrow.category, p_case_type => drop_arrow.case_type, p_expected_revision => drop_arrow.expected_revision);
begin
    delete from jalon_engine.workflow_arrow a
    where (a.category, a.case_type, a.version) = (w.category, w.case_type, w.version)
      and a.from_code is not distinct from drop_arrow.from_code and a.to_code = drop_arrow.to_code;
    if not found then
        perform jalon_engine.fail('JL401', jsonb_build_object('table', 'workflow_arrow',
            'id', jalon_engine.arrow_name(p_from => drop_arrow.from_code, p_to => drop_arrow.to_code)));
    end if;
    return jalon_engine.touch_draft(p_draft => w);
end
$$;
comment on function jalon.drop_arrow(text, text, text, text, integer) is 'Takes an arrow out of a draft and returns the draft.';
grant execute on function jalon.drop_arrow(text, text, text, text, integer) to jalon_dba;

create or replace function jalon_engine.arrow_name(p_from text, p_to text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select coalesce(nullif(p_from, ''), '*') || ' -> ' || p_to $$;
comment on function jalon_engine.arrow_name(text, text) is 'What an arrow is called in reports; * stands for creation.';
