-- Who acts. What a session can set must not authorise: the settings count only where the login is the
-- web application''s role or a DBA; everybody else is db:<login>, with the roles granted to that name.

create or replace function jalon_engine.usual_context()
returns jalon_engine.context
language sql stable
-- Every change comes through here, so this becomes part of the expression that asks, at half of what a call would cost. Its names are
-- bound when it is made; a search_path of its own would keep it apart.
return case when current_setting('jalon.actor', true) <> '' and (pg_has_role(session_user, 'jalon_api', 'member') or pg_has_role(session_user, 'jalon_dba', 'member'))
        and coalesce(current_setting('jalon.more', true), '') = '' and current_setting('transaction_isolation') = 'read committed'
    then (current_setting('jalon.actor', true), coalesce(string_to_array(current_setting('jalon.roles', true), ','), '{}'),
        nullif(btrim(current_setting('jalon.reason', true)), ''), 'move', null, null, null, session_user)::jalon_engine.context end;
comment on function jalon_engine.usual_context() is 'Who acts, and why, in the usual case: somebody named by a login that is believed, and no marks. Null where the case is another.';

create or replace function jalon_engine.context()
returns jalon_engine.context
language plpgsql stable
set search_path = ''
as $$
declare
    v_actor text;
    v_roles text;
    v_more jsonb;
    v jalon_engine.context := jalon_engine.usual_context();
begin
    if v.kind is not null then
        return v;
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        perform jalon_engine.demand_fresh_rules();
    end if;
    if jalon_engine.several_act() then
        raise exception using errcode = 'feature_not_supported', message = 'Several act at once: who does is known of the records that they move, and asked without one of these.';
    end if;
    v_actor := nullif(current_setting('jalon.actor', true), '');
    v_roles := nullif(current_setting('jalon.roles', true), '');
    v_more := nullif(current_setting('jalon.more', true), '');
    if not pg_has_role(session_user, 'jalon_dba', 'member') then
        if not pg_has_role(session_user, 'jalon_api', 'member') then
            v_actor := null;
            v_roles := null;
            v_more := v_more - array['kind', 'bulkId', 'onBehalfOf'];
        elsif v_actor is null then
            perform jalon_engine.fail('JL201');
        end if;
    end if;
    return (coalesce(v_actor, 'db:' || session_user), coalesce(string_to_array(v_roles, ','), '{}'), nullif(btrim(current_setting('jalon.reason', true)), ''),
        coalesce(v_more ->> 'kind', 'move'), v_more -> 'meta', v_more ->> 'bulkId', v_more ->> 'onBehalfOf', session_user)::jalon_engine.context;
end
$$;
comment on function jalon_engine.context() is 'Actor, roles of the token, reason and marks of the running transaction; refuses where the application names nobody.';

create or replace function jalon_engine.demand_fresh_rules()
returns void
language plpgsql volatile security definer
set search_path = ''
as $$
begin
    perform from jalon_engine.rule_epoch e for share;
end
$$;
comment on function jalon_engine.demand_fresh_rules() is 'In a transaction with an old snapshot: fails with 40001 where rules were compiled since that snapshot.';

create or replace function jalon_engine.actor()
returns text
language sql stable
set search_path = ''
as $$ select (jalon_engine.context()).actor $$;
comment on function jalon_engine.actor() is 'The actor of the running transaction.';

create or replace function jalon_engine.caller_actor(p_caller jsonb)
returns text
language sql stable
set search_path = ''
as $$ select nullif(p_caller ->> 'actor', '') $$;
comment on function jalon_engine.caller_actor(jsonb) is 'Actor of a call of the web application.';

create or replace function jalon_engine.caller_roles(p_caller jsonb)
returns text[]
language sql stable
set search_path = ''
as $$
    select jalon_engine.roles_of(p_caller ->> 'actor', array(select r.value from jsonb_array_elements_text(
        case jsonb_typeof(p_caller -> 'roles') when 'array' then p_caller -> 'roles' else '[]' end) r))
$$;
comment on function jalon_engine.caller_roles(jsonb) is 'Roles of the caller: those of the token and those granted.';

create or replace function jalon_engine.enter(p_caller jsonb, p_reason text default null, p_more jsonb default null)
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_roles text := p_caller ->> 'roles';
    v_set text;
begin
    if nullif(p_caller ->> 'actor', '') is null then
        perform jalon_engine.fail('JL201');
    end if;
    -- Plain names are unwrapped by hand, and settings made by assignment: neither starts the executor, and every write comes through here.
    if v_roles ~ '^\["[\w:.-]+"(, "[\w:.-]+")*\]$' then
        v_roles := translate(v_roles, '[]" ', '');
    else
        v_roles := (select string_agg(r.value, ',') from jsonb_array_elements_text(
            case jsonb_typeof(p_caller -> 'roles') when 'array' then p_caller -> 'roles' else '[]' end) r);
    end if;
    v_set := set_config('jalon.actor', p_caller ->> 'actor', true);
    v_set := set_config('jalon.roles', coalesce(v_roles, ''), true);
    v_set := set_config('jalon.reason', coalesce(p_reason, ''), true);
    v_set := set_config('jalon.more', coalesce(p_more::text, ''), true);
    v_set := set_config('jalon.language', coalesce(p_caller ->> 'language', ''), true);
end
$$;
comment on function jalon_engine.enter(jsonb, text, jsonb) is 'Begins a write of the web application: sets actor, roles, reason, marks and language for this transaction only.';

create or replace function jalon_engine.leave()
returns void
language plpgsql volatile
set search_path = ''
as $$
declare
    v_set text;
begin
    v_set := set_config('jalon.actor', '', true);
    v_set := set_config('jalon.roles', '', true);
    v_set := set_config('jalon.reason', '', true);
    v_set := set_config('jalon.more', '', true);
end
$$;
comment on function jalon_engine.leave() is 'Ends a write of the web application: nothing that follows in the transaction acts in that name.';
