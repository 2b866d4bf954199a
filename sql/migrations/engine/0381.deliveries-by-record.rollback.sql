set local role jalon_owner;
set local lock_timeout = '5s';
drop index jalon_engine.webhook_delivery_of_record_idx;
