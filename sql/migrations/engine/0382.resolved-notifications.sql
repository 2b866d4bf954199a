-- A notification that asks for a decision is over when somebody has decided, whoever it was.
set local role jalon_owner;
set local lock_timeout = '5s';

alter table jalon_engine.notification add column resolved_at timestamptz;
comment on column jalon_engine.notification.resolved_at is 'When what it asks for was done; it counts as read since.';
