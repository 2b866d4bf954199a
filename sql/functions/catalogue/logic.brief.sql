-- What stands in the way, in few words for a greyed button: roles and permissions by their labels.

create or replace function logic.brief(p_blocker jsonb, p_language text)
returns text
language sql stable security definer
set search_path = ''
as $$
    select nullif(coalesce(logic.say('why.' || (p_blocker ->> 'code'), p.params || jsonb_build_object(
        'roles', logic.role_names(p.params -> 'roles', p_language),
        'permission', (select n.label from logic.permissions_in(p_language) n where n.code = p.params ->> 'permission')), p_language), p_blocker ->> 'message'), '')
    from (select coalesce(p_blocker -> 'params', '{}')) p (params)
$$;
comment on function logic.brief(jsonb, text) is 'A blocker in few words of a language; its whole message where there are none.';

create or replace function logic.with_briefs(p_blockers jsonb, p_language text)
returns jsonb
language sql stable security definer
set search_path = ''
as $$
    select coalesce(jsonb_agg(b.value || jsonb_build_object('brief', logic.brief(b.value, p_language)) order by b.ordinality), '[]')
    from jsonb_array_elements(p_blockers) with ordinality b
$$;
comment on function logic.with_briefs(jsonb, text) is 'Blockers, each with its few words.';
