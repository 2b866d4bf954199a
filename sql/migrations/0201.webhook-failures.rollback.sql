set local role jalon_owner;
drop index jalon_engine.webhook_delivery_dead_idx;
alter table jalon_engine.webhook_health drop column last_failure;
alter table jalon_engine.webhook_health drop column last_failure_at;
