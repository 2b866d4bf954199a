-- The weekly recap, for every tracked table alike. Its tables here; the whole in one JSON
-- document in jalon_recap.weekly.
-- Changes of a week read that week's months and no others; a backfill is not a change that anybody made.

create or replace function jalon_recap.weekly_changes(
    week text default null, time_zone text default 'UTC', language text default null, tracked text default null
)
returns table (
    tracked_table text, record_key text, place bigint, column_name text, changed_at timestamptz, local_time timestamp,
    from_code text, from_label text, to_code text, to_label text, changed_by text, on_behalf_of text, reason text,
    kind text, version integer, case_type text, stayed interval, meta_data jsonb,
    stayed_seconds double precision
)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_from timestamptz;
    v_until timestamptz;
    v_language text := jalon_recap.language(weekly_changes.language);
begin
    select b.starts_at, b.ends_at into v_from, v_until
    from jalon_recap.week_bounds(weekly_changes.week, weekly_changes.time_zone) b;
    return query
    with label as materialized (
        select l.category, l.code, l.label from jalon_recap.codes l where l.language = v_language
    )
    select c.tracked, c.record_key,
        row_number() over (partition by c.tracked, c.record_key order by c.changed_at, c.version, c.column_name),
        c.column_name, c.changed_at, c.changed_at at time zone weekly_changes.time_zone,
        c.old_code, coalesce(o.label, c.old_code), c.new_code, coalesce(n.label, c.new_code),
        c.changed_by, c.on_behalf_of, c.reason, c.kind, c.version, c.case_type, c.changed_at - c.stay_began,
        c.meta_data, date_part('epoch', c.changed_at - c.stay_began)
    from jalon_history.changes c
    left join label o on o.category = c.category and o.code = c.old_code
    left join label n on n.category = c.category and n.code = c.new_code
    where c.changed_at >= v_from and c.changed_at < v_until and c.kind <> 'backfill'
      and (weekly_changes.tracked is null or c.tracked = weekly_changes.tracked)
    order by c.tracked, c.record_key, 3;
end
$$;
comment on function jalon_recap.weekly_changes(text, text, text, text) is
'The changes of an ISO week per record in their order: from, to, who, why.';
revoke execute on function jalon_recap.weekly_changes(text, text, text, text) from public;
grant execute on function jalon_recap.weekly_changes(text, text, text, text) to jalon_bi, jalon_dba;
