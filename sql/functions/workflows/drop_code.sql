-- A code that nothing ever used may go. The trigger on the referential refuses any other.

create or replace function jalon.drop_code(category text, code text)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform jalon_engine.require_permission('manage_referentials');
    perform jalon_engine.require_code(p_category => drop_code.category, p_code => drop_code.code);
    delete from jalon_engine.referential r where r.category = drop_code.category and r.code = drop_code.code;
end
$$;
comment on function jalon.drop_code(text, text) is
'Deletes a code that no row, history, transition, arrival or draft uses; refuses with JL407 otherwise.';
grant execute on function jalon.drop_code(text, text) to jalon_dba;

create or replace function jalon_engine.is_code_used(p_category text, p_code text)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_place record;
    v_is_used boolean;
begin
    if exists (select from jalon_engine.workflow_transition a
            where a.category = p_category and p_code in (a.from_code, a.to_code))
        or exists (select from jalon_engine.workflow_arrival a
            where a.category = p_category and p_code in (a.from_code, a.to_code))
        or exists (select from jalon_engine.draft_code d
            where d.category = p_category and d.code = p_code and d.before is not null)
    then
        return true;
    end if;
    for v_place in
        select case when jalon_engine.table_of(t) is not null then jalon_engine.live_rows_sql(t) end as rows,
            format('%I.%I', t.history_schema, t.history_name) as history, c.column_name
        from jalon_engine.tracked t
        join jalon_engine.tracked_column c on c.tracked = t.name
        where c.category = p_category
    loop
        if v_place.rows is not null then
            execute format('select exists (select from %s x where x.%I::text = $1)', v_place.rows, v_place.column_name)
            into v_is_used using p_code;
            if v_is_used then
                return true;
            end if;
        end if;
        if to_regclass(v_place.history) is not null then
            execute format('select exists (select from %s h where $1 in (h.%I, h.%I))', v_place.history,
                'old_' || v_place.column_name, 'new_' || v_place.column_name)
            into v_is_used using p_code;
            if v_is_used then
                return true;
            end if;
        end if;
    end loop;
    return false;
end
$$;
comment on function jalon_engine.is_code_used(text, text) is
'Whether a transition, an arrival, the edit of a draft, a tracked row or a history row holds the code.';
