-- A ready-made workflow, in force by one call. Its roles are the template's; say which of yours stand for them.

create or replace function jalon.apply_template(
    name text, category text, case_type text default '*', roles jsonb default '{}', published boolean default true
)
returns jalon_engine.workflow
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_template jalon_engine.template;
    v_definition jsonb;
    v_roles text[];
    v_stranger text;
    w jalon_engine.workflow;
begin
    perform jalon_engine.require_permission('manage_workflows');
    select t.* into v_template from jalon_engine.template t where t.name = apply_template.name;
    if not found then
        perform jalon_engine.fail('JL402', jsonb_build_object('template', apply_template.name,
            'allowed', (select jsonb_agg(t.name order by t.position) from jalon_engine.template t)), 'JL402.template');
    end if;
    v_roles := array(select distinct r.role from jsonb_array_elements(v_template.definition -> 'transitions') a
        cross join lateral jsonb_array_elements_text(a.value -> 'roles') r (role) order by r.role);
    -- A role that the template hasn't would stand for nobody, and what it was to guard be open to everybody.
    select k.role into v_stranger from jsonb_object_keys(apply_template.roles) k (role) where k.role <> all (v_roles)
    order by k.role limit 1;
    if found then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'roles', 'template', apply_template.name,
            'role', v_stranger, 'allowed', v_roles), 'JL405.template_role');
    end if;
    v_definition := v_template.definition || jsonb_build_object('format', 'jalon/1', 'label', v_template.label,
        'category', jsonb_build_object('code', apply_template.category, 'label', v_template.label),
        'transitions', (
            select jsonb_agg(a.value || jsonb_build_object('place', a.ordinality * 10, 'roles', (
                       select jsonb_agg(coalesce(apply_template.roles ->> r.value, r.value) order by r.ordinality)
                       from jsonb_array_elements_text(a.value -> 'roles') with ordinality r)) order by a.ordinality)
            from jsonb_array_elements(v_template.definition -> 'transitions') with ordinality a));
    insert into jalon_engine.role (code, label)
    select distinct r.role, coalesce(v_definition #>> array['roles', r.role], r.role)
    from jsonb_array_elements(v_definition -> 'transitions') a
    cross join lateral jsonb_array_elements_text(a.value -> 'roles') r (role)
    on conflict on constraint role_pk do nothing;
    w := jalon.import_workflow(definition => v_definition::json, category => apply_template.category,
        case_type => apply_template.case_type);
    if apply_template.published then
        perform jalon.publish(category => w.category, case_type => w.case_type);
    end if;
    return jalon_engine.get_version(p_category => w.category, p_case_type => w.case_type, p_version => w.version);
end
$$;
comment on function jalon.apply_template(text, text, text, jsonb, boolean)
is 'Puts a template to use: codes, labels, transitions and roles into a category, published. roles => ''{"agent": '
    '"support"}'' uses your names.';
grant execute on function jalon.apply_template(text, text, text, jsonb, boolean) to jalon_dba;
