-- depends: 0010.members
-- Events and their moderation: the table, what follows what, how a state is shown, and who hears of which change.
set local role jalon_owner;
set local lock_timeout = '5s';

create schema jalon_events;
comment on schema jalon_events is 'Events and their moderation.';

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
    status_changed_by uuid constraint events_status_changed_by_fk references jalon_members.users (id) on delete
        set null, status_version integer not null default 1,
    revision integer not null default 1,
    created_at timestamptz not null default current_timestamp,
    edited_at timestamptz not null default current_timestamp,
    edited_by text,
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
comment on column jalon_events.events.organizer_id is
'Who organizes it: the actor of the token, a user''s identifier or name.';
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
comment on column jalon_events.events.admin_notes is 'Last notes of the moderators to the organizer.';
comment on column jalon_events.events.status_changed_at is 'When one of the three last changed. Kept by Jalon.';
comment on column jalon_events.events.status_changed_by is
'User who changed it; empty where the actor is not a user. History names every actor.';
comment on column jalon_events.events.status_version is 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';
comment on column jalon_events.events.revision is 'Counts the edits of the content: 1, 2, 3, …';
comment on column jalon_events.events.created_at is 'When it was created.';
comment on column jalon_events.events.edited_at is 'When its content was last edited.';
comment on column jalon_events.events.edited_by is 'Who last changed its content.';
create index events_organizer_idx on jalon_events.events (organizer_id, created_at, id);
create index events_queue_idx on jalon_events.events (moderation_status, status_changed_at, id);
create index events_public_idx on jalon_events.events (starts_at, id) where is_published;
create index events_status_changed_by_idx on jalon_events.events (status_changed_by);

create table jalon_events.content_column (
    column_name text constraint content_column_pk primary key,
    is_major boolean not null
);
comment on table jalon_events.content_column is
'The columns that an organizer edits, and which of them matter to an approval.';
comment on column jalon_events.content_column.column_name is 'Column of events.';
comment on column jalon_events.content_column.is_major is
'Whether changing it on an approved event asks for a new approval.';

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
    constraint follow_up_watches_a_known_column check (column_name in ('status', 'moderation_status',
        'is_published', 'content')),
    constraint follow_up_sets_something check (num_nonnulls(set_status, set_moderation_status, set_is_published) > 0)
);
comment on table jalon_events.follow_up is 'What follows in the same change: when a column comes to a code, others '
'that were left alone come along. In order, once each.';
comment on column jalon_events.follow_up.code is 'Name.';
comment on column jalon_events.follow_up.position is 'Order.';
comment on column jalon_events.follow_up.column_name is 'Column that changes; content: a major column of content.';
comment on column jalon_events.follow_up.to_code is 'Code it comes to; empty for any.';
comment on column jalon_events.follow_up.if_status is 'Only while status is one of these.';
comment on column jalon_events.follow_up.if_moderation_status is 'Only while moderation_status is one of these.';
comment on column jalon_events.follow_up.set_status is 'Where status goes.';
comment on column jalon_events.follow_up.set_moderation_status is 'Where moderation_status goes.';
comment on column jalon_events.follow_up.set_is_published is 'What publication becomes.';

create table jalon_events.display (
    code text constraint display_pk primary key,
    position integer not null constraint displays_have_an_order unique,
    moderation_status text,
    status text,
    is_published boolean,
    color text not null,
    icon text not null,
    step integer,
    is_aside boolean not null default false,
    constraint color_is_hexadecimal check (color ~ '^#[0-9a-fA-F]{6}$')
);
comment on table jalon_events.display is
'What people are shown for the three columns together; the first row that fits decides.';
comment on column jalon_events.display.code is 'Name of what is shown.';
comment on column jalon_events.display.position is 'Order.';
comment on column jalon_events.display.moderation_status is 'Fits this moderation; empty for any.';
comment on column jalon_events.display.status is 'Fits this status; empty for any.';
comment on column jalon_events.display.is_published is 'Fits this publication; empty for any.';
comment on column jalon_events.display.color is 'Colour as #rrggbb.';
comment on column jalon_events.display.icon is 'Name of an icon.';
comment on column jalon_events.display.step is
'Place in an event''s life: 1, 2, 3, …; what is aside shares the place of what it keeps from happening.';
comment on column jalon_events.display.is_aside is 'Off the straight way: shown only while an event is there.';

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
comment on table jalon_events.notice is 'Who hears of which change of an event: for each audience the first row that '
'fits. The words are event.notice.<code> in jalon_engine.display_text.';
comment on column jalon_events.notice.code is 'Name.';
comment on column jalon_events.notice.position is 'Order.';
comment on column jalon_events.notice.audience is
'Permission whose holders get the notification; empty: the organizer of the event.';
comment on column jalon_events.notice.by_organizer is
'Only of changes that the organizer made, or only of others''; empty for both.';
comment on column jalon_events.notice.column_name is 'Column that changed.';
comment on column jalon_events.notice.from_code is 'Code it left; empty for any.';
comment on column jalon_events.notice.to_code is 'Code it came to; empty for any.';
comment on column jalon_events.notice.type is 'Type of the notification.';
comment on column jalon_events.notice.priority is 'low, normal, high or urgent.';
comment on column jalon_events.notice.link is 'Where to look, with {event_id}.';
create index notice_audience_idx on jalon_events.notice (audience);
create index notice_type_idx on jalon_events.notice (type);

grant usage on schema jalon_events to jalon_bi, jalon_dba;
grant select on jalon_events.events to jalon_bi, jalon_dba;
