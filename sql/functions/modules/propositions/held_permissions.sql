-- Nobody hands out more than they hold: not a permission, not a transition, not an action, at no status.

create or replace function jalon_engine.require_held_permissions(
    p_proposition jalon_propositions.proposition, p_permissions text[], p_role_code text default null
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v jalon_engine.context := jalon_engine.context();
    v_roles text[] := jalon.resolve_actor_roles(v.actor, p_proposition.id, v.roles);
    v_role text := 'custom:' || p_role_code;
    v_missing text[];
begin
    v_missing := array(
        -- A permission is held if it is held at every status at which a custom role would carry it.
        select p.code from unnest(p_permissions) p (code)
        where exists (
            select from jalon_engine.referential f
            where f.category = 'PROPOSITION_STATUS' and jalon_engine.may(p.code, '{}', 'proposition_roles', f.code)
              and not jalon_engine.proposition_carries(p.code, v.actor, v_roles, p_proposition.id, f.code))
        union all
        select u.from_code || ' -> ' || u.to_code from jalon_engine.rule u
        where u.category = 'PROPOSITION_STATUS' and v_role = any (u.roles) and not u.is_open and not u.roles && v_roles
        union all
        -- Who manages actions could put any role there, so holds all of them.
        select a.name from jalon_propositions.proposition_custom_actions a
        where a.proposition_id = p_proposition.id and a.deleted_at is null and v_role = any (a.roles)
          and not a.roles && (v_roles || '{any}'::text[])
          and not jalon_engine.proposition_carries('manage_actions', v.actor, v_roles, p_proposition.id,
              p_proposition.status));
    if v_missing <> '{}' then
        perform jalon_engine.fail('JL203', jsonb_build_object('actor', v.actor, 'missing', v_missing),
            'proposition.more_than_held');
    end if;
end
$$;
comment on function jalon_engine.require_held_permissions(jalon_propositions.proposition, text[], text)
is 'Fails with JL203 unless the actor holds these permissions, and all that a role of this code opens, themselves.';

create or replace function jalon_engine.carriable_permissions()
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array(
        select p.code from jalon_engine.permission p
        where p.module = 'proposition' and exists (
            select from jalon_engine.referential f
            where f.category = 'PROPOSITION_STATUS' and jalon_engine.may(p.code, '{}', 'proposition_roles', f.code))
        order by p.code)
$$;
comment on function jalon_engine.carriable_permissions() is
'Permissions of this module that custom roles can carry at some status.';

create or replace function jalon_engine.proposition_limit(p_name text, p_own integer default null)
returns integer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(p_own,
        (select (s.value #>> '{}')::integer from jalon_engine.setting s where s.name = 'proposition.' || p_name))
$$;
comment on function jalon_engine.proposition_limit(text, integer) is
'A limit of one proposition, or the one in the settings.';

create or replace function jalon_engine.proposition_slug(p_text text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select case when s.slug = '' then 'x' || substr(md5(p_text), 1, 8) else s.slug end
    from (
        select btrim(substr(regexp_replace(translate(lower(p_text),
            'àâäáãåçéèêëíìîïñóòôöõúùûüýÿœæ', 'aaaaaaceeeeiiiinooooouuuuyyoa'), '[^a-z0-9]+', '_', 'g'), 1,
            60), '_') as slug
    ) s
$$;
comment on function jalon_engine.proposition_slug(text) is 'A name as a word of a to z, digits and underscores.';

create or replace function jalon_engine.proposition_language(p_caller jsonb)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select coalesce(p_caller ->> 'language', jalon_engine.language()) $$;
comment on function jalon_engine.proposition_language(jsonb) is 'Language of the answer to a caller.';
