-- What jalon_bi_masked sees of events.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.masked_column (relation, column_name, treatment) values
('events', 'organizer_id', 'person'),
('events', 'admin_notes', 'omit'),
('event_status_history', 'admin_notes', 'omit');
