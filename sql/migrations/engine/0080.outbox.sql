-- What the outside hears of. Written by the trigger in the transaction of the change, only if somebody is interested.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.interest (
    subscriber text not null,
    tracked text not null,
    constraint interest_pk primary key (subscriber, tracked)
);
comment on table jalon_engine.interest is
'Who wants to hear of which tracked table. Without a row here the table''s trigger holds no word about events.';
comment on column jalon_engine.interest.subscriber is 'Who is interested (webhook:<id>, a module).';
comment on column jalon_engine.interest.tracked is 'Tracked table.';
create index interest_tracked_idx on jalon_engine.interest (tracked);

create table jalon_engine.outbox_message (
    id uuid not null,
    type text not null,
    tracked text not null,
    record_key text not null,
    version integer,
    occurred_at timestamptz not null,
    transaction_id xid8 not null,
    data jsonb not null,
    constraint outbox_message_pk primary key (record_key, id)
);
comment on table jalon_engine.outbox_message is
'Events for the relay: appended in the transaction of the change, claimed and fanned out after commit.';
comment on column jalon_engine.outbox_message.id is 'Identifier, constant over every delivery.';
comment on column jalon_engine.outbox_message.type is 'Dotted type (orders.status_changed).';
comment on column jalon_engine.outbox_message.tracked is 'Tracked table.';
comment on column jalon_engine.outbox_message.record_key is 'Key of the record.';
comment on column jalon_engine.outbox_message.version is 'Version of the record after the change.';
comment on column jalon_engine.outbox_message.occurred_at is 'When it happened.';
comment on column jalon_engine.outbox_message.transaction_id is
'Transaction; readers stay below the oldest one that runs.';
comment on column jalon_engine.outbox_message.data is 'From, to, who, why and what else the change carries.';
create index outbox_message_id_idx on jalon_engine.outbox_message (id);

alter table jalon_engine.outbox_message set (autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_cost_limit = 10000);
grant select on jalon_engine.interest to jalon_historian;
grant insert on jalon_engine.outbox_message to jalon_historian;
