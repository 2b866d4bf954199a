set local role jalon_owner;
set local lock_timeout = '5s';
drop index jalon_events.events_created_idx;
