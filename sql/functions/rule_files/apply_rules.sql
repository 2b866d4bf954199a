-- `jalon plan` and `jalon apply`: documents of rules, several at once, in one transaction. They run as their caller,
-- who may alter the tables that come under Jalon.

create or replace function jalon_engine.table_steps(p_document jsonb)
returns table (change text, name text, facts jsonb)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select d.change, case d.change when 'removed' then d.before ->> 'name' else d.key[1] end, i.facts
    from jalon_engine.rule_differences(jalon_engine.exported_rules(coalesce(p_document ->> 'category', '*')),
        p_document) d
    left join jalon_engine.rule_items(p_document) i on i.kind = 'table' and i.key = d.key
    where d.kind = 'table'
$$;
comment on function jalon_engine.table_steps(jsonb) is
'Tables that a document of rules brings under Jalon, declares otherwise, or no longer has.';
grant execute on function jalon_engine.table_steps(jsonb) to jalon_dba;

create or replace function jalon_engine.finish_rules(p_document jsonb, p_source text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_permissions');
    perform jalon_engine.write_permissions(p_document);
    insert into jalon_engine.rule_file as f (category, source, document, applied_by)
    values (coalesce(p_document ->> 'category', '*'), coalesce(p_source, '–'), p_document, jalon_engine.actor())
    on conflict on constraint rule_file_pk do update set source = excluded.source, document = excluded.document,
        applied_at = excluded.applied_at, applied_by = excluded.applied_by
    where (f.source, f.document) is distinct from (excluded.source, excluded.document);
end
$$;
comment on function jalon_engine.finish_rules(jsonb, text) is
'Sets the permissions of a document of rules and remembers it.';
grant execute on function jalon_engine.finish_rules(jsonb, text) to jalon_dba;

create or replace function jalon_engine.track_as_said(p_table regclass, p_facts jsonb, p_is_rehearsal boolean)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if p_is_rehearsal then
        -- Tracking fills the history of every row: a plan only looks whether the table can be tracked.
        perform jalon_engine.describe_table(p_table, jalon_engine.track_options(p_facts));
        return;
    end if;
    perform jalon.track(tracked => p_table, columns => p_facts -> 'columns',
        workflow_column => p_facts ->> 'case_type_column', key_column => p_facts ->> 'key', name => p_facts ->> 'name',
        history_key => p_facts ->> 'history_key', on_delete => p_facts ->> 'on_delete',
        relations => coalesce(p_facts -> 'relations', '{}'), resolver => p_facts ->> 'resolver',
        changed_by_column => p_facts ->> 'changed_by_column',
        foreign_key => coalesce((p_facts ->> 'foreign_key')::boolean, false),
        move_permission => p_facts ->> 'move_permission', title => p_facts ->> 'title',
        subtitle => p_facts ->> 'subtitle', shown_columns => case when p_facts ? 'shown_columns'
            then array(select c from jsonb_array_elements_text(p_facts -> 'shown_columns') c) end);
end
$$;
comment on function jalon_engine.track_as_said(regclass, jsonb, boolean) is
'Tracks a table as a document of rules says, or only looks whether it can be.';
grant execute on function jalon_engine.track_as_said(regclass, jsonb, boolean) to jalon_dba;

create or replace function jalon_engine.track_options(p_facts jsonb)
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select p_facts || jsonb_build_object('workflow_column', p_facts -> 'case_type_column',
        'key_column', p_facts -> 'key')
$$;
comment on function jalon_engine.track_options(jsonb) is 'Options of jalon.track from a document of rules.';
grant execute on function jalon_engine.track_options(jsonb) to jalon_dba;

create or replace function jalon_engine.carry_out_rules(
    p_documents jsonb, p_mapping jsonb, p_source text, p_reason text, p_is_rehearsal boolean
)
returns setof jalon_engine.effect
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_document jsonb;
    v_step record;
begin
    for v_document in select d from jsonb_array_elements(p_documents) d loop
        return query select e.* from jalon_engine.write_rules(v_document, coalesce(p_mapping, '{}'), p_reason) e;
    end loop;
    for v_document in select d from jsonb_array_elements(p_documents) d loop
        for v_step in select s.* from jalon_engine.table_steps(v_document) s loop
            if v_step.change = 'removed' then
                perform jalon.untrack(tracked => v_step.name);
            else
                perform jalon_engine.track_as_said(v_step.name::regclass, v_step.facts, p_is_rehearsal);
            end if;
        end loop;
        perform jalon_engine.finish_rules(v_document, p_source);
    end loop;
end
$$;
comment on function jalon_engine.carry_out_rules(jsonb, jsonb, text, text, boolean) is
'Does what documents of rules say; a rehearsal tracks no table.';
grant execute on function jalon_engine.carry_out_rules(jsonb, jsonb, text, text, boolean) to jalon_dba;

create or replace function jalon_engine.planned_effects(p_effects jalon_engine.effect[])
returns setof jalon_engine.planned
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select null::integer, case when e.what in ('moved', 'stranded') then 'strand'
            when e.what = 'warning' then 'warning' else 'note' end, e.what, e.subject,
        coalesce(jalon_engine.text_of('rules.effect.' || e.what, jsonb_build_object('name', e.subject,
            'records', e.records, 'message', e.message)), e.message), null::text[], null::jsonb, null::jsonb,
        null::text, null::text, null::timestamptz
    from unnest(p_effects) e
    where e.what in ('moved', 'stranded', 'warning', 'published', 'retired')
      -- Who holds which role is not in a file; jalon.workflow_check says what nobody may take.
      and e.subject !~ '^nobody:'
$$;
comment on function jalon_engine.planned_effects(jalon_engine.effect[]) is
'Sentences on what publishing did to records.';
grant execute on function jalon_engine.planned_effects(jalon_engine.effect[]) to jalon_dba;

create or replace function jalon_engine.planned_refusal(p_sqlstate text, p_message text, p_hint text, p_detail text)
returns setof jalon_engine.planned
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    -- Records without a place: one sentence for each code they stand on, with what to do.
    select (jalon_engine.fault(null, null, 'unmapped', u || jsonb_build_object('name', u ->> 'code',
        'allowed', p_detail::jsonb -> 'allowed'))).*
    from jsonb_array_elements(case when p_sqlstate = 'JL506' then p_detail::jsonb -> 'unmapped' end) u
    union all
    select null::integer, 'error', null, p_sqlstate, concat_ws(' ', p_message || '.', nullif(p_hint, '')), null::text[],
        null::jsonb, null::jsonb, null::text, null::text, null::timestamptz
    where p_sqlstate <> 'JL506'
$$;
comment on function jalon_engine.planned_refusal(text, text, text, text) is
'Why documents of rules can''t be applied, as sentences of a plan.';
grant execute on function jalon_engine.planned_refusal(text, text, text, text) to jalon_dba;

create or replace function jalon.plan_rules(documents jsonb, mapping jsonb default '{}')
returns setof jalon_engine.planned
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_faults jalon_engine.planned[];
    v_effects jalon_engine.effect[];
    v_is_rehearsed boolean := false;
    v_message text;
    v_hint text;
    v_detail text;
begin
    v_faults := array(select f from jalon_engine.rule_faults(plan_rules.documents) f);
    return query select f.* from unnest(v_faults) f;
    if exists (select from unnest(v_faults) f where f.severity = 'error') then
        return;
    end if;
    return query
    select p.* from jsonb_array_elements(plan_rules.documents) with ordinality d (value, place)
    cross join lateral jalon_engine.planned_differences(d.value, d.place::integer - 1) p;
    begin
        v_effects := array(select e from jalon_engine.carry_out_rules(p_documents => plan_rules.documents,
            p_mapping => plan_rules.mapping, p_source => null, p_reason => null, p_is_rehearsal => true) e);
        v_is_rehearsed := true;
        raise transaction_rollback;
    exception when others then
        if not v_is_rehearsed then
            get stacked diagnostics v_message = message_text, v_hint = pg_exception_hint,
                v_detail = pg_exception_detail;
            return query select r.* from jalon_engine.planned_refusal(sqlstate, v_message, v_hint, v_detail) r;
            return;
        end if;
    end;
    return query select e.* from jalon_engine.planned_effects(v_effects) e;
end
$$;
comment on function jalon.plan_rules(jsonb, jsonb) is 'What documents of rules would change, in sentences, and what '
'stands in the way; changes nothing. mapping says where records on codes that go would move.';
grant execute on function jalon.plan_rules(jsonb, jsonb) to jalon_dba;

create or replace function jalon.apply_rules(
    documents jsonb, mapping jsonb default '{}', source text default null, reason text default null
)
returns setof jalon_engine.planned
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_faults jsonb;
    v_planned jalon_engine.planned[];
    v_effects jalon_engine.effect[];
begin
    select jsonb_agg(f.message) into v_faults from jalon_engine.rule_faults(apply_rules.documents) f
    where f.severity = 'error';
    if v_faults is not null then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'documents', 'why', v_faults), 'rules.faulty');
    end if;
    v_planned := array(
        select p from jsonb_array_elements(apply_rules.documents) with ordinality d (value, place)
        cross join lateral jalon_engine.planned_differences(d.value, d.place::integer - 1) p);
    v_effects := array(select e from jalon_engine.carry_out_rules(p_documents => apply_rules.documents,
        p_mapping => apply_rules.mapping, p_source => apply_rules.source, p_reason => apply_rules.reason,
        p_is_rehearsal => false) e);
    return query
    select p.* from unnest(v_planned) p
    union all
    select e.* from jalon_engine.planned_effects(v_effects) e;
end
$$;
comment on function jalon.apply_rules(jsonb, jsonb, text, text) is 'Does what documents of rules say, in one '
'transaction, and returns what it changed. What is as it should be is left alone: no version is made for it.';
grant execute on function jalon.apply_rules(jsonb, jsonb, text, text) to jalon_dba;
