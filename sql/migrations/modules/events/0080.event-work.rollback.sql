set local role jalon_owner;
set local lock_timeout = '5s';
update jalon_engine.referential f set meta = f.meta - 'rests'
where (f.category, f.code) in (
    ('EVENT_STATUS', 'active'), ('EVENT_STATUS', 'sold_out'), ('EVENT_STATUS', 'suspended'),
    ('EVENT_PUBLICATION', 'false'));
drop index jalon_events.events_publication_time_idx;
drop index jalon_events.events_organizer_time_idx;
drop index jalon_events.events_status_time_idx;
