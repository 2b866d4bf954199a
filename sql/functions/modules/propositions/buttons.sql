-- What GET /api/propositions/{id} shows: the buttons that its caller sees, moves and actions,
-- and why a greyed one is refused.

create or replace function jalon_engine.proposition_assumed_meta(p_status text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_object_agg(substr(f.name, 6), '…'), '{}')
    from jalon_engine.rule u
    cross join lateral unnest(u.required_fields) f (name)
    where u.category = 'PROPOSITION_STATUS' and u.case_type = '*' and u.from_code = p_status and f.name like 'meta.%'
$$;
comment on function jalon_engine.proposition_assumed_meta(text) is
'What the transitions from a status ask to be given along, as if it were: it does not grey a button.';

create or replace function jalon_engine.custom_action_buttons(
    p_proposition jalon_propositions.proposition, p_actor text, p_roles text[], p_language text
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object(
        'id', a.id, 'code', a.code, 'label', a.name, 'description', a.description, 'icon', a.icon,
        'toStatus', a.to_status, 'toStatusLabel', jalon_engine.code_name('PROPOSITION_STATUS', a.to_status, p_language),
        'requiresReason', coalesce(u.requires_reason, false), 'requiredFields', coalesce(u.required_fields, '{}'),
        'inputs', jalon_engine.action_inputs(a), 'allowed', b.blockers = '[]',
        'why', jalon_engine.proposition_blocker_texts(p_proposition.id, b.blockers, p_language))
        order by a.position, a.name), '[]')
    from jalon_propositions.proposition_custom_actions a
    left join jalon_engine.rule u on u.category = 'PROPOSITION_STATUS' and u.case_type = '*'
        and u.from_code = p_proposition.status and u.to_code = a.to_status
    cross join lateral jalon_engine.custom_action_blockers(p_proposition, a, p_actor, p_roles, '…',
        jalon_engine.proposition_assumed_meta(p_proposition.status)) b (blockers)
    where a.proposition_id = p_proposition.id and a.deleted_at is null and a.is_active
      and a.statuses && array[p_proposition.status, '*']::text[]
      and (a.roles && (p_roles || '{any}'::text[])
           or coalesce(a.visibility, (select s.value #>> '{}' from jalon_engine.setting s
               where s.name = 'proposition.action_visibility')) = 'everyone')
$$;
comment on function jalon_engine.custom_action_buttons(jalon_propositions.proposition, text, text[], text)
is 'The custom actions whose buttons an actor with these roles sees at the proposition''s status. A reason that is yet '
    'to be given does not grey a button.';

create or replace function jalon_engine.proposition_moves(
    p_proposition jalon_propositions.proposition, p_actor text, p_roles text[], p_language text
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object(
        'to', e.to_code, 'action', e.action, 'label', e.label,
        'toLabel', jalon_engine.code_name('PROPOSITION_STATUS', e.to_code, p_language), 'icon', e.icon,
        'color', e.color, 'requiresReason', u.requires_reason,
        'requiredFields', coalesce(u.required_fields, '{}'), 'allowed', e.is_allowed,
        'why', jalon_engine.proposition_blocker_texts(p_proposition.id, e.blockers, p_language))
        order by e."position", e.to_code), '[]')
    from jalon.explain_many('proposition', array[p_proposition.id::text], p_actor, p_roles, reason => '…',
        meta => jalon_engine.proposition_assumed_meta(p_proposition.status), language => p_language) e
    join jalon_engine.rule u on u.category = 'PROPOSITION_STATUS' and u.case_type = '*' and u.from_code = e.from_code
        and u.to_code = e.to_code
$$;
comment on function jalon_engine.proposition_moves(jalon_propositions.proposition, text, text[], text) is
'Every move from the proposition''s status, allowed to an actor with these roles or not, and why not.';

create or replace function jalon_engine.proposition_blocker_texts(
    p_proposition uuid, p_blockers jsonb, p_language text
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object('code', b.value ->> 'code',
        'message', coalesce(b.value ->> 'message', jalon_engine.text_of(
            coalesce(b.value ->> 'text', b.value ->> 'code'), n.params, p_language)), 'params', b.value -> 'params',
        'brief', jalon_engine.short_message(b.value || jsonb_build_object('params', n.params), p_language))
        order by b.ordinality), '[]')
    from jsonb_array_elements(p_blockers) with ordinality b
    cross join lateral (
        select b.value -> 'params' || case when jsonb_typeof(b.value #> '{params,roles}') = 'array'
            then jsonb_build_object('roles', jalon_engine.proposition_role_names(p_proposition,
                array(select jsonb_array_elements_text(b.value #> '{params,roles}')), p_language))
            else '{}' end) n (params)
$$;
comment on function jalon_engine.proposition_blocker_texts(uuid, jsonb, text) is
'Blockers in the words of a language; roles of the proposition by their own names, their codes in params.';

create or replace function jalon_engine.proposition_json(p_proposition jalon_propositions.proposition, p_caller jsonb)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('id', p_proposition.id, 'title', p_proposition.title, 'body', p_proposition.body,
        'authorId', p_proposition.author_id, 'category', f.category, 'status', p_proposition.status,
        'statusLabel', jalon_engine.code_name(f.category, f.code, p_caller ->> 'language'), 'statusColor', f.color,
        'statusIcon', f.icon, 'outcome', f.outcome, 'isFinal', f.is_final, 'version', p_proposition.status_version,
        'statusSince', p_proposition.status_changed_at, 'createdAt', p_proposition.created_at,
        'updatedAt', p_proposition.edited_at, 'etag', jalon_engine.etag(p_proposition.id::text,
            p_proposition.status_version), 'textEtag', jalon_engine.proposition_text_etag(p_proposition))
    from jalon_engine.referential f
    where f.category = 'PROPOSITION_STATUS' and f.code = p_proposition.status
$$;
comment on function jalon_engine.proposition_json(jalon_propositions.proposition, jsonb) is
'A proposition as lists show it.';

create or replace function jalon_engine.proposition_role_names(p_proposition uuid, p_roles text[], p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(coalesce(o.name, jalon_engine.role_names(jsonb_build_array(r.role), p_language) ->> 0)
        order by r.place), '[]')
    from unnest(p_roles) with ordinality r (role, place)
    left join jalon_propositions.proposition_roles o
        on o.proposition_id = p_proposition and 'custom:' || o.code = r.role and o.deleted_at is null
$$;
comment on function jalon_engine.proposition_role_names(uuid, text[], text) is
'What roles on a proposition are called: its custom roles by their own names.';

create or replace function jalon_engine.proposition_view(p_proposition jalon_propositions.proposition, p_caller jsonb)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Two objects become one in the order in which people read them, which jsonb would not keep.
    select (left(jalon_engine.proposition_json(p_proposition, p_caller)::text, -1) || ', ' || substr(json_build_object(
        'limits', json_build_object('maxRoles', jalon_engine.proposition_limit('max_roles', p_proposition.max_roles),
            'maxHolders', jalon_engine.proposition_limit('max_holders', p_proposition.max_holders),
            'ownMaxRoles', p_proposition.max_roles, 'ownMaxHolders', p_proposition.max_holders),
        'you', json_build_object('actor', c.actor, 'roles', c.roles,
            'roleLabels', jalon_engine.proposition_role_names(p_proposition.id, c.roles, c.language),
            'canForce', jalon_engine.may('force_move', c.roles, 'proposition'),
            'permissions', jalon_engine.proposition_permissions(c.actor, c.roles, p_proposition.id,
                p_proposition.status)),
        'moves', jalon_engine.proposition_moves(p_proposition, c.actor, c.roles, c.language),
        'actions', jalon_engine.custom_action_buttons(p_proposition, c.actor, c.roles, c.language))::text, 2))::json
    from (select p_caller ->> 'actor', jalon_engine.proposition_caller_roles(p_proposition.id, p_caller),
            jalon_engine.proposition_language(p_caller)) c (actor, roles, language)
$$;
comment on function jalon_engine.proposition_view(jalon_propositions.proposition, jsonb) is
'A proposition with what its caller is and may do there: roles, permissions, moves, actions.';
