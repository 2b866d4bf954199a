-- The matrix as a grid: of one group of permissions, for one tracked table, role by role and status by status.

create or replace function jalon_engine.matrix_statuses(p_scope text)
returns table (code text, label text, category text, color text, icon text, place bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select f.code, f.label, f.category, f.color, f.icon,
        row_number() over (order by f.column_position, f.position, f.code)
    from (
        select distinct on (f.code) f.code, f.label, f.category, f.color, f.icon, f.position,
            c.position as column_position
        from jalon_engine.tracked_column c
        join jalon_engine.referential f on f.category = c.category
        where c.tracked = p_scope
        order by f.code, c.position
    ) f
$$;
comment on function jalon_engine.matrix_statuses(text) is
'The codes of a tracked table''s status columns, each once: the columns of its grid.';

create or replace function jalon_engine.matrix_rows(
    p_permission text, p_scope text, p_role text, p_statuses text[], p_language text
)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(json_agg(json_build_object('role', w.role, 'label', w.label, 'scope', w.scope,
        'isCeiling', w.is_ceiling, 'cells', (
            select json_agg(json_build_object('status', s.code, 'allowed', coalesce(n.is_allowed, false),
                'isOwn', n.scope is not distinct from w.scope and n.status is not distinct from s.code,
                'fromScope', n.scope, 'fromStatus', n.status) order by s.place)
            from unnest('*'::text || p_statuses) with ordinality s (code, place)
            -- The row that decides for one role, as jalon_engine.may finds it for many.
            left join lateral (
                select u.is_allowed, u.scope, u.status from jalon_engine.permission_rule u
                where u.role = w.role and u.permission = p_permission and u.scope in (w.scope, '*')
                    and u.status in (s.code, '*')
                order by u.scope = '*', u.status = '*' limit 1) n on true)) order by w.is_ceiling, w.label), '[]')
    from (
        select r.code, r.label, p_scope, false from jalon_engine.roles_in(p_language) r
        where r.code = p_role or p_role = '*' or p_role is null and exists (
            select from jalon_engine.permission_rule u
            where u.role = r.code and u.permission = p_permission and u.scope in (p_scope, '*'))
        union all
        -- What a table's custom roles can carry at all stands in rows of a scope of its own. Who has them, says so.
        select 'any', 'Custom roles', p_scope || '_roles', true
        where to_regprocedure(format('jalon_engine.%I(text,text,text[],uuid,text)', p_scope || '_carries')) is not null
            and (p_role is null or p_role in ('*', 'any'))
    ) w (role, label, scope, is_ceiling)
$$;
comment on function jalon_engine.matrix_rows(text, text, text, text[], text) is
'The rows of one permission in the grid: a role each, with what it may by status and which rule says so.';

create or replace function jalon_api.permission_matrix(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_language text := p_caller ->> 'language';
    v_module text := p_input ->> 'module';
    v_role text := p_input ->> 'role';
    -- Unless said otherwise, the table for which most of the group's rows are.
    v_scope text := coalesce(p_input ->> 'table', (
        select r.scope from jalon_engine.permission_rule r join jalon_engine.permission p on p.code = r.permission
        where p.module = v_module and r.scope in (select t.name from jalon_engine.tracked t union all select '*')
        group by r.scope order by count(*) desc, r.scope limit 1), '*');
    v_statuses text[];
begin
    perform jalon_engine.require_permission('manage_permissions', p_caller => p_caller);
    if v_scope <> '*' then
        v_scope := (jalon_engine.tracked_of(v_scope)).name;
    end if;
    v_statuses := array(select s.code from jalon_engine.matrix_statuses(v_scope) s order by s.place);
    return jalon_engine.ok(json_build_object(
        'module', v_module, 'scope', v_scope,
        'modules', (select json_agg(m.module order by m.module)
            from (select distinct p.module from jalon_engine.permission p) m),
        'scopes', (select json_agg(s.name order by s.name)
            from (select '*' as name union all select t.name from jalon_engine.tracked t) s),
        'roles', (select json_agg(json_build_object('code', r.code, 'label', r.label) order by r.label)
            from jalon_engine.roles_in(v_language) r),
        'statuses', coalesce((select json_agg(json_build_object('code', s.code,
            'label', jalon_engine.code_name(s.category, s.code, v_language), 'category', s.category, 'color', s.color,
            'icon', s.icon) order by s.place) from jalon_engine.matrix_statuses(v_scope) s), '[]'),
        'permissions', coalesce((
            select json_agg(json_build_object('code', p.code, 'label', p.label, 'description', p.description,
                'module', p.module, 'rows', jalon_engine.matrix_rows(p.code, v_scope, v_role, v_statuses, v_language))
                order by p.code)
            from jalon_engine.permissions_in(v_language) p
            where v_module is null or p.module = v_module), '[]')));
end
$$;
comment on function jalon_api.permission_matrix(text, jsonb, jsonb)
is 'The matrix as a grid, for those who may change it: {module, table, role}; role * for every role, none for those '
    'that have a row.';
