-- Calls of the web application. One call is one transaction: code of a table's owner that runs inside a call, or at its
-- commit, can't make another one.

create or replace function jalon_engine.caller_actor(p_caller jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select nullif(p_caller ->> 'actor', '') $$;
comment on function jalon_engine.caller_actor(jsonb) is 'Actor of a call of the web application.';

create or replace function jalon_engine.require_call(p_actor text)
returns void
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A transaction that has written is in the middle of a call, or was one. In the middle the seal says whose.
    if pg_current_xact_id_if_assigned() is not null and jalon_engine.session_is('jalon_api')
        and not (current_setting('jalon.actor', true) = p_actor and jalon_engine.is_sealed()) is true
    then
        perform jalon_engine.fail('JL206');
    end if;
end
$$;
comment on function jalon_engine.require_call(text) is
'Fails with JL206 if this transaction has written and is not in the middle of a call in this name: a call of the web application stands alone.';

create or replace function jalon_engine.caller_roles(p_caller jsonb)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles constant text[] := array(select r.value from jsonb_array_elements_text(
        case jsonb_typeof(p_caller -> 'roles') when 'array' then p_caller -> 'roles' else '[]' end) r);
begin
    perform jalon_engine.require_call(p_caller ->> 'actor');
    if p_caller ->> 'roleSources' = 'token' then
        return v_roles;
    end if;
    return jalon_engine.roles_of(p_caller ->> 'actor', v_roles);
end
$$;
comment on function jalon_engine.caller_roles(jsonb) is 'Roles of the caller: those of the token and, unless the call says that the token''s alone count, those granted.';

create or replace function jalon_engine.enter(p_caller jsonb, p_reason text default null, p_marks jsonb default null)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if nullif(p_caller ->> 'actor', '') is null then
        perform jalon_engine.fail('JL201');
    elsif p_caller ->> 'actor' like 'db:%' then
        perform jalon_engine.require_names(p_caller ->> 'actor', null);
    end if;
    perform jalon_engine.require_call(p_caller ->> 'actor');
    perform jalon_engine.name_caller(p_caller, p_reason, p_marks);
end
$$;
comment on function jalon_engine.enter(jsonb, text, jsonb) is
'Begins a write of the web application: actor, roles, reason, marks and language for this call only.';

create or replace function jalon_engine.name_caller(p_caller jsonb, p_reason text default null, p_marks jsonb default null)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles text := p_caller ->> 'roles';
    v_set text;
    v_number bigint;
begin
    -- Plain names are unwrapped by hand: every write comes through here.
    if v_roles ~ '^\["[\w:.-]+"(, "[\w:.-]+")*\]$' then
        v_roles := translate(v_roles, '[]" ', '');
    else
        perform jalon_engine.require_names(p_caller ->> 'actor', jalon_engine.token_roles(p_caller));
        v_roles := (select string_agg(r.value, ',') from jsonb_array_elements_text(
            case jsonb_typeof(p_caller -> 'roles') when 'array' then p_caller -> 'roles' else '[]' end) r);
    end if;
    v_number := nextval('jalon_engine.call_number');
    perform jalon_engine.seal_actor('c', nullif(p_caller ->> 'actor', ''), v_roles, p_reason, p_marks::text, p_caller ->> 'roleSources');
    v_set := set_config('jalon.language', coalesce(p_caller ->> 'language', ''), true);
end
$$;
comment on function jalon_engine.name_caller(jsonb, text, jsonb) is 'Names the caller of a call, whatever came before. Only for those who checked that.';

create or replace function jalon_engine.begin_batched_call(p_caller jsonb)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Calls of a batch share a transaction: each is named here, so that it may write after the one before has written.
    if pg_current_xact_id_if_assigned() is not null and nullif(p_caller ->> 'actor', '') is not null then
        perform jalon_engine.name_caller(p_caller);
    end if;
end
$$;
comment on function jalon_engine.begin_batched_call(jsonb) is 'Names the caller of one call of a batch. Only for api.together, which stands alone in its transaction.';

create or replace function jalon_engine.leave()
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_number bigint := nextval('jalon_engine.call_number');  -- no seal of this call fits any more
begin
    perform jalon_engine.seal_actor('c', null, null);
end
$$;
comment on function jalon_engine.leave() is 'Ends a write of the web application: nothing that follows in the transaction acts in that name.';

create or replace function jalon_engine.leave_with(p_answer jalon_engine.answer)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_left text := jalon_engine.leave();
begin
    return p_answer;
end
$$;
comment on function jalon_engine.leave_with(jalon_engine.answer) is 'Ends a write of the web application once its answer is made.';
