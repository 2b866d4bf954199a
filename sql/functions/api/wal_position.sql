-- How far this server has come, in bytes of its write-ahead log: the primary in writing it, a standby in replaying
-- it. By both the web application sees how far a replica is behind.

create or replace function jalon_api.wal_position(p_key text, p_input jsonb, p_caller jsonb)
returns jalon_engine.answer
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select jalon_engine.ok(json_build_object('position', pg_wal_lsn_diff(
        case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end, '0/0')::bigint))
$$;
comment on function jalon_api.wal_position(text, jsonb, jsonb) is
'How far this server has come, in bytes of its write-ahead log.';
