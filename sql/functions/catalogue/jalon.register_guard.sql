-- Functions that Jalon may call by name are registered first: their signature is checked, and nothing else is ever run.

create or replace function jalon.register_guard(name text, function_name text, description text)
returns lifecycle.guard
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    v lifecycle.guard;
begin
    perform logic.demand('manage_workflows');
    if not logic.is_guard(p_function => register_guard.function_name) then
        perform logic.fail('JL405', jsonb_build_object('field', 'function_name', 'why', logic.say('check.guard', jsonb_build_object(
            'subject', register_guard.name, 'guard', register_guard.name, 'function', register_guard.function_name))));
    end if;
    insert into lifecycle.guard as g (name, function_name, description)
    values (register_guard.name, to_regprocedure(register_guard.function_name || '(jsonb,jsonb,jsonb)')::oid::regproc::text, register_guard.description)
    on conflict on constraint guard_pk do update set function_name = excluded.function_name, description = excluded.description
    returning g.* into v;
    return v;
end
$$;
comment on function jalon.register_guard(text, text, text)
is 'Lets arrows name a guard: a function (old jsonb, new jsonb, context jsonb) returns text; null lets pass, anything else says why not.';
grant execute on function jalon.register_guard(text, text, text) to jalon_dba;

create or replace function jalon.register_check(name text, function_name text, description text, category text default null)
returns lifecycle.check_function
language plpgsql volatile security definer
set search_path = ''
as $$
declare
    v lifecycle.check_function;
begin
    perform logic.demand('manage_workflows');
    if register_check.category is not null then
        perform logic.need_category(p_category => register_check.category);
    end if;
    if not logic.is_check(p_function => register_check.function_name) then
        perform logic.fail('JL405', jsonb_build_object('field', 'function_name', 'why', logic.say('check.own', jsonb_build_object(
            'subject', register_check.name, 'function', register_check.function_name))));
    end if;
    insert into lifecycle.check_function as c (name, category, function_name, description)
    values (register_check.name, register_check.category,
            to_regprocedure(register_check.function_name || '(text,text,integer)')::oid::regproc::text, register_check.description)
    on conflict on constraint check_function_pk do update set
        category = excluded.category, function_name = excluded.function_name, description = excluded.description
    returning c.* into v;
    return v;
end
$$;
comment on function jalon.register_check(text, text, text, text)
is 'Adds a check of one''s own: a function (category text, case_type text, version integer) returns setof lifecycle.finding.';
grant execute on function jalon.register_check(text, text, text, text) to jalon_dba;
