-- What is kept of deliveries for their log and for sending again must not outlive an erasure.

create or replace function jalon_engine.erase_messages(p_tracked text, p_key text)
returns void
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
    -- Table, key, codes and version stay, as they do in the history; what waits is still delivered, without the rest.
    update jalon_engine.webhook_message m
    set data = m.data - '{who,onBehalfOf,reason,meta,payload}'::text[]
    where m.tracked = p_tracked and m.record_key = p_key
$$;
comment on function jalon_engine.erase_messages(text, text) is
'Takes names and texts out of the kept messages about a record.';
