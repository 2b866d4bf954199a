-- The report on a workflow, second part: who may take its transitions. What tokens carry is not known here, so a role
-- that nobody holds is a warning; a transition without any role is an error.

create or replace function jalon_engine.may_hold(p_category text)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select array(
        select 'any'
        union
        select g.role from jalon_engine.role_grant g
        where jalon_engine.is_in_force(g.revoked_at, g.valid_until)
        union
        select k.role
        from jalon_engine.tracked t
        join jalon_engine.tracked_column c on c.tracked = t.name and c.category = p_category
        cross join lateral jsonb_object_keys(t.relations) k (role)
        union
        -- A resolver may give any role that a transition names.
        select r.role
        from jalon_engine.workflow_transition a
        cross join lateral unnest(a.roles) r (role)
        where a.category = p_category and exists (
            select from jalon_engine.tracked t join jalon_engine.tracked_column c on c.tracked = t.name
            where c.category = p_category and t.resolver is not null)
    )
$$;
comment on function jalon_engine.may_hold(text) is
'Roles that somebody holds, by grant or by a relation to a record of the category.';

create or replace function jalon_engine.check_people(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.finding
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with held as materialized (
        select jalon_engine.may_hold(p_category => p_category) as roles
    ),
    edges as materialized (
        select e.roles, e.roles && h.roles as is_open_to_somebody,
            jalon_engine.transition_name(p_from => e.from_code, p_to => e.to_code) as name
        from held h,
            jalon_engine.workflow_edges(p_category => p_category, p_case_type => p_case_type, p_version => p_version) e
    ),
    found (severity, code, subject, params) as (
        select 'error', 'no_role', e.name, '{}'::jsonb from edges e where e.roles = '{}'
        union all
        select 'warning', 'unknown_role', e.name, jsonb_build_object('role', r.role)
        from edges e cross join held h cross join lateral unnest(e.roles) r (role)
        where r.role <> all (h.roles) and not exists (select from jalon_engine.role o where o.code = r.role)
        union all
        -- Once for the workflow. Where no role was ever granted, roles come with tokens.
        select 'warning', 'nobody', p_category, jsonb_build_object('roles', jsonb_agg(distinct r.role))
        from edges e cross join lateral unnest(e.roles) r (role)
        where not e.is_open_to_somebody and exists (select from jalon_engine.role_grant)
        having count(*) > 0
    )
    select n.*
    from found f,
        jalon_engine.finding(p_severity => f.severity, p_code => f.code, p_subject => f.subject, p_params => f.params) n
$$;
comment on function jalon_engine.check_people(text, text, integer) is
'Transitions without roles, roles that are unknown or that nobody holds.';
