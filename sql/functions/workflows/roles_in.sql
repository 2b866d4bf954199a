-- Roles and permissions as a reader sees them: named in their language, else in the default one.

create or replace function jalon_engine.roles_in(p_language text)
returns table (code text, label text, description text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select r.code, coalesce(l.label, r.label), coalesce(l.description, r.description)
    from jalon_engine.role r
    left join lateral (
        select x.label, x.description from jalon_engine.role_label x
        where x.role = r.code and x.language in (p_language, split_part(p_language, '-', 1))
        order by x.language = p_language desc limit 1) l on true
$$;
comment on function jalon_engine.roles_in(text) is 'All roles, named in a language.';

create or replace function jalon_engine.permissions_in(p_language text)
returns table (code text, label text, description text, module text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p.code, coalesce(l.label, p.label), coalesce(l.description, p.description), p.module
    from jalon_engine.permission p
    left join lateral (
        select x.label, x.description from jalon_engine.permission_label x
        where x.permission = p.code and x.language in (p_language, split_part(p_language, '-', 1))
        order by x.language = p_language desc limit 1) l on true
$$;
comment on function jalon_engine.permissions_in(text) is 'All permissions, named in a language.';

create or replace function jalon_engine.role_names(p_roles jsonb, p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- A role of one record only (custom:treasurer) is called as its code says.
    select coalesce(jsonb_agg(coalesce(n.label, regexp_replace(r.value, '^custom:', '')) order by r.ordinality), '[]')
    from jsonb_array_elements_text(case jsonb_typeof(p_roles) when 'array' then p_roles else '[]' end) with ordinality r
    left join jalon_engine.roles_in(p_language) n on n.code = r.value
$$;
comment on function jalon_engine.role_names(jsonb, text) is
'A list of role codes as labels in a language, in their order.';

create or replace function jalon_engine.with_role_names(p_params jsonb, p_language text)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p_params || case when jsonb_typeof(p_params -> 'roles') = 'array'
        then jsonb_build_object('roles', jalon_engine.role_names(p_params -> 'roles', p_language)) else '{}' end
        || case when p_params ? 'permission' then jsonb_build_object('permission', coalesce((
                select coalesce(l.label, p.label) from jalon_engine.permission p
                left join jalon_engine.permission_label l on l.permission = p.code
                    and l.language in (p_language, split_part(p_language, '-', 1))
                where p.code = p_params ->> 'permission' order by l.language = p_language desc limit 1),
            p_params ->> 'permission')) else '{}' end
$$;
comment on function jalon_engine.with_role_names(jsonb, text) is
'Parameters for a text that people read: roles and permissions by their labels. Programs get the codes.';
