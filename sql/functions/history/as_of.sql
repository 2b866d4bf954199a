-- history.<name>_as_of(instant, key): where every record stood then. Now, rolled back: rows of history after the
-- instant say what they ended (old code, previous_changed_at), records without such a row stand as they stood. So it
-- reads the table and, of the months since, the first changes after the instant: BRIN on previous_changed_at leaves out
-- what lies later. It survives jalon.retain, reads only, and needs the primary key alone for one record.

create or replace function jalon_engine.as_of_query(p_tracked jalon_engine.tracked, p_is_keyed boolean)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_old text;
    v_now text;
    v_new text;
    v_case_before text := '';
begin
    select string_agg(format(', h.%I', 'old_' || c.column_name), '' order by c.position),
           string_agg(format(', l.%I::%s', c.column_name, jalon_engine.history_column_type(t, 'new_' || c.column_name)),
               '' order by c.position), string_agg(format(', h.%I', 'new_' || c.column_name), '' order by c.position)
    into v_old, v_now, v_new from jalon_engine.tracked_column c where c.tracked = t.name;
    if t.workflow_column is not null then
        v_now := format(', l.%I::%s', t.workflow_column, jalon_engine.history_column_type(t, t.workflow_column))
            || v_now;
        v_new := format(', h.%I', t.workflow_column) || v_new;
        v_case_before := format(', (select p.%1$I from %2$I.%3$I p where p.%4$I = h.%4$I and p.version = h.version - 1 '
            'and p.changed_at = h.previous_changed_at)',
            t.workflow_column, t.history_schema, t.history_name, t.history_key);
    end if;
    return format($sql$select %1$s::%2$s, l.status_version%3$s, l.status_changed_at
        from %4$s l%5$s
        where l.status_changed_at <= p_at%6$s
        union all
        select h.%7$I, h.version - 1%8$s, h.previous_changed_at
        from %9$I.%10$I h
        where h.changed_at > p_at and h.previous_changed_at <= p_at%11$s$sql$,
        'l.' || quote_ident(t.key_column), t.key_type, v_now,
        jalon_engine.live_rows_sql(t, case when p_is_keyed then 'v_id::text' end), '',
        case when p_is_keyed then format(' and l.%I = v_id', t.key_column) else '' end,
        t.history_key, v_case_before || v_old, t.history_schema, t.history_name,
        case when p_is_keyed then format(' and h.%I = v_id', t.history_key) else '' end)
        || format($sql$
        union all
        select h.%1$I, h.version%2$s, h.changed_at
        from jalon_history.deletion d
        cross join lateral (  -- by the primary key, whatever the planner believes of deletions
            select h.* from %3$I.%4$I h
            where h.%1$I = d.record_key::%5$s and h.version = d.last_version and h.changed_at = d.last_changed_at
            limit 1
        ) h
        where d.tracked = %6$L and d.deleted_at > p_at and h.changed_at <= p_at and %7$s$sql$,
        t.history_key, v_new, t.history_schema, t.history_name, t.key_type, t.name,
        case when p_is_keyed then 'd.record_key = v_id::text' else 'd.record_key is not null' end);
end
$$;
comment on function jalon_engine.as_of_query(jalon_engine.tracked, boolean) is
'SQL that finds where records stood at an instant, for all or for one.';

create or replace function jalon_engine.as_of_sql(p_tracked jalon_engine.tracked)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_columns text;
begin
    select coalesce(', ' || quote_ident(t.workflow_column) || ' '
        || jalon_engine.history_column_type(t, t.workflow_column), '')
        || string_agg(format(', %I %s', jalon_engine.history_code_name(c.column_name),
            jalon_engine.history_column_type(t, 'new_' || c.column_name)), '' order by c.position)
    into v_columns from jalon_engine.tracked_column c where c.tracked = t.name;
    return format($sql$create or replace function jalon_history.%1$I(p_at timestamptz default 'infinity',
        p_id text default null)
returns table (%2$I %3$s, version integer%4$s, entered_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as %5$L$sql$, t.name || '_as_of', t.history_key, t.key_type, v_columns, format($body$
#variable_conflict use_column
declare
    v_id %1$s := p_id;
begin
    if v_id is null then
        return query
        %2$s;
    else
        return query
        %3$s;
    end if;
end
$body$, t.key_type, jalon_engine.as_of_query(t, false), jalon_engine.as_of_query(t, true)));
end
$$;
comment on function jalon_engine.as_of_sql(jalon_engine.tracked) is 'SQL of the as-of function of a tracked table.';

create or replace function jalon_engine.has_as_of(p_tracked jalon_engine.tracked)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select exists (select from pg_catalog.pg_proc f
        where f.oid = to_regprocedure(format('jalon_history.%I(timestamptz, text)', p_tracked.name || '_as_of'))
          and split_part(pg_get_functiondef(f.oid), e'\nAS $', 1) like
              e'%)\n LANGUAGE plpgsql\n STABLE SECURITY DEFINER\n SET search_path TO ''pg\\_catalog'', ''pg\\_temp'''
          and right(jalon_engine.as_of_sql(p_tracked), length(quote_literal(f.prosrc))) = quote_literal(f.prosrc))
$$;
comment on function jalon_engine.has_as_of(jalon_engine.tracked) is
'Whether the as-of function of a tracked table is as it would be generated now.';
