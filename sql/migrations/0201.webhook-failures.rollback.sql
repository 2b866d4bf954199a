set local role jalon_owner;
drop index lifecycle.webhook_delivery_dead_idx;
alter table lifecycle.webhook_health drop column last_failure;
alter table lifecycle.webhook_health drop column last_failure_at;
