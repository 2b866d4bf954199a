-- The entrance of schema jalon_api. The web application may call nothing else there but jalon_api.run_batch, which asks
-- the same: whether the call stands alone in its transaction. What any function gains by it: the language of its
-- caller; that its caller acts while it writes, and not after; an idempotency key, whose row is written in the
-- transaction of the change itself; and the dry run, which does everything and undoes it. Refusals are not kept: a
-- repeat of what did nothing is tried again. Nor is a secret: it is shown once. And a repeat needs the rights of the
-- first.

create or replace function jalon_engine.rights(p_caller jsonb)
returns text[]
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles constant text[] := jalon_engine.caller_roles(p_caller);
begin
    return array(
        select '+' || r.role from unnest(v_roles) r (role)
        union
        select case when p.is_allowed then '+' else '-' end
            || concat_ws(' ', p.permission, nullif(p.scope, '*'), nullif(p.status, '*'))
        from jalon_engine.permission_rule p where p.role = any (v_roles || '{any}'::text[])
    );
end
$$;
comment on function jalon_engine.rights(jsonb) is
'Roles and permissions of a caller (+), and what is forbidden to one of the roles (-).';

create or replace function jalon_engine.require_rights(p_caller jsonb, p_then text[])
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_now constant text[] := jalon_engine.rights(p_caller);
    v_right text;
begin
    -- Missing is what was had then and is not now, and what is forbidden now and was not then.
    select x.entry into v_right
    from (select t.entry from unnest(p_then) t (entry) where t.entry like '+%' and t.entry <> all (v_now)
        union all select n.entry from unnest(v_now) n (entry) where n.entry like '-%' and n.entry <> all (p_then)) x
    order by x.entry limit 1;
    if found then
        perform jalon_engine.fail('JL203',
            jsonb_build_object('actor', p_caller ->> 'actor', 'right', substr(v_right, 2)), 'JL203.replay');
    end if;
end
$$;
comment on function jalon_engine.require_rights(jsonb, text[]) is
'Fails with JL203 unless the caller has all the rights that they had when they were answered.';

create or replace function jalon_engine.run_plain(p_function text, p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_write boolean := true;
    v_done text;
    v_answer jalon_engine.answer;
begin
    -- These two are called by name where every table is: no statement to plan, which takes some 15 microseconds. By
    -- assignment, since PERFORM starts the executor.
    if p_function = 'record' then
        return jalon_api.record(p_key, p_input, p_caller);
    elsif p_function <> 'move_record' then
        select p.provolatile = 'v' into v_is_write from pg_proc p
        where p.proname = p_function and p.pronamespace = 'jalon_api'::regnamespace;
    end if;
    -- A volatile function writes, so its caller acts while it runs, for the reason given. A stable one reads. A caller
    -- of whom nothing is said is the web application itself, at its upkeep.
    v_is_write := v_is_write and p_caller <> '{}';
    if v_is_write then
        v_done := set_config('jalon.traceparent', coalesce(p_caller ->> 'traceparent', ''), true);
        v_done := jalon_engine.enter(p_caller, p_input ->> 'reason');
    end if;
    if p_function = 'move_record' then
        v_answer := jalon_api.move_record(p_key, p_input, p_caller);
    else
        execute format('select * from jalon_api.%I($1, $2, $3)', p_function) into v_answer
        using p_key, p_input, p_caller;
    end if;
    -- Nothing that follows in the transaction acts in that name.
    if v_is_write then
        v_done := jalon_engine.leave();
    end if;
    return v_answer;
end
$$;
comment on function jalon_engine.run_plain(text, text, jsonb, jsonb) is
'What a function of schema jalon_api answers; while one that writes runs, its caller acts.';

create or replace function jalon_engine.run_dry(p_function text, p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_answer jalon_engine.answer;
    v_is_done boolean := false;
begin
    v_answer := jalon_engine.run_plain(p_function, p_key, p_input, p_caller);
    perform jalon_engine.fire_deferred_as_mover();
    v_is_done := true;
    raise exception using errcode = 'triggered_action_exception';
exception when others then
    if not v_is_done then
        raise;
    end if;
    return v_answer;
end
$$;
comment on function jalon_engine.run_dry(text, text, jsonb, jsonb) is
'What a function of schema jalon_api answers, and all that it did undone.';

create or replace function jalon_engine.run_once(p_function text, p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_principal constant text := p_caller ->> 'actor';
    v_token constant text := p_caller ->> 'idempotencyKey';
    v_hash constant bytea := sha256(
        convert_to(jsonb_build_array(p_function, p_key, p_input, p_caller -> 'ifMatch')::text, 'UTF8'));
    v_kept jalon_engine.idempotency;
    v_answer jalon_engine.answer;
begin
    insert into jalon_engine.idempotency (principal, key, request_hash, rights)
    values (v_principal, v_token, v_hash, jalon_engine.rights(p_caller))
    on conflict on constraint idempotency_pk do nothing;
    if not found then
        select i.* into v_kept from jalon_engine.idempotency i where i.principal = v_principal and i.key = v_token;
        if v_kept.request_hash <> v_hash then
            perform jalon_engine.fail('JL412', jsonb_build_object('key', v_token));
        end if;
        perform jalon_engine.require_rights(p_caller, v_kept.rights);
        v_answer := v_kept.answer;
        v_answer.headers := coalesce(v_answer.headers, '{}') - ':moves' || '{"idempotent-replayed": "true"}';
        return v_answer;
    end if;
    v_answer := jalon_engine.run_plain(p_function, p_key, p_input, p_caller);
    if v_answer.status >= 400 then
        -- A refusal that came as an answer, for the sake of the trace it left.
        delete from jalon_engine.idempotency i where i.principal = v_principal and i.key = v_token;
        return v_answer;
    end if;
    v_kept.answer := v_answer;
    if json_typeof(v_answer.body) = 'object' and v_answer.body ->> 'secret' is not null then
        v_kept.answer.body := (v_answer.body::jsonb - 'secret')::json;
    end if;
    update jalon_engine.idempotency i set answer = v_kept.answer where i.principal = v_principal and i.key = v_token;
    perform jalon_engine.forget_idempotency();
    return v_answer;
end
$$;
comment on function jalon_engine.run_once(text, text, jsonb, jsonb) is
'What a function of schema jalon_api answers under its caller''s idempotency key, or answered before.';

create or replace function jalon_engine.run(p_function text, p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_set text;
begin
    -- Refusals are put into words where they are raised, deep below, so the language is known there. By assignment,
    -- since PERFORM starts the executor.
    v_set := set_config('jalon.language', coalesce(p_caller ->> 'language', ''), true);
    v_set := set_config('jalon.role_sources', coalesce(p_caller ->> 'roleSources', ''), true);
    if (p_caller ->> 'dryRun')::boolean then
        return jalon_engine.run_dry(p_function, p_key, p_input, p_caller);
    elsif p_caller ->> 'idempotencyKey' is not null and p_caller ->> 'actor' is not null then
        return jalon_engine.run_once(p_function, p_key, p_input, p_caller);
    end if;
    return jalon_engine.run_plain(p_function, p_key, p_input, p_caller);
end
$$;
comment on function jalon_engine.run(text, text, jsonb, jsonb) is
'What a function of schema jalon_api answers its caller, in the caller''s language, counting the roles that the call '
'says; once under a key, or as a dry run.';

create or replace function jalon_api.run(p_function text, p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_alone constant text := jalon_engine.require_call();
begin
    return jalon_engine.run(p_function, p_key, p_input, p_caller);
end
$$;
comment on function jalon_api.run(text, text, jsonb, jsonb) is
'Calls a function of schema jalon_api: the one way there for the web application, which may call no other but '
'jalon_api.run_batch.';
grant execute on function jalon_api.run(text, text, jsonb, jsonb) to jalon_api;

create or replace function jalon_engine.forget_idempotency()
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- Each new key takes up to two old ones away, so that nothing else has to.
    delete from jalon_engine.idempotency i where (i.principal, i.key) in (
        select o.principal, o.key from jalon_engine.idempotency o
        where o.created_at < now() - interval '24 hours'
        order by o.created_at limit 2 for update skip locked)
$$;
comment on function jalon_engine.forget_idempotency() is
'Deletes up to two idempotency keys that are older than a day.';
