-- Recaps read the histories themselves, column by column: jalon_history.changes looks up for each row when the stay
-- that it ends began, where a table has several status columns or a case type. For many rows one pass over them
-- all is a hundred times faster.

create or replace function jalon_engine.has_single_column(p_tracked jalon_engine.tracked)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select p_tracked.workflow_column is null
        and 1 = (select count(*) from jalon_engine.tracked_column c where c.tracked = p_tracked.name)
$$;
comment on function jalon_engine.has_single_column(jalon_engine.tracked) is
'Whether each history row of a table is a change of its one status: the row before is then where the stay began.';

create or replace function jalon_engine.recap_columns(p_tracked text)
returns table (t jalon_engine.tracked, c jalon_engine.tracked_column)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select t, c
    from jalon_engine.tracked t
    join jalon_engine.tracked_column c on c.tracked = t.name
    where (p_tracked is null or t.name = p_tracked)
      and to_regclass(format('%I.%I', t.history_schema, t.history_name)) is not null
      and jalon_engine.table_of(t) is not null
    order by t.name, c.column_name
$$;
comment on function jalon_engine.recap_columns(text) is
'The status columns that a recap is about: of one tracked table, or of all.';

create or replace function jalon_engine.changes_sql(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_is_whole boolean
)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_history constant text := format('%I.%I', t.history_schema, t.history_name);
    v_old constant text := quote_ident('old_' || p_column.column_name);
    v_new constant text := quote_ident('new_' || p_column.column_name);
    v_sql text;
begin
    if jalon_engine.has_single_column(t) then
        v_sql := format($sql$select h.%1$I as id, h.%2$s::text as old_code, h.%3$s::text as new_code, h.changed_at,
            case when h.%2$s is not null then h.previous_changed_at end as began, h.kind, null::text as case_type
        from %4$s h where h.%2$s is distinct from h.%3$s and h.changed_at >= $1 and h.changed_at < $2$sql$,
            t.history_key, v_old, v_new, v_history);
    else
        v_sql := format($sql$select w.* from (
            select h.%1$I as id, h.%2$s::text as old_code, h.%3$s::text as new_code, h.changed_at,
                case when h.%2$s is not null then lag(h.changed_at) over (partition by h.%1$I order by h.changed_at,
                    h.version) end as began, h.kind, %5$s as case_type
            from %4$s h where h.%2$s is distinct from h.%3$s and h.changed_at < $2%6$s) w
        where w.changed_at >= $1$sql$, t.history_key, v_old, v_new, v_history, jalon_engine.case_type_sql(t, 'h'),
            case when p_is_whole then '' else format(
                ' and h.%1$I in (select p.%1$I from %2$s p where p.changed_at >= $1 and p.changed_at < $2 and p.%3$s '
                'is distinct from p.%4$s)',
                t.history_key, v_history, v_old, v_new) end);
    end if;
    return v_sql || format($sql$
        union all
        select h.%1$I, h.%2$s::text, null, d.deleted_at, %3$s, lower(d.operation), %4$s
        from %5$s
        where d.tracked = %6$L and d.record_key is not null and d.deleted_at >= $1 and d.deleted_at < $2$sql$,
        t.history_key, v_new, jalon_engine.stay_began(t, p_column.column_name, 'h', 'h.changed_at'),
        jalon_engine.case_type_sql(t, 'h'), jalon_engine.deleted_rows_sql(t), t.name);
end
$$;
comment on function jalon_engine.changes_sql(jalon_engine.tracked, jalon_engine.tracked_column, boolean)
is 'SQL of one column''s changes from $1 until before $2, deletions included, each with when the stay that it ends '
    'began; is_whole: $1 is not a point in time.';
