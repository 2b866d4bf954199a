-- Which tracked tables changed since a process asked before, for pages that follow them. Nothing is written for it: a
-- history row names its transaction, and the snapshot of the last question says which transactions it had seen.

create or replace function jalon_engine.has_changes_since(p_tracked jalon_engine.tracked, p_snapshot pg_snapshot)
returns boolean
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_is_changed boolean := false;
begin
    if to_regclass(jalon_engine.history_of(p_tracked)) is not null then
        execute format('select exists (select from %s h where (h.transaction_id::text)::bigint >= $1
            and not pg_visible_in_snapshot(h.transaction_id, $2))', jalon_engine.history_of(p_tracked))
        into v_is_changed using pg_snapshot_xmin(p_snapshot)::text::bigint, p_snapshot;
    end if;
    return v_is_changed or exists (select from jalon_history.deletion d
        where d.tracked = p_tracked.name
            and (d.transaction_id::text)::bigint >= pg_snapshot_xmin(p_snapshot)::text::bigint
            and not pg_visible_in_snapshot(d.transaction_id, p_snapshot))
        or exists (select from jalon_engine.passed_deadline p
        where p.tracked = p_tracked.name
            and (p.transaction_id::text)::bigint >= pg_snapshot_xmin(p_snapshot)::text::bigint
            and not pg_visible_in_snapshot(p.transaction_id, p_snapshot));
end
$$;
comment on function jalon_engine.has_changes_since(jalon_engine.tracked, pg_snapshot) is
'Whether a transaction that a snapshot had not seen changed or deleted records of a table, or found one overdue.';

create or replace function jalon_api.changed_tables(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('snapshot', pg_current_snapshot()::text, 'tables', coalesce((
        select json_agg(t.name order by t.name) from jalon_engine.tracked t
        where p_input ->> 'snapshot' is null
            or jalon_engine.has_changes_since(t, (p_input ->> 'snapshot')::pg_snapshot)), '[]')))
$$;
comment on function jalon_api.changed_tables(text, jsonb, jsonb) is
'Names of the tables that changed since a snapshot, of all without one, and the snapshot to ask with next: '
'{snapshot}. For the process that wakes streams.';
