-- Reads from a replica. Whoever made a change shows the number of its transaction; a replica that has not replayed that
-- transaction answers nothing, and the primary is asked. The number is compared in the statement that reads, so that
-- nothing passes between the question and the answer.

create or replace function jalon_engine.has_replayed(p_transaction xid8)
returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    -- Not by pg_visible_in_snapshot: on a standby pg_current_snapshot() lists no transaction as running, so one that
    -- runs looks as if it were over as soon as a later one is. Of one that ended long ago no status is known.
    select case when p_transaction < pg_snapshot_xmax(pg_current_snapshot())
        then pg_xact_status(p_transaction) is distinct from 'in progress' else false end
$$;
comment on function jalon_engine.has_replayed(xid8) is
'Whether what this transaction did is seen here, on the primary or on a standby.';

create or replace function jalon_api.run_after(
    p_function text, p_key text, p_input jsonb, p_caller jsonb, p_transaction text
)
returns jalon_engine.answer
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    v_alone constant text := jalon_engine.require_call();
begin
    if not jalon_engine.has_replayed(p_transaction::xid8) then
        return null;
    end if;
    return jalon_engine.run(p_function, p_key, p_input, p_caller);
end
$$;
comment on function jalon_api.run_after(text, text, jsonb, jsonb, text) is
'Calls a function of schema jalon_api as jalon_api.run does, where the transaction of that number is seen; answers '
'nothing elsewhere. The web application reads from replicas by it.';
grant execute on function jalon_api.run_after(text, text, jsonb, jsonb, text) to jalon_api;
