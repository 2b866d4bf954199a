-- jalon_history.changes and jalon_history.current: every tracked table in one shape, one branch per table and column
-- with the names as constants, so that a filter on table or column leaves the other branches unread and a filter on
-- time reaches the partitions. A deletion is a change to nothing: what stands now and what
-- changed since give any instant.
-- A branch of history is one table without a condition, and one of deletions is in the order of time: only then can
-- PostgreSQL take the newest changes of all branches from their indexes. What didn't change is left out above them.

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

create or replace function jalon_engine.deleted_rows_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Without LIMIT, which would keep whatever reads this from running in parallel.
    select jalon_engine.render($sql$jalon_history.deletion d
join {history} h on h.{key} = d.record_key::{key_type} and h.version = d.last_version
    and h.changed_at = d.last_changed_at$sql$, jsonb_build_object(
        'history', jalon_engine.history_of(p_tracked), 'key', quote_ident(p_tracked.history_key),
        'key_type', p_tracked.key_type))
$$;
comment on function jalon_engine.deleted_rows_sql(jalon_engine.tracked) is
'SQL of deletions d, each with the history row h that it ended.';

create or replace function jalon_engine.changes_branch_sql(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column, p_is_keyed boolean
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select format($sql$select %1$L, h.%2$I::text, %3$L, %4$L, %5$s, h.%6$I::text, h.%7$I::text, h.version, h.changed_at,
    %8$s, h.kind, h.changed_by, h.on_behalf_of, h.db_role, h.reason, h.meta_data, h.workflow_version, h.bulk_id,
    h.transaction_id
from %9$I.%10$I h%11$s$sql$,
        t.name, t.history_key, c.column_name, c.category, jalon_engine.case_type_sql(t, 'h'), 'old_' || c.column_name,
        'new_' || c.column_name,
        jalon_engine.stay_began(t, c.column_name, 'h', 'h.previous_changed_at'), t.history_schema, t.history_name,
        case when p_is_keyed then format(' where h.%I = $1::%s', t.history_key, t.key_type) else '' end)
    || format($sql$
union all
(select %1$L, d.record_key, %2$L, %3$L, %4$s, h.%5$I::text, null, h.version + 1, d.deleted_at, %6$s,
    lower(d.operation), d.deleted_by, null, d.db_role, null, null, null, null, d.transaction_id
from %7$s
where d.tracked = %1$L and d.record_key %8$s
order by d.deleted_at desc)$sql$,
        t.name, c.column_name, c.category, jalon_engine.case_type_sql(t, 'h'), 'new_' || c.column_name,
        jalon_engine.stay_began(t, c.column_name, 'h', 'h.changed_at'), jalon_engine.deleted_rows_sql(t),
        case when p_is_keyed then format('= $1::%s::text', t.key_type) else 'is not null' end)
    from (select (p_tracked).*) t cross join (select (p_column).*) c
$$;
comment on function jalon_engine.changes_branch_sql(jalon_engine.tracked, jalon_engine.tracked_column, boolean) is
'SQL of one column''s part of jalon_history.changes, of all records or of the one whose key is $1.';

create or replace function jalon_engine.changes_view_sql(p_branches text)
returns text
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select format($sql$create or replace view jalon_history.changes as
select c.*, date_part('epoch', c.changed_at - c.stay_began) as stay_seconds,
    c.transaction_id::text::bigint as transaction_number
from (
select null::text as tracked, null::text as record_key, null::text as column_name, null::text as category,
    null::text as case_type, null::text as old_code, null::text as new_code, null::integer as version,
    null::timestamptz as changed_at, null::timestamptz as stay_began, null::text as kind, null::text as changed_by,
    null::text as on_behalf_of, null::text as db_role, null::text as reason, null::jsonb as meta_data,
    null::integer as workflow_version, null::uuid as bulk_id, null::xid8 as transaction_id
where false%s) c
where c.old_code is distinct from c.new_code$sql$, p_branches)
$$;
comment on function jalon_engine.changes_view_sql(text) is 'SQL of jalon_history.changes.';

create or replace function jalon_engine.changes_view_comments()
returns jsonb
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select jsonb_build_object(
        'tracked', 'Tracked table.', 'record_key', 'Key of the record, as text.',
        'column_name', 'Status column that changed.', 'category', 'Category of its codes.',
        'case_type', 'Case type after the change; empty where the table has none.',
        'old_code', 'Code before; empty on creation.', 'new_code', 'Code after; empty on deletion.',
        'version', 'The record''s version after the change.', 'changed_at', 'When.',
        'stay_began', 'When the stay on the old code had begun.',
        'kind', 'create, move, force, migration, import, backfill, timer, test; '
            'delete or truncate where the record went.', 'changed_by', 'By whom.',
        'on_behalf_of', 'For whom, where another acted.', 'db_role', 'Database login it came through.',
        'reason', 'Why.', 'meta_data', 'Whatever else the writer gave along.',
        'workflow_version', 'Version of the workflow that allowed it.',
        'bulk_id', 'The bulk call that it was part of.', 'transaction_id', 'Transaction that wrote it.',
        'stay_seconds', 'How long the stay on the old code had lasted, in seconds.',
        'transaction_number', 'The transaction as a number, for tools that don''t know its type.')
$$;
comment on function jalon_engine.changes_view_comments() is 'What the columns of jalon_history.changes hold.';

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
