-- A version as a graph: its transitions, and where it names no creation the beginnings that
-- follow from its initial codes.

create or replace function jalon_engine.workflow_edges(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.workflow_transition
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with transitions as (
        select a.* from jalon_engine.workflow_transition a
        where a.category = p_category and a.case_type = p_case_type and a.version = p_version
    )
    select a.* from transitions a
    union all
    select p_category, p_case_type, p_version, null, r.code, 'create', '{any}', null, false, null, null,
        null, r.position
    from jalon_engine.version_codes(p_category, p_case_type, p_version) r
    where r.is_initial and r.is_active
      and exists (select from transitions a where r.code in (a.from_code, a.to_code))
      and not exists (select from transitions a where a.from_code is null)
$$;
comment on function jalon_engine.workflow_edges(text, text, integer) is
'The transitions of a version, creation made explicit.';

create or replace function jalon_engine.workflow_codes(p_category text, p_case_type text, p_version integer)
returns text[]
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(r.code order by r.position, r.code), '{}')
    from jalon_engine.version_codes(p_category, p_case_type, p_version) r
    where exists (
        select from jalon_engine.workflow_transition a
        where a.category = p_category and a.case_type = p_case_type and a.version = p_version
            and r.code in (a.from_code, a.to_code)
    )
$$;
comment on function jalon_engine.workflow_codes(text, text, integer) is 'The codes that a version uses, in order.';
