-- What a draft changes, or any version against any other.

create or replace function jalon.workflow_diff(
    category text, case_type text default '*', from_version integer default null, to_version integer default null
)
returns table (change text, transition text, before jsonb, after jsonb)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_from integer := coalesce(workflow_diff.from_version,
        jalon_engine.version_in(p_category => workflow_diff.category, p_case_type => workflow_diff.case_type,
            p_states => '{published,retired}'));
    v_to integer := coalesce(workflow_diff.to_version,
        jalon_engine.version_in(p_category => workflow_diff.category, p_case_type => workflow_diff.case_type,
            p_states => '{draft,published}'));
begin
    perform jalon_engine.get_version(p_category => workflow_diff.category, p_case_type => workflow_diff.case_type,
        p_version => v.version)
    from unnest(array[workflow_diff.from_version, v_to]) v (version) where v.version is not null or v_to is null;
    return query
    with transitions as (
        select a.version, a.from_code, a.to_code, a.position,
            jalon_engine.transition_name(p_from => a.from_code, p_to => a.to_code) as name,
            -- The order of roles and of fields means nothing.
            to_jsonb(a) - array['category', 'case_type', 'version', 'from_code', 'to_code'] || jsonb_build_object(
                'roles', jalon_engine.sorted(to_jsonb(a.roles)),
                'required_fields', jalon_engine.sorted(to_jsonb(a.required_fields))) as facts
        from jalon_engine.workflow_transition a
        where a.category = workflow_diff.category and a.case_type = workflow_diff.case_type
        union all
        select a.version, a.from_code, a.to_code, null,
            jalon_engine.arrival_name(a.from_case_type, a.from_code, a.to_code),
               jsonb_build_object('from_case_type', a.from_case_type)
        from jalon_engine.workflow_arrival a
        where a.category = workflow_diff.category and a.case_type = workflow_diff.case_type
    ),
    olds as (select * from transitions a where a.version = v_from),
    news as (select * from transitions a where a.version = v_to)
    select case when o.name is null then 'added' when n.name is null then 'removed' else 'changed' end,
           coalesce(n.name, o.name),
           case when n.name is null then o.facts
               else jalon_engine.different_members(p_facts => o.facts, p_other => n.facts) end,
           case when o.name is null then n.facts
               else jalon_engine.different_members(p_facts => n.facts, p_other => o.facts) end
    from olds o
    full join news n on n.name = o.name
    where o.facts is distinct from n.facts
    order by coalesce(n.position, o.position), 2;
end
$$;
comment on function jalon.workflow_diff(text, text, integer, integer) is 'Transitions and arrivals added, removed and '
'changed between two versions; by default from the published one to the draft.';
grant execute on function jalon.workflow_diff(text, text, integer, integer) to jalon_dba;

create or replace function jalon_engine.different_members(p_facts jsonb, p_other jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_object_agg(e.key, e.value) from jsonb_each(p_facts) e where e.value is distinct from p_other -> e.key
$$;
comment on function jalon_engine.different_members(jsonb, jsonb) is
'The members of an object that another one has otherwise.';
