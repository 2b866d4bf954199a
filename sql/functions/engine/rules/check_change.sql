-- One change of one status column: the workflow version that allows it, or a refusal that says what would have been
-- allowed. The generated triggers call this for whatever is not plainly allowed.

create or replace function jalon_engine.check_change(
    p_tracked text, p_column text, p_category text, p_old jsonb, p_new jsonb
)
returns integer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    c jalon_engine.context := jalon_engine.context();
    r jalon_engine.rule;
    v_change jalon_engine.change := (t.name, p_column, p_category, p_new ->> t.workflow_column, null, p_old, p_new);
    v_from constant text := p_old ->> p_column;
    v_to constant text := p_new ->> p_column;
    v_code jalon_engine.referential;
    v_blockers jsonb;
begin
    v_change.ruling_case_type := jalon_engine.ruling_case_type(p_category, v_change.case_type);
    -- 1. The code exists, and the case type is one that has rules.
    select f.* into v_code from jalon_engine.referential f where f.category = p_category and f.code = v_to;
    if not found then
        perform jalon_engine.refuse_unknown_code(v_change, c.kind);
    end if;
    -- 2. Forced, imported and migrated changes pass the rules; each needs a permission of its own.
    if c.kind not in ('move', 'timer') then
        return jalon_engine.check_marked_change(c, v_change, v_code);
    end if;
    if not jalon_engine.has_rules(p_category, v_change.ruling_case_type) then
        perform jalon_engine.refuse_change('JL409', v_change,
            jsonb_build_object('caseType', v_change.case_type, 'allowed', jalon_engine.case_types(p_category)));
    end if;
    if not v_code.is_active and v_from is distinct from v_to then
        perform jalon_engine.refuse_change('JL403', v_change);
    end if;
    -- 3. Another case type with other rules: where its workflow takes records in, and nowhere else.
    if p_old is not null
        and jalon_engine.ruling_case_type(p_category, p_old ->> t.workflow_column) <> v_change.ruling_case_type then
        return jalon_engine.check_arrival(v_change, p_old ->> t.workflow_column);
    end if;
    if v_from is not distinct from v_to then
        return jalon_engine.ruling_version(v_change);
    end if;
    -- 4. A transition, and nothing that blocks it.
    select u.* into r from jalon_engine.rule u
    where u.category = p_category and u.case_type = v_change.ruling_case_type and u.from_code = coalesce(v_from, '')
        and u.to_code = v_to;
    if not found then
        perform jalon_engine.refuse_transition(v_change, v_from, v_to);
    end if;
    perform jalon_engine.require_fresh_grants(c.actor);
    perform jalon_engine.require_move_permission(t, c, r);
    v_blockers := jalon_engine.blockers(r, c.actor,
        jalon_engine.roles_for_record(t, c.actor, jalon_engine.roles_of(c.actor, c.roles), coalesce(p_old, p_new)),
        c.reason, c.meta, p_old, p_new);
    if v_blockers <> '[]' then
        perform jalon_engine.refuse_change(v_blockers -> 0 ->> 'code', v_change,
            (v_blockers -> 0 -> 'params') || jsonb_build_object('blockers', v_blockers));
    end if;
    return r.workflow_version;
end
$$;
comment on function jalon_engine.check_change(text, text, text, jsonb, jsonb) is
'Checks one change: returns the workflow version that allows it, or fails with what would have been allowed.';

create or replace function jalon_engine.move_permission(
    p_tracked jalon_engine.tracked, p_rule jalon_engine.rule, p_named_by text
)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    -- In plain SQL, and for the customer's own application, the right to UPDATE the column decides. Everybody else who
    -- acts in a name does so with the rights of a login that may update every record.
    select case when p_rule.workflow_version = 0 and p_named_by in ('c', 's', 't') then p_tracked.move_permission end
$$;
comment on function jalon_engine.move_permission(jalon_engine.tracked, jalon_engine.rule, text) is
'The permission that a move asks for where no workflow says who may make it; empty if none.';

create or replace function jalon_engine.require_move_permission(
    p_tracked jalon_engine.tracked, p_context jalon_engine.context, p_rule jalon_engine.rule
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_permission constant text := jalon_engine.move_permission(p_tracked, p_rule, p_context.named_by);
begin
    if v_permission is not null
        and not jalon_engine.may(v_permission, jalon_engine.roles_of(p_context.actor, p_context.roles), p_tracked.name)
    then
        perform jalon_engine.fail('JL203',
            jsonb_build_object('table', p_tracked.name, 'actor', p_context.actor, 'permission', v_permission,
                'roles', jalon_engine.roles_with(v_permission)));
    end if;
end
$$;
comment on function jalon_engine.require_move_permission(jalon_engine.tracked, jalon_engine.context,
    jalon_engine.rule) is
'Fails with JL203 if a move without a workflow is made in the name of somebody who lacks the table''s '
'permission for it.';

create or replace function jalon_engine.permission_blockers(
    p_tracked jalon_engine.tracked, p_rule jalon_engine.rule, p_roles text[], p_named_by text
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case when m.permission is null or jalon_engine.may(m.permission, p_roles, p_tracked.name) then '[]'::jsonb
        else jsonb_build_array(jsonb_build_object('code', 'JL203',
            'params', jsonb_build_object('permission', m.permission,
                'roles', jalon_engine.roles_with(m.permission)))) end
    from (select jalon_engine.move_permission(p_tracked, p_rule, p_named_by) as permission) m
$$;
comment on function jalon_engine.permission_blockers(jalon_engine.tracked, jalon_engine.rule, text[], text) is
'The blocker of a move without a workflow, if the actor lacks the permission for it.';

create or replace function jalon_engine.refuse_transition(p_change jalon_engine.change, p_from text, p_to text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not jalon_engine.uses_code(p_change.category, p_change.ruling_case_type, p_to) then
        perform jalon_engine.refuse_change('JL406', p_change, jsonb_build_object('codes', case
            when p_from is null then jalon_engine.allowed_codes(p_category => p_change.category,
                p_case_type => p_change.ruling_case_type, p_from => null)
            else jalon_engine.codes_of(p_change.category, p_change.ruling_case_type) end));
    elsif p_from is null then
        perform jalon_engine.refuse_change('JL101', p_change, p_message => 'JL101.create');
    elsif not exists (select from jalon_engine.rule u
            where u.category = p_change.category and u.case_type = p_change.ruling_case_type
              and u.from_code = p_from) then
        perform jalon_engine.refuse_change('JL103', p_change, p_message => case when not jalon_engine.uses_code(
            p_change.category, p_change.ruling_case_type, p_from) then 'JL103.outside' end);
    end if;
    perform jalon_engine.refuse_change('JL101', p_change);
end
$$;
comment on function jalon_engine.refuse_transition(jalon_engine.change, text, text) is
'Refuses a change that no transition allows, and says which kind of wrong it is.';

create or replace function jalon_engine.check_arrival(p_change jalon_engine.change, p_old_case_type text)
returns integer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_from constant text := p_change.old_row ->> p_change.column_name;
    v_to constant text := p_change.new_row ->> p_change.column_name;
    v_arrivals constant text[] := jalon_engine.arrivals(
        p_change.category, p_change.ruling_case_type, p_old_case_type, v_from);
begin
    if v_to <> all (v_arrivals) then
        perform jalon_engine.refuse_change(case
            when jalon_engine.uses_code(p_change.category, p_change.ruling_case_type, v_to) then 'JL101'
            else 'JL406' end,
            p_change, jsonb_build_object('allowed', v_arrivals, 'codes', v_arrivals, 'caseType', p_change.case_type),
            p_message => 'JL101.case_type');
    end if;
    return jalon_engine.ruling_version(p_change);
end
$$;
comment on function jalon_engine.check_arrival(jalon_engine.change, text) is
'Checks a change of case type: it ends on an initial code, or where the new workflow''s author says that such '
'records arrive.';

create or replace function jalon_engine.arrivals(p_category text, p_case_type text, p_old_case_type text, p_from text)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array(
        select r.to_code from jalon_engine.rule r
        where r.category = p_category and r.case_type = p_case_type and r.from_code = ''
        union
        select a.to_code from jalon_engine.workflow_arrival a
        join jalon_engine.workflow w using (category, case_type, version)
        join jalon_engine.referential f on f.category = a.category and f.code = a.to_code and f.is_active
        where a.category = p_category and a.case_type = p_case_type and w.state = 'published'
          and a.from_code = p_from and a.from_case_type in (coalesce(p_old_case_type, '*'), '*')
        order by 1)
$$;
comment on function jalon_engine.arrivals(text, text, text, text) is
'Codes on which a record may arrive in a case type from another one: the initial codes, and those that the published '
'workflow names for its code.';

create or replace function jalon_engine.ruling_version(p_change jalon_engine.change)
returns integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select s.workflow_version from jalon_engine.rule_case_type s
    where s.category = p_change.category and s.case_type = p_change.ruling_case_type
$$;
comment on function jalon_engine.ruling_version(jalon_engine.change) is
'The workflow version whose rules a change follows; 0 where the category is free.';

create or replace function jalon_engine.has_rules(p_category text, p_case_type text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from jalon_engine.rule_case_type s
        where s.category = p_category and s.case_type = p_case_type)
$$;
comment on function jalon_engine.has_rules(text, text) is 'Whether there are rules for a case type, or for all.';

create or replace function jalon_engine.case_types(p_category text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(s.case_type order by s.case_type), '[]') from jalon_engine.rule_case_type s
    where s.category = p_category
$$;
comment on function jalon_engine.case_types(text) is 'The case types that have rules.';

create or replace function jalon_engine.uses_code(p_category text, p_case_type text, p_code text)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from jalon_engine.rule u
        where u.category = p_category and u.case_type = p_case_type and p_code in (u.from_code, u.to_code))
$$;
comment on function jalon_engine.uses_code(text, text, text) is 'Whether the rules of a case type use a code.';

create or replace function jalon_engine.refuse_change(
    p_sqlstate text, p_change jalon_engine.change, p_params jsonb default '{}', p_message text default null
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t constant jalon_engine.tracked := jalon_engine.tracked_of(p_change.tracked);
    c constant jalon_engine.context := jalon_engine.context();
    v_from constant text := p_change.old_row ->> p_change.column_name;
begin
    perform jalon_engine.fail(p_sqlstate, jsonb_build_object('table', t.name, 'id', p_change.new_row ->> t.key_column,
        'column', p_change.column_name, 'category', p_change.category, 'caseType', p_change.ruling_case_type,
        'from', v_from,
        'to', p_change.new_row ->> p_change.column_name, 'actor', c.actor,
        'version', p_change.new_row -> 'status_version',
        'allowed', jalon_engine.allowed_codes(p_change.category, p_change.ruling_case_type, v_from, c.actor,
            jalon_engine.roles_for_record(
                t, c.actor, jalon_engine.roles_of(c.actor, c.roles),
                coalesce(p_change.old_row, p_change.new_row)))) || p_params, p_message);
end
$$;
comment on function jalon_engine.refuse_change(text, jalon_engine.change, jsonb, text) is
'Refuses a change, with what it was and what would have been allowed.';

create or replace function jalon_engine.codes_of(p_category text, p_case_type text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(f.code order by f.position, f.code), '[]')
    from jalon_engine.referential f
    where f.category = p_category and f.is_active and jalon_engine.uses_code(f.category, p_case_type, f.code)
$$;
comment on function jalon_engine.codes_of(text, text) is
'The active codes that the rules of a case type use, in order.';

create or replace function jalon_engine.check_marked_change(
    p_context jalon_engine.context, p_change jalon_engine.change, p_code jalon_engine.referential
)
returns integer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    case p_context.kind
        when 'force' then perform jalon_engine.require_permission('force_move', p_change.tracked);
        when 'import', 'backfill' then perform jalon_engine.require_permission('import_history', p_change.tracked);
        when 'migration' then perform jalon_engine.require_permission('manage_workflows', p_change.tracked);
        else perform jalon_engine.fail('JL405', jsonb_build_object('field', 'kind', 'why', p_context.kind),
            'JL405.value');
    end case;
    if p_context.kind = 'force' and nullif(btrim(p_context.reason), '') is null then
        perform jalon_engine.refuse_change('JL301', p_change);
    end if;
    if p_context.kind = 'force' and not p_code.is_active then
        perform jalon_engine.refuse_change('JL403', p_change);
    end if;
    return coalesce(jalon_engine.ruling_version(p_change), 0);
end
$$;
comment on function jalon_engine.check_marked_change(jalon_engine.context, jalon_engine.change,
    jalon_engine.referential) is
'Checks a forced, imported or migrated change: a permission of its own, and for a forced one a reason.';
