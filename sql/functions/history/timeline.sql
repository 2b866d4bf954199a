-- history.<name>_timeline: every stay of every record. A stay that ended is the history row that ended it, which holds
-- the codes before and since when they stood; a stay that a deletion ended is the record's last row; a stay that lasts
-- is what stands now. So a filter on left_at opens the months that it covers, one on entered_at reads what the BRIN
-- index on previous_changed_at leaves, and one on the key takes the primary key.
-- Who and why stand in the row that began the stay. That row is looked up by primary key, as an aggregate of at most
-- one row: PostgreSQL leaves such a join out if a query doesn't ask for any of its columns.

create or replace function jalon_engine.timeline_codes_sql(p_tracked jalon_engine.tracked, p_from text)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select string_agg(format(', %s as %I', case p_from
            when 's' then format('s.codes[%s]::%s', c.position, jalon_engine.history_column_type(p_tracked,
                'new_' || c.column_name))
            else p_from || '.' || quote_ident(case p_from when 'e' then 'old_' else 'new_' end || c.column_name) end,
        jalon_engine.history_code_name(c.column_name)), '' order by c.position)
    from jalon_engine.tracked_column c where c.tracked = p_tracked.name
$$;
comment on function jalon_engine.timeline_codes_sql(jalon_engine.tracked, text) is
'SQL of the codes of a stay: from the row that ended it (e), the last row (h) or what stands now (s).';

create or replace function jalon_engine.timeline_origin_sql(p_tracked jalon_engine.tracked, p_where text default null)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Either the columns of the row that began the stay, of row b; or, with a condition, the query that looks it up.
    select case when p_where is null then string_agg(format(', b.%I', c.name), '' order by c.place)
        else format('(select %s from %s b where %s)', string_agg(format('(array_agg(b.%1$I))[1] as %1$I', c.name), ', '
            order by c.place), jalon_engine.history_of(p_tracked), p_where) end
    from unnest(array['changed_by', 'reason', 'kind', 'meta_data', 'on_behalf_of', 'db_role', 'workflow_version',
        'bulk_id', 'transaction_id'] || p_tracked.workflow_column) with ordinality c (name, place)
    where c.name is not null and (p_where is not null or c.name is distinct from p_tracked.workflow_column)
$$;
comment on function jalon_engine.timeline_origin_sql(jalon_engine.tracked, text) is
'SQL of who and why a stay began: the columns, or the query that looks them up in the row that began it.';

create or replace function jalon_engine.timeline_deleted_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- The deletion knows the row that it ended. No LIMIT, which would keep readers from working in parallel.
    select jalon_engine.render($sql$
    union all
    select b.{key}, b.version{case_type}{codes}, b.changed_at, d.deleted_at{origin}
    from jalon_history.deletion d
    join {history} b on b.{key} = d.record_key::{key_type} and b.version = d.last_version
        and b.changed_at = d.last_changed_at
    where d.tracked = {name} and d.record_key is not null$sql$, jsonb_build_object(
        'key', quote_ident(p_tracked.history_key), 'key_type', p_tracked.key_type,
        'history', jalon_engine.history_of(p_tracked), 'name', quote_literal(p_tracked.name),
        'codes', jalon_engine.timeline_codes_sql(p_tracked, 'b'),
        'case_type', coalesce(', b.' || quote_ident(p_tracked.workflow_column), ''),
        'origin', jalon_engine.timeline_origin_sql(p_tracked)))
$$;
comment on function jalon_engine.timeline_deleted_sql(jalon_engine.tracked) is
'SQL of the stays that ended with their record.';

create or replace function jalon_engine.timeline_sql(p_tracked jalon_engine.tracked)
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.render($sql$create or replace view jalon_history.{view} as
select x.{key}, x.version{x_case_type}{x_codes}, x.entered_at, x.left_at,
    greatest(coalesce(x.left_at, now()) - x.entered_at, interval '0') as duration,
    x.changed_by, x.reason, x.kind, x.meta_data, x.left_at is null as is_current,
    x.on_behalf_of, x.db_role, x.workflow_version, x.bulk_id, x.transaction_id,
    greatest(date_part('epoch', coalesce(x.left_at, now()) - x.entered_at), 0) as duration_seconds,
    x.transaction_id::text::bigint as transaction_number
from (
    select e.{key}, e.version - 1 as version{case_type}{old_codes}, e.previous_changed_at as entered_at,
        e.changed_at as left_at{origin}
    from {history} e
    left join lateral {origin_of_ended} b on true
    where e.previous_changed_at is not null{deleted}
    union all
    select s.record_key::{key_type}, s.version{s_case_type}{live_codes}, s.entered_at, null{origin}
    from jalon_history.states_now({name}) s
    left join lateral {origin_of_current} b on true
) x$sql$, jsonb_build_object('view', quote_ident(p_tracked.name || '_timeline'), 'name', quote_literal(p_tracked.name),
        'key', quote_ident(p_tracked.history_key), 'key_type', p_tracked.key_type,
        'history', jalon_engine.history_of(p_tracked),
        'x_codes', (select string_agg(', x.' || quote_ident(jalon_engine.history_code_name(c.column_name)), ''
            order by c.position) from jalon_engine.tracked_column c where c.tracked = p_tracked.name),
        'old_codes', jalon_engine.timeline_codes_sql(p_tracked, 'e'),
        'live_codes', jalon_engine.timeline_codes_sql(p_tracked, 's'),
        'x_case_type', coalesce(', x.' || quote_ident(p_tracked.workflow_column), ''),
        'case_type', coalesce(', b.' || quote_ident(p_tracked.workflow_column), ''),
        's_case_type', coalesce(', s.case_type::' || jalon_engine.history_column_type(p_tracked,
            p_tracked.workflow_column), ''),
        'origin', jalon_engine.timeline_origin_sql(p_tracked),
        'origin_of_ended', jalon_engine.timeline_origin_sql(p_tracked, format('b.%1$I = e.%1$I and b.version = '
            'e.version - 1 and b.changed_at = e.previous_changed_at', p_tracked.history_key)),
        'origin_of_current', jalon_engine.timeline_origin_sql(p_tracked, format('b.%I = s.record_key::%s and b.version '
            '= s.version and b.changed_at = s.entered_at', p_tracked.history_key, p_tracked.key_type)),
        'deleted', jalon_engine.timeline_deleted_sql(p_tracked)))
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
            'transaction_id', 'Transaction that wrote it.',
            'duration_seconds', 'The duration in seconds.',
            'transaction_number', 'The transaction as a number, for tools that don''t know its type.') ->> p_column,
            format('Code of %s during the stay.', p_column))
    end
$$;
comment on function jalon_engine.timeline_comment(jalon_engine.tracked, text) is 'What a column of a timeline holds.';
