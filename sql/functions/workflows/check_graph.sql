-- The report on a workflow, first part: its shape. Each part returns findings; jalon.workflow_check joins them.

create or replace function jalon_engine.finding(
    p_severity text, p_code text, p_subject text, p_params jsonb default '{}'
)
returns jalon_engine.finding
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    return row(p_severity, p_code, p_subject,
        jalon_engine.text_of('check.' || p_code,
            jsonb_build_object('subject', p_subject) || p_params))::jalon_engine.finding;
end
$$;
comment on function jalon_engine.finding(text, text, text, jsonb) is 'A finding in the reader''s language.';

create or replace function jalon_engine.check_graph(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.finding
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive edges as materialized (
        select coalesce(e.from_code, '')::text as from_code, e.to_code::text as to_code, e.action,
            r.is_active as leads_on, coalesce(o.is_final, false) as leaves_final,
               jalon_engine.transition_name(p_from => e.from_code, p_to => e.to_code) as name
        from jalon_engine.workflow_edges(p_category => p_category, p_case_type => p_case_type, p_version => p_version) e
        join jalon_engine.referential r on r.category = p_category and r.code = e.to_code
        left join jalon_engine.referential o on o.category = p_category and o.code = e.from_code
    ),
    codes as materialized (
        select r.code::text as code, r.is_final, r.is_active, r.outcome
        from jalon_engine.referential r
        where r.category = p_category and exists (select from edges e where r.code in (e.from_code, e.to_code))
    ),
    arrivals as materialized (
        select a.to_code::text as to_code, r.is_active as leads_on,
            a.to_code in (select c.code from codes c) as is_used,
               jalon_engine.arrival_name(p_from_case_type => a.from_case_type, p_from => a.from_code,
                   p_to => a.to_code) as name
        from jalon_engine.workflow_arrival a
        join jalon_engine.referential r on r.category = a.category and r.code = a.to_code
        where a.category = p_category and a.case_type = p_case_type and a.version = p_version
    ),
    reached (code) as (
        select e.to_code from (
            select e.to_code from edges e where e.from_code = '' and e.leads_on
            union all select a.to_code from arrivals a where a.is_used and a.leads_on) e
        union
        select e.to_code from reached r join edges e on e.from_code = r.code and e.leads_on
    ),
    ending (code) as (
        select c.code from codes c where c.is_final
        union
        select e.from_code from ending n join edges e on e.to_code = n.code and e.leads_on
    ),
    found (severity, code, subject, params) as (
        select 'error', 'no_transitions', p_category, '{}'::jsonb where not exists (select from edges)
        union all
        select 'error', 'no_start', p_category, '{}'
        where exists (select from edges) and not exists (select from edges e where e.from_code = '')
        union all
        select 'error', 'inactive', e.name, '{}' from edges e where not e.leads_on
        union all
        select 'error', 'inactive', a.name, '{}' from arrivals a where not a.leads_on
        union all
        select 'error', 'arrival', a.name, jsonb_build_object('to', a.to_code) from arrivals a where not a.is_used
        union all
        select 'error', 'unreachable', c.code, '{}' from codes c
        where c.is_active and exists (select from edges e where e.from_code = '')
            and c.code not in (select r.code from reached r)
        union all
        select 'warning', 'no_final', p_category, '{}'
        where exists (select from codes)
            and not exists (select from codes c where c.is_final or c.outcome in ('done', 'dropped'))
        union all
        select 'error', 'dead_end', c.code, '{}' from codes c
        where exists (select from codes f where f.is_final) and c.code not in (select n.code from ending n)
        union all
        select 'error', 'leaves_final', e.name, '{}' from edges e where e.leaves_final
        union all
        select 'error', 'action_twice', coalesce(nullif(e.from_code, ''), '*'),
               jsonb_build_object('action', e.action, 'codes', jsonb_agg(e.to_code order by e.to_code))
        from edges e where e.from_code <> '' group by e.from_code, e.action having count(*) > 1
        union all
        select 'warning', 'unused', r.code::text, '{}'
        from jalon_engine.referential r
        where r.category = p_category and r.is_active and r.code not in (select c.code from codes c)
            and not exists (
                select from jalon_engine.category c where c.code = p_category and c.others_are_free)
            and not exists (
            select from jalon_engine.workflow_transition a
            join jalon_engine.workflow w using (category, case_type, version)
            where a.category = p_category and w.state = 'published' and w.case_type <> p_case_type
                and r.code in (a.from_code, a.to_code))
    )
    select n.*
    from found f,
        jalon_engine.finding(p_severity => f.severity, p_code => f.code, p_subject => f.subject, p_params => f.params) n
$$;
comment on function jalon_engine.check_graph(text, text, integer) is
'Beginnings, arrivals, ends, reachability, final and deactivated codes, ambiguous actions.';
