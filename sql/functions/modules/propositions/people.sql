-- Whom propositions name besides their authors.

create or replace function jalon_engine.proposition_people(p_caller jsonb, p_part text)
returns table (id text, name text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select a.user_id::text, null::text
    from jalon_propositions.proposition_role_assignments a
    join jalon_propositions.proposition p on p.id = a.proposition_id
    where a.revoked_at is null and p.status = any (jalon_engine.readable_codes(
        jalon_engine.tracked_of('proposition'), jalon_engine.caller_roles(p_caller)))
$$;
comment on function jalon_engine.proposition_people(jsonb, text) is
'Who holds a role of a proposition that the caller may read.';
