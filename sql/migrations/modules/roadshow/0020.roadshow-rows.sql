-- Statuses and kinds of events, who may do what, settings and texts of the roadshow.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.category (code, label, description) values
('ROADSHOW_STATUS', 'Roadshow status',
    'Where a counterparty stands. Any may follow any; a published workflow would restrict it.'),
('ROADSHOW_EVENT_TYPE', 'Roadshow events',
    'What may happen with a counterparty. Codes with meta.writer are written by triggers only.');

insert into jalon_engine.referential (category, code, label, position, color, icon, outcome, is_initial) values
('ROADSHOW_STATUS', 'Live', 'Live', 1, '#188038', 'play', 'active', true),
('ROADSHOW_STATUS', 'En attente', 'En attente', 2, '#f9ab00', 'pause', 'waiting', true),
('ROADSHOW_STATUS', 'No-go', 'No-go', 3, '#d93025', 'stop', 'dropped', true);

insert into jalon_engine.referential_label (category, code, language, label) values
('ROADSHOW_STATUS', 'Live', 'en', 'Live'), ('ROADSHOW_STATUS', 'Live', 'fr', 'Live'),
('ROADSHOW_STATUS', 'En attente', 'en', 'On hold'), ('ROADSHOW_STATUS', 'En attente', 'fr', 'En attente'),
('ROADSHOW_STATUS', 'No-go', 'en', 'No-go'), ('ROADSHOW_STATUS', 'No-go', 'fr', 'No-go');

insert into jalon_engine.referential (category, code, label, position, icon, meta) values
('ROADSHOW_EVENT_TYPE', 'interaction', 'Interaction', 1, 'chat', '{}'),
('ROADSHOW_EVENT_TYPE', 'call', 'Call', 2, 'phone', '{}'),
('ROADSHOW_EVENT_TYPE', 'meeting', 'Meeting', 3, 'people', '{}'),
('ROADSHOW_EVENT_TYPE', 'teaser', 'Teaser', 4, 'mail', '{}'),
('ROADSHOW_EVENT_TYPE', 'nda', 'NDA', 5, 'signature', '{}'),
('ROADSHOW_EVENT_TYPE', 'data_room', 'Data room', 6, 'folder', '{}'),
('ROADSHOW_EVENT_TYPE', 'management_presentation', 'Management presentation', 7, 'slides', '{}'),
('ROADSHOW_EVENT_TYPE', 'indicative_offer', 'Indicative offer', 8, 'offer', '{}'),
('ROADSHOW_EVENT_TYPE', 'status_change', 'Status change', 9, 'swap', '{"writer": "history"}');

insert into jalon_engine.referential_label (category, code, language, label)
select 'ROADSHOW_EVENT_TYPE', l.code, 'fr', l.label
from (values ('interaction', 'Échange'), ('call', 'Appel'), ('meeting', 'Rendez-vous'), ('teaser', 'Teaser'),
    ('nda', 'NDA'), ('data_room', 'Data room'),
    ('management_presentation', 'Présentation du management'), ('indicative_offer', 'Offre indicative'),
    ('status_change', 'Changement de statut'))
    as l (code, label)
union all
select r.category, r.code, 'en', r.label from jalon_engine.referential r where r.category = 'ROADSHOW_EVENT_TYPE';

insert into jalon_engine.permission (code, label, description, module)
values ('manage_roadshow', 'Manage the roadshow', 'Enter counterparties and record interactions.', 'roadshow');

insert into jalon_engine.permission_rule (role, permission, scope)
values ('admin', 'manage_roadshow', '*'), ('any', 'manage_roadshow', '*'), ('any', 'read_all', 'roadshow_counterparty');

insert into jalon_engine.setting (name, value, description) values
('roadshow.time_zone', '"Europe/Paris"', 'Time zone in which a change of status falls on a day.'),
('roadshow.silent_after_days', '14',
    'Days without an interaction after which the weekly recap calls a counterparty silent.');

insert into jalon_engine.permission_label (permission, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.permission t where t.code in ('manage_roadshow');

insert into jalon_engine.permission_label (permission, language, label, description) values
('manage_roadshow', 'fr', 'Gérer le roadshow', 'Saisir des contreparties et noter des interactions.');

insert into jalon_engine.display_text (code, language, template, hint) values
('roadshow.title', 'en', 'Roadshow', null),
('roadshow.title', 'fr', 'Roadshow', null),
('roadshow.error', 'en', 'Statut invalide', null),
('roadshow.error', 'fr', 'Statut invalide', null),
('roadshow.invalid_status', 'en', '{to} is not a status of the roadshow', 'It may be: {allowed}.'),
('roadshow.invalid_status', 'fr', '{to} n''est pas un statut du roadshow', 'Il peut être : {allowed}.'),
('roadshow_counterparty.JL401', 'en', 'this counterparty is not there, or you may not see it', null),
('roadshow_counterparty.JL401', 'fr', 'cette contrepartie n''existe pas, ou vous ne pouvez pas la voir', null),
('roadshow.same_status', 'en', 'The status was {to} already.', null),
('roadshow.same_status', 'fr', 'Le statut était déjà {to}.', null),
('roadshow.adopt.number', 'en', 'row {id}: its id is not a number, or another row has it too', null),
('roadshow.adopt.number', 'fr', 'ligne {id} : son id n''est pas un nombre, ou une autre ligne l''a aussi', null),
('roadshow.adopt.counterparty', 'en', 'row {id}: there is no counterparty {counterparty_id}', null),
('roadshow.adopt.counterparty', 'fr', 'ligne {id} : il n''y a pas de contrepartie {counterparty_id}', null),
('roadshow.adopt.type', 'en', 'row {id}: "{type}" is not a type of event', null),
('roadshow.adopt.type', 'fr', 'ligne {id} : « {type} » n''est pas un type d''événement', null),
('roadshow.adopt.date', 'en', 'row {id}: "{date}" is not a date', null),
('roadshow.adopt.date', 'fr', 'ligne {id} : « {date} » n''est pas une date', null),
('roadshow.adopt.meta', 'en', 'row {id}: its meta is not JSON object', null),
('roadshow.adopt.meta', 'fr', 'ligne {id} : son meta n''est pas un objet JSON', null),
('roadshow.adopt.another', 'en', 'row {id}: another event has this id', null),
('roadshow.adopt.another', 'fr', 'ligne {id} : un autre événement a cet id', null),
('roadshow.adopt.status', 'en', 'row {id}: "{status}" is not a status of a counterparty', null),
('roadshow.adopt.status', 'fr', 'ligne {id} : « {status} » n''est pas un statut de contrepartie', null),
('roadshow.adopt.version', 'en',
    'row {id}: version {version} of counterparty {counterparty_id} has another event, or is not a number', null),
('roadshow.adopt.version', 'fr',
    'ligne {id} : la version {version} de la contrepartie {counterparty_id} a un autre événement, ou n''en est pas une',
    null),
('roadshow.written_by_history', 'en', 'an event of type {type} is made by a change of status and by nothing else',
    'Change the status of the counterparty.'),
('roadshow.written_by_history', 'fr',
    'un événement de type {type} est créé par un changement de statut et par rien d''autre',
    'Changez le statut de la contrepartie.');

insert into jalon_engine.module_recap (recap, function_name) values ('roadshow-weekly', 'roadshow_weekly_json');
