-- What jalon_bi_masked sees of the roadshow.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.masked_column (relation, column_name, treatment) values
('roadshow_counterparty', 'owner', 'person'),
('roadshow_counterparty', 'notes', 'omit'),
('roadshow_event', 'meta', 'omit');
