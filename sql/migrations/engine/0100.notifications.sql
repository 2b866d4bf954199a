-- Notifications: written by trigger in the transaction of the change, as codes and parameters; the words are put in
-- when somebody reads, in the reader's language. A row is addressed to a person, or to whoever holds a permission.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.notification_type (
    code text constraint notification_type_pk primary key,
    label text not null,
    description text not null
);
comment on table jalon_engine.notification_type is 'Kinds of notifications; what a module adds, it adds as rows.';
comment on column jalon_engine.notification_type.code is 'Code.';
comment on column jalon_engine.notification_type.label is 'What people call it.';
comment on column jalon_engine.notification_type.description is 'When it is sent.';

create table jalon_engine.notification (
    id uuid constraint notification_pk primary key,
    recipient text,
    recipient_permission text constraint notification_permission_fk references jalon_engine.permission (code),
    acted_by text not null,
    type text not null constraint notification_type_fk references jalon_engine.notification_type (code),
    priority text not null,
    message text not null,
    params jsonb not null default '{}',
    link text,
    tracked text not null,
    record_key text not null,
    created_at timestamptz not null default clock_timestamp(),
    position bigint constraint a_position_is_given_once unique,
    constraint it_is_for_a_person_or_a_permission check (num_nonnulls(recipient, recipient_permission) = 1),
    constraint priority_is_known check (priority in ('low', 'normal', 'high', 'urgent'))
) with (fillfactor = 90);
comment on table jalon_engine.notification is
'Notifications. Read marks are kept beside, since several people may read one.';
comment on column jalon_engine.notification.id is 'Identifier, of version 7: later ones are greater.';
comment on column jalon_engine.notification.recipient is 'Actor it is for.';
comment on column jalon_engine.notification.recipient_permission is
'Or: whoever holds this permission, but for the one who acted.';
comment on column jalon_engine.notification.acted_by is 'Who made the change that it tells of.';
comment on column jalon_engine.notification.type is 'Type.';
comment on column jalon_engine.notification.priority is 'low, normal, high or urgent.';
comment on column jalon_engine.notification.message is
'Code of its words in jalon_engine.display_text: template is the title, hint the text.';
comment on column jalon_engine.notification.params is 'What the words are filled with.';
comment on column jalon_engine.notification.link is 'Where to look at the record.';
comment on column jalon_engine.notification.tracked is 'Tracked table.';
comment on column jalon_engine.notification.record_key is 'Key of the record.';
comment on column jalon_engine.notification.created_at is 'When.';
comment on column jalon_engine.notification.position is
'Given after commit, one by one: who has read up to n misses nothing below n.';
create index notification_recipient_idx on jalon_engine.notification (recipient, id) where recipient is not null;
create index notification_permission_idx on jalon_engine.notification (recipient_permission, id)
    where recipient_permission is not null;
create index notification_recipient_feed_idx on jalon_engine.notification (recipient, position)
    where recipient is not null;
create index notification_permission_feed_idx on jalon_engine.notification (recipient_permission, position)
    where recipient_permission is not null;
create index notification_record_idx on jalon_engine.notification (tracked, record_key);
create index notification_unnumbered_idx on jalon_engine.notification (id) where position is null;
create index notification_type_idx on jalon_engine.notification (type);

create table jalon_engine.notification_read (
    notification_id uuid not null constraint notification_read_notification_fk references jalon_engine.notification (id)
        on delete cascade, reader text not null,
    read_at timestamptz not null default clock_timestamp(),
    constraint notification_read_pk primary key (notification_id, reader)
);
comment on table jalon_engine.notification_read is 'Who has read which notification.';
comment on column jalon_engine.notification_read.notification_id is 'Notification.';
comment on column jalon_engine.notification_read.reader is 'Actor.';
comment on column jalon_engine.notification_read.read_at is 'When.';

create table jalon_engine.notification_clock (
    singleton boolean constraint notification_clock_pk primary key default true constraint
        notification_clock_has_one_row check (singleton),
    last_position bigint not null default 0
);
comment on table jalon_engine.notification_clock is
'The last position given. Whoever gives the next holds the row until commit, so that positions are seen in order.';
comment on column jalon_engine.notification_clock.singleton is 'There is one row.';
comment on column jalon_engine.notification_clock.last_position is 'Last position.';

insert into jalon_engine.notification_clock default values;
