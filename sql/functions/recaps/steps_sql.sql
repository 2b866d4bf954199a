-- What questions about a process read: the changes of one status column, each with the life of the record that it
-- belongs to. A record that is made again under the key of a deleted one has another life.

create or replace function jalon_engine.steps_sql(
    p_tracked jalon_engine.tracked, p_column jalon_engine.tracked_column
)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($sql$(
        select h.{key} as id, {life} as life, h.{old}::text as old_code, h.{new}::text as new_code, h.changed_at,
            h.version, h.kind, h.changed_by, {case_type} as case_type
        from {history} h{births}
        where h.{old} is distinct from h.{new}
    )$sql$, jsonb_build_object('key', quote_ident(p_tracked.history_key),
        'old', quote_ident('old_' || p_column.column_name), 'new', quote_ident('new_' || p_column.column_name),
        'history', jalon_engine.history_of(p_tracked), 'case_type', jalon_engine.case_type_sql(p_tracked, 'h'),
        'life', case when r.was_deleted then 'coalesce(width_bucket(h.changed_at, b.births), 1)' else '1' end,
        'births', case when r.was_deleted then jalon_engine.render($births$
        left join (
            select x.{key}, array_agg(x.changed_at order by x.changed_at) as births
            from {history} x
            where x.previous_changed_at is null and x.{key} in (
                select d.record_key::{key_type} from jalon_history.deletion d
                where d.tracked = {name} and d.record_key is not null)
            group by 1 having count(*) > 1
        ) b on b.{key} = h.{key}$births$, jsonb_build_object('key', quote_ident(p_tracked.history_key),
            'history', jalon_engine.history_of(p_tracked), 'key_type', p_tracked.key_type,
            'name', quote_literal(p_tracked.name))) else '' end))
    from (select exists (select from jalon_history.deletion d
        where d.tracked = p_tracked.name and d.record_key is not null) as was_deleted) r
$$;
comment on function jalon_engine.steps_sql(jalon_engine.tracked, jalon_engine.tracked_column) is
'SQL of one column''s changes, deletions left out, each with the life of its record that it belongs to.';
