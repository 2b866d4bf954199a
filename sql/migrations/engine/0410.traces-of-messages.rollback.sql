set local role jalon_owner;
set local lock_timeout = '5s';
alter table jalon_engine.webhook_message drop column traceparent;
alter table jalon_engine.outbox_message drop column traceparent;
