-- All that happened to a record, in one stream: its changes, what its module adds (edits, interactions, notes), and for
-- whoever manages webhooks the deliveries that told of it. A module adds by a function jalon_engine.<table>_stream that
-- is found by its name. It is told where the page begins and how long it is, so that it doesn't have to give all of a
-- long past: what it gives from before that place is the newest, in any order.

create or replace function jalon_engine.stream_changes(
    p_tracked jalon_engine.tracked, p_key text, p_before timestamptz, p_before_id text, p_limit integer,
    p_language text
)
returns table (at timestamptz, id text, kind text, entry jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    if to_regclass(jalon_engine.history_of(p_tracked)) is null then
        return;
    end if;
    return query execute format($sql$
        select h.changed_at, v.id, case when h.meta_data ? 'admin_notes' then 'note' else 'change' end,
            jsonb_build_object('by', h.changed_by, 'onBehalfOf', h.on_behalf_of, 'reason', h.reason,
                'how', h.kind, 'isUndo', coalesce(h.meta_data ? 'undo', false),
                'notes', h.meta_data ->> 'admin_notes',
                'changes', jalon_engine.changes(%1$L, to_jsonb(h), $5))
        from %2$s h cross join lateral (select lpad(h.version::text, 12, '0') as id) v
        where h.%3$I = $1::%4$s and h.changed_at <= $2 and (h.changed_at, v.id) < ($2, $3)
        order by h.version desc limit $4$sql$, p_tracked.name, jalon_engine.history_of(p_tracked),
        p_tracked.history_key, p_tracked.key_type)
    using p_key, p_before, p_before_id, p_limit, p_language;
end
$$;
comment on function jalon_engine.stream_changes(jalon_engine.tracked, text, timestamptz, text, integer, text) is
'The changes of a record before a place in its stream.';

create or replace function jalon_engine.stream_deliveries(
    p_tracked jalon_engine.tracked, p_key text, p_before timestamptz, p_before_id text, p_limit integer
)
returns table (at timestamptz, id text, kind text, entry jsonb)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select d.created_at, d.message_id::text || d.webhook_id, 'delivery', jsonb_build_object(
        'webhook', d.webhook_id, 'message', d.message_id, 'url', w.url, 'attempts', d.attempts,
        'deliveredAt', d.delivered_at, 'isWaiting', d.due_at is not null)
    from jalon_engine.webhook_delivery d
    join jalon_engine.webhook w on w.id = d.webhook_id
    where d.tracked = p_tracked.name and d.record_key = p_key and d.created_at <= p_before
        and (d.created_at, d.message_id::text || d.webhook_id) < (p_before, p_before_id)
    order by d.created_at desc, 2 desc limit p_limit
$$;
comment on function jalon_engine.stream_deliveries(jalon_engine.tracked, text, timestamptz, text, integer) is
'The deliveries of webhooks about a record, before a place in its stream.';

create or replace function jalon_engine.stream_of_module(
    p_tracked jalon_engine.tracked, p_row jsonb, p_before timestamptz, p_before_id text, p_limit integer,
    p_caller jsonb
)
returns table (at timestamptz, id text, kind text, entry jsonb)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
declare
    v_function constant regprocedure := to_regprocedure(
        format('jalon_engine.%I(jsonb,jsonb,timestamptz,text,integer)', p_tracked.name || '_stream'));
begin
    if v_function is not null then
        return query execute format('select s.at, s.id, s.kind, s.entry from %s($1, $2, $3, $4, $5) s '
            'where (s.at, s.id) < ($3, $4) order by s.at desc, s.id desc limit $5', v_function::oid::regproc)
        using p_row, p_caller, p_before, p_before_id, p_limit;
    end if;
end
$$;
comment on function jalon_engine.stream_of_module(jalon_engine.tracked, jsonb, timestamptz, text, integer, jsonb) is
'What a module adds to the stream of a record of its table, before a place in it.';
