set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.masked_column where (relation, column_name) in (
    ('events', 'organizer_id'),
    ('events', 'admin_notes'),
    ('event_status_history', 'admin_notes'));
