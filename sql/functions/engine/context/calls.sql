-- Calls of the web application. One call is one transaction: code of a table's owner that runs inside a call, or at its
-- commit, can't make another one.

create or replace function jalon_engine.caller_actor(p_caller jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select nullif(p_caller ->> 'actor', '') $$;
comment on function jalon_engine.caller_actor(jsonb) is 'Actor of a call of the web application.';

create or replace function jalon_engine.token_roles(p_caller jsonb)
returns text[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select array(select r from jsonb_array_elements_text(case jsonb_typeof(p_caller -> 'roles')
        when 'array' then p_caller -> 'roles' else '[]' end) r)
$$;
comment on function jalon_engine.token_roles(jsonb) is 'The roles that the caller''s token carries.';

create or replace function jalon_engine.require_call()
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A transaction that has written is in the middle of a call, or was one.
    if pg_current_xact_id_if_assigned() is not null and jalon_engine.session_is('jalon_api') then
        perform jalon_engine.fail('JL206');
    end if;
end
$$;
comment on function jalon_engine.require_call() is
'Fails with JL206 if this transaction of the web application has written: a call stands alone. Asked at the entrance, '
'by jalon_api.run and jalon_api.run_batch.';

create or replace function jalon_engine.caller_roles(p_caller jsonb)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles constant text[] := array(select r.value from jsonb_array_elements_text(
        case jsonb_typeof(p_caller -> 'roles') when 'array' then p_caller -> 'roles' else '[]' end) r);
begin
    if p_caller ->> 'roleSources' = 'token' then
        return v_roles;
    end if;
    return jalon_engine.roles_of(p_caller ->> 'actor', v_roles);
end
$$;
comment on function jalon_engine.caller_roles(jsonb) is
'Roles of the caller: those of the token and, unless the call says that the token''s alone count, those granted.';

create or replace function jalon_engine.enter(p_caller jsonb, p_reason text default null, p_marks jsonb default null)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles text := p_caller ->> 'roles';
    v_number bigint;
    v_done text;
begin
    if nullif(p_caller ->> 'actor', '') is null then
        perform jalon_engine.fail('JL201');
    elsif p_caller ->> 'actor' like 'db:%' then
        perform jalon_engine.require_names(p_caller ->> 'actor', null);
    end if;
    -- Plain names are unwrapped by hand: every write comes through here.
    if v_roles ~ '^\["[\w:.-]+"(, "[\w:.-]+")*\]$' then
        v_roles := translate(v_roles, '[]" ', '');
    else
        perform jalon_engine.require_names(p_caller ->> 'actor', jalon_engine.token_roles(p_caller));
        v_roles := (select string_agg(r.value, ',') from jsonb_array_elements_text(
            case jsonb_typeof(p_caller -> 'roles') when 'array' then p_caller -> 'roles' else '[]' end) r);
    end if;
    v_number := nextval('jalon_engine.call_number');
    -- By assignment, since PERFORM starts the executor.
    v_done := jalon_engine.seal_actor('c', p_caller ->> 'actor', v_roles, p_reason, p_marks::text,
        p_caller ->> 'roleSources');
end
$$;
comment on function jalon_engine.enter(jsonb, text, jsonb) is
'Begins a write of the web application: actor, roles, reason and marks for this call only.';

create or replace function jalon_engine.leave()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_number constant bigint := nextval('jalon_engine.call_number');  -- no seal of this call fits any more
    v_done constant text := jalon_engine.seal_actor(p_scope => 'c', p_actor => null, p_roles => null);
begin
end
$$;
comment on function jalon_engine.leave() is
'Ends a write of the web application: nothing that follows in the transaction acts in that name.';
