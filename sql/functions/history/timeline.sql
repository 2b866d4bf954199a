-- history.<name>_timeline: every stay of every record. Reads history (and deletions) only, never the tracked table, so
-- that nobody's own table is pinned by a view. The window is over the record's key: a filter on it comes first and
-- takes the primary key.

create or replace function jalon_engine.timeline_sql(p_tracked jalon_engine.tracked)
returns text
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    t jalon_engine.tracked := p_tracked;
    v_codes text;
begin
    select string_agg(format(', n.%I as %I', 'new_' || c.column_name, jalon_engine.history_code_name(c.column_name)),
        '' order by c.position)
    into v_codes from jalon_engine.tracked_column c where c.tracked = t.name;
    return format($sql$create or replace view jalon_history.%1$I as
select
    n.%2$I, n.version%3$s%4$s, n.changed_at as entered_at, e.left_at,
    greatest(coalesce(e.left_at, now()) - n.changed_at, interval '0') as duration,
    n.changed_by, n.reason, n.kind, n.meta_data, e.left_at is null as is_current,
    n.on_behalf_of, n.db_role, n.workflow_version, n.bulk_id, n.transaction_id
from (
    select h.*, lead(h.changed_at) over w as next_at, lead(h.version) over w as next_version
    from %5$I.%6$I h
    window w as (partition by h.%2$I order by h.changed_at, h.version)
) n%7$s$sql$, t.name || '_timeline', t.history_key,
        case when t.workflow_column is null then '' else format(', n.%I', t.workflow_column) end, v_codes,
        t.history_schema, t.history_name,
        case when t.on_delete <> 'cascade' then format($keep$
cross join lateral (
    -- The last stay ends with the record; a record made again under the same key begins at version 1 again.
    select least(n.next_at, min(d.deleted_at)) as left_at
    from jalon_history.deletion d
    where coalesce(n.next_version, 1) = 1
      and d.tracked = %L and d.record_key = n.%I::text and d.deleted_at >= n.changed_at
) e$keep$, t.name, t.history_key) else e'\ncross join lateral (select n.next_at as left_at) e' end);
end
$$;
comment on function jalon_engine.timeline_sql(jalon_engine.tracked) is 'SQL of the timeline of a tracked table.';

create or replace function jalon_engine.timeline_comment(p_tracked jalon_engine.tracked, p_column text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select case
        when p_column = p_tracked.history_key then 'Key of the record.'
        when p_column = p_tracked.workflow_column then 'Case type during the stay.'
        else coalesce(jsonb_build_object(
            'version', 'The record''s version that this stay began with.', 'entered_at', 'When the stay began.',
            'left_at', 'When it ended: by the next change, or with the record; empty while it lasts.',
            'duration', 'How long it lasted, or has lasted so far.', 'changed_by', 'Who brought the record here.',
            'reason', 'Why.', 'kind', 'create, move, force, migration, import, backfill, timer or test.',
            'meta_data', 'Whatever else the writer gave along, as JSON.',
            'is_current', 'Whether the record stands here now.', 'on_behalf_of', 'For whom, where another acted.',
            'db_role', 'Database login it came through.',
            'workflow_version', 'Version of the workflow that allowed it.',
            'bulk_id', 'The bulk call that it was part of.',
            'transaction_id', 'Transaction that wrote it.') ->> p_column,
            format('Code of %s during the stay.', p_column))
    end
$$;
comment on function jalon_engine.timeline_comment(jalon_engine.tracked, text) is 'What a column of a timeline holds.';
