-- What follows a change of an event, how a state is shown, and who hears of it.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_events.content_column (column_name, is_major) values
('title', true), ('description', false), ('starts_at', true), ('ends_at', true), ('place', true), ('price', true),
('capacity', false);

insert into jalon_events.follow_up (code, position, column_name, to_code, if_status, if_moderation_status, set_status,
    set_moderation_status, set_is_published) values
('major change of an approved event', 10, 'content', null, '{active,sold_out}', '{approved}', 'candidate',
    'under_review', false),
('submitted', 20, 'status', 'candidate', null, null, null, 'under_review', false),
('reverted', 30, 'status', 'draft', null, '{under_review}', null, 'pending', false),
('back to draft', 31, 'status', 'draft', null, null, null, null, false),
('made active', 40, 'status', 'active', null, '{pending,under_review}', null, 'approved', null),
('suspended', 50, 'status', 'suspended', null, null, null, null, false),
('put under review', 60, 'moderation_status', 'under_review', '{draft,active,sold_out}', null, 'candidate', null,
    false),
('review hides', 61, 'moderation_status', 'under_review', null, null, null, null, false),
('approved', 70, 'moderation_status', 'approved', '{candidate}', null, 'active', null, null),
('rejected', 80, 'moderation_status', 'rejected', '{candidate,active,sold_out}', null, 'draft', null, false),
('rejection hides', 81, 'moderation_status', 'rejected', null, null, null, null, false),
('revision requested', 90, 'moderation_status', 'revision_requested', '{candidate,active,sold_out}', null, 'draft',
    null, false),
('revision hides', 91, 'moderation_status', 'revision_requested', null, null, null, null, false),
('a flag hides', 100, 'moderation_status', 'flagged', null, null, null, null, false),
('withdrawn from review', 110, 'moderation_status', 'pending', '{candidate}', null, 'draft', null, false),
('pending hides', 111, 'moderation_status', 'pending', null, null, null, null, false);

insert into jalon_events.display (code, position, moderation_status, status, is_published, color, icon, step, is_aside)
values
('rejected', 10, 'rejected', null, null, '#c62828', 'x-circle', 2, true),
('revision_requested', 20, 'revision_requested', null, null, '#ef6c00', 'edit-3', 2, true),
('under_review', 30, 'under_review', null, null, '#1565c0', 'search', 2, false),
('published', 40, null, 'active', true, '#2e7d32', 'globe', 4, false),
('approved', 50, null, 'active', false, '#558b2f', 'check-circle', 3, false),
('draft', 60, null, 'draft', null, '#757575', 'file', 1, false),
('candidate', 70, null, 'candidate', null, '#f9a825', 'clock', 2, true),
('sold_out', 80, null, 'sold_out', null, '#6a1b9a', 'users', 4, true),
('cancelled', 90, null, 'cancelled', null, '#b71c1c', 'slash', 4, true),
('completed', 100, null, 'completed', null, '#37474f', 'flag', 5, false),
('suspended', 110, null, 'suspended', null, '#d84315', 'pause-circle', 4, true);

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

insert into jalon_engine.notification_type (code, label, description) values
('event_status', 'Status of an event', 'A status change initiated by the organizer.'),
('event_approval', 'Decision on an event', 'A decision of the moderators.');

insert into jalon_events.notice (code, position, audience, by_organizer, column_name, from_code, to_code, type,
    priority, link)
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
    ('new_approval_asked', 110, 'moderate_events', true, 'moderation_status', 'approved', 'under_review',
        'event_status', 'high'),
    ('resubmitted', 120, 'moderate_events', true, 'moderation_status', 'revision_requested', 'under_review',
        'event_status', 'normal'),
    ('submitted_again', 121, 'moderate_events', true, 'moderation_status', 'rejected', 'under_review', 'event_status',
        'normal'),
    ('submitted', 130, 'moderate_events', true, 'moderation_status', null, 'under_review', 'event_status', 'normal'),
    ('waits', 140, 'moderate_events', false, 'moderation_status', null, 'under_review', 'event_status', 'normal'),
    ('to_be_checked', 150, 'moderate_events', null, 'moderation_status', null, 'flagged', 'event_approval', 'high')
) n (code, position, audience, by_organizer, column_name, from_code, to_code, type, priority);
