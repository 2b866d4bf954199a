-- /api/propositions: put one forward, list them, read one with its buttons, change its text.

create or replace function jalon_api.create_proposition(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition;
begin
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
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The ETag is for If-Match on moves and triggers. It travels as a header of its own, so that it never answers 304:
    -- what the caller may do changes without the proposition.
    select jalon_engine.respond(p_status => p_status, p_body => jalon_engine.proposition_view(p_proposition, p_caller),
        p_headers => jsonb_build_object('etag', jalon_engine.etag(p_proposition.id::text, p_proposition.status_version))
        || case p_status when 201 then jsonb_build_object('location', '/api/propositions/' || p_proposition.id)
            else '{}' end)
$$;
comment on function jalon_engine.proposition_answer(integer, jalon_propositions.proposition, jsonb) is
'A proposition as an answer.';

create or replace function jalon_api.proposition(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select a.* from jalon_engine.proposition_answer(200, jalon_engine.get_proposition(p_key, p_caller), p_caller) a
$$;
comment on function jalon_api.proposition(text, jsonb, jsonb) is
'A proposition with what its caller is and may do there: roles, permissions, moves, actions.';

create or replace function jalon_api.change_proposition(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_propositions.proposition;
begin
    v := jalon_engine.get_proposition(p_key, p_caller, p_locked => true);
    perform jalon_engine.require_content_match(p_caller, 'proposition', v.id::text, v.revision, v.status_version,
        v.edited_by, v.edited_at, v.status_changed_at);
    if p_input ?| '{title,body}' then
        perform jalon_engine.require_proposition_permission('edit_proposition', v);
    end if;
    if p_input ?| '{maxRoles,maxHolders}' then
        perform jalon_engine.require_proposition_permission('set_limits', v);
    end if;
    update jalon_propositions.proposition p set
        title = case when p_input ? 'title' then btrim(p_input ->> 'title') else p.title end,
        body = case when p_input ? 'body' then p_input ->> 'body' else p.body end,
        edited_at = case when p_input ?| '{title,body}' then clock_timestamp() else p.edited_at end,
        edited_by = case when p_input ?| '{title,body}' then jalon_engine.actor() else p.edited_by end,
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
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.content_etag(p_proposition.id::text, p_proposition.revision, p_proposition.status_version)
$$;
comment on function jalon_engine.proposition_text_etag(jalon_propositions.proposition) is
'The ETag of a proposition with its text, for who edits that.';

create or replace function jalon_api.propositions(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
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
    v_fields constant text[] := jalon_engine.fields_asked(p_input ->> 'fields',
        '{id,title,body,authorId,category,status,statusLabel,statusColor,statusIcon,outcome,isFinal,version,'
        'statusSince,createdAt,updatedAt,etag,textEtag}');
    v_rows jalon_propositions.proposition[] := '{}';
    v_next text;
    v_previous text;
    v_total bigint;
begin
    -- Filters are in the statement only where they are asked for, so that the planner knows what they leave.
    select * into v_rows, v_next, v_previous, v_total
    from jalon_engine.read_list(v_rows, 'jalon_propositions.proposition x', array[
        case when v_reads_all then 'true' else '(x.status = any (($1)[1]::text[]) or x.author_id = ($1)[2] '
            'or x.id in (select jalon_engine.propositions_held(($1)[2])))' end
        || case when p_input ? 'status' then ' and x.status = $2 ->> ''status''' else '' end
        || case when p_input ? 'author' then ' and x.author_id = $2 ->> ''author''' else '' end],
        '{"createdAt": "x.created_at", "statusSince": "x.status_changed_at", "title": "lower(x.title)", "id": "x.id"}',
        '-createdAt', array[v_read::text, p_caller ->> 'actor'], p_input);
    return jalon_engine.list_answer((
        select json_agg(jalon_engine.proposition_json(v_rows[i], p_caller) order by i)
        from generate_subscripts(v_rows, 1) i), v_fields, v_next, v_previous, v_total,
        json_build_object('canCreate', jalon_engine.may('create_proposition', v_roles, 'proposition'),
            'canSetLimits', jalon_engine.may('manage_permissions', v_roles)));
end
$$;
comment on function jalon_api.propositions(text, jsonb, jsonb) is 'Propositions that the caller may see, newest first '
'unless sorted otherwise, in pages: {status, author, sort, count, fields, after, limit}.';
