-- A cursor for readers who copy history bit by bit. Times can't be one: a transaction that commits late writes an
-- earlier time than rows which were read already, and an import writes times long past. Numbers of transactions can:
-- once every transaction below a number is over, nothing is written below it any more. So each reading ends at the
-- oldest transaction that is under way, and the next one begins there. A record's history is read again as a whole,
-- whether rows came, were altered or went.

create or replace function jalon_engine.server_timeline()
returns integer
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A server that was promoted notes its new timeline with its next checkpoint, which may take minutes; the names of
    -- the files that it writes have it at once.
    return ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer;
exception when object_not_in_prerequisite_state or feature_not_supported then
    -- A standby writes none, and Aurora doesn't tell of them.
    return (select c.timeline_id from pg_control_checkpoint() c);
end
$$;
comment on function jalon_engine.server_timeline() is
'Which life of the server this is: 1, and one more each time that a standby took over or a backup went back in time.';

create or replace function jalon_engine.server_digest()
returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Another server counts its transactions for itself, and so does this one after it was set back or took over.
    select left(md5(format('%s/%s', s.system_identifier, jalon_engine.server_timeline())), 8) from pg_control_system() s
$$;
comment on function jalon_engine.server_digest() is 'A digest of which server this is, and of which life of it.';

create or replace function jalon_engine.records_written(p_tracked text, p_from bigint, p_until bigint)
returns table (tracked text, record_key text)
language plpgsql stable
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_written constant text := '(%s.transaction_id::text)::bigint >= $1 and (%s.transaction_id::text)::bigint < $2';
    v_histories text;
begin
    select string_agg(format('select %L, h.%I::text from %I.%I h where %s union ', t.name, t.history_key,
        t.history_schema, t.history_name, replace(v_written, '%s', 'h')), '')
    into v_histories
    from jalon_engine.tracked t
    where (p_tracked is null or t.name = p_tracked) and to_regclass(jalon_engine.history_of(t)) is not null;
    return query execute format($sql$
        with written (tracked, record_key) as (
            %s select d.tracked, d.record_key from jalon_history.deletion d
            where %s and d.record_key is not null and ($3 is null or d.tracked = $3)
            union
            select c.tracked, c.record_key from jalon_engine.correction c
            where c.transaction_id >= $1::text::xid8 and c.transaction_id < $2::text::xid8
                and ($3 is null or c.tracked = $3)
        )
        -- A table of which records went with their history is read as a whole.
        select w.tracked, w.record_key from written w
        where w.record_key is null
            or w.tracked not in (select x.tracked from written x where x.record_key is null)$sql$,
        v_histories, replace(v_written, '%s', 'd'))
    using p_from, p_until, p_tracked;
end
$$;
comment on function jalon_engine.records_written(text, bigint, bigint) is
'Records of which transactions from one number until before another wrote, altered or deleted rows of history.';

create or replace function jalon_recap.records_since(last_cursor text default null, tracked text default null)
returns table (tracked_table text, record_key text, next_cursor text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    v_server constant text := jalon_engine.server_digest();
    v_from bigint;
    v_until bigint := pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
begin
    if records_since.last_cursor !~ '^[0-9a-f]{8}-[0-9a-f]{16}$' then
        perform jalon_engine.fail('JL405', jsonb_build_object('field', 'last_cursor',
            'why', records_since.last_cursor), 'JL405.cursor');
    end if;
    -- A subscriber of logical replication has rows with the numbers of the publisher.
    if left(records_since.last_cursor, 8) = v_server and not exists (select from pg_catalog.pg_subscription s
            join pg_catalog.pg_database d on d.oid = s.subdbid and d.datname = current_database()) then
        v_from := ('x' || right(records_since.last_cursor, 16))::bit(64)::bigint;
        v_until := greatest(v_from, v_until);  -- a standby may be behind the server that was read before
    end if;
    next_cursor := format('%s-%s', v_server, lpad(to_hex(v_until), 16, '0'));
    if v_from is null then
        tracked_table := records_since.tracked;
        return next;
        return;
    end if;
    for tracked_table, record_key in
        select w.tracked, w.record_key from jalon_engine.records_written(records_since.tracked, v_from, v_until) w
    loop
        return next;
    end loop;
end
$$;
comment on function jalon_recap.records_since(text, text) is
'Records whose history is to be read again since a cursor, and the next cursor. Without a record: all of the table; '
'without a table: all of them, as for a reader without a cursor or with one of another server.';
revoke execute on function jalon_recap.records_since(text, text) from public;
grant execute on function jalon_recap.records_since(text, text) to jalon_bi, jalon_bi_masked, jalon_dba;
