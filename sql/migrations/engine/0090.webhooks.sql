-- Messages to webhooks. jalon_engine.outbox_message is a short queue: the relay turns each of its rows into one message
-- and one delivery an endpoint, and forgets it. Messages, deliveries and attempts lie in partitions of a day, which are
-- dropped, not deleted.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.webhook (
    id uuid constraint webhook_pk primary key default gen_random_uuid(),
    url text not null,
    description text,
    event_types text[] not null,
    tables text[],
    case_types text[],
    from_codes text[],
    to_codes text[],
    is_thin boolean not null default false,
    omitted text[] not null default '{}',
    is_in_order boolean not null default false,
    rate_limit integer,
    is_paused boolean not null default false,
    disabled_at timestamptz,
    disabled_why text,
    revision integer not null default 1,
    created_at timestamptz not null default now(),
    created_by text not null,
    constraint some_type_is_asked_for check (cardinality(event_types) between 1 and 100),
    constraint rate_limit_is_positive check (rate_limit > 0),
    constraint what_is_disabled_says_why check ((disabled_at is null) = (disabled_why is null))
);
comment on table jalon_engine.webhook is 'Endpoints outside, and what each wants to hear.';
comment on column jalon_engine.webhook.id is 'Identifier.';
comment on column jalon_engine.webhook.url is 'Where to; checked when it is registered and again at each connection.';
comment on column jalon_engine.webhook.description is 'What it is for.';
comment on column jalon_engine.webhook.event_types is
'Types of events, with * for any part (dossier.status_changed, events.*, *).';
comment on column jalon_engine.webhook.tables is 'Only of these tracked tables; empty: of all.';
comment on column jalon_engine.webhook.case_types is 'Only of these case types; empty: of all.';
comment on column jalon_engine.webhook.from_codes is 'Only when one of these is left; empty: any.';
comment on column jalon_engine.webhook.to_codes is 'Only when one of these is entered; empty: any.';
comment on column jalon_engine.webhook.is_thin is 'Whether data holds table, key and version only.';
comment on column jalon_engine.webhook.omitted is 'Fields of data that are left out (who, meta.email).';
comment on column jalon_engine.webhook.is_in_order is
'Whether the changes of one record are delivered one after the other.';
comment on column jalon_engine.webhook.rate_limit is 'Deliveries a second at the most; empty: as fast as it answers.';
comment on column jalon_engine.webhook.is_paused is 'Whether deliveries wait until somebody resumes it.';
comment on column jalon_engine.webhook.disabled_at is 'When the relay gave it up.';
comment on column jalon_engine.webhook.disabled_why is 'Why: gone (it answered 410) or failing (for too long).';
comment on column jalon_engine.webhook.revision is 'Counts its changes.';
comment on column jalon_engine.webhook.created_at is 'When it was registered.';
comment on column jalon_engine.webhook.created_by is 'By whom.';

create table jalon_engine.webhook_secret (
    webhook_id uuid not null constraint webhook_secret_webhook_fk references jalon_engine.webhook (id)
        on delete cascade, secret text not null,
    created_at timestamptz not null default clock_timestamp(),
    expires_at timestamptz,
    constraint webhook_secret_pk primary key (webhook_id, secret),
    constraint secret_is_of_a_known_kind check (secret ~ '^(whsec|whsk)_')
);
comment on table jalon_engine.webhook_secret is
'What deliveries are signed with. After a rotation the old one also signs for a day.';
comment on column jalon_engine.webhook_secret.webhook_id is 'Endpoint.';
comment on column jalon_engine.webhook_secret.secret is
'whsec_ and a key of HMAC-SHA256, or whsk_ and the seed of an ed25519 key; base64.';
comment on column jalon_engine.webhook_secret.created_at is 'When it was made.';
comment on column jalon_engine.webhook_secret.expires_at is 'Until when it signs; empty for the current one.';

create table jalon_engine.webhook_health (
    webhook_id uuid constraint webhook_health_pk primary key constraint webhook_health_webhook_fk references
        jalon_engine.webhook (id) on delete cascade, failing_since timestamptz,
    held_until timestamptz,
    paced_until timestamptz,
    last_failure_at timestamptz,
    last_failure text
) with (fillfactor = 50);
comment on table jalon_engine.webhook_health is 'How an endpoint does; beside it, since it changes often.';
comment on column jalon_engine.webhook_health.webhook_id is 'Endpoint.';
comment on column jalon_engine.webhook_health.failing_since is 'First failure since the last success.';
comment on column jalon_engine.webhook_health.held_until is 'When it wants to be asked again (its Retry-After).';
comment on column jalon_engine.webhook_health.paced_until is 'Up to when its rate limit is used up.';
comment on column jalon_engine.webhook_health.last_failure_at is 'When a delivery failed last.';
comment on column jalon_engine.webhook_health.last_failure is
'What was wrong then: the status that it answered, or why there was no answer.';

create table jalon_engine.webhook_message (
    id uuid not null,
    created_at timestamptz not null,
    type text not null,
    tracked text not null,
    record_key text not null,
    version integer,
    occurred_at timestamptz not null,
    data jsonb not null,
    constraint webhook_message_pk primary key (id, created_at)
) partition by range (created_at);
comment on table jalon_engine.webhook_message is
'Events that somebody subscribes to, as the relay took them from jalon_engine.outbox_message.';
comment on column jalon_engine.webhook_message.id is
'Identifier of the event, constant over all deliveries (webhook-id).';
comment on column jalon_engine.webhook_message.created_at is 'When the relay took it.';
comment on column jalon_engine.webhook_message.type is 'Type.';
comment on column jalon_engine.webhook_message.tracked is 'Tracked table.';
comment on column jalon_engine.webhook_message.record_key is 'Key of the record.';
comment on column jalon_engine.webhook_message.version is 'Version of the record after the change.';
comment on column jalon_engine.webhook_message.occurred_at is 'When it happened.';
comment on column jalon_engine.webhook_message.data is 'What the change carries.';

create table jalon_engine.webhook_delivery (
    webhook_id uuid not null constraint webhook_delivery_webhook_fk references jalon_engine.webhook (id)
        on delete cascade, message_id uuid not null,
    created_at timestamptz not null,
    tracked text not null,
    record_key text not null,
    version integer,
    due_at timestamptz,
    lease uuid,
    attempts integer not null default 0,
    delivered_at timestamptz,
    constraint webhook_delivery_pk primary key (webhook_id, message_id, created_at)
) partition by range (created_at);
comment on table jalon_engine.webhook_delivery is
'A message on its way to an endpoint: waiting as long as it is due some time, then delivered, or dead.';
comment on column jalon_engine.webhook_delivery.webhook_id is 'Endpoint.';
comment on column jalon_engine.webhook_delivery.message_id is 'Message.';
comment on column jalon_engine.webhook_delivery.created_at is 'That of the message.';
comment on column jalon_engine.webhook_delivery.tracked is 'Tracked table.';
comment on column jalon_engine.webhook_delivery.record_key is 'Key of the record.';
comment on column jalon_engine.webhook_delivery.version is 'Version of the record.';
comment on column jalon_engine.webhook_delivery.due_at is
'When it is tried next; while a relay tries, when its lease ends. Empty once it is over.';
comment on column jalon_engine.webhook_delivery.lease is 'Who tries; a late result of another lease is not taken.';
comment on column jalon_engine.webhook_delivery.attempts is 'How often it was tried since it was last asked for.';
comment on column jalon_engine.webhook_delivery.delivered_at is 'When it arrived. Empty and not due: dead.';
create index webhook_delivery_due_idx on jalon_engine.webhook_delivery (webhook_id, due_at) where due_at is not null;
create index webhook_delivery_record_idx on jalon_engine.webhook_delivery (webhook_id, record_key, tracked)
    where due_at is not null;
create index webhook_delivery_newest_idx on jalon_engine.webhook_delivery (webhook_id, created_at, message_id);

create index webhook_delivery_dead_idx on jalon_engine.webhook_delivery (webhook_id, created_at, message_id)
where due_at is null and delivered_at is null;

create table jalon_engine.webhook_attempt (
    webhook_id uuid not null constraint webhook_attempt_webhook_fk references jalon_engine.webhook (id)
        on delete cascade, message_id uuid not null,
    created_at timestamptz not null,
    attempted_at timestamptz not null,
    milliseconds integer not null,
    http_status integer,
    error text,
    response_head text
) partition by range (created_at);
comment on table jalon_engine.webhook_attempt is 'Each attempt to deliver.';
comment on column jalon_engine.webhook_attempt.webhook_id is 'Endpoint.';
comment on column jalon_engine.webhook_attempt.message_id is 'Message.';
comment on column jalon_engine.webhook_attempt.created_at is 'That of the message.';
comment on column jalon_engine.webhook_attempt.attempted_at is 'When.';
comment on column jalon_engine.webhook_attempt.milliseconds is 'How long it took.';
comment on column jalon_engine.webhook_attempt.http_status is 'What the endpoint answered; empty if it did not.';
comment on column jalon_engine.webhook_attempt.error is 'Why there was no answer.';
comment on column jalon_engine.webhook_attempt.response_head is 'Beginning of the answer''s body.';
create index webhook_attempt_delivery_idx on jalon_engine.webhook_attempt (webhook_id, message_id);

-- What comes before the relay has made a day, or after it stopped making them. Finished rows of it are deleted.
create table jalon_engine.webhook_message_default partition of jalon_engine.webhook_message default;

create table jalon_engine.webhook_delivery_default partition of jalon_engine.webhook_delivery default;

create table jalon_engine.webhook_attempt_default partition of jalon_engine.webhook_attempt default;
comment on table jalon_engine.webhook_message_default is 'Messages of days without a partition.';
comment on table jalon_engine.webhook_delivery_default is 'Deliveries of days without a partition.';
comment on table jalon_engine.webhook_attempt_default is 'Attempts of days without a partition.';
