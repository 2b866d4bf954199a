-- What people are told: written by trigger in the transaction of the change, as codes and parameters; the words are
-- put in when somebody reads, in the reader's language. A row is addressed to a person, or to whoever holds a permission.
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
insert into jalon_engine.notification_type (code, label, description) values
('event_status', 'Status of an event', 'A status change initiated by the organizer.'),
('event_approval', 'Decision on an event', 'A decision of the moderators.');

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
comment on table jalon_engine.notification is 'Notifications. Read marks are kept beside, since several people may read one.';
comment on column jalon_engine.notification.id is 'Identifier, of version 7: later ones are greater.';
comment on column jalon_engine.notification.recipient is 'Actor it is for.';
comment on column jalon_engine.notification.recipient_permission is 'Or: whoever holds this permission, but for the one who acted.';
comment on column jalon_engine.notification.acted_by is 'Who made the change that it tells of.';
comment on column jalon_engine.notification.type is 'Type.';
comment on column jalon_engine.notification.priority is 'low, normal, high or urgent.';
comment on column jalon_engine.notification.message is 'Code of its words in jalon_engine.display_text: template is the title, hint the text.';
comment on column jalon_engine.notification.params is 'What the words are filled with.';
comment on column jalon_engine.notification.link is 'Where to look at the record.';
comment on column jalon_engine.notification.tracked is 'Tracked table.';
comment on column jalon_engine.notification.record_key is 'Key of the record.';
comment on column jalon_engine.notification.created_at is 'When.';
comment on column jalon_engine.notification.position is 'Given after commit, one by one: who has read up to n misses nothing below n.';
create index notification_recipient_idx on jalon_engine.notification (recipient, id) where recipient is not null;
create index notification_permission_idx on jalon_engine.notification (recipient_permission, id) where recipient_permission is not null;
create index notification_recipient_feed_idx on jalon_engine.notification (recipient, position) where recipient is not null;
create index notification_permission_feed_idx on jalon_engine.notification (recipient_permission, position) where recipient_permission is not null;
create index notification_record_idx on jalon_engine.notification (tracked, record_key);
create index notification_unnumbered_idx on jalon_engine.notification (id) where position is null;
create index notification_type_idx on jalon_engine.notification (type);

create table jalon_engine.notification_read (
    notification_id uuid not null constraint notification_read_notification_fk references jalon_engine.notification (id) on delete cascade,
    reader text not null,
    read_at timestamptz not null default clock_timestamp(),
    constraint notification_read_pk primary key (notification_id, reader)
);
comment on table jalon_engine.notification_read is 'Who has read which notification.';
comment on column jalon_engine.notification_read.notification_id is 'Notification.';
comment on column jalon_engine.notification_read.reader is 'Actor.';
comment on column jalon_engine.notification_read.read_at is 'When.';

create table jalon_engine.notification_clock (
    singleton boolean constraint notification_clock_pk primary key default true constraint notification_clock_has_one_row check (singleton),
    last_position bigint not null default 0
);
comment on table jalon_engine.notification_clock is 'The last position given. Whoever gives the next holds the row until commit, so that positions are seen in order.';
comment on column jalon_engine.notification_clock.singleton is 'There is one row.';
comment on column jalon_engine.notification_clock.last_position is 'Last position.';
insert into jalon_engine.notification_clock default values;

create table jalon_events.notice (
    code text constraint notice_pk primary key,
    position integer not null constraint notices_have_an_order unique,
    audience text constraint notice_permission_fk references jalon_engine.permission (code),
    by_organizer boolean,
    column_name text not null,
    from_code text,
    to_code text,
    type text not null constraint notice_type_fk references jalon_engine.notification_type (code),
    priority text not null,
    link text not null,
    constraint notice_watches_a_known_column check (column_name in ('status', 'moderation_status', 'is_published')),
    constraint priority_is_known check (priority in ('low', 'normal', 'high', 'urgent'))
);
comment on table jalon_events.notice is 'Who is told of which change of an event: for each audience the first row that fits. The words are event.notice.<code> in jalon_engine.display_text.';
comment on column jalon_events.notice.code is 'Name.';
comment on column jalon_events.notice.position is 'Order.';
comment on column jalon_events.notice.audience is 'Permission whose holders are told; empty: the organizer of the event.';
comment on column jalon_events.notice.by_organizer is 'Only of changes that the organizer made, or only of others''; empty for both.';
comment on column jalon_events.notice.column_name is 'Column that changed.';
comment on column jalon_events.notice.from_code is 'Code it left; empty for any.';
comment on column jalon_events.notice.to_code is 'Code it came to; empty for any.';
comment on column jalon_events.notice.type is 'Type of the notification.';
comment on column jalon_events.notice.priority is 'low, normal, high or urgent.';
comment on column jalon_events.notice.link is 'Where to look, with {event_id}.';
create index notice_audience_idx on jalon_events.notice (audience);
create index notice_type_idx on jalon_events.notice (type);
insert into jalon_events.notice (code, position, audience, by_organizer, column_name, from_code, to_code, type, priority, link)
select n.code, n.position, n.audience, n.by_organizer, n.column_name, n.from_code, n.to_code, n.type, n.priority,
    case when n.audience is null then '/api/organizer/events/{event_id}' else '/api/admin/events/{event_id}' end
from (values
    ('suspended', 10, null, false, 'status', null, 'suspended', 'event_approval', 'urgent'),
    ('cancelled', 20, null, false, 'status', null, 'cancelled', 'event_approval', 'urgent'),
    ('rejected', 30, null, false, 'moderation_status', null, 'rejected', 'event_approval', 'high'),
    ('revision_requested', 40, null, false, 'moderation_status', null, 'revision_requested', 'event_approval', 'high'),
    ('flagged', 50, null, false, 'moderation_status', null, 'flagged', 'event_approval', 'high'),
    ('approved', 60, null, false, 'moderation_status', null, 'approved', 'event_approval', 'high'),
    ('reinstated', 70, null, false, 'status', 'suspended', 'active', 'event_approval', 'high'),
    ('under_review', 80, null, false, 'moderation_status', null, 'under_review', 'event_approval', 'normal'),
    ('changed', 90, null, false, 'status', null, null, 'event_approval', 'normal'),
    ('moderation_changed', 91, null, false, 'moderation_status', null, null, 'event_approval', 'normal'),
    ('publication_changed', 92, null, false, 'is_published', null, null, 'event_approval', 'normal'),
    ('new_approval_asked', 110, 'moderate_events', true, 'moderation_status', 'approved', 'under_review', 'event_status', 'high'),
    ('resubmitted', 120, 'moderate_events', true, 'moderation_status', 'revision_requested', 'under_review', 'event_status', 'normal'),
    ('submitted_again', 121, 'moderate_events', true, 'moderation_status', 'rejected', 'under_review', 'event_status', 'normal'),
    ('submitted', 130, 'moderate_events', true, 'moderation_status', null, 'under_review', 'event_status', 'normal'),
    ('waits', 140, 'moderate_events', false, 'moderation_status', null, 'under_review', 'event_status', 'normal'),
    ('to_be_checked', 150, 'moderate_events', null, 'moderation_status', null, 'flagged', 'event_approval', 'high')
) n (code, position, audience, by_organizer, column_name, from_code, to_code, type, priority);

insert into jalon_engine.display_text (code, language, template, hint) values
('event.notice.suspended', 'en', '"{title}" is suspended', 'The public no longer sees it.{notes}'),
('event.notice.suspended', 'fr', '« {title} » est suspendu', 'Le public ne le voit plus.{notes}'),
('event.notice.cancelled', 'en', '"{title}" is cancelled', 'It will not take place.{notes}'),
('event.notice.cancelled', 'fr', '« {title} » est annulé', 'Il n''aura pas lieu.{notes}'),
('event.notice.rejected', 'en', '"{title}" is rejected', 'You may change it and submit it again.{notes}'),
('event.notice.rejected', 'fr', '« {title} » est rejeté', 'Vous pouvez le modifier et le soumettre à nouveau.{notes}'),
('event.notice.revision_requested', 'en', 'A revision of "{title}" is requested', 'Change it and submit it again.{notes}'),
('event.notice.revision_requested', 'fr', 'Une révision de « {title} » est demandée', 'Modifiez-le et soumettez-le à nouveau.{notes}'),
('event.notice.flagged', 'en', '"{title}" is flagged', 'A moderator looks at it once more.{notes}'),
('event.notice.flagged', 'fr', '« {title} » est signalé', 'Un modérateur le réexamine.{notes}'),
('event.notice.approved', 'en', '"{title}" is approved', 'You may publish it now.{notes}'),
('event.notice.approved', 'fr', '« {title} » est approuvé', 'Vous pouvez maintenant le publier.{notes}'),
('event.notice.reinstated', 'en', '"{title}" is reinstated', 'You may publish it again.{notes}'),
('event.notice.reinstated', 'fr', '« {title} » est rétabli', 'Vous pouvez le publier à nouveau.{notes}'),
('event.notice.under_review', 'en', '"{title}" is under review', 'You will be told of the decision.{notes}'),
('event.notice.under_review', 'fr', '« {title} » est en cours de révision', 'La décision vous sera communiquée.{notes}'),
('event.notice.changed', 'en', 'The status of "{title}" has changed', 'See its history.{notes}'),
('event.notice.changed', 'fr', 'Le statut de « {title} » a changé', 'Voyez son historique.{notes}'),
('event.notice.moderation_changed', 'en', 'The moderation of "{title}" has changed', 'See its history.{notes}'),
('event.notice.moderation_changed', 'fr', 'La modération de « {title} » a changé', 'Voyez son historique.{notes}'),
('event.notice.publication_changed', 'en', 'The publication of "{title}" has changed', 'See its history.{notes}'),
('event.notice.publication_changed', 'fr', 'La publication de « {title} » a changé', 'Voyez son historique.{notes}'),
('event.notice.new_approval_asked', 'en', '"{title}" was changed and needs a new approval', 'It was approved before; {actor} changed something major.{notes}'),
('event.notice.new_approval_asked', 'fr', '« {title} » a été modifié et demande une nouvelle validation', 'Il était approuvé ; {actor} a fait un changement important.{notes}'),
('event.notice.resubmitted', 'en', '"{title}" was revised and submitted again', '{actor} asks for a decision.{notes}'),
('event.notice.resubmitted', 'fr', '« {title} » a été révisé et soumis à nouveau', '{actor} demande une décision.{notes}'),
('event.notice.submitted_again', 'en', '"{title}" was submitted again', '{actor} asks for a decision after a rejection.{notes}'),
('event.notice.submitted_again', 'fr', '« {title} » a été soumis à nouveau', '{actor} demande une décision après un rejet.{notes}'),
('event.notice.submitted', 'en', '"{title}" waits for review', '{actor} asks for a decision.{notes}'),
('event.notice.submitted', 'fr', '« {title} » attend une validation', '{actor} demande une décision.{notes}'),
('event.notice.waits', 'en', '"{title}" waits for review', '{actor} put it under review.{notes}'),
('event.notice.waits', 'fr', '« {title} » attend une validation', '{actor} l''a remis en révision.{notes}'),
('event.notice.to_be_checked', 'en', '"{title}" is flagged', '{actor} asks for another look.{notes}'),
('event.notice.to_be_checked', 'fr', '« {title} » est signalé', '{actor} demande un nouvel examen.{notes}');
