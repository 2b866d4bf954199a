-- Which deliveries told of a record: the stream of a record asks.
set local role jalon_owner;
set local lock_timeout = '5s';

create index webhook_delivery_of_record_idx on jalon_engine.webhook_delivery (record_key, tracked, created_at);
