-- /api/propositions: put one forward, list them, read one with its buttons, change its text.

create or replace function jalon_api.create_proposition(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition;
begin
    perform jalon_engine.enter(p_caller);
    perform jalon_engine.require_permission('create_proposition', 'proposition');
    insert into jalon_propositions.proposition (title, body, author_id)
    values (btrim(p_input ->> 'title'), coalesce(p_input ->> 'body', ''), jalon_engine.actor())
    returning * into v;
    return jalon_engine.proposition_answer(201, v, p_caller);
end
$$;
comment on function jalon_api.create_proposition(text, jsonb, jsonb) is 'Puts a proposition forward: {title, body}.';

create or replace function jalon_engine.proposition_answer(
    p_status integer, p_proposition jalon_propositions.proposition, p_caller jsonb
)
returns jalon_engine.answer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- The ETag is for If-Match on moves and triggers. It travels as a header of its own, so that it never answers 304:
    -- what the caller may do changes without the proposition.
    select p_status, jalon_engine.proposition_view(p_proposition, p_caller), null::text,
        jsonb_build_object('etag', jalon_engine.etag(p_proposition.id::text, p_proposition.status_version))
        || case p_status when 201 then jsonb_build_object('location', '/api/propositions/' || p_proposition.id)
            else '{}' end
$$;
comment on function jalon_engine.proposition_answer(integer, jalon_propositions.proposition, jsonb) is
'A proposition as an answer.';

create or replace function jalon_api.proposition(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select a.* from jalon_engine.proposition_answer(200, jalon_engine.get_proposition(p_key, p_caller), p_caller) a
$$;
comment on function jalon_api.proposition(text, jsonb, jsonb) is
'A proposition with what its caller is and may do there: roles, permissions, moves, actions.';

create or replace function jalon_api.change_proposition(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition;
begin
    perform jalon_engine.enter(p_caller);
    v := jalon_engine.get_locked_proposition(p_key, p_caller);
    perform jalon_engine.require_content_match(p_caller, 'proposition', v.id::text, v.revision, v.status_version,
        v.updated_by, v.updated_at, v.status_changed_at);
    if p_input ?| '{title,body}' then
        perform jalon_engine.require_proposition_permission(v, 'edit_proposition');
    end if;
    if p_input ?| '{maxRoles,maxHolders}' then
        perform jalon_engine.require_proposition_permission(v, 'set_limits');
    end if;
    update jalon_propositions.proposition p set
        title = case when p_input ? 'title' then btrim(p_input ->> 'title') else p.title end,
        body = case when p_input ? 'body' then p_input ->> 'body' else p.body end,
        updated_at = case when p_input ?| '{title,body}' then clock_timestamp() else p.updated_at end,
        updated_by = case when p_input ?| '{title,body}' then jalon_engine.actor() else p.updated_by end,
        revision = p.revision + (p_input ?| '{title,body}')::integer,
        max_roles = case when p_input ? 'maxRoles' then (p_input ->> 'maxRoles')::integer else p.max_roles end,
        max_holders = case when p_input ? 'maxHolders' then (p_input ->> 'maxHolders')::integer else p.max_holders end
    where p.id = v.id
    returning p.* into v;
    return jalon_engine.proposition_answer(200, v, p_caller);
end
$$;
comment on function jalon_api.change_proposition(text, jsonb, jsonb) is
'Changes what is given of a proposition: {title, body, maxRoles, maxHolders}.';

create or replace function jalon_engine.proposition_text_etag(p_proposition jalon_propositions.proposition)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select jalon_engine.etag(p_proposition.id || ':' || p_proposition.revision, p_proposition.status_version) $$;
comment on function jalon_engine.proposition_text_etag(jalon_propositions.proposition) is
'The ETag of a proposition with its text, for who edits that.';

create or replace function jalon_api.propositions(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_roles text[] := jalon_engine.caller_roles(p_caller);
    -- What jalon_engine.can_read_record says of one row, for many: the statuses that the caller's roles read, and
    -- the propositions of their own.
    v_read text[] := array(
        select f.code from jalon_engine.referential f
        where f.category = 'PROPOSITION_STATUS' and jalon_engine.may('read_all', v_roles, 'proposition', f.code));
    v_reads_all boolean := not exists (select from jalon_engine.referential f
        where f.category = 'PROPOSITION_STATUS' and not f.code = any (v_read));
    v_limit integer := coalesce((p_input ->> 'limit')::integer, 50);
    v_after jsonb := jalon_engine.cursor_position(p_input ->> 'after', 2);
    v_rows jalon_propositions.proposition[];
    v_next text;
begin
    -- Filters are in the statement only where they are asked for, so that the planner knows what they leave.
    execute 'select array(select p from jalon_propositions.proposition p where true'
        || case when p_input ? 'status' then ' and p.status = $1 ->> ''status''' else '' end
        || case when p_input ? 'author' then ' and p.author_id = $1 ->> ''author''' else '' end
        || case when v_after is null then '' else ' and (p.created_at, p.id) < ($2, $3)' end
        || case when v_reads_all then '' else ' and (p.status = any ($4) or p.author_id = $5 or p.id in (select '
            'jalon_engine.propositions_held($5)))' end
        || ' order by p.created_at desc, p.id desc limit $6)'
    into v_rows
    using p_input, jalon_engine.moment('after', v_after ->> 0), (v_after ->> 1)::uuid, v_read,
        p_caller ->> 'actor', v_limit + 1;
    if cardinality(v_rows) > v_limit then
        v_next := jalon_engine.cursor(jsonb_build_array(v_rows[v_limit].created_at, v_rows[v_limit].id));
    end if;
    return (200, json_build_object('items', coalesce((
        select json_agg(jalon_engine.proposition_json(r, p_caller) order by r.created_at desc, r.id desc)
        from unnest(v_rows[:v_limit]) r), '[]'), 'next', v_next,
            'canCreate', jalon_engine.may('create_proposition', v_roles, 'proposition')),
        null, case when v_next is not null then jsonb_build_object(':next', v_next) end)::jalon_engine.answer;
end
$$;
comment on function jalon_api.propositions(text, jsonb, jsonb) is
'Propositions that the caller may see, newest first, in pages: {status, author, after, limit}.';
