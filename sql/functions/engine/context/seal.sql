-- Who acts is told in settings, which anybody can write. They are believed only with a seal, which only entering makes:
-- a digest over a secret that nobody but jalon_owner reads, over the moment that the seal is
-- good for, and over the settings.
-- What it is good for is said by its first letter:
--   c  one call of the web application, until the next call begins or this one ends, and never beyond its transaction
--   a  one transaction of the customer's application (jalon.acting)
--   t  one transaction of a DBA (jalon.acting)
--   s  the session of a DBA, until jalon.act_as is called again
--   p  one transaction of a login that acts in its own name, whose changes carry a mark (forced, imported)

create or replace function jalon_engine.session_is(p_role text)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Since PostgreSQL 16 whoever makes a role is a member of it who may only give it to others. That is none here.
    if not pg_has_role(session_user, p_role, 'usage') and not pg_has_role(session_user, p_role,
            case when current_setting('server_version_num')::integer >= 160000 then 'set' else 'member' end) then
        return false;
    end if;
    -- PostgreSQL counts a superuser as a member of every role. Here it is one only if
    -- somebody granted it the role itself.
    return not (select r.rolsuper from pg_roles r where r.rolname = session_user) or exists (
        select from pg_auth_members m join pg_roles r on r.oid = m.member join pg_roles g on g.oid = m.roleid
        where r.rolname = session_user and g.rolname = p_role);
end
$$;
comment on function jalon_engine.session_is(text) is
'Whether the login of this session is a member of a role. SET ROLE and functions of others change nothing about it; '
'a superuser is a member only if granted.';

create or replace function jalon_engine.seal_of(
    p_secret text, p_scope text, p_actor text, p_roles text, p_reason text, p_marks text, p_role_sources text
)
returns text
language sql volatile
-- Becomes part of the expression that asks: every change by a named actor comes through here. Its
-- names are bound when it is made.
begin atomic
    select p_scope || encode(sha256(convert_to(row(
        p_secret, p_scope, session_user, pg_backend_pid(),
        case when p_scope in ('c', 's') then currval('jalon_engine.call_number') end,
        case when p_scope <> 's' then transaction_timestamp() end,
        p_actor, p_roles, p_reason, p_marks, p_role_sources)::text, 'UTF8')), 'hex');
end;
comment on function jalon_engine.seal_of(text, text, text, text, text, text, text) is
'The seal of these settings under a secret, for one call, transaction or session.';

create or replace function jalon_engine.make_seal(
    p_scope text, p_actor text, p_roles text, p_reason text, p_marks text, p_role_sources text
)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_secret text;
begin
    select s.value into v_secret from jalon_engine.secret s;
    return jalon_engine.seal_of(v_secret, p_scope, p_actor, p_roles, p_reason, p_marks, p_role_sources);
end
$$;
comment on function jalon_engine.make_seal(text, text, text, text, text, text) is 'The seal of these settings.';

create or replace function jalon_engine.seal_actor(
    p_scope text, p_actor text, p_roles text, p_reason text default '', p_marks text default '',
    p_role_sources text default ''
)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_local constant boolean := p_scope <> 's';
    v_set text;
    v_number bigint;
begin
    if p_scope = 's' and coalesce(current_setting('jalon.seal', true), '') !~ '^s' then
        v_number := nextval('jalon_engine.call_number');
    end if;
    -- By assignment, since PERFORM starts the executor and every write of the web application comes through here.
    v_set := set_config('jalon.actor', coalesce(p_actor, ''), v_is_local);
    v_set := set_config('jalon.roles', coalesce(p_roles, ''), v_is_local);
    v_set := set_config('jalon.reason', coalesce(p_reason, ''), v_is_local);
    v_set := set_config('jalon.marks', coalesce(p_marks, ''), v_is_local);
    v_set := set_config('jalon.role_sources', coalesce(p_role_sources, ''), v_is_local);
    v_set := set_config('jalon.seal', case when p_actor is null then '' else jalon_engine.make_seal(
        p_scope, p_actor, coalesce(p_roles, ''), coalesce(p_reason, ''), coalesce(p_marks, ''),
        coalesce(p_role_sources, '')) end, v_is_local);
end
$$;
comment on function jalon_engine.seal_actor(text, text, text, text, text, text) is
'Names who acts from now on, in which roles, why and with which marks; no actor ends it. Nobody but Jalon''s own '
'functions may call it.';

create or replace function jalon_engine.is_sealed()
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_seal constant text := current_setting('jalon.seal', true);
begin
    -- A caller that discards the session's sequences in the middle of a call loses the seal, not more.
    return v_seal ~ '^[actsp]'
        and v_seal = jalon_engine.make_seal(left(v_seal, 1), current_setting('jalon.actor', true),
            current_setting('jalon.roles', true), current_setting('jalon.reason', true),
            current_setting('jalon.marks', true), current_setting('jalon.role_sources', true));
exception when object_not_in_prerequisite_state then
    return false;
end
$$;
comment on function jalon_engine.is_sealed() is 'Whether the settings that name the actor carry a seal that fits them.';

create or replace function jalon_engine.set_marks(p_reason text, p_meta jsonb, p_marks jsonb)
returns text[]
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_reason constant text := coalesce(current_setting('jalon.reason', true), '');
    v_before text := coalesce(current_setting('jalon.marks', true), '');
    v_marks text;
begin
    if coalesce(current_setting('jalon.seal', true), '') = '' and v_before <> '' then
        -- Marks written by hand: of these only meta is anybody's.
        v_before := jalon_engine.only_meta(v_before);
    end if;
    v_marks := v_before;
    if p_meta is not null or p_marks is not null then
        v_marks := (coalesce(nullif(v_marks, '')::jsonb, '{}') || coalesce(p_marks, '{}')
            || case when p_meta is null then '{}' else jsonb_build_object('meta', p_meta) end)::text;
    end if;
    perform jalon_engine.keep_marks(coalesce(p_reason, v_reason), v_marks);
    return array[v_reason, v_before, jalon_engine.seal_before(v_reason, v_before)];
end
$$;
comment on function jalon_engine.set_marks(text, jsonb, jsonb) is
'Gives what follows a reason, meta and marks, without changing who acts; returns what held before, for '
'jalon_engine.without_reason. Not for callers: some marks need a permission that nothing asks for here.';

create or replace function jalon_engine.with_marks(p_reason text, p_meta jsonb, p_marks jsonb)
returns text[]
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    return jalon_engine.set_marks(p_reason, p_meta,
        case when p_marks is not null then jsonb_strip_nulls(jsonb_build_object(
            'kind', case when p_marks ->> 'kind' = 'force' then 'force' end,
            'bulkId', case when p_marks ? 'bulkId' then gen_random_uuid() end)) end);
end
$$;
comment on function jalon_engine.with_marks(text, jsonb, jsonb) is
'jalon_engine.set_marks for any caller: forced, which the check of the change asks a permission for, and a bulk '
'id of its own.';
grant execute on function jalon_engine.with_marks(text, jsonb, jsonb) to jalon_dba, jalon_app;

create or replace function jalon_engine.without_reason(p_before text[])
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- What a caller hands in is believed if it is what jalon_engine.set_marks gave them.
    if jalon_engine.seal_before(p_before[1], p_before[2]) is distinct from p_before[3] then
        perform jalon_engine.fail('JL205');
    end if;
    perform jalon_engine.keep_marks(p_before[1], p_before[2]);
end
$$;
comment on function jalon_engine.without_reason(text[]) is 'Ends what jalon_engine.with_marks began.';
grant execute on function jalon_engine.without_reason(text[]) to jalon_dba, jalon_app;

create or replace function jalon_engine.only_meta(p_marks text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select jsonb_strip_nulls(jsonb_build_object('meta', nullif(p_marks, '')::jsonb -> 'meta'))::text $$;
comment on function jalon_engine.only_meta(text) is 'Of marks what anybody may set: meta.';

create or replace function jalon_engine.seal_before(p_reason text, p_marks text)
returns text
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_marks = '' or p_marks::jsonb - 'meta' = '{}' then
        -- A reason and meta are anybody's to set.
        return null;
    end if;
    return jalon_engine.make_seal('before', current_setting('jalon.actor', true), current_setting('jalon.roles', true),
        p_reason, p_marks, current_setting('jalon.role_sources', true));
end
$$;
comment on function jalon_engine.seal_before(text, text) is
'The seal of a reason and marks that are to hold again, for the same actor in the same transaction; none where there '
'is nothing to forge.';

create or replace function jalon_engine.keep_marks(p_reason text, p_marks text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_scope constant text := left(coalesce(current_setting('jalon.seal', true), ''), 1);
    v_set text;
begin
    if v_scope not in ('', 'p') then
        perform jalon_engine.require_seal();
        perform jalon_engine.seal_actor(v_scope, current_setting('jalon.actor'), current_setting('jalon.roles'),
            p_reason, p_marks, current_setting('jalon.role_sources'));
    elsif p_marks <> '' and p_marks::jsonb - 'meta' <> '{}' then
        if jalon_engine.session_is('jalon_api') then
            perform jalon_engine.fail('JL201');
        end if;
        perform jalon_engine.seal_actor('p', 'db:' || session_user, '', p_reason, p_marks);
    else
        if v_scope = 'p' then
            perform jalon_engine.seal_actor(p_scope => 'p', p_actor => null, p_roles => null);
        end if;
        v_set := set_config('jalon.reason', p_reason, true);
        v_set := set_config('jalon.marks', p_marks, true);
    end if;
end
$$;
comment on function jalon_engine.keep_marks(text, text) is 'Holds a reason and marks from now on for the actor.';
