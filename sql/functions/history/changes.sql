-- jalon_history.changes and jalon_history.current: every tracked table in one shape, one branch per table and column
-- with the names as constants, so that a filter on table or column leaves the other branches unread and a filter on
-- time reaches the partitions. A deletion is a change to nothing: what stands now and what
-- changed since give any instant.

create or replace function jalon_engine.stay_began(p_tracked jalon_engine.tracked, p_column text, p_row text, p_at text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Where a record has one status column, the row before is the one that entered the code. Else it is looked for.
    select case
        when p_tracked.workflow_column is null
            and 1 = (select count(*) from jalon_engine.tracked_column c where c.tracked = p_tracked.name)
            then p_at
        else format($sql$(select p.changed_at from %1$I.%2$I p
     where p.%3$I = %4$s.%3$I and p.%5$I is distinct from p.%6$I and p.changed_at <= %7$s
         and p.version <= %4$s.version - %8$s
     order by p.changed_at desc, p.version desc
     limit 1)$sql$, p_tracked.history_schema, p_tracked.history_name, p_tracked.history_key, p_row,
            'old_' || p_column, 'new_' || p_column,
            p_row || case p_row when 'h' then '.changed_at' else '.entered_at' end,
            case when p_row = 'h' and p_at = 'h.previous_changed_at' then '1' else '0' end)
    end
$$;
comment on function jalon_engine.stay_began(jalon_engine.tracked, text, text, text) is
'SQL for when a stay on a code of one column began.';

create or replace function jalon_engine.changes_branch(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format($sql$select %1$L, h.%2$I::text, %3$L, %4$L, %5$s, h.%6$I::text, h.%7$I::text, h.version, h.changed_at,
    %8$s, h.kind, h.changed_by, h.on_behalf_of, h.db_role, h.reason, h.meta_data, h.workflow_version, h.bulk_id,
    h.transaction_id
from %9$I.%10$I h where h.%6$I is distinct from h.%7$I$sql$,
        t.name, t.history_key, c.column_name, c.category, jalon_engine.case_type_sql(t, 'h'), 'old_' || c.column_name,
        'new_' || c.column_name,
        jalon_engine.stay_began(t, c.column_name, 'h', 'h.previous_changed_at'), t.history_schema, t.history_name)
    || case t.on_delete when 'cascade' then '' else format($sql$
union all
select %1$L, d.record_key, %2$L, %3$L, %4$s, h.%5$I::text, null, h.version + 1, d.deleted_at, %6$s,
    lower(d.operation), d.deleted_by, null, d.db_role, null, null, null, null, d.transaction_id
from jalon_history.deletion d
cross join lateral (
    select h.* from %7$I.%8$I h where h.%9$I = d.record_key::%10$s and h.changed_at <= d.deleted_at
    order by h.changed_at desc, h.version desc limit 1
) h
where d.tracked = %1$L and d.record_key is not null$sql$,
        t.name, c.column_name, c.category, jalon_engine.case_type_sql(t, 'h'), 'new_' || c.column_name,
        jalon_engine.stay_began(t, c.column_name, 'h', 'h.changed_at'), t.history_schema, t.history_name, t.history_key,
        t.key_type) end
    from (select (p_tracked).*) t cross join (select (p_column).*) c
$$;
comment on function jalon_engine.changes_branch(jalon_engine.tracked, jalon_engine.tracked_column) is
'SQL of one column''s part of jalon_history.changes.';

create or replace function jalon_engine.case_type_sql(p_tracked jalon_engine.tracked, p_row text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$ select coalesce(p_row || '.' || quote_ident(p_tracked.workflow_column) || '::text', 'null::text') $$;
comment on function jalon_engine.case_type_sql(jalon_engine.tracked, text) is
'SQL for the case type of a row, empty where the table has none.';

create or replace function jalon_engine.current_branch_sql(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format($sql$select %1$L, s.%2$I::text, %3$L, %4$L, %5$s, s.%6$I::text, s.version,
coalesce(%7$s, s.entered_at)
from jalon_history.%8$I() s$sql$, t.name, t.history_key, c.column_name, c.category, jalon_engine.case_type_sql(t, 's'),
        jalon_engine.history_code_name(c.column_name), jalon_engine.stay_began(t, c.column_name, 's', 's.entered_at'),
        t.name || '_as_of')
    from (select (p_tracked).*) t cross join (select (p_column).*) c
$$;
comment on function jalon_engine.current_branch_sql(jalon_engine.tracked, jalon_engine.tracked_column) is
'SQL of one column''s part of jalon_history.current.';
