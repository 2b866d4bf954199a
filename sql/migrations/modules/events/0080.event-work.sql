-- Indexes for the start page, which reads a code's records in the order of time, and somebody's likewise.
-- And the codes at which an event rests, so that it waits for nobody.
set local role jalon_owner;
set local lock_timeout = '5s';

create index events_status_time_idx on jalon_events.events (status, status_changed_at);
create index events_organizer_time_idx on jalon_events.events (organizer_id, status_changed_at);
create index events_publication_time_idx on jalon_events.events (is_published, status_changed_at);

update jalon_engine.referential f set meta = f.meta || '{"rests": true}'
where (f.category, f.code) in (
    ('EVENT_STATUS', 'active'), ('EVENT_STATUS', 'sold_out'), ('EVENT_STATUS', 'suspended'),
    ('EVENT_PUBLICATION', 'false'));
