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

create or replace function jalon_engine.checked_edges(p_category text, p_case_type text, p_version integer)
returns table (from_code text, to_code text, action text, leads_on boolean, leaves_final boolean, name text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with codes as materialized (
        select c.* from jalon_engine.version_codes(p_category, p_case_type, p_version) c
    )
    select coalesce(e.from_code, '')::text, e.to_code::text, e.action, r.is_active, coalesce(o.is_final, false),
        jalon_engine.transition_name(p_from => e.from_code, p_to => e.to_code)
    from jalon_engine.workflow_edges(p_category => p_category, p_case_type => p_case_type, p_version => p_version) e
    join codes r on r.code = e.to_code
    left join codes o on o.code = e.from_code
$$;
comment on function jalon_engine.checked_edges(text, text, integer) is
'The transitions of a version as its report sees them: the first come from '''', and lead on to an active code or not.';

create or replace function jalon_engine.checked_arrivals(p_category text, p_case_type text, p_version integer)
returns table (to_code text, leads_on boolean, name text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select a.to_code::text, r.is_active,
        jalon_engine.arrival_name(p_from_case_type => a.from_case_type, p_from => a.from_code, p_to => a.to_code)
    from jalon_engine.workflow_arrival a
    join jalon_engine.version_codes(p_category, p_case_type, p_version) r on r.code = a.to_code
    where a.category = p_category and a.case_type = p_case_type and a.version = p_version
$$;
comment on function jalon_engine.checked_arrivals(text, text, integer) is
'Where records of another case type arrive, and whether the code there is active.';

create or replace function jalon_engine.check_reach(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.finding
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with recursive edges as materialized (
        select e.* from jalon_engine.checked_edges(p_category, p_case_type, p_version) e
    ),
    codes as materialized (
        select r.code::text as code, r.is_final, r.is_active, r.outcome
        from jalon_engine.version_codes(p_category, p_case_type, p_version) r
        where exists (select from edges e where r.code in (e.from_code, e.to_code))
    ),
    reached (code) as (
        select e.to_code from (
            select e.to_code from edges e where e.from_code = '' and e.leads_on
            union all
            select a.to_code from jalon_engine.checked_arrivals(p_category, p_case_type, p_version) a
            where a.leads_on and a.to_code in (select c.code from codes c)) e
        union
        select e.to_code from reached r join edges e on e.from_code = r.code and e.leads_on
    ),
    ending (code) as (
        select c.code from codes c where c.is_final
        union
        select e.from_code from ending n join edges e on e.to_code = n.code and e.leads_on
    ),
    found (severity, code, subject) as (
        select 'error', 'no_transitions', p_category where not exists (select from edges)
        union all
        select 'error', 'no_start', p_category
        where exists (select from edges) and not exists (select from edges e where e.from_code = '')
        union all
        select 'error', 'unreachable', c.code from codes c
        where c.is_active and exists (select from edges e where e.from_code = '')
            and c.code not in (select r.code from reached r)
        union all
        select 'warning', 'no_final', p_category
        where exists (select from codes)
            and not exists (select from codes c where c.is_final or c.outcome in ('done', 'dropped'))
        union all
        select 'error', 'dead_end', c.code from codes c
        where exists (select from codes f where f.is_final) and c.code not in (select n.code from ending n)
    )
    select n.* from found f, jalon_engine.finding(f.severity, f.code, f.subject) n
$$;
comment on function jalon_engine.check_reach(text, text, integer) is 'Beginnings, ends and reachability.';

create or replace function jalon_engine.check_transitions(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.finding
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with edges as materialized (
        select e.* from jalon_engine.checked_edges(p_category, p_case_type, p_version) e
    ),
    arrivals as materialized (
        select a.* from jalon_engine.checked_arrivals(p_category, p_case_type, p_version) a
    ),
    found (severity, code, subject, params) as (
        select 'error', 'inactive', e.name, '{}'::jsonb from edges e where not e.leads_on
        union all
        select 'error', 'inactive', a.name, '{}' from arrivals a where not a.leads_on
        union all
        select 'error', 'arrival', a.name, jsonb_build_object('to', a.to_code) from arrivals a
        where not exists (select from edges e where a.to_code in (e.from_code, e.to_code))
        union all
        select 'error', 'leaves_final', e.name, '{}' from edges e where e.leaves_final
        union all
        select 'error', 'action_twice', coalesce(nullif(e.from_code, ''), '*'),
               jsonb_build_object('action', e.action, 'codes', jsonb_agg(e.to_code order by e.to_code))
        from edges e where e.from_code <> '' group by e.from_code, e.action having count(*) > 1
        union all
        select 'warning', 'unused', r.code::text, '{}'
        from jalon_engine.version_codes(p_category, p_case_type, p_version) r
        where r.is_active
            and not exists (select from edges e where r.code in (e.from_code, e.to_code))
            and not exists (select from jalon_engine.category c where c.code = p_category and c.others_are_free)
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
comment on function jalon_engine.check_transitions(text, text, integer) is
'Deactivated codes, arrivals, ways out of final codes, ambiguous actions, codes without a transition.';
