-- Functions that Jalon may call by name are registered first: their signature is checked, and nothing else is ever run.

create or replace function jalon.register_guard(name text, function_name text, description text)
returns jalon_engine.guard
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.guard;
begin
    perform jalon_engine.require_permission('manage_workflows');
    if not jalon_engine.is_guard(p_function => register_guard.function_name) then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', 'function_name', 'why', jalon_engine.text_of('check.guard', jsonb_build_object(
                'subject', register_guard.name, 'guard', register_guard.name,
                'function', register_guard.function_name))));
    end if;
    insert into jalon_engine.guard as g (name, function_name, description)
    values (register_guard.name, jalon_engine.find_function(register_guard.function_name,
        'jsonb,jsonb,jsonb')::oid::regproc::text, register_guard.description)
    on conflict on constraint guard_pk do update
    set function_name = excluded.function_name, description = excluded.description
    returning g.* into v;
    return v;
end
$$;
comment on function jalon.register_guard(text, text, text)
is 'Lets transitions name a guard: a function (old jsonb, new jsonb, context jsonb) returns text; null lets pass, '
    'anything else says why not.';
grant execute on function jalon.register_guard(text, text, text) to jalon_dba;

create or replace function jalon.register_check(
    name text, function_name text, description text, category text default null
)
returns jalon_engine.check_function
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.check_function;
begin
    perform jalon_engine.require_permission('manage_workflows');
    if register_check.category is not null then
        perform jalon_engine.require_category(p_category => register_check.category);
    end if;
    if not jalon_engine.is_check(p_function => register_check.function_name) then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', 'function_name', 'why', jalon_engine.text_of('check.own', jsonb_build_object(
                'subject', register_check.name, 'function', register_check.function_name))));
    end if;
    insert into jalon_engine.check_function as c (name, category, function_name, description)
    values (register_check.name, register_check.category,
            jalon_engine.find_function(register_check.function_name, 'text,text,integer')::oid::regproc::text,
            register_check.description)
    on conflict on constraint check_function_pk do update set
        category = excluded.category, function_name = excluded.function_name, description = excluded.description
    returning c.* into v;
    return v;
end
$$;
comment on function jalon.register_check(text, text, text, text)
is 'Adds a check of one''s own: a function (category text, case_type text, version integer) returns setof '
    'jalon_engine.finding.';
grant execute on function jalon.register_check(text, text, text, text) to jalon_dba;
