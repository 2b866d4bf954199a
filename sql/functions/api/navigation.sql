-- Which areas of the console the caller may enter, and how much waits in each. Who may enter says a function
-- jalon_engine.may_enter_<area>(jsonb), found by its name; an area without one is open to everybody. How much waits
-- there says jalon_engine.count_<area>(jsonb).

create or replace function jalon_engine.area_function(p_begin text, p_area text)
returns regproc
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select to_regprocedure(format('jalon_engine.%I(jsonb)', p_begin || p_area))::oid::regproc
$$;
comment on function jalon_engine.area_function(text, text) is
'The function of an area of the console whose name begins so, if there is one.';

create or replace function jalon_engine.may_enter(p_area text, p_caller jsonb)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_function constant regproc := jalon_engine.area_function('may_enter_', p_area);
    v_may boolean := true;
begin
    if v_function is not null then
        execute format('select %s($1)', v_function) into v_may using p_caller;
    end if;
    return v_may;
end
$$;
comment on function jalon_engine.may_enter(text, jsonb) is 'Whether the caller may enter an area of the console.';

create or replace function jalon_engine.count_area(p_area text, p_caller jsonb)
returns bigint
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_function constant regproc := jalon_engine.area_function('count_', p_area);
    v_count bigint;
begin
    if v_function is not null then
        execute format('select %s($1)', v_function) into v_count using p_caller;
    end if;
    return v_count;
end
$$;
comment on function jalon_engine.count_area(text, jsonb) is
'How much waits for the caller in an area of the console; null where nobody counts.';

create or replace function jalon_api.navigation(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(coalesce((
        select json_object_agg(a.name, jalon_engine.count_area(a.name, p_caller))
        from jsonb_array_elements_text(p_input -> 'areas') a (name)
        where jalon_engine.may_enter(a.name, p_caller)), '{}'))
$$;
comment on function jalon_api.navigation(text, jsonb, jsonb) is
'The areas that the caller may enter, of those named, with how much waits in each: {areas}.';

create or replace function jalon_engine.count_home(p_caller jsonb)
returns bigint
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select least(count(*), 100)
    from jalon_engine.work_keys('waiting', p_caller, jalon_engine.caller_roles(p_caller), null, 100) k
$$;
comment on function jalon_engine.count_home(jsonb) is 'How many records wait for the caller, as far as a hundred.';

create or replace function jalon_engine.may_enter_recaps(p_caller jsonb)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.readable_tables(p_caller) <> '{}' $$;
comment on function jalon_engine.may_enter_recaps(jsonb) is 'Recaps are for people who read all of a table.';

create or replace function jalon_engine.may_enter_health(p_caller jsonb)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.may('watch_health', jalon_engine.caller_roles(p_caller)) $$;
comment on function jalon_engine.may_enter_health(jsonb) is 'Health is for people who watch it.';

create or replace function jalon_engine.may_enter_webhooks(p_caller jsonb)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.may('manage_webhooks', jalon_engine.caller_roles(p_caller)) $$;
comment on function jalon_engine.may_enter_webhooks(jsonb) is 'Webhooks are for people who manage them.';

create or replace function jalon_engine.may_enter_permissions(p_caller jsonb)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.may('manage_permissions', jalon_engine.caller_roles(p_caller)) $$;
comment on function jalon_engine.may_enter_permissions(jsonb) is 'Permissions are for people who manage them.';
