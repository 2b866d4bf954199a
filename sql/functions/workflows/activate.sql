-- A code that has served is deactivated: history goes on naming it, rows that stand on it may leave, none may enter.

create or replace function jalon_engine.set_active(p_category text, p_code text, p_is_active boolean)
returns jalon_engine.referential
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.referential;
begin
    perform jalon_engine.require_permission('manage_referentials');
    perform jalon_engine.require_code(p_category => p_category, p_code => p_code);
    update jalon_engine.referential r set is_active = p_is_active
    where r.category = p_category and r.code = p_code
    returning r.* into v;
    return v;
end
$$;
comment on function jalon_engine.set_active(text, text, boolean) is 'Activates or deactivates a code.';

create or replace function jalon.activate(category text, code text)
returns jalon_engine.referential
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    select * from jalon_engine.set_active(p_category => activate.category, p_code => activate.code, p_is_active => true)
$$;
comment on function jalon.activate(text, text) is 'Lets rows enter a code again.';
grant execute on function jalon.activate(text, text) to jalon_dba;

create or replace function jalon.deactivate(category text, code text)
returns jalon_engine.referential
language sql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
    select * from jalon_engine.set_active(p_category => deactivate.category, p_code => deactivate.code,
        p_is_active => false)
$$;
comment on function jalon.deactivate(text, text) is
'Closes a code: rows may leave it, none may enter; history keeps it.';
grant execute on function jalon.deactivate(text, text) to jalon_dba;
