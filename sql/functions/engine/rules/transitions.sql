-- What a transition asks for and what is in the way. The generated triggers decide the plain case by themselves and
-- call jalon_engine.check_change for all else; jalon.explain asks the same questions.

create or replace function jalon_engine.tracked_of(p_name text)
returns jalon_engine.tracked
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.tracked;
begin
    select t.* into v from jalon_engine.tracked t where t.name = p_name;
    if found then
        return v;
    end if;
    select t.* into v from jalon_engine.tracked t
    where p_name in (t.table_schema || '.' || t.table_name, format('%I.%I', t.table_schema, t.table_name));
    if not found then
        perform jalon_engine.fail('JL404', jsonb_build_object('table', p_name, 'allowed',
            coalesce((select jsonb_agg(t.name order by t.name) from jalon_engine.tracked t), '[]')));
    end if;
    return v;
end
$$;
comment on function jalon_engine.tracked_of(text) is 'A tracked table by its registered name or as schema.table.';

create or replace function jalon_engine.roles_for_record(
    p_tracked jalon_engine.tracked, p_actor text, p_roles text[], p_row jsonb
)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles text[] := p_roles;
    v_more text[];
begin
    if p_tracked.relations <> '{}' then
        v_roles := v_roles || array(
            select e.key from jsonb_each_text(p_tracked.relations) e where p_row ->> e.value = p_actor);
    end if;
    if p_tracked.resolver is not null then
        perform jalon_engine.require_callable(p_tracked.resolver, 'text,text');
        execute format('select %s($1, $2)', p_tracked.resolver) into v_more
        using p_actor, p_row ->> p_tracked.key_column;
    end if;
    return v_roles || coalesce(v_more, '{}');
end
$$;
comment on function jalon_engine.roles_for_record(jalon_engine.tracked, text, text[], jsonb) is
'Roles of an actor for one record: the given ones, those that its columns give, those of the table''s resolver.';

create or replace function jalon_engine.blockers(
    p_rule jalon_engine.rule, p_actor text, p_roles text[], p_reason text, p_meta jsonb, p_old jsonb, p_new jsonb
)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_found jsonb := '[]';
    v_missing text[];
    v_function text;
    v_why text;
begin
    if not p_rule.is_open and not p_rule.roles && p_roles then
        v_found := v_found || jsonb_build_object('code', 'JL202', 'params', jsonb_build_object('roles', p_rule.roles));
    end if;
    if p_rule.relation is not null
       and (ltrim(p_rule.relation, '!') = any (p_roles)) = (p_rule.relation like '!%') then
        v_found := v_found || jsonb_build_object('code', 'JL204',
            'params', jsonb_build_object('relation', p_rule.relation));
    end if;
    if p_rule.requires_reason and nullif(btrim(p_reason), '') is null then
        v_found := v_found || jsonb_build_object('code', 'JL301', 'params', '{}'::jsonb);
    end if;
    v_missing := array(
        select f from unnest(p_rule.required_fields) f
        where nullif(btrim(case when f like 'meta.%' then p_meta ->> substr(f, 6) else p_new ->> f end), '') is null);
    if v_missing <> '{}' then
        v_found := v_found || jsonb_build_object('code', 'JL302', 'params', jsonb_build_object('fields', v_missing));
    end if;
    if p_rule.guard is not null then
        select g.function_name into v_function from jalon_engine.guard g where g.name = p_rule.guard;
        perform jalon_engine.require_callable(v_function, 'jsonb,jsonb,jsonb');
        execute format('select %s($1, $2, $3)', v_function) into v_why
        using p_old, p_new, jsonb_build_object('actor', p_actor, 'roles', p_roles, 'reason', p_reason, 'meta', p_meta);
        if v_why is not null then
            v_found := v_found || jsonb_build_object('code', 'JL303',
                'params', jsonb_build_object('guard', p_rule.guard, 'why', v_why));
        end if;
    end if;
    return v_found;
end
$$;
comment on function jalon_engine.blockers(jalon_engine.rule, text, text[], text, jsonb, jsonb, jsonb) is
'All that is between an actor and a transition, as JSON: code and parameters of each blocker.';

create or replace function jalon_engine.ruling_case_type(p_category text, p_case_type text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce((select s.case_type from jalon_engine.rule_case_type s
        where s.category = p_category and s.case_type = p_case_type), '*')
$$;
comment on function jalon_engine.ruling_case_type(text, text) is
'The case type whose rules apply: its own, or * where it has none.';

create or replace function jalon_engine.allowed_codes(
    p_category text, p_case_type text, p_from text, p_actor text default null, p_roles text[] default null
)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(r.to_code order by r.position, f.position, r.to_code), '[]')
    from jalon_engine.rule r
    join jalon_engine.referential f on f.category = r.category and f.code = r.to_code
    where r.category = p_category and r.case_type = p_case_type and r.from_code = coalesce(p_from, '')
      and (p_roles is null or ((r.is_open or r.roles && p_roles)
           and (r.relation is null or (ltrim(r.relation, '!') = any (p_roles)) <> (r.relation like '!%'))))
$$;
comment on function jalon_engine.allowed_codes(text, text, text, text, text[]) is
'Codes that may follow, for everyone or for an actor with these roles, in order.';

create or replace function jalon_engine.uncallable_because(p_function regprocedure)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_function is null then 'missing'
        when p.proowner = n.nspowner and pg_get_userbyid(p.proowner) = 'jalon_owner' then null  -- one of ours
        when not p.prosecdef then 'invoker'
        when pg_get_userbyid(p.proowner) in ('jalon_owner', 'jalon_historian', 'jalon_mover') then 'owner'
        when exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
            where a.grantee = 0) then 'public'
        when n.nspname like 'pg\_%' then 'schema'
        when exists (select from aclexplode(n.nspacl) a
            where a.privilege_type = 'CREATE' and a.grantee not in (n.nspowner, p.proowner)) then 'schema'
    end
    from (select) one
    left join pg_catalog.pg_proc p on p.oid = p_function
    left join pg_catalog.pg_namespace n on n.oid = p.pronamespace
$$;
comment on function jalon_engine.uncallable_because(regprocedure) is
'Why Jalon does not call a function of a customer: missing, invoker (it would run as Jalon), owner, public (anybody '
'may execute it), schema (others may create in it). Empty if it does.';

create or replace function jalon_engine.find_function(p_name text, p_arguments text)
returns regprocedure
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return to_regprocedure(p_name || '(' || p_arguments || ')');
exception
    -- the text is not a name of a function
    when invalid_name or syntax_error or invalid_text_representation or feature_not_supported then return null;
end
$$;
comment on function jalon_engine.find_function(text, text) is
'The function of that name and arguments, such as text,text; null where there is none.';

create or replace function jalon_engine.require_callable(p_function text, p_arguments text)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_why constant text := jalon_engine.uncallable_because(jalon_engine.find_function(p_function, p_arguments));
begin
    if v_why is not null then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'function', 'function', p_function,
            'why', jalon_engine.text_of('callable.' || v_why, jsonb_build_object('function', p_function))));
    end if;
end
$$;
comment on function jalon_engine.require_callable(text, text) is
'Fails unless a registered function of a customer runs as its own owner, out of the reach of others. Asked when it is '
'registered and before each call.';
