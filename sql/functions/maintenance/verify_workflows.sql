-- jalon.verify, the workflows: a published version is what was remembered when it was published.

create or replace function jalon_engine.altered_workflows(p_category text)
returns table (case_type text, version integer)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Versions whose publication was remembered. Those that came with an installation were
    -- there before whoever remembers.
    with published as (
        select c.after ->> 'case_type' as case_type, (c.after ->> 'version')::integer as version,
            max(c.changed_at) as at, (array_agg(c.transaction_id order by c.changed_at desc))[1] as transaction_id
        from jalon_engine.config_history c
        where c.table_name = 'workflow' and c.after ->> 'category' = p_category
          and c.after ->> 'state' = 'published' and c.before ->> 'state' is distinct from 'published'
        group by 1, 2
    ),
    remembered as (
        select distinct on (s.step -> 'case_type', s.step -> 'version', s.step -> 'from_code', s.step -> 'to_code')
            s.step, s.is_there, c.changed_at, c.transaction_id
        from jalon_engine.config_history c
        cross join lateral (values (c.before, false, 1), (c.after, true, 2)) s (step, is_there, place)
        where c.table_name = 'workflow_transition' and s.step ->> 'category' = p_category
        order by s.step -> 'case_type', s.step -> 'version', s.step -> 'from_code', s.step -> 'to_code',
            c.changed_at desc, s.place desc
    )
    select p.case_type, p.version
    from published p
    where exists (
            select from remembered r
            where r.step ->> 'case_type' = p.case_type and (r.step ->> 'version')::integer = p.version
              and ((r.changed_at > p.at and r.transaction_id <> p.transaction_id)
                or (r.is_there and not exists (select from jalon_engine.workflow_transition a
                    where a.category = p_category and a.case_type = p.case_type and a.version = p.version
                        and to_jsonb(a) @> r.step))))
       or exists (
            select from jalon_engine.workflow_transition a
            where a.category = p_category and a.case_type = p.case_type and a.version = p.version
              and not exists (select from remembered r where r.is_there and to_jsonb(a) @> r.step))
$$;
comment on function jalon_engine.altered_workflows(text) is
'Published versions whose transitions are not those that were remembered when they were published.';
