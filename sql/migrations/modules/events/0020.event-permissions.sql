-- Who may do what with events.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.role (code, label, description) values
('organizer', 'Organizer', 'Creates events.'), ('moderator', 'Moderator', 'Watches over what others publish.')
on conflict (code) do nothing;

insert into jalon_engine.role (code, label, description) values
('event_organizer', 'Organizer of the event',
    'Whom the event''s column organizer_id names: a relation, not given by tokens.');

insert into jalon_engine.permission (code, label, description, module) values
('create_event', 'Create events', 'Begin an event of one''s own.', 'event'),
('edit_event', 'Edit an event', 'Change its content.', 'event'),
('delete_event', 'Delete an event', 'Delete it altogether.', 'event'),
('submit_event', 'Submit an event', 'Submit a draft for review.', 'event'),
('resubmit_event', 'Ask for a new approval', 'Ask for a new approval of an approved event.', 'event'),
('revert_event', 'Take an event back', 'Take a submitted event back to draft.', 'event'),
('publish_event', 'Publish an event', 'Show it to the public.', 'event'),
('moderate_events', 'Moderate events', 'See the queue, decide, set any status.', 'event');

-- Status: a code of either category. Allowed by one of them, unless the other says no. Of delete_event, a no holds for
-- ever once an event has been there: an organizer does not take away what was approved.
insert into jalon_engine.permission_rule (role, permission, scope, status, is_allowed) values
('organizer', 'create_event', 'events', '*', true), ('admin', 'create_event', 'events', '*', true),
('admin', 'moderate_events', 'events', '*', true), ('moderator', 'moderate_events', 'events', '*', true),
('moderator', 'read_all', 'events', '*', true),
('event_organizer', 'edit_event', 'events', 'draft', true),
('event_organizer', 'edit_event', 'events', 'rejected', true),
('event_organizer', 'edit_event', 'events', 'revision_requested', true),
('event_organizer', 'edit_event', 'events', 'approved', true),
('event_organizer', 'edit_event', 'events', 'suspended', false),
('event_organizer', 'edit_event', 'events', 'cancelled', false),
('event_organizer', 'edit_event', 'events', 'completed', false), ('admin', 'edit_event', 'events', '*', true),
('event_organizer', 'delete_event', 'events', 'draft', true),
('event_organizer', 'delete_event', 'events', 'approved', false), ('admin', 'delete_event', 'events', '*', true),
('event_organizer', 'submit_event', 'events', 'draft', true), ('admin', 'submit_event', 'events', '*', true),
('event_organizer', 'resubmit_event', 'events', 'active', true),
('event_organizer', 'resubmit_event', 'events', 'sold_out', true),
('event_organizer', 'revert_event', 'events', 'under_review', true),
('event_organizer', 'revert_event', 'events', 'active', false),
('event_organizer', 'revert_event', 'events', 'sold_out', false),
('event_organizer', 'revert_event', 'events', 'suspended', false),
('event_organizer', 'revert_event', 'events', 'completed', false),
('event_organizer', 'revert_event', 'events', 'cancelled', false),
('admin', 'revert_event', 'events', '*', true), ('moderator', 'revert_event', 'events', '*', true),
('event_organizer', 'publish_event', 'events', 'approved', true),
('event_organizer', 'publish_event', 'events', 'draft', false),
('event_organizer', 'publish_event', 'events', 'candidate', false),
('event_organizer', 'publish_event', 'events', 'suspended', false),
('event_organizer', 'publish_event', 'events', 'cancelled', false),
('event_organizer', 'publish_event', 'events', 'completed', false),
('admin', 'publish_event', 'events', 'approved', true);

-- Who moderates asks anew of everything but a draft, which is submitted.
insert into jalon_engine.permission_rule (role, permission, scope, status, is_allowed)
select r, 'resubmit_event', 'events', s, true
from unnest('{moderator,admin}'::text[]) r
cross join unnest('{candidate,active,sold_out,suspended,completed,cancelled}'::text[]) s;

insert into jalon_engine.role_label (role, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.role t
where t.code in ('event_organizer', 'moderator', 'organizer')
on conflict do nothing;

insert into jalon_engine.role_label (role, language, label, description) values
('event_organizer', 'fr', 'Organisateur de l''événement',
    'Celui que nomme la colonne organizer_id de l''événement : une relation, qu''aucun jeton ne donne.'),
('moderator', 'fr', 'Modérateur', 'Veille sur ce que d''autres publient.'),
('organizer', 'fr', 'Organisateur', 'Crée des événements.')
on conflict do nothing;

insert into jalon_engine.permission_label (permission, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.permission t
where t.code in ('create_event', 'delete_event', 'edit_event', 'moderate_events', 'publish_event', 'resubmit_event',
    'revert_event', 'submit_event');

insert into jalon_engine.permission_label (permission, language, label, description) values
('create_event', 'fr', 'Créer des événements', 'Commencer un événement à soi.'),
('delete_event', 'fr', 'Supprimer un événement', 'Le supprimer tout à fait.'),
('edit_event', 'fr', 'Modifier un événement', 'En changer le contenu.'),
('moderate_events', 'fr', 'Modérer les événements', 'Voir la file, décider, donner n''importe quel statut.'),
('publish_event', 'fr', 'Publier un événement', 'Le montrer au public.'),
('submit_event', 'fr', 'Soumettre un événement', 'Soumettre un brouillon pour validation.'),
('resubmit_event', 'fr', 'Demander une nouvelle validation',
    'Demander une nouvelle validation d''un événement approuvé.'),
('revert_event', 'fr', 'Reprendre un événement', 'Ramener un événement soumis au brouillon.');
