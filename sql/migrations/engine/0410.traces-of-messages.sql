-- The trace in which a change was made goes with its message, so that the delivery of a webhook belongs to it.
set local role jalon_owner;
set local lock_timeout = '5s';

alter table jalon_engine.outbox_message add column traceparent text;
-- What a session wrote there and is no traceparent (W3C Trace Context) is left out: it goes into a header.
alter table jalon_engine.outbox_message alter column traceparent set default substring(
    current_setting('jalon.traceparent', true) from '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');
comment on column jalon_engine.outbox_message.traceparent is
'The trace in which the change was made, from the setting jalon.traceparent.';

alter table jalon_engine.webhook_message add column traceparent text;
comment on column jalon_engine.webhook_message.traceparent is 'The trace in which the change was made.';
