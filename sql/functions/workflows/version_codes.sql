-- The codes of a category as a version of a workflow sees them: for a draft with what it adds and edits. Whatever
-- shows, checks or exports a version reads its codes here; what records obey reads jalon_engine.referential alone.

create or replace function jalon_engine.drafted_facts(p_code jalon_engine.draft_code)
returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
set intervalstyle = 'iso_8601'
as $$
    select coalesce(jsonb_object_agg(d.name, to_jsonb(p_code) -> d.name), '{}') from unnest(p_code.drafted) d (name)
$$;
comment on function jalon_engine.drafted_facts(jalon_engine.draft_code) is
'What a draft sets of a code, by column of jalon_engine.referential.';

create or replace function jalon_engine.version_codes(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.referential
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select c.*
    from jalon_engine.referential r
    left join jalon_engine.draft_code d on (d.category, d.code) = (r.category, r.code)
        and (d.case_type, d.version) = (p_case_type, p_version)
    cross join lateral jsonb_populate_record(r, jalon_engine.drafted_facts(d)) c
    where r.category = p_category
    union all
    select d.category, d.code, d.label, d.description, d.position, d.color, d.icon, d.outcome, d.is_initial,
        d.is_final, d.is_active, d.max_stay, d.meta
    from jalon_engine.draft_code d
    where (d.category, d.case_type, d.version) = (p_category, p_case_type, p_version)
      and not exists (select from jalon_engine.referential r where (r.category, r.code) = (d.category, d.code))
$$;
comment on function jalon_engine.version_codes(text, text, integer) is
'The codes of a category, with what a draft adds and edits; without a version as they are.';

create or replace function jalon_engine.version_labels(p_category text, p_case_type text, p_version integer)
returns setof jalon_engine.referential_label
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select l.category, l.code, l.language, coalesce(d.labels -> l.language ->> 'label', l.label),
        coalesce(d.labels -> l.language ->> 'description', l.description)
    from jalon_engine.referential_label l
    left join jalon_engine.draft_code d on (d.category, d.code) = (l.category, l.code)
        and (d.case_type, d.version) = (p_case_type, p_version)
    where l.category = p_category
    union all
    select d.category, d.code, e.key, e.value ->> 'label', e.value ->> 'description'
    from jalon_engine.draft_code d cross join lateral jsonb_each(d.labels) e
    where (d.category, d.case_type, d.version) = (p_category, p_case_type, p_version)
      and not exists (select from jalon_engine.referential_label l
          where (l.category, l.code, l.language) = (d.category, d.code, e.key))
$$;
comment on function jalon_engine.version_labels(text, text, integer) is
'The labels of a category''s codes, with those that a draft sets; without a version as they are.';

create or replace function jalon_engine.require_version_code(
    p_category text, p_case_type text, p_version integer, p_code text
)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from jalon_engine.referential r where r.category = p_category and r.code = p_code)
        and not exists (select from jalon_engine.draft_code d
            where (d.category, d.case_type, d.version, d.code) = (p_category, p_case_type, p_version, p_code)) then
        perform jalon_engine.fail('JL402', jsonb_build_object('category', p_category, 'to', p_code, 'allowed', coalesce(
            (select jsonb_agg(c.code order by c.position, c.code)
                from jalon_engine.version_codes(p_category, p_case_type, p_version) c), '[]')));
    end if;
end
$$;
comment on function jalon_engine.require_version_code(text, text, integer, text) is
'Fails with JL402 unless the category has the code, or the draft adds it.';

create or replace function jalon_engine.require_version_codes(p_workflow jalon_engine.workflow)
returns void
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.require_version_code(p_workflow.category, p_workflow.case_type, p_workflow.version, c.code)
    from (
        select unnest(array[a.from_code, a.to_code]) from jalon_engine.workflow_transition a
        where (a.category, a.case_type, a.version) = (p_workflow.category, p_workflow.case_type, p_workflow.version)
        union
        select unnest(array[a.from_code, a.to_code]) from jalon_engine.workflow_arrival a
        where (a.category, a.case_type, a.version) = (p_workflow.category, p_workflow.case_type, p_workflow.version)
    ) c (code)
    where c.code is not null
$$;
comment on function jalon_engine.require_version_codes(jalon_engine.workflow) is
'Fails with JL402 unless every code that a version names is there.';
