-- Why an import, or a row of it, is refused: it contradicts itself, the row before, or what Jalon knows.
set local role jalon_historian;

create or replace function jalon_history.require_import(p_tracked jalon_engine.tracked, p_rows jsonb[], p_mode text)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    v_given constant text[] := array(select k from jsonb_object_keys(p_rows[1]) k order by k);
begin
    perform jalon_engine.require_permission('import_history', p_tracked.name);
    -- A role that may alter the table gave this right, in jalon.import_changes, and takes it back there.
    perform jalon_engine.require_renumbering(p_tracked);
    if coalesce(p_mode, '') not in ('all', 'each') then
        perform jalon_engine.fail('JL405',
            jsonb_build_object('field', 'mode', 'why', p_mode, 'allowed', '{all,each}'::text[]), 'JL405.choice');
    elsif p_rows[1] is not null and not (v_given @> '{record,to,at}'
        and v_given <@ '{record,to,at,from,by,reason,case_type,status_column,line}') then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'query',
            'why', jalon_engine.text_for('import.members', jsonb_build_object('given', v_given))));
    elsif exists (select from jalon_engine.setting s where s.name = 'history_begins.' || p_tracked.name) then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'tracked',
            'why', jalon_engine.text_for('import.retained', jsonb_build_object('table', p_tracked.name))));
    end if;
end
$$;
comment on function jalon_history.require_import(jalon_engine.tracked, jsonb[], text) is
'Refuses an import by a role that may not alter the table, of other columns, or into detached months.';

create or replace function jalon_history.check_import_rows(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp set work_mem = '64MB'
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
begin
    update jalon_history.import_row i
    set problem = jsonb_build_object('code', 'import.' || c.code, 'table', t.name, 'id', i.record_key,
        'column', i.status_column, 'allowed', jalon_engine.status_columns(t), 'at', i.at, 'since', t.tracked_at,
        'category', c.category, 'from', i.from_code, 'to', i.to_code, 'before', i.code_before)
    from (
        select x.place, f.category, case
            when f.category is null then 'column'
            when coalesce(x.at, '') = '' then 'no_time'
            when x.changed_at is null then 'time'
            when x.changed_at > clock_timestamp() then 'future'
            when r.state in ('moved', 'began', 'deleted', 'broken') and x.is_record_last then r.state
            when r.state in ('untouched', 'gone') and x.changed_at > t.tracked_at then 'recorded'
            when x.to_code is null and r.is_living then 'living'
            when x.to_code is null and not x.is_record_last then 'after_end'
            when x.to_code is null and x.is_first then 'never_began'
            when x.to_code is not null and not exists (select from jalon_engine.referential k
                where k.category = f.category and k.code = x.to_code) then 'code'
            when x.is_first and x.from_code is not null then 'beginning'
            when x.from_code <> x.code_before then 'gap' end as code
        from jalon_history.import_row x
        join jalon_history.import_record r on r.record_key = x.record_key
        left join jalon_engine.tracked_column f on f.tracked = t.name and f.column_name = x.status_column
        where x.problem is null
    ) c
    where c.place = i.place and c.code is not null;
end
$$;
comment on function jalon_history.check_import_rows(jalon_engine.tracked) is
'Finds the rows of an import that contradict themselves, the row before, or what Jalon knows of the record.';

create or replace function jalon_history.check_import_ends(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp set work_mem = '64MB'
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
    v_goes_along constant boolean := t.on_delete = 'cascade' or t.has_foreign_key;
begin
    -- A past ends where the record stands; of a record that is gone, with its end.
    update jalon_history.import_row i
    set problem = jsonb_build_object('code', 'import.' || c.code, 'id', i.record_key, 'table', t.name,
        'to', case c.code when 'case_type' then i.case_type else i.to_code end,
        'now', case c.code when 'case_type' then c.case_type else c.code_now end, 'columns', c.lacking)
    from (
        select x.place, r.codes[f.position] as code_now, r.case_type, g.lacking, case
            when r.state = 'gone' and x.is_record_last and v_goes_along then 'cascade'
            when r.state = 'gone' and x.is_record_last and x.to_code is not null then 'gone'
            when r.state = 'untouched' and x.to_code is distinct from r.codes[f.position] then 'elsewhere'
            when r.state = 'untouched' and x.is_record_last and x.case_type is distinct from r.case_type
                then 'case_type'
            when r.state = 'untouched' and x.is_record_last and g.lacking <> '{}' then 'columns' end as code
        from (
            select o.record_key, bool_or(o.problem is not null) as has_problem, array(
                select c.column_name from jalon_engine.tracked_column c
                where c.tracked = t.name and c.column_name <> all (array_agg(distinct o.status_column))
                order by c.position) as lacking
            from jalon_history.import_row o group by o.record_key
        ) g
        join jalon_history.import_row x on x.record_key = g.record_key and x.is_last
        join jalon_history.import_record r on r.record_key = g.record_key
        join jalon_engine.tracked_column f on f.tracked = t.name and f.column_name = x.status_column
        where not g.has_problem
    ) c
    where c.place = i.place and c.code is not null;
end
$$;
comment on function jalon_history.check_import_ends(jalon_engine.tracked) is
'Finds records whose past does not end where they stand, or leaves a status column out.';

create or replace function jalon_history.compare_imported(p_tracked jalon_engine.tracked)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp set work_mem = '64MB'
as $$
declare
    t constant jalon_engine.tracked := p_tracked;
begin
    -- What was imported before is there as it is given again. An erased record has lost its persons and reasons.
    execute jalon_engine.render($sql$
        update jalon_history.import_row i set problem = jsonb_build_object('code', 'import.imported',
            'id', i.record_key)
        from (
            select distinct p.record_key
            from ({imported}) p
            left join {history} h on h.{history_key} = p.record_key::{key_type} and h.version = p.version
                and h.changed_at = p.changed_at and h.kind = 'import'{same}
                and (h.changed_by = 'erased' or h.changed_by = p.changed_by and h.reason is not distinct from p.reason)
            where h.version is null
        ) d
        where d.record_key = i.record_key and i.is_record_last and i.problem is null$sql$,
        jsonb_build_object('imported', jalon_history.imported_sql(t, '{imported}'),
            'history', jalon_engine.history_of(t), 'history_key', quote_ident(t.history_key), 'key_type', t.key_type,
            'same', (select string_agg(format(' and h.%I is not distinct from p.new_%s', 'new_' || c.column_name,
                c.position), '' order by c.position) from jalon_engine.tracked_column c where c.tracked = t.name)
                || coalesce(' and h.' || quote_ident(t.workflow_column)
                    || '::text is not distinct from p.case_type', '')));
end
$$;
comment on function jalon_history.compare_imported(jalon_engine.tracked) is
'Finds records that have another past from an earlier import.';
