-- The traces in which messages were made: a relay that traces asks for them, and no other pays for it.

create or replace function jalon.message_traces(messages uuid[], since timestamptz)
returns table (message_id uuid, traceparent text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select m.id, m.traceparent from jalon_engine.webhook_message m
    where m.id = any (message_traces.messages) and m.created_at >= message_traces.since and m.traceparent is not null
$$;
comment on function jalon.message_traces(uuid[], timestamptz) is
'The traces in which messages were made, where they are known; none of the messages is older than since.';
grant execute on function jalon.message_traces(uuid[], timestamptz) to jalon_dba, jalon_relay;
