-- What went wrong last at an endpoint, and which deliveries were given up: asked for by whoever looks after webhooks.
set local role jalon_owner;
set local lock_timeout = '5s';

alter table jalon_engine.webhook_health add column last_failure_at timestamptz;
alter table jalon_engine.webhook_health add column last_failure text;
comment on column jalon_engine.webhook_health.last_failure_at is 'When a delivery failed last.';
comment on column jalon_engine.webhook_health.last_failure is 'What was wrong then: the status that it answered, or why there was no answer.';

create index webhook_delivery_dead_idx on jalon_engine.webhook_delivery (webhook_id, created_at, message_id)
where due_at is null and delivered_at is null;
