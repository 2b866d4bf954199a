-- Events: an organizer prepares one, administrators approve it, the organizer shows it to the public.
-- Three status columns, each with its referential and its transitions; what follows from what is rows as well.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_events.events (
    id uuid constraint events_pk primary key default gen_random_uuid(),
    organizer_id text not null,
    title text not null,
    description text,
    starts_at timestamptz,
    ends_at timestamptz,
    place text,
    price numeric(12, 2),
    capacity integer,
    status varchar(100) not null default 'draft',
    moderation_status varchar(100) not null default 'pending',
    is_published boolean not null default false,
    admin_notes text,
    status_changed_at timestamptz not null default current_timestamp,
    status_changed_by uuid,
    status_version integer not null default 1,
    revision integer not null default 1,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp,
    constraint organizer_is_somebody check (organizer_id ~ '\S'),
    constraint title_is_one_to_two_hundred_characters check (title ~ '\S' and length(title) <= 200),
    constraint description_is_ten_thousand_characters_at_most check (length(description) <= 10000),
    constraint place_is_five_hundred_characters_at_most check (length(place) <= 500),
    constraint an_event_ends_after_it_starts check (ends_at > starts_at),
    constraint an_event_that_ends_starts check (ends_at is null or starts_at is not null),
    constraint price_is_not_negative check (price >= 0),
    constraint capacity_is_positive check (capacity > 0),
    constraint published_means_approved check (not is_published or moderation_status = 'approved'),
    constraint published_events_have_a_date check (not is_published or starts_at is not null)
);
comment on table jalon_events.events is 'Events of organizers, under moderation.';
comment on column jalon_events.events.id is 'Identifier.';
comment on column jalon_events.events.organizer_id is 'Who organizes it: the actor of the token, a user''s identifier or name.';
comment on column jalon_events.events.title is 'Title.';
comment on column jalon_events.events.description is 'Description.';
comment on column jalon_events.events.starts_at is 'When it begins.';
comment on column jalon_events.events.ends_at is 'When it ends.';
comment on column jalon_events.events.place is 'Where it takes place.';
comment on column jalon_events.events.price is 'Price of entry.';
comment on column jalon_events.events.capacity is 'How many people fit in.';
comment on column jalon_events.events.status is 'Where the event stands, a code of EVENT_STATUS.';
comment on column jalon_events.events.moderation_status is 'Where its moderation stands, a code of EVENT_MODERATION.';
comment on column jalon_events.events.is_published is 'Whether the public sees it, a code of EVENT_PUBLICATION.';
comment on column jalon_events.events.admin_notes is 'What the moderators last told the organizer.';
comment on column jalon_events.events.status_changed_at is 'When one of the three last changed. Kept by Jalon.';
comment on column jalon_events.events.status_changed_by is 'User who changed it; empty where the actor is no user. History names every actor.';
comment on column jalon_events.events.status_version is 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';
comment on column jalon_events.events.revision is 'Counts the edits of the content: 1, 2, 3, …';
comment on column jalon_events.events.created_at is 'When it was created.';
comment on column jalon_events.events.updated_at is 'When its content was last edited.';
create index events_organizer_idx on jalon_events.events (organizer_id, created_at, id);
create index events_queue_idx on jalon_events.events (moderation_status, status_changed_at, id);
create index events_public_idx on jalon_events.events (starts_at, id) where is_published;
create index events_status_changed_by_idx on jalon_events.events (status_changed_by);

create table jalon_events.content_column (
    column_name text constraint content_column_pk primary key,
    is_major boolean not null
);
comment on table jalon_events.content_column is 'The columns that an organizer edits, and which of them matter to an approval.';
comment on column jalon_events.content_column.column_name is 'Column of events.';
comment on column jalon_events.content_column.is_major is 'Whether changing it on an approved event asks for a new approval.';
insert into jalon_events.content_column (column_name, is_major) values
('title', true), ('description', false), ('starts_at', true), ('ends_at', true), ('place', true), ('price', true), ('capacity', false);

create table jalon_events.follow_up (
    code text constraint follow_up_pk primary key,
    position integer not null constraint follow_ups_have_an_order unique,
    column_name text not null,
    to_code text,
    if_status text[],
    if_moderation_status text[],
    set_status text,
    set_moderation_status text,
    set_is_published boolean,
    constraint follow_up_watches_a_known_column check (column_name in ('status', 'moderation_status', 'is_published', 'content')),
    constraint follow_up_sets_something check (num_nonnulls(set_status, set_moderation_status, set_is_published) > 0)
);
comment on table jalon_events.follow_up is 'What follows in the same change: when a column comes to a code, others that were left alone come along. In order, once each.';
comment on column jalon_events.follow_up.code is 'Name.';
comment on column jalon_events.follow_up.position is 'Order.';
comment on column jalon_events.follow_up.column_name is 'Column that changes; content: a major column of content.';
comment on column jalon_events.follow_up.to_code is 'Code it comes to; empty for any.';
comment on column jalon_events.follow_up.if_status is 'Only while status is one of these.';
comment on column jalon_events.follow_up.if_moderation_status is 'Only while moderation_status is one of these.';
comment on column jalon_events.follow_up.set_status is 'Where status goes.';
comment on column jalon_events.follow_up.set_moderation_status is 'Where moderation_status goes.';
comment on column jalon_events.follow_up.set_is_published is 'What publication becomes.';
insert into jalon_events.follow_up (code, position, column_name, to_code, if_status, if_moderation_status, set_status, set_moderation_status, set_is_published) values
('major change of an approved event', 10, 'content', null, '{active,sold_out}', '{approved}', 'candidate', 'under_review', false),
('submitted', 20, 'status', 'candidate', null, null, null, 'under_review', false),
('reverted', 30, 'status', 'draft', null, '{under_review}', null, 'pending', false),
('back to draft', 31, 'status', 'draft', null, null, null, null, false),
('made active', 40, 'status', 'active', null, '{pending,under_review}', null, 'approved', null),
('suspended', 50, 'status', 'suspended', null, null, null, null, false),
('put under review', 60, 'moderation_status', 'under_review', '{draft,active,sold_out}', null, 'candidate', null, false),
('review hides', 61, 'moderation_status', 'under_review', null, null, null, null, false),
('approved', 70, 'moderation_status', 'approved', '{candidate}', null, 'active', null, null),
('rejected', 80, 'moderation_status', 'rejected', '{candidate,active,sold_out}', null, 'draft', null, false),
('rejection hides', 81, 'moderation_status', 'rejected', null, null, null, null, false),
('revision requested', 90, 'moderation_status', 'revision_requested', '{candidate,active,sold_out}', null, 'draft', null, false),
('revision hides', 91, 'moderation_status', 'revision_requested', null, null, null, null, false),
('a flag hides', 100, 'moderation_status', 'flagged', null, null, null, null, false),
('withdrawn from review', 110, 'moderation_status', 'pending', '{candidate}', null, 'draft', null, false),
('pending hides', 111, 'moderation_status', 'pending', null, null, null, null, false);

create table jalon_events.display (
    code text constraint display_pk primary key,
    position integer not null constraint displays_have_an_order unique,
    moderation_status text,
    status text,
    is_published boolean,
    color text not null,
    icon text not null,
    constraint color_is_hexadecimal check (color ~ '^#[0-9a-fA-F]{6}$')
);
comment on table jalon_events.display is 'What people are shown for the three columns together; the first row that fits decides.';
comment on column jalon_events.display.code is 'Name of what is shown.';
comment on column jalon_events.display.position is 'Order.';
comment on column jalon_events.display.moderation_status is 'Fits this moderation; empty for any.';
comment on column jalon_events.display.status is 'Fits this status; empty for any.';
comment on column jalon_events.display.is_published is 'Fits this publication; empty for any.';
comment on column jalon_events.display.color is 'Colour as #rrggbb.';
comment on column jalon_events.display.icon is 'Name of an icon.';

create table jalon_events.display_label (
    code text not null constraint display_label_display_fk references jalon_events.display (code) on delete cascade,
    language text not null constraint display_label_language_fk references jalon_engine.language (code),
    label text not null,
    constraint display_label_pk primary key (code, language)
);
comment on table jalon_events.display_label is 'The words of what is shown, per language.';
comment on column jalon_events.display_label.code is 'What is shown.';
comment on column jalon_events.display_label.language is 'Language.';
comment on column jalon_events.display_label.label is 'The words.';
create index display_label_language_idx on jalon_events.display_label (language);
insert into jalon_events.display (code, position, moderation_status, status, is_published, color, icon) values
('rejected', 10, 'rejected', null, null, '#c62828', 'x-circle'),
('revision_requested', 20, 'revision_requested', null, null, '#ef6c00', 'edit-3'),
('under_review', 30, 'under_review', null, null, '#1565c0', 'search'),
('published', 40, null, 'active', true, '#2e7d32', 'globe'),
('approved', 50, null, 'active', false, '#558b2f', 'check-circle'),
('draft', 60, null, 'draft', null, '#757575', 'file'),
('candidate', 70, null, 'candidate', null, '#f9a825', 'clock'),
('sold_out', 80, null, 'sold_out', null, '#6a1b9a', 'users'),
('cancelled', 90, null, 'cancelled', null, '#b71c1c', 'slash'),
('completed', 100, null, 'completed', null, '#37474f', 'flag'),
('suspended', 110, null, 'suspended', null, '#d84315', 'pause-circle');
insert into jalon_events.display_label (code, language, label) values
('rejected', 'fr', 'Rejeté'), ('rejected', 'en', 'Rejected'),
('revision_requested', 'fr', 'Révision demandée'), ('revision_requested', 'en', 'Revision requested'),
('under_review', 'fr', 'En cours de révision'), ('under_review', 'en', 'Under review'),
('published', 'fr', 'Publié'), ('published', 'en', 'Published'),
('approved', 'fr', 'Approuvé (non publié)'), ('approved', 'en', 'Approved (not published)'),
('draft', 'fr', 'Brouillon'), ('draft', 'en', 'Draft'),
('candidate', 'fr', 'En attente de validation'), ('candidate', 'en', 'Awaiting approval'),
('sold_out', 'fr', 'Complet'), ('sold_out', 'en', 'Sold out'),
('cancelled', 'fr', 'Annulé'), ('cancelled', 'en', 'Cancelled'),
('completed', 'fr', 'Terminé'), ('completed', 'en', 'Completed'),
('suspended', 'fr', 'Suspendu'), ('suspended', 'en', 'Suspended');

-- The codes, their transitions, who may do what, and the words for it.
insert into jalon_engine.category (code, label, description) values
('EVENT_STATUS', 'Status of an event', 'Where an event stands in its life.'),
('EVENT_MODERATION', 'Moderation of an event', 'What the moderators think of it.'),
('EVENT_PUBLICATION', 'Publication of an event', 'Whether the public sees it.');

insert into jalon_engine.referential (category, code, label, description, position, color, icon, outcome, is_initial, is_final, max_stay) values
('EVENT_STATUS', 'draft', 'Draft', 'Being prepared; nobody else sees it.', 1, '#757575', 'file', 'open', true, false, null),
('EVENT_STATUS', 'candidate', 'Candidate', 'Submitted; waits for a decision.', 2, '#f9a825', 'clock', 'waiting', false, false, '7 days'),
('EVENT_STATUS', 'active', 'Active', 'Approved; the organizer may publish it.', 3, '#558b2f', 'check-circle', 'active', false, false, null),
('EVENT_STATUS', 'sold_out', 'Sold out', 'Approved; no place is left.', 4, '#6a1b9a', 'users', 'active', false, false, null),
('EVENT_STATUS', 'suspended', 'Suspended', 'Taken from the public by a moderator.', 5, '#d84315', 'pause-circle', 'waiting', false, false, null),
('EVENT_STATUS', 'completed', 'Completed', 'It has taken place.', 6, '#37474f', 'flag', 'done', false, true, null),
('EVENT_STATUS', 'cancelled', 'Cancelled', 'It will not take place.', 7, '#b71c1c', 'slash', 'dropped', false, true, null),
('EVENT_MODERATION', 'pending', 'Pending', 'Not submitted yet.', 1, '#757575', 'circle', 'open', true, false, null),
('EVENT_MODERATION', 'under_review', 'Under review', 'Submitted; waits for a moderator.', 2, '#1565c0', 'search', 'waiting', false, false, '7 days'),
('EVENT_MODERATION', 'flagged', 'Flagged', 'To be looked at once more.', 3, '#ad1457', 'alert-triangle', 'waiting', false, false, '3 days'),
('EVENT_MODERATION', 'revision_requested', 'Revision requested', 'The organizer is to change something.', 4, '#ef6c00', 'edit-3', 'active', false, false, null),
('EVENT_MODERATION', 'rejected', 'Rejected', 'Refused, with notes; it may be submitted again.', 5, '#c62828', 'x-circle', 'active', false, false, null),
('EVENT_MODERATION', 'approved', 'Approved', 'May be published.', 6, '#2e7d32', 'check-circle', 'done', false, false, null),
('EVENT_PUBLICATION', 'false', 'Not published', 'Only the organizer and the moderators see it.', 1, '#757575', 'eye-off', 'open', true, false, null),
('EVENT_PUBLICATION', 'true', 'Published', 'The public sees it.', 2, '#2e7d32', 'globe', 'done', false, false, null);

insert into jalon_engine.referential_label (category, code, language, label)
select r.category, r.code, 'en', r.label from jalon_engine.referential r
where r.category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');
insert into jalon_engine.referential_label (category, code, language, label) values
('EVENT_STATUS', 'draft', 'fr', 'Brouillon'),
('EVENT_STATUS', 'candidate', 'fr', 'Candidat'),
('EVENT_STATUS', 'active', 'fr', 'Actif'),
('EVENT_STATUS', 'sold_out', 'fr', 'Complet'),
('EVENT_STATUS', 'suspended', 'fr', 'Suspendu'),
('EVENT_STATUS', 'completed', 'fr', 'Terminé'),
('EVENT_STATUS', 'cancelled', 'fr', 'Annulé'),
('EVENT_MODERATION', 'pending', 'fr', 'En attente'),
('EVENT_MODERATION', 'under_review', 'fr', 'En cours de révision'),
('EVENT_MODERATION', 'flagged', 'fr', 'Signalé'),
('EVENT_MODERATION', 'revision_requested', 'fr', 'Révision demandée'),
('EVENT_MODERATION', 'rejected', 'fr', 'Rejeté'),
('EVENT_MODERATION', 'approved', 'fr', 'Approuvé'),
('EVENT_PUBLICATION', 'false', 'fr', 'Non publié'),
('EVENT_PUBLICATION', 'true', 'fr', 'Publié');

insert into jalon_engine.role (code, label, description) values
('organizer', 'Organizer', 'Creates events.'), ('moderator', 'Moderator', 'Decides what others submit.')
on conflict (code) do nothing;
insert into jalon_engine.role (code, label, description) values
('event_organizer', 'Organizer of the event', 'Whom the event''s column organizer_id names: a relation, not given by tokens.');

insert into jalon_engine.permission (code, label, description, module) values
('create_event', 'Create events', 'Begin an event of one''s own.', 'event'),
('edit_event', 'Edit an event', 'Change its content.', 'event'),
('delete_event', 'Delete an event', 'Delete it altogether.', 'event'),
('revert_event', 'Take an event back', 'Take a submitted event back to draft.', 'event'),
('publish_event', 'Publish an event', 'Show it to the public.', 'event'),
('moderate_events', 'Moderate events', 'See the queue, decide, set any status.', 'event');
-- Status: a code of either category. Allowed by one of them, unless the other says no.
insert into jalon_engine.permission_rule (role, permission, scope, status, is_allowed) values
('organizer', 'create_event', 'events', '*', true), ('admin', 'create_event', 'events', '*', true),
('admin', 'moderate_events', 'events', '*', true), ('moderator', 'moderate_events', 'events', '*', true),
('moderator', 'read_all', 'events', '*', true),
('event_organizer', 'edit_event', 'events', 'draft', true), ('event_organizer', 'edit_event', 'events', 'rejected', true),
('event_organizer', 'edit_event', 'events', 'revision_requested', true), ('event_organizer', 'edit_event', 'events', 'approved', true),
('event_organizer', 'edit_event', 'events', 'suspended', false), ('event_organizer', 'edit_event', 'events', 'cancelled', false),
('event_organizer', 'edit_event', 'events', 'completed', false), ('admin', 'edit_event', 'events', '*', true),
('event_organizer', 'delete_event', 'events', 'draft', true), ('admin', 'delete_event', 'events', '*', true),
('event_organizer', 'revert_event', 'events', 'under_review', true),
('admin', 'revert_event', 'events', '*', true), ('moderator', 'revert_event', 'events', '*', true),
('event_organizer', 'publish_event', 'events', 'approved', true), ('event_organizer', 'publish_event', 'events', 'draft', false),
('event_organizer', 'publish_event', 'events', 'candidate', false), ('event_organizer', 'publish_event', 'events', 'suspended', false),
('event_organizer', 'publish_event', 'events', 'cancelled', false), ('event_organizer', 'publish_event', 'events', 'completed', false),
('admin', 'publish_event', 'events', 'approved', true);

insert into jalon_engine.guard (name, function_name, description) values
('event_may_be_reverted', 'jalon_engine.guard_event_revert', 'A submitted event goes back only while nobody has decided on it.'),
('event_may_be_published', 'jalon_engine.guard_event_publish', 'Only what is approved is published.');

insert into jalon_engine.workflow (category, version, state, label, created_by) values
('EVENT_STATUS', 1, 'draft', 'Life of an event', 'jalon'),
('EVENT_MODERATION', 1, 'draft', 'Moderation of events', 'jalon'),
('EVENT_PUBLICATION', 1, 'draft', 'Publication of events', 'jalon');
insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles, requires_reason, required_fields, guard, icon, position) values
('EVENT_STATUS', 1, 'draft', 'candidate', 'submit', '{event_organizer,admin}', false, '{title,starts_at,place}', null, 'send', 1),
('EVENT_STATUS', 1, 'candidate', 'draft', 'revert', '{event_organizer,admin,moderator}', false, null, 'event_may_be_reverted', 'rotate-ccw', 2),
('EVENT_STATUS', 1, 'candidate', 'active', 'approve', '{admin,moderator}', false, null, null, 'check', 1),
('EVENT_STATUS', 1, 'active', 'candidate', 'resubmit', '{event_organizer,admin,moderator}', false, null, null, 'send', 5),
('EVENT_STATUS', 1, 'sold_out', 'candidate', 'resubmit', '{event_organizer,admin,moderator}', false, null, null, 'send', 5),
('EVENT_STATUS', 1, 'active', 'draft', 'send_back', '{admin,moderator}', false, null, null, 'corner-up-left', 7),
('EVENT_STATUS', 1, 'sold_out', 'draft', 'send_back', '{admin,moderator}', false, null, null, 'corner-up-left', 7),
('EVENT_STATUS', 1, 'active', 'sold_out', 'sell_out', '{event_organizer,admin}', false, null, null, 'users', 1),
('EVENT_STATUS', 1, 'sold_out', 'active', 'reopen', '{event_organizer,admin}', false, null, null, 'user-plus', 1),
('EVENT_STATUS', 1, 'active', 'completed', 'complete', '{event_organizer,admin}', false, null, null, 'flag', 2),
('EVENT_STATUS', 1, 'sold_out', 'completed', 'complete', '{event_organizer,admin}', false, null, null, 'flag', 2),
('EVENT_STATUS', 1, 'active', 'cancelled', 'cancel', '{event_organizer,admin}', true, null, null, 'slash', 3),
('EVENT_STATUS', 1, 'sold_out', 'cancelled', 'cancel', '{event_organizer,admin}', true, null, null, 'slash', 3),
('EVENT_STATUS', 1, 'active', 'suspended', 'suspend', '{admin,moderator}', true, null, null, 'pause', 4),
('EVENT_STATUS', 1, 'sold_out', 'suspended', 'suspend', '{admin,moderator}', true, null, null, 'pause', 4),
('EVENT_STATUS', 1, 'suspended', 'active', 'reinstate', '{admin,moderator}', false, null, null, 'play', 1),
('EVENT_STATUS', 1, 'suspended', 'cancelled', 'cancel', '{admin}', true, null, null, 'slash', 2),
('EVENT_MODERATION', 1, 'pending', 'under_review', 'submit', '{event_organizer,admin}', false, null, null, 'send', 1),
('EVENT_MODERATION', 1, 'under_review', 'pending', 'revert', '{event_organizer,admin,moderator}', false, null, null, 'rotate-ccw', 5),
('EVENT_MODERATION', 1, 'rejected', 'under_review', 'submit', '{event_organizer,admin}', false, null, null, 'send', 1),
('EVENT_MODERATION', 1, 'revision_requested', 'under_review', 'submit', '{event_organizer,admin}', false, null, null, 'send', 1),
('EVENT_MODERATION', 1, 'approved', 'under_review', 'resubmit', '{event_organizer,admin,moderator}', false, null, null, 'send', 1),
('EVENT_MODERATION', 1, 'flagged', 'under_review', 'review_again', '{admin,moderator}', false, null, null, 'search', 4),
('EVENT_MODERATION', 1, 'flagged', 'pending', 'unflag', '{admin,moderator}', false, null, null, 'circle', 5),
('EVENT_MODERATION', 1, 'under_review', 'approved', 'approve', '{admin,moderator}', false, null, null, 'check', 1),
('EVENT_MODERATION', 1, 'flagged', 'approved', 'approve', '{admin,moderator}', false, null, null, 'check', 1),
('EVENT_MODERATION', 1, 'under_review', 'rejected', 'reject', '{admin,moderator}', true, null, null, 'x', 2),
('EVENT_MODERATION', 1, 'flagged', 'rejected', 'reject', '{admin,moderator}', true, null, null, 'x', 2),
('EVENT_MODERATION', 1, 'approved', 'rejected', 'reject', '{admin,moderator}', true, null, null, 'x', 3),
('EVENT_MODERATION', 1, 'under_review', 'revision_requested', 'request_revision', '{admin,moderator}', true, null, null, 'edit-3', 3),
('EVENT_MODERATION', 1, 'flagged', 'revision_requested', 'request_revision', '{admin,moderator}', true, null, null, 'edit-3', 3),
('EVENT_MODERATION', 1, 'approved', 'revision_requested', 'request_revision', '{admin,moderator}', true, null, null, 'edit-3', 4),
('EVENT_MODERATION', 1, 'pending', 'flagged', 'flag', '{admin,moderator}', false, null, null, 'alert-triangle', 6),
('EVENT_MODERATION', 1, 'under_review', 'flagged', 'flag', '{admin,moderator}', false, null, null, 'alert-triangle', 6),
('EVENT_MODERATION', 1, 'approved', 'flagged', 'flag', '{admin,moderator}', false, null, null, 'alert-triangle', 6),
('EVENT_PUBLICATION', 1, 'false', 'true', 'publish', '{event_organizer,admin}', false, null, 'event_may_be_published', 'globe', 1),
('EVENT_PUBLICATION', 1, 'true', 'false', 'unpublish', '{event_organizer,admin,moderator}', false, null, null, 'eye-off', 1);
update jalon_engine.workflow set state = 'published', published_at = now(), published_by = 'jalon'
where category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');

insert into jalon_engine.action_label (category, action, language, label)
select distinct a.category, a.action, l.language, l.label
from (values
    ('submit', 'en', 'Submit for review'), ('submit', 'fr', 'Soumettre pour validation'),
    ('revert', 'en', 'Back to draft'), ('revert', 'fr', 'Revenir au brouillon'),
    ('approve', 'en', 'Approve'), ('approve', 'fr', 'Approuver'),
    ('resubmit', 'en', 'Ask for a new approval'), ('resubmit', 'fr', 'Demander une nouvelle validation'),
    ('send_back', 'en', 'Send back to draft'), ('send_back', 'fr', 'Renvoyer au brouillon'),
    ('sell_out', 'en', 'Mark as sold out'), ('sell_out', 'fr', 'Marquer complet'),
    ('reopen', 'en', 'Reopen'), ('reopen', 'fr', 'Rouvrir'),
    ('complete', 'en', 'Complete'), ('complete', 'fr', 'Terminer'),
    ('cancel', 'en', 'Cancel the event'), ('cancel', 'fr', 'Annuler l''événement'),
    ('suspend', 'en', 'Suspend'), ('suspend', 'fr', 'Suspendre'),
    ('reinstate', 'en', 'Reinstate'), ('reinstate', 'fr', 'Rétablir'),
    ('review_again', 'en', 'Review again'), ('review_again', 'fr', 'Réviser à nouveau'),
    ('unflag', 'en', 'Take the flag away'), ('unflag', 'fr', 'Retirer le signalement'),
    ('reject', 'en', 'Reject'), ('reject', 'fr', 'Rejeter'),
    ('request_revision', 'en', 'Request a revision'), ('request_revision', 'fr', 'Demander une révision'),
    ('flag', 'en', 'Flag'), ('flag', 'fr', 'Signaler'),
    ('publish', 'en', 'Publish'), ('publish', 'fr', 'Publier'),
    ('unpublish', 'en', 'Unpublish'), ('unpublish', 'fr', 'Dépublier')) l (action, language, label)
join jalon_engine.workflow_transition a on a.action = l.action and a.category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');

insert into jalon_engine.display_text (code, language, template, hint) values
('event.may_not', 'en', 'this event is "{label}": {actor} may not do this now ({permission})', 'Roles that may, and when: select * from jalon_engine.permission_rule where permission = ''{permission}''.'),
('event.may_not', 'fr', 'cet événement est « {label} » : {actor} ne peut pas le faire maintenant ({permission})', 'Qui le peut, et quand : select * from jalon_engine.permission_rule where permission = ''{permission}''.'),
('event.not_revertible', 'en', 'a decision has been taken on this event already', null),
('event.not_revertible', 'fr', 'une décision a déjà été prise sur cet événement', null),
('event.not_publishable', 'en', 'only an approved event can be published', null),
('event.not_publishable', 'fr', 'seul un événement approuvé peut être publié', null),
('event.nothing_given', 'en', 'give status, moderation_status or admin_notes', null),
('event.nothing_given', 'fr', 'donnez status, moderation_status ou admin_notes', null),
('event.no_such_action', 'en', 'this event is "{label}": {action} does not apply', 'Allowed from {from}: {allowed}.'),
('event.no_such_action', 'fr', 'cet événement est « {label} » : {action} ne s''applique pas', 'Permis depuis {from} : {allowed}.');
