-- What stands in the way, in few words for a greyed button: roles and permissions by their labels.

create or replace function jalon_engine.short_message(p_blocker jsonb, p_language text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select nullif(coalesce(jalon_engine.text_of('why.' || (p_blocker ->> 'code'),
        jalon_engine.with_role_names(p.params, p_language)
        || jsonb_build_object('permission', (select n.label from jalon_engine.permissions_in(p_language) n
            where n.code = p.params ->> 'permission')), p_language), p_blocker ->> 'message'), '')
    from (select coalesce(p_blocker -> 'params', '{}')) p (params)
$$;
comment on function jalon_engine.short_message(jsonb, text) is
'A blocker in few words of a language; its whole message where there are none.';

create or replace function jalon_engine.with_short_messages(p_blockers jsonb, p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(jsonb_agg(b.value
        || jsonb_build_object('brief', jalon_engine.short_message(b.value, p_language)) order by b.ordinality), '[]')
    from jsonb_array_elements(p_blockers) with ordinality b
$$;
comment on function jalon_engine.with_short_messages(jsonb, text) is 'Blockers, each with its few words.';
