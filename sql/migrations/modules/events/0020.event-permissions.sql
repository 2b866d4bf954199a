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
('revert_event', 'Take an event back', 'Take a submitted event back to draft.', 'event'),
('publish_event', 'Publish an event', 'Show it to the public.', 'event'),
('moderate_events', 'Moderate events', 'See the queue, decide, set any status.', 'event');

-- Status: a code of either category. Allowed by one of them, unless the other says no.
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
('event_organizer', 'delete_event', 'events', 'draft', true), ('admin', 'delete_event', 'events', '*', true),
('event_organizer', 'revert_event', 'events', 'under_review', true),
('admin', 'revert_event', 'events', '*', true), ('moderator', 'revert_event', 'events', '*', true),
('event_organizer', 'publish_event', 'events', 'approved', true),
('event_organizer', 'publish_event', 'events', 'draft', false),
('event_organizer', 'publish_event', 'events', 'candidate', false),
('event_organizer', 'publish_event', 'events', 'suspended', false),
('event_organizer', 'publish_event', 'events', 'cancelled', false),
('event_organizer', 'publish_event', 'events', 'completed', false),
('admin', 'publish_event', 'events', 'approved', true);

insert into jalon_engine.role_label (role, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.role t
where t.code in ('event_organizer', 'moderator', 'organizer')
on conflict do nothing;

insert into jalon_engine.role_label (role, language, label, description) values
('event_organizer', 'fr', 'Organisateur de l''évènement',
    'Celui que nomme la colonne organizer_id de l''évènement : une relation, qu''aucun jeton ne donne.'),
('moderator', 'fr', 'Modérateur', 'Veille sur ce que d''autres publient.'),
('organizer', 'fr', 'Organisateur', 'Crée des évènements.')
on conflict do nothing;

insert into jalon_engine.permission_label (permission, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.permission t
where t.code in ('create_event', 'delete_event', 'edit_event', 'moderate_events', 'publish_event', 'revert_event');

insert into jalon_engine.permission_label (permission, language, label, description) values
('create_event', 'fr', 'Créer des évènements', 'Commencer un évènement à soi.'),
('delete_event', 'fr', 'Supprimer un évènement', 'Le supprimer tout à fait.'),
('edit_event', 'fr', 'Modifier un évènement', 'En changer le contenu.'),
('moderate_events', 'fr', 'Modérer les évènements', 'Voir la file, décider, donner n''importe quel statut.'),
('publish_event', 'fr', 'Publier un évènement', 'Le montrer au public.'),
('revert_event', 'fr', 'Reprendre un évènement', 'Ramener un évènement soumis au brouillon.');
