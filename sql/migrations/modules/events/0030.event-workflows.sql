-- The codes of events and the transitions between them.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.category (code, label, description) values
('EVENT_STATUS', 'Status of an event', 'Where an event stands in its life.'),
('EVENT_MODERATION', 'Moderation of an event', 'What the moderators think of it.'),
('EVENT_PUBLICATION', 'Publication of an event', 'Whether the public sees it.');

insert into jalon_engine.referential (category, code, label, description, position, color, icon, outcome, is_initial,
    is_final, max_stay) values
('EVENT_STATUS', 'draft', 'Draft', 'Being prepared; nobody else sees it.', 1, '#757575', 'file', 'open', true, false,
    null),
('EVENT_STATUS', 'candidate', 'Candidate', 'Submitted; waits for a decision.', 2, '#f9a825', 'clock', 'waiting', false,
    false, '7 days'),
('EVENT_STATUS', 'active', 'Active', 'Approved; the organizer may publish it.', 3, '#558b2f', 'check-circle', 'active',
    false, false, null),
('EVENT_STATUS', 'sold_out', 'Sold out', 'Approved; no place is left.', 4, '#6a1b9a', 'users', 'active', false, false,
    null),
('EVENT_STATUS', 'suspended', 'Suspended', 'Taken from the public by a moderator.', 5, '#d84315', 'pause-circle',
    'waiting', false, false, null),
('EVENT_STATUS', 'completed', 'Completed', 'It has taken place.', 6, '#37474f', 'flag', 'done', false, true, null),
('EVENT_STATUS', 'cancelled', 'Cancelled', 'It will not take place.', 7, '#b71c1c', 'slash', 'dropped', false, true,
    null),
('EVENT_MODERATION', 'pending', 'Pending', 'Not submitted yet.', 1, '#757575', 'circle', 'open', true, false, null),
('EVENT_MODERATION', 'under_review', 'Under review', 'Submitted; waits for a moderator.', 2, '#1565c0', 'search',
    'waiting', false, false, '7 days'),
('EVENT_MODERATION', 'flagged', 'Flagged', 'To be looked at once more.', 3, '#ad1457', 'alert-triangle', 'waiting',
    false, false, '3 days'),
('EVENT_MODERATION', 'revision_requested', 'Revision requested', 'The organizer is to change something.', 4, '#ef6c00',
    'edit-3', 'active', false, false, null),
('EVENT_MODERATION', 'rejected', 'Rejected', 'Refused, with notes; it may be submitted again.', 5, '#c62828',
    'x-circle', 'active', false, false, null),
('EVENT_MODERATION', 'approved', 'Approved', 'May be published.', 6, '#2e7d32', 'check-circle', 'done', false, false,
    null),
('EVENT_PUBLICATION', 'false', 'Not published', 'Only the organizer and the moderators see it.', 1, '#757575',
    'eye-off', 'open', true, false, null),
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

insert into jalon_engine.guard (name, function_name, description) values
('event_may_be_submitted', 'jalon_engine.guard_event_submit', 'Only a draft is submitted.'),
('event_may_be_resubmitted', 'jalon_engine.guard_event_resubmit',
    'A new approval is asked for what is active or sold out.'),
('event_may_be_reverted', 'jalon_engine.guard_event_revert',
    'A submitted event goes back only while nobody has decided on it.'),
('event_may_be_published', 'jalon_engine.guard_event_publish', 'Only what is approved is published.');

insert into jalon_engine.workflow (category, version, state, label, created_by) values
('EVENT_STATUS', 1, 'draft', 'Life of an event', 'jalon'),
('EVENT_MODERATION', 1, 'draft', 'Moderation of events', 'jalon'),
('EVENT_PUBLICATION', 1, 'draft', 'Publication of events', 'jalon');

insert into jalon_engine.workflow_transition (category, version, from_code, to_code, action, roles, requires_reason,
    required_fields, guard, icon, position) values
('EVENT_STATUS', 1, 'draft', 'candidate', 'submit', '{event_organizer,admin}', false, '{title,starts_at,place}',
    'event_may_be_submitted', 'send', 1),
('EVENT_STATUS', 1, 'candidate', 'draft', 'revert', '{event_organizer,admin,moderator}', false, null,
    'event_may_be_reverted', 'rotate-ccw', 2),
('EVENT_STATUS', 1, 'candidate', 'active', 'approve', '{admin,moderator}', false, null, null, 'check', 1),
('EVENT_STATUS', 1, 'active', 'candidate', 'resubmit', '{event_organizer,admin,moderator}', false, null,
    'event_may_be_resubmitted', 'send', 5),
('EVENT_STATUS', 1, 'sold_out', 'candidate', 'resubmit', '{event_organizer,admin,moderator}', false, null,
    'event_may_be_resubmitted', 'send', 5),
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
('EVENT_MODERATION', 1, 'pending', 'under_review', 'submit', '{event_organizer,admin}', false, null,
    'event_may_be_submitted', 'send', 1),
('EVENT_MODERATION', 1, 'under_review', 'pending', 'revert', '{event_organizer,admin,moderator}', false, null,
    'event_may_be_reverted', 'rotate-ccw', 5),
('EVENT_MODERATION', 1, 'rejected', 'under_review', 'submit', '{event_organizer,admin}', false, null,
    'event_may_be_submitted', 'send', 1),
('EVENT_MODERATION', 1, 'revision_requested', 'under_review', 'submit', '{event_organizer,admin}', false, null,
    'event_may_be_submitted', 'send', 1),
('EVENT_MODERATION', 1, 'approved', 'under_review', 'resubmit', '{event_organizer,admin,moderator}', false, null,
    'event_may_be_resubmitted', 'send', 1),
('EVENT_MODERATION', 1, 'flagged', 'under_review', 'review_again', '{admin,moderator}', false, null, null, 'search', 4),
('EVENT_MODERATION', 1, 'flagged', 'pending', 'unflag', '{admin,moderator}', false, null, null, 'circle', 5),
('EVENT_MODERATION', 1, 'under_review', 'approved', 'approve', '{admin,moderator}', false, null, null, 'check', 1),
('EVENT_MODERATION', 1, 'flagged', 'approved', 'approve', '{admin,moderator}', false, null, null, 'check', 1),
('EVENT_MODERATION', 1, 'under_review', 'rejected', 'reject', '{admin,moderator}', true, null, null, 'x', 2),
('EVENT_MODERATION', 1, 'flagged', 'rejected', 'reject', '{admin,moderator}', true, null, null, 'x', 2),
('EVENT_MODERATION', 1, 'approved', 'rejected', 'reject', '{admin,moderator}', true, null, null, 'x', 3),
('EVENT_MODERATION', 1, 'under_review', 'revision_requested', 'request_revision', '{admin,moderator}', true, null,
    null, 'edit-3', 3),
('EVENT_MODERATION', 1, 'flagged', 'revision_requested', 'request_revision', '{admin,moderator}', true, null, null,
    'edit-3', 3),
('EVENT_MODERATION', 1, 'approved', 'revision_requested', 'request_revision', '{admin,moderator}', true, null, null,
    'edit-3', 4),
('EVENT_MODERATION', 1, 'pending', 'flagged', 'flag', '{admin,moderator}', false, null, null, 'alert-triangle', 6),
('EVENT_MODERATION', 1, 'under_review', 'flagged', 'flag', '{admin,moderator}', false, null, null, 'alert-triangle', 6),
('EVENT_MODERATION', 1, 'approved', 'flagged', 'flag', '{admin,moderator}', false, null, null, 'alert-triangle', 6),
('EVENT_PUBLICATION', 1, 'false', 'true', 'publish', '{event_organizer,admin}', false, null, 'event_may_be_published',
    'globe', 1),
('EVENT_PUBLICATION', 1, 'true', 'false', 'unpublish', '{event_organizer,admin,moderator}', false, null, null,
    'eye-off', 1);

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
join jalon_engine.workflow_transition a on a.action = l.action
    and a.category in ('EVENT_STATUS', 'EVENT_MODERATION', 'EVENT_PUBLICATION');
