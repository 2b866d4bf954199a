set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.masked_column where (relation, column_name) in (
    ('roadshow_counterparty', 'owner'),
    ('roadshow_counterparty', 'notes'),
    ('roadshow_event', 'meta'));
