-- Who acts, in which roles of the token, why, and how the change is marked. A login that names nobody acts as
-- db:<login>, with the roles that are granted to that name.

create or replace function jalon_engine.context()
returns jalon_engine.context
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_seal constant text := current_setting('jalon.seal', true);
    v_secret text;
    v_marks jsonb;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        perform jalon_engine.require_fresh_rules();
    end if;
    if v_seal <> '' then
        select s.value into v_secret from jalon_engine.secret s;
        if v_seal = jalon_engine.seal_of(v_secret, left(v_seal, 1), current_setting('jalon.actor', true),
            current_setting('jalon.roles', true),
            current_setting('jalon.reason', true), current_setting('jalon.marks', true),
            current_setting('jalon.role_sources', true))
            and (left(v_seal, 1) <> 's' or pg_has_role(session_user, 'jalon_dba', 'member'))
        then
            v_marks := nullif(current_setting('jalon.marks', true), '');
            return (current_setting('jalon.actor'), string_to_array(current_setting('jalon.roles'), ','),
                nullif(btrim(current_setting('jalon.reason')), ''), coalesce(v_marks ->> 'kind', 'move'),
                v_marks -> 'meta', v_marks ->> 'bulkId', v_marks ->> 'onBehalfOf', session_user,
                nullif(left(v_seal, 1), 'p'))::jalon_engine.context;
        end if;
        perform jalon_engine.fail('JL205');
    end if;
    if pg_has_role(session_user, 'jalon_api', 'member') and jalon_engine.session_is('jalon_api') then
        perform jalon_engine.fail('JL201');
    end if;
    v_marks := nullif(current_setting('jalon.marks', true), '');
    return ('db:' || session_user, '{}', nullif(btrim(current_setting('jalon.reason', true)), ''), 'move',
        v_marks -> 'meta', null, null, session_user, null)::jalon_engine.context;
end
$$;
comment on function jalon_engine.context() is
'Actor, roles of the token, reason and marks of the writer. Refuses if the web application names nobody, and '
'if the names are not sealed.';

create or replace function jalon_engine.require_seal()
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if jalon_engine.is_sealed() is not true then
        perform jalon_engine.fail('JL205');
    end if;
end
$$;
comment on function jalon_engine.require_seal() is
'Fails with JL205 if the settings that name the actor were not made by entering.';

create or replace function jalon_engine.require_fresh_rules()
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('transaction_read_only') = 'off' then
        perform from jalon_engine.rule_epoch e for share;
    end if;
end
$$;
comment on function jalon_engine.require_fresh_rules() is
'Raises 40001 if rules were compiled, or permissions set, after this transaction''s snapshot.';

create or replace function jalon_engine.actor()
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select (jalon_engine.context()).actor $$;
comment on function jalon_engine.actor() is 'The actor of the running transaction.';

create or replace function jalon_engine.actor_as(p_type anyelement)
returns anyelement
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_actor text := (jalon_engine.context()).actor;
    v_value p_type%type;
begin
    v_value := v_actor;  -- what RETURN would cast, it would cast outside of this block
    return v_value;
exception when invalid_text_representation or string_data_right_truncation then
    return null;
end
$$;
comment on function jalon_engine.actor_as(anyelement) is
'The actor of a change in the type of the column that names them; empty if it does not fit.';

create or replace function jalon_engine.is_importing()
returns boolean
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$ select (jalon_engine.context()).kind in ('import', 'backfill') $$;
comment on function jalon_engine.is_importing() is
'Whether the running change carries the time at which it happened elsewhere.';

create or replace function jalon_engine.require_names(p_actor text, p_roles text[])
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- db:<login> is who a login is by itself; roles travel joined by commas.
    if p_actor like 'db:%' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'actor', 'why', p_actor), 'JL405.actor');
    elsif array_to_string(p_roles, '') like '%,%' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'roles', 'why', array_to_string(p_roles, ' ')),
            'JL405.comma');
    end if;
end
$$;
comment on function jalon_engine.require_names(text, text[]) is
'Refuses an actor that would pass for a login, and roles with commas.';

create or replace function jalon.acting(
    actor text, roles text[] default '{}', reason text default null, meta jsonb default null
)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_scope constant text := case when jalon_engine.session_is('jalon_api') then null
        when jalon_engine.session_is('jalon_dba') then 't' when jalon_engine.session_is('jalon_app') then 'a' end;
begin
    if v_scope is null then
        perform jalon_engine.fail('JL203', jsonb_build_object('actor', 'db:' || session_user, 'permission', 'acting',
            'roles', jsonb_build_array('jalon_app', 'jalon_dba')));
    end if;
    perform jalon_engine.require_names(acting.actor, acting.roles);
    perform jalon_engine.seal_actor(v_scope, nullif(acting.actor, ''), array_to_string(acting.roles, ','),
        acting.reason, case when acting.meta is not null then jsonb_build_object('meta', acting.meta)::text end);
    return (jalon_engine.context()).actor;
end
$$;
comment on function jalon.acting(text, text[], text, jsonb) is
'Names who acts until this transaction ends, in which roles and why. For the customer''s application (jalon_app) and '
'DBAs; the roles count for transitions, not for Jalon''s permissions.';
grant execute on function jalon.acting(text, text[], text, jsonb) to jalon_dba, jalon_app;

create or replace function jalon.act_as(
    actor text, roles text[] default '{}', reason text default null, meta jsonb default null
)
returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if not jalon_engine.session_is('jalon_dba') or jalon_engine.session_is('jalon_api') then
        perform jalon_engine.fail('JL203', jsonb_build_object('actor', 'db:' || session_user, 'permission', 'act_as',
            'roles', jsonb_build_array('jalon_dba')));
    end if;
    perform jalon_engine.require_names(act_as.actor, act_as.roles);
    perform nextval('jalon_engine.call_number');  -- no earlier seal of this session fits any more
    perform jalon_engine.seal_actor('s', nullif(act_as.actor, ''), array_to_string(act_as.roles, ','), act_as.reason,
        case when act_as.meta is not null then jsonb_build_object('meta', act_as.meta)::text end);
    return (jalon_engine.context()).actor;
end
$$;
comment on function jalon.act_as(text, text[], text, jsonb) is
'A DBA acts in a name for the rest of the session, with a reason; act_as(null) ends it. The history keeps '
'the login too.';
grant execute on function jalon.act_as(text, text[], text, jsonb) to jalon_dba;
