-- Rows of a workflow that goes must find their place in the one that comes. The mapping says where; nobody is moved
-- silently. The tracked tables are locked before this, so what is counted is what is moved.

create or replace function jalon_engine.require_mapping(p_category text, p_codes text[], p_mapping jsonb)
returns void
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_pair record;
begin
    if jsonb_typeof(p_mapping) <> 'object' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'mapping', 'why', p_mapping), 'JL405.value');
    end if;
    for v_pair in select e.key, e.value from jsonb_each_text(p_mapping) e loop
        perform jalon_engine.require_code(p_category => p_category, p_code => v_pair.key);
        perform jalon_engine.require_code(p_category => p_category, p_code => v_pair.value);
        if v_pair.value <> all (p_codes) then
            perform jalon_engine.fail('JL406',
                jsonb_build_object('caseType', p_category, 'to', v_pair.value, 'allowed', p_codes));
        end if;
        if not (select r.is_active from jalon_engine.referential r
                where r.category = p_category and r.code = v_pair.value) then
            perform jalon_engine.fail('JL403',
                jsonb_build_object('category', p_category, 'to', v_pair.value, 'allowed', p_codes));
        end if;
    end loop;
end
$$;
comment on function jalon_engine.require_mapping(text, text[], jsonb) is
'Fails unless a mapping leads from codes that exist to active codes of the coming workflow.';

create or replace function jalon_engine.find_unmapped_records(
    p_category text, p_case_type text, p_codes text[], p_mapping jsonb, p_is_rehearsal boolean
)
returns setof jalon_engine.effect
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_gone text[] := array(select r.code from jalon_engine.referential r
                           where r.category = p_category and r.code <> all (p_codes) and not p_mapping ? r.code);
    v_unmapped jsonb;
begin
    if v_gone = '{}' and p_mapping = '{}' then
        return;
    end if;
    if current_setting('transaction_isolation') <> 'read committed' then
        -- An older snapshot would not see the rows that the lock waited for.
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'transaction_isolation',
            'why', current_setting('transaction_isolation')), 'JL405.isolation');
    end if;
    perform jalon_engine.lock_out_writers(p_category);
    perform jalon_engine.require_mapping(p_category => p_category, p_codes => p_codes, p_mapping => p_mapping);
    select coalesce(jsonb_agg(s order by s.tracked, s.column_name, s.code), '[]') into v_unmapped
    from jalon_engine.count_records_by_code(p_category => p_category, p_case_type => p_case_type, p_codes => v_gone) s;
    if v_unmapped <> '[]' and not p_is_rehearsal then
        perform jalon_engine.fail('JL506',
            jsonb_build_object('category', p_category, 'caseType', p_case_type, 'unmapped', v_unmapped,
                'allowed', p_codes,
                'codes', (select jsonb_agg(distinct s.code) from jsonb_to_recordset(v_unmapped) s (code text))));
    end if;
    return query
    select 'unmapped', s.tracked || '.' || s.column_name || ': ' || s.code, s.records, null::text
    from jsonb_to_recordset(v_unmapped) s (tracked text, column_name text, code text, records bigint);
end
$$;
comment on function jalon_engine.find_unmapped_records(text, text, text[], jsonb, boolean)
is 'Keeps writers out and finds the rows that the coming codes and the mapping have no place for: fails, or in '
    'a rehearsal reports them.';

create or replace function jalon_engine.move_mapped_records(
    p_category text, p_case_type text, p_mapping jsonb, p_reason text default null
)
returns setof jalon_engine.effect
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_before text[];
    v_effects jalon_engine.effect[];
    v_place record;
begin
    v_effects := array(
        select row('moved', s.tracked || '.' || s.column_name || ': ' || jalon_engine.transition_name(p_from => s.code,
            p_to => p_mapping ->> s.code), s.records, null)::jalon_engine.effect
        from jalon_engine.count_records_by_code(p_category => p_category, p_case_type => p_case_type,
            p_codes => array(select e.key from jsonb_each_text(p_mapping) e where e.value <> e.key)) s);
    if v_effects = '{}' then
        return;
    end if;
    v_before := jalon_engine.set_marks(p_reason => p_reason, p_meta => null,
        p_marks => jsonb_build_object('kind', 'migration', 'bulkId', gen_random_uuid()));
    for v_place in
        select jalon_engine.table_of(t) as relation, t.workflow_column, c.column_name
        from jalon_engine.tracked t
        join jalon_engine.tracked_column c on c.tracked = t.name
        where c.category = p_category and jalon_engine.table_of(t) is not null
        order by t.name, c.position
    loop
        perform jalon_engine.update_mapped_rows(v_place.relation, v_place.column_name, p_mapping,
            v_place.workflow_column, nullif(p_case_type, '*'), array(select w.case_type from jalon_engine.workflow w
                where w.category = p_category and w.case_type <> '*' and w.state = 'published'));
    end loop;
    perform jalon_engine.without_reason(v_before);
    return query select * from unnest(v_effects);
end
$$;
comment on function jalon_engine.move_mapped_records(text, text, jsonb, text) is
'Moves the mapped rows; each gets a history row of kind migration.';
