-- Who somebody is on one proposition. Nothing is copied: a role that is revoked, or has run out, is gone with the next
-- statement. The engine asks for transitions, the API for permissions and actions for
-- their roles; all of them ask here.

create or replace function jalon_engine.proposition_roles_of(p_actor text, p_key text)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with custom as (
        select 'custom:' || r.code as role
        from jalon_propositions.proposition_role_assignments a
        join jalon_propositions.proposition_roles r on r.id = a.role_id and r.deleted_at is null
        where a.proposition_id = p_key::uuid and a.user_id = p_actor
          and jalon_engine.is_in_force(a.revoked_at, a.valid_until)
    )
    select array(
        select 'initiator' from jalon_propositions.proposition p where p.id = p_key::uuid and p.author_id = p_actor
        union all
        select 'participant' where exists (select from custom)
        union all
        select c.role from custom c)
$$;
comment on function jalon_engine.proposition_roles_of(text, text) is
'Roles that one proposition gives to an actor: initiator, custom roles held now, and with one of these participant.';

create or replace function jalon_engine.propositions_held(p_actor text)
returns setof uuid
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select a.proposition_id
    from jalon_propositions.proposition_role_assignments a
    join jalon_propositions.proposition_roles r on r.id = a.role_id and r.deleted_at is null
    where a.user_id = p_actor and jalon_engine.is_in_force(a.revoked_at, a.valid_until)
$$;
comment on function jalon_engine.propositions_held(text) is 'The propositions in which an actor holds a custom role: '
'the other way round, for lists. A proposition names its own initiator.';

create or replace function jalon_engine.proposition_roles_of_keys(p_actor text)
returns setof text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select p::text from jalon_engine.propositions_held(p_actor) p $$;
comment on function jalon_engine.proposition_roles_of_keys(text)
is 'For lists of any tracked table: the keys for which jalon_engine.proposition_roles_of gives roles that the relation '
    'initiator does not.';

create or replace function jalon.resolve_actor_roles(actor text, proposition uuid, token_roles text[] default '{}')
returns text[]
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- The same sum that the engine makes for a transition: token, grants, and what the proposition gives.
    select array(
        select distinct r.role
        from unnest(jalon_engine.roles_for_record(jalon_engine.tracked_of('proposition'), resolve_actor_roles.actor,
            jalon_engine.roles_of(resolve_actor_roles.actor, resolve_actor_roles.token_roles), (
                select to_jsonb(p) from jalon_propositions.proposition p
                where p.id = resolve_actor_roles.proposition))) r (role)
        where exists (select from jalon_propositions.proposition p where p.id = resolve_actor_roles.proposition)
        order by r.role)
$$;
comment on function jalon.resolve_actor_roles(text, uuid, text[])
is 'All roles of an actor on a proposition, classic and custom, as of now: the one place that decides, for the API, '
    'transitions and actions alike.';
grant execute on function jalon.resolve_actor_roles(text, uuid, text[]) to jalon_dba;
