-- An index for the list of all events, the newest first: without it all of them were read and sorted for a page.
set local role jalon_owner;
set local lock_timeout = '5s';
create index events_created_idx on jalon_events.events (created_at, id);
