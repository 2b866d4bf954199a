-- The verdict on one change of one column: the workflow version that allows it, or a refusal that says what would
-- have been allowed. Called by the generated triggers for whatever is not plain.

create or replace function jalon_engine.judge(p_tracked text, p_column text, p_category text, p_old jsonb, p_new jsonb)
returns integer
language plpgsql stable security definer
set search_path = ''
as $$
declare
    t jalon_engine.tracked := jalon_engine.tracked_of(p_tracked);
    c jalon_engine.context := jalon_engine.context();
    r jalon_engine.rule;
    v_from text := p_old ->> p_column;
    v_to text := p_new ->> p_column;
    v_scope text := jalon_engine.scope_of(p_category, p_new ->> t.workflow_column);
    v_roles text[];
    v_code jalon_engine.referential;
    v_blockers jsonb;
begin
    if p_old is not null and (p_new ->> 'status_version')::integer <> (p_old ->> 'status_version')::integer + 1 then
        perform jalon_engine.fail('JL507', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new));
    end if;
    if v_to is null then
        perform jalon_engine.fail('JL402', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new), 'JL402.empty');
    end if;
    select f.* into v_code from jalon_engine.referential f where f.category = p_category and f.code = v_to;
    if not found then
        perform jalon_engine.fail('JL402', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new));
    end if;
    if c.kind not in ('move', 'timer') then
        return jalon_engine.judge_marked(c, t.name, v_code, v_scope, case c.kind when 'force' then jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new) end);
    end if;
    if not v_code.is_active and v_from is distinct from v_to then
        perform jalon_engine.fail('JL403', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new));
    end if;
    if p_old is not null and t.workflow_column is not null
       and p_old ->> t.workflow_column is distinct from p_new ->> t.workflow_column then
        -- The case type changes: what counts is that the new workflow knows the code.
        if not exists (select from jalon_engine.rule u where u.category = p_category and u.scope = v_scope and v_to in (u.from_code, u.to_code)) then
            perform jalon_engine.fail('JL406', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new) || jsonb_build_object('allowed', jalon_engine.codes_of(p_category, v_scope), 'codes', jalon_engine.codes_of(p_category, v_scope)));
        end if;
        return (select s.workflow_version from jalon_engine.rule_scope s where s.category = p_category and s.scope = v_scope);
    end if;
    if v_from is not distinct from v_to then
        return null;
    end if;
    select u.* into r from jalon_engine.rule u
    where u.category = p_category and u.scope = v_scope and u.from_code = coalesce(v_from, '') and u.to_code = v_to;
    if not found then
        perform case
            when not exists (select from jalon_engine.rule u where u.category = p_category and u.scope = v_scope and v_to in (u.from_code, u.to_code))
                then jalon_engine.fail('JL406', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new) || jsonb_build_object('codes',
                    case when v_from is null then jalon_engine.allowed_codes(p_category, v_scope, null) else jalon_engine.codes_of(p_category, v_scope) end))
            when v_from is null then jalon_engine.fail('JL101', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new), 'JL101.create')
            when not exists (select from jalon_engine.rule u where u.category = p_category and u.scope = v_scope and u.from_code = v_from)
                then jalon_engine.fail('JL103', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new))
            else jalon_engine.fail('JL101', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new))
        end;
    end if;
    v_roles := jalon_engine.roles_for_record(t, c.actor, jalon_engine.roles_of(c.actor, c.roles), coalesce(p_old, p_new));
    v_blockers := jalon_engine.blockers(r, c.actor, v_roles, c.reason, c.meta, p_old, p_new);
    if v_blockers <> '[]' then
        perform jalon_engine.fail(v_blockers -> 0 ->> 'code', jalon_engine.facts(t, c, p_column, p_category, v_scope, p_old, p_new) || (v_blockers -> 0 -> 'params') || jsonb_build_object('blockers', v_blockers));
    end if;
    return r.workflow_version;
end
$$;
comment on function jalon_engine.judge(text, text, text, jsonb, jsonb) is 'Judges one change: returns the workflow version that allows it or fails with what would have been allowed.';

create or replace function jalon_engine.facts(
    p_tracked jalon_engine.tracked, p_context jalon_engine.context, p_column text, p_category text, p_scope text, p_old jsonb, p_new jsonb
)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select jsonb_build_object('table', p_tracked.name, 'id', p_new ->> p_tracked.key_column, 'column', p_column, 'category', p_category,
        'scope', p_scope, 'from', p_old ->> p_column, 'to', p_new ->> p_column, 'actor', p_context.actor, 'version', p_new -> 'status_version',
        'allowed', jalon_engine.allowed_codes(p_category, p_scope, p_old ->> p_column, p_context.actor, jalon_engine.roles_for_record(
            p_tracked, p_context.actor, jalon_engine.roles_of(p_context.actor, p_context.roles), coalesce(p_old, p_new))))
$$;
comment on function jalon_engine.facts(jalon_engine.tracked, jalon_engine.context, text, text, text, jsonb, jsonb)
is 'What a refusal says of a change, and what would have been allowed. Gathered only for a refusal: many rows are judged in silence.';

create or replace function jalon_engine.codes_of(p_category text, p_scope text)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select coalesce(jsonb_agg(f.code order by f.position, f.code), '[]')
    from jalon_engine.referential f
    where f.category = p_category and f.is_active
      and exists (select from jalon_engine.rule u where u.category = f.category and u.scope = p_scope and f.code in (u.from_code, u.to_code))
$$;
comment on function jalon_engine.codes_of(text, text) is 'The active codes that the rules of a scope use, in order.';

create or replace function jalon_engine.judge_marked(
    p_context jalon_engine.context, p_tracked text, p_code jalon_engine.referential, p_scope text, p_facts jsonb
)
returns integer
language plpgsql stable security definer
set search_path = ''
as $$
begin
    case p_context.kind
        when 'force' then perform jalon_engine.demand('force_move', p_tracked);
        when 'import', 'backfill' then perform jalon_engine.demand('import_history', p_tracked);
        when 'migration' then perform jalon_engine.demand('manage_workflows', p_tracked);
        else perform jalon_engine.fail('JL405', jsonb_build_object('field', 'kind', 'why', p_context.kind));
    end case;
    if p_context.kind = 'force' and nullif(btrim(p_context.reason), '') is null then
        perform jalon_engine.fail('JL301', p_facts);
    end if;
    if p_context.kind = 'force' and not p_code.is_active then
        perform jalon_engine.fail('JL403', p_facts);
    end if;
    return coalesce((select s.workflow_version from jalon_engine.rule_scope s where s.category = p_code.category and s.scope = p_scope), 0);
end
$$;
comment on function jalon_engine.judge_marked(jalon_engine.context, text, jalon_engine.referential, text, jsonb) is 'Judges a forced, imported or migrated change: a permission of its own, and for a forced one a reason.';
