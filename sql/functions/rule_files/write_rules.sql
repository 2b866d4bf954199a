-- Documents of rules written into the tables: codes and roles first, then workflows, which are drafted and published
-- only where they differ, then what went. Tables are tracked by jalon.apply_rules, as its caller.

create or replace function jalon_engine.changed_workflows(p_old jsonb, p_new jsonb)
returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select distinct d.key[case d.kind when 'order' then 2 else 1 end]
    from jalon_engine.rule_differences(p_old, p_new) d
    where (d.kind in ('workflow', 'transition', 'arrival') or d.kind = 'order' and d.key[1] = 'transition')
      and not (d.kind = 'workflow' and d.change = 'removed')
    order by 1
$$;
comment on function jalon_engine.changed_workflows(jsonb, jsonb) is
'Case types whose workflow is otherwise in a new document, or new.';

create or replace function jalon_engine.write_roles(p_document jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into jalon_engine.role as r (code, label, description)
    select i.key[1], coalesce(i.facts ->> 'label', i.key[1]), i.facts ->> 'description'
    from jalon_engine.rule_items(p_document) i where i.kind = 'role'
    on conflict on constraint role_pk do update set label = excluded.label, description = excluded.description
    where (r.label, r.description) is distinct from (excluded.label, excluded.description);
    insert into jalon_engine.role_label as r (role, language, label)
    select i.key[1], l.key, l.value
    from jalon_engine.rule_items(p_document) i
    cross join lateral jsonb_each_text(coalesce(i.facts -> 'labels', '{}') || jsonb_build_object(
        jalon_engine.default_language(), coalesce(i.facts ->> 'label', i.key[1]))) l
    where i.kind = 'role'
    on conflict on constraint role_label_pk do update set label = excluded.label where r.label <> excluded.label;
    delete from jalon_engine.role_label r
    using jalon_engine.rule_items(p_document) i
    where i.kind = 'role' and r.role = i.key[1] and r.language <> jalon_engine.default_language()
      and not coalesce(i.facts -> 'labels' ? r.language, false);
$$;
comment on function jalon_engine.write_roles(jsonb) is 'Adds and names the roles of a document of rules.';

create or replace function jalon_engine.write_codes(p_document jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- One statement for all codes: the rules are compiled once.
    insert into jalon_engine.referential as r (category, code, label, description, position, color, icon, outcome,
        is_initial, is_final, is_active, max_stay, meta)
    select p_document ->> 'category', i.key[1], coalesce(i.facts ->> 'label', i.key[1]), i.facts ->> 'description',
        10 * i.place, i.facts ->> 'color', i.facts ->> 'icon', i.facts ->> 'outcome',
        coalesce((i.facts ->> 'initial')::boolean, false), coalesce((i.facts ->> 'final')::boolean, false),
        not coalesce((i.facts ->> 'inactive')::boolean, false), (i.facts ->> 'max_stay')::interval,
        coalesce(i.facts -> 'meta', '{}')
    from jalon_engine.rule_items(p_document) i where i.kind = 'code'
    on conflict on constraint referential_pk do update set label = excluded.label, description = excluded.description,
        position = excluded.position, color = excluded.color, icon = excluded.icon, outcome = excluded.outcome,
        is_initial = excluded.is_initial, is_final = excluded.is_final, is_active = excluded.is_active,
        max_stay = excluded.max_stay, meta = excluded.meta
    where to_jsonb(r) - 'category' is distinct from to_jsonb(excluded) - 'category';
    insert into jalon_engine.referential_label as r (category, code, language, label)
    select p_document ->> 'category', i.key[1], l.key, l.value
    from jalon_engine.rule_items(p_document) i
    cross join lateral jsonb_each_text(coalesce(i.facts -> 'labels', '{}') || jsonb_build_object(
        jalon_engine.default_language(), coalesce(i.facts ->> 'label', i.key[1]))) l
    where i.kind = 'code'
    on conflict on constraint referential_label_pk do update set label = excluded.label
    where r.label <> excluded.label;
    delete from jalon_engine.referential_label r
    using jalon_engine.rule_items(p_document) i
    where i.kind = 'code' and r.category = p_document ->> 'category' and r.code = i.key[1]
      and r.language <> jalon_engine.default_language() and not coalesce(i.facts -> 'labels' ? r.language, false);
$$;
comment on function jalon_engine.write_codes(jsonb) is 'Adds and changes the codes of a document of rules.';

create or replace function jalon_engine.write_actions(p_document jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into jalon_engine.action_label as a (category, action, language, label)
    select p_document ->> 'category', i.key[1], l.key, l.value
    from jalon_engine.rule_items(p_document) i cross join lateral jsonb_each_text(i.facts -> 'labels') l
    where i.kind = 'action'
    on conflict on constraint action_label_pk do update set label = excluded.label where a.label <> excluded.label;
    delete from jalon_engine.action_label a
    where a.category = p_document ->> 'category' and p_document ? 'actions' and not exists (
        select from jalon_engine.rule_items(p_document) i
        where i.kind = 'action' and i.key[1] = a.action and i.facts -> 'labels' ? a.language);
$$;
comment on function jalon_engine.write_actions(jsonb) is 'Names the actions of a document of rules.';

create or replace function jalon_engine.write_permissions(p_document jsonb)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    insert into jalon_engine.permission_rule as r (role, permission, scope, status, is_allowed)
    select i.key[1], i.key[2], i.key[3], i.key[4], (i.facts ->> 'allowed')::boolean
    from jalon_engine.rule_items(p_document) i where i.kind = 'permission'
    on conflict on constraint permission_rule_pk do update set is_allowed = excluded.is_allowed
    where r.is_allowed <> excluded.is_allowed;
    delete from jalon_engine.permission_rule r
    using jalon_engine.rule_items(jalon_engine.exported_rules(coalesce(p_document ->> 'category', '*'))) o
    where p_document ? 'permissions' and o.kind = 'permission'
      and o.key = array[r.role, r.permission, r.scope, r.status]
      and not exists (select from jalon_engine.rule_items(p_document) i
          where i.kind = 'permission' and i.key = o.key);
$$;
comment on function jalon_engine.write_permissions(jsonb) is 'Sets the permissions of a document of rules.';

create or replace function jalon_engine.draft_workflow(p_document jsonb, p_case_type text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_workflow constant jsonb := (select w from jsonb_array_elements(p_document -> 'workflows') w
        where coalesce(w ->> 'case_type', '*') = p_case_type);
    w jalon_engine.workflow := jalon.draft(category => p_document ->> 'category', case_type => p_case_type,
        copied => false, label => v_workflow ->> 'label');
begin
    insert into jalon_engine.workflow_transition (category, case_type, version, from_code, to_code, action, roles,
        relation, requires_reason, required_fields, guard, icon, position)
    select w.category, w.case_type, w.version, a.value ->> 'from', a.value ->> 'to', coalesce(a.value ->> 'action',
        jalon_engine.usual_action(a.value ->> 'from', a.value ->> 'to')),
        coalesce(jalon_engine.text_array((a.value -> 'roles')::json), '{}'), a.value ->> 'relation',
        coalesce((a.value ->> 'requires_reason')::boolean, false),
        jalon_engine.text_array((a.value -> 'required_fields')::json), a.value ->> 'guard', a.value ->> 'icon',
        10 * a.place
    from jsonb_array_elements(v_workflow -> 'transitions') with ordinality a (value, place);
    insert into jalon_engine.workflow_arrival (category, case_type, version, from_case_type, from_code, to_code)
    select w.category, w.case_type, w.version, coalesce(a ->> 'from_case_type', '*'), a ->> 'from', a ->> 'to'
    from jsonb_array_elements(v_workflow -> 'arrivals') a;
end
$$;
comment on function jalon_engine.draft_workflow(jsonb, text) is 'Makes a workflow of a document of rules the draft.';

create or replace function jalon_engine.drop_codes(p_document jsonb)
returns setof jalon_engine.effect
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_gone constant text[] := array(
        select r.code from jalon_engine.referential r
        where r.category = p_document ->> 'category' and r.is_active and p_document ? 'codes'
          and not exists (select from jalon_engine.rule_items(p_document) i
              where i.kind = 'code' and i.key[1] = r.code));
begin
    -- A code that served is deactivated, so that history goes on naming it.
    delete from jalon_engine.referential r
    where r.category = p_document ->> 'category' and r.code = any (v_gone)
      and r.code in (select c from unnest(v_gone) c
          where not jalon_engine.is_code_used(p_category => r.category, p_code => c));
    update jalon_engine.referential r set is_active = false
    where r.category = p_document ->> 'category' and r.code = any (v_gone);
    return query
    select 'stranded', s.code, s.records, s.tracked || '.' || s.column_name
    from jalon_engine.count_records_by_code(p_category => p_document ->> 'category', p_case_type => '*',
        p_codes => v_gone) s;
end
$$;
comment on function jalon_engine.drop_codes(jsonb) is 'Takes away the codes that a document of rules no longer has: '
'those in use become inactive. Says which records stand on one.';

create or replace function jalon_engine.write_rules(p_document jsonb, p_mapping jsonb, p_reason text)
returns setof jalon_engine.effect
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_category constant text := p_document ->> 'category';
    v_before jsonb;
    v_case_type text;
begin
    perform jalon_engine.require_permission('manage_workflows');
    perform jalon_engine.require_permission('manage_referentials');
    perform jalon_engine.require_permission('manage_permissions');
    perform jalon_engine.write_roles(p_document);
    if v_category is not null then
        v_before := jalon_engine.exported_rules(v_category);
        insert into jalon_engine.category as c (code, label, description)
        values (v_category, coalesce(p_document ->> 'label', v_category), p_document ->> 'description')
        on conflict on constraint category_pk do update
        set label = excluded.label, description = excluded.description
        where (c.label, c.description) is distinct from (excluded.label, excluded.description);
        perform jalon_engine.write_codes(p_document);
        perform jalon_engine.write_actions(p_document);
        for v_case_type in select c from jalon_engine.changed_workflows(v_before, p_document) c loop
            perform jalon_engine.draft_workflow(p_document, v_case_type);
            return query select e.* from jalon.publish(category => v_category, case_type => v_case_type,
                mapping => jalon_engine.mapping_for(p_document, v_case_type, p_mapping), reason => p_reason) e;
        end loop;
        for v_case_type in
            select d.key[1] from jalon_engine.rule_differences(v_before, p_document) d
            where d.kind = 'workflow' and d.change = 'removed' order by 1
        loop
            return query select e.* from jalon.retire(category => v_category, case_type => v_case_type,
                mapping => p_mapping, reason => p_reason) e;
        end loop;
        return query select e.* from jalon_engine.drop_codes(p_document) e;
    end if;
end
$$;
comment on function jalon_engine.write_rules(jsonb, jsonb, text) is
'Writes a document of rules, but for its tables and permissions; says what was published and which records moved.';
grant execute on function jalon_engine.write_rules(jsonb, jsonb, text) to jalon_dba;

create or replace function jalon_engine.mapping_for(p_document jsonb, p_case_type text, p_mapping jsonb)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A mapping is for a whole file; each workflow takes what leads to a code of its own.
    select coalesce(jsonb_object_agg(m.key, m.value), '{}') from jsonb_each(p_mapping) m
    where exists (select from jalon_engine.rule_items(p_document) i
        where i.kind = 'transition' and i.key[1] = p_case_type and m.value #>> '{}' in (i.key[2], i.key[3]))
$$;
comment on function jalon_engine.mapping_for(jsonb, text, jsonb) is
'The part of a mapping that leads to codes of one workflow of a document.';
