-- What the graph of a workflow shows besides its codes and transitions: a record on it, counts,
-- findings, what a draft touches.

create or replace function jalon_engine.graph_record(p_input jsonb, p_category text, p_caller jsonb)
returns jsonb
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_tracked text := p_input ->> 'table';
    v_id text := p_input ->> 'id';
    t jalon_engine.tracked;
    c jalon_engine.tracked_column;
    v_row jsonb;
begin
    if (v_tracked is null) <> (v_id is null) then
        perform jalon_engine.fail('JL405', '{"field": "id"}', 'JL405.record');
    end if;
    if v_id is null then
        return null;
    end if;
    t := jalon_engine.tracked_of(v_tracked);
    v_row := jalon_engine.get_record(t, v_id, p_caller);
    select k.* into c from jalon_engine.tracked_column k where k.tracked = t.name and k.category = p_category
    order by k.position limit 1;
    return jsonb_build_object('table', t.name, 'id', v_row ->> t.key_column, 'column', c.column_name,
        'code', v_row ->> c.column_name, 'caseType', v_row ->> t.workflow_column,
        'moves', (select coalesce(jsonb_agg(e.to_code), '[]')
            from jalon.explain_many(t.name, array[v_row ->> t.key_column], p_caller ->> 'actor',
                jalon_engine.token_roles(p_caller), null, null) e
            where e.column_name = c.column_name and (e.is_allowed or jalon_engine.is_answerable(e.blockers))));
end
$$;
comment on function jalon_engine.graph_record(jsonb, text, jsonb) is 'Where the record {table, id} stands in a '
'category, and the codes that the caller may lead it to, now or with what the move asks for.';

create or replace function jalon_engine.graph_counts(p_category text, p_case_type text, p_since timestamptz)
returns table (from_code text, to_code text, changes bigint)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place record;
begin
    -- The histories themselves, not jalon_history.changes: a page waits for this, and only codes and months are needed.
    for v_place in
        select t.history_schema, t.history_name, t.workflow_column, 'old_' || c.column_name as old_column,
            'new_' || c.column_name as new_column
        from jalon_engine.tracked t
        join jalon_engine.tracked_column c on c.tracked = t.name
        where c.category = p_category and to_regclass(format('%I.%I', t.history_schema, t.history_name)) is not null
    loop
        return query execute format(
            $sql$select g.old_code::text, g.new_code::text, g.changes from (
                select x.%1$I as old_code, x.%2$I as new_code, count(*) as changes from %3$I.%4$I x
                where x.changed_at >= $1 and x.kind not in ('backfill', 'migration') and %5$s group by 1, 2) g
            where g.old_code is distinct from g.new_code and g.new_code is not null$sql$,
            v_place.old_column, v_place.new_column, v_place.history_schema, v_place.history_name,
            jalon_engine.obeys_workflow_sql(p_category => p_category, p_case_type => p_case_type,
                p_workflow_column => v_place.workflow_column))
        using p_since;
    end loop;
end
$$;
comment on function jalon_engine.graph_counts(text, text, timestamptz) is
'How often records under a workflow went from code to code since a moment; from nothing is creation.';

create or replace function jalon_engine.finding_target(
    p_finding jalon_engine.finding, p_workflow jalon_engine.workflow
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_finding.code = 'no_action_label' then 'action'
        when exists (select
            from jalon_engine.version_codes(p_workflow.category, p_workflow.case_type, p_workflow.version) c
            where c.code = p_finding.subject) then 'code'
        when p_finding.subject like '% -> %' then 'transition'
        else 'workflow'
    end
$$;
comment on function jalon_engine.finding_target(jalon_engine.finding, jalon_engine.workflow) is
'What a finding is about: code, transition, action or workflow.';

create or replace function jalon_engine.draft_touched(p_workflow jalon_engine.workflow)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_build_object('by', h.changed_by, 'at', h.changed_at)
    from jalon_engine.config_history h
    where h.table_name = 'workflow' and h.changed_at >= p_workflow.created_at
      and h.key = jsonb_build_object('category', p_workflow.category, 'case_type', p_workflow.case_type,
          'version', p_workflow.version)
    order by h.changed_at desc limit 1
$$;
comment on function jalon_engine.draft_touched(jalon_engine.workflow) is
'Who changed a workflow version last, and when.';

create or replace function jalon_engine.graph_versions(p_workflow jalon_engine.workflow)
returns json
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select json_agg(json_build_object('version', v.version, 'state', v.state, 'publishedAt', v.published_at,
            'publishedBy', v.published_by, 'reason', (
                select h.reason from jalon_engine.config_history h
                where h.table_name = 'workflow' and h.changed_at >= v.published_at
                    and h.key = jsonb_build_object('category', v.category, 'case_type', v.case_type,
                        'version', v.version)
                    and h.after ->> 'state' = 'published'
                order by h.changed_at limit 1))
        order by v.version desc)
    from jalon_engine.workflow v where v.category = p_workflow.category and v.case_type = p_workflow.case_type
$$;
comment on function jalon_engine.graph_versions(jalon_engine.workflow) is
'All versions of a workflow, the newest first: who published each, when and why.';
