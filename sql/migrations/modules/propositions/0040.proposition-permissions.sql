-- Who may do what with propositions, and their limits. All of it can be changed through the settings endpoints or in
-- SQL; every change is remembered.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.permission (code, label, description, module) values
('create_proposition', 'Put forward', 'Put a proposition forward.', 'proposition'),
('edit_proposition', 'Edit the text', 'Change title and text of a proposition.', 'proposition'),
('manage_roles', 'Manage roles', 'Make, change and take away custom roles of a proposition.', 'proposition'),
('assign_roles', 'Assign roles', 'Hand out custom roles and take them back; never more than one holds oneself.',
    'proposition'),
('trigger_custom_action', 'Trigger actions', 'Trigger the custom actions that are for one of one''s roles.',
    'proposition'),
('manage_actions', 'Manage actions', 'Declare, change and take away custom actions of a proposition.', 'proposition'),
('set_limits', 'Set limits', 'Change how many roles and holders a proposition may have.', 'proposition'),
('read_action_events', 'Read triggerings', 'See which custom actions were triggered, with their payloads.',
    'proposition'),
('read_refusals', 'Read refusals', 'See which triggers were refused.', 'proposition');

-- scope proposition: what a role may do on a proposition. Whoever may read a status (read_all) sees the proposition;
-- the people of a proposition see it always.
insert into jalon_engine.permission_rule (role, permission, scope, status, is_allowed)
select 'admin', p.code, 'proposition', '*', true from jalon_engine.permission p where p.module = 'proposition'
union all
select 'any', 'read_all', 'proposition', s, true from unnest('{debate,vote,adopted,rejected,archived}'::text[]) s
union all
select r.role, r.permission, 'proposition', r.status, r.is_allowed
from (values
    ('any', 'create_proposition', '*', true),
    ('moderator', 'read_all', '*', true), ('moderator', 'read_all', 'draft', false),
    ('moderator', 'edit_proposition', 'submitted', true), ('moderator', 'manage_roles', '*', true),
    ('moderator', 'assign_roles', '*', true), ('moderator', 'manage_actions', '*', true),
    ('moderator', 'trigger_custom_action', '*', true),
    ('moderator', 'read_action_events', '*', true),
    ('initiator', 'edit_proposition', 'draft', true), ('initiator', 'manage_roles', '*', true),
    ('initiator', 'assign_roles', '*', true),
    ('initiator', 'manage_actions', '*', true), ('initiator', 'trigger_custom_action', '*', true),
    ('initiator', 'read_action_events', '*', true),
    ('participant', 'trigger_custom_action', '*', true)
) as r (role, permission, status, is_allowed)
union all
-- What is archived rests.
select r, p, 'proposition', 'archived', false
from unnest('{initiator,moderator}'::text[]) r
cross join unnest('{manage_roles,assign_roles,manage_actions,trigger_custom_action}'::text[]) p
union all
select 'participant', 'trigger_custom_action', 'proposition', 'archived', false
union all
-- scope proposition_roles: what custom roles can carry at all, whoever makes them.
select 'any', p, 'proposition_roles', '*', true
from unnest('{manage_roles,assign_roles,trigger_custom_action,manage_actions,read_action_events}'::text[]) p
union all
select 'any', 'edit_proposition', 'proposition_roles', 'draft', true
union all
select 'any', p, 'proposition_roles', 'archived', false
from unnest('{manage_roles,assign_roles,trigger_custom_action,manage_actions}'::text[]) p;

insert into jalon_engine.setting (name, value, description) values
('proposition.max_roles', '20', 'How many custom roles a proposition may have.'),
('proposition.max_holders', '100', 'How many people may hold one custom role.'),
('proposition.max_actions', '50', 'How many custom actions a proposition may have.'),
('proposition.action_visibility', '"roles"',
    'Who sees the button of a custom action: roles (those who may press it) or everyone (greyed for others).'),
('proposition.custom_roles', '[]',
    'Roles defined before the catalogue was: [{"proposition", "name", "description", "permissions", "maxHolders", '
    '"users"}]. jalon.adopt_proposition_settings() takes them over.'),
('proposition.custom_actions', '[]',
    'Actions defined before the catalogue was: [{"proposition", "name", "description", "icon", "statuses", "roles", '
    '"payload", "toStatus"}]. jalon.adopt_proposition_settings() takes them over.');

insert into jalon_engine.error_code (sqlstate, http_status, title, description) values
('JL104', 409, 'Not at this status',
    'The action is not offered at the status on which the record stands. DETAIL lists the statuses.'),
('JL421', 409, 'Limit reached', 'There are as many as there may be. DETAIL names the limit.'),
('JL422', 409, 'Name taken', 'Something of that name is there already.');

insert into jalon_engine.permission_label (permission, language, label, description)
select t.code, 'en', t.label, t.description from jalon_engine.permission t
where t.code in ('assign_roles', 'create_proposition', 'edit_proposition', 'manage_actions', 'manage_roles',
    'read_action_events', 'read_refusals', 'set_limits', 'trigger_custom_action');

insert into jalon_engine.permission_label (permission, language, label, description) values
('assign_roles', 'fr', 'Attribuer les rôles',
    'Attribuer et révoquer les rôles personnalisés ; jamais plus que ce qu''on tient soi-même.'),
('create_proposition', 'fr', 'Déposer une proposition', 'Déposer une proposition.'),
('edit_proposition', 'fr', 'Modifier le texte', 'Changer l''intitulé et le texte d''une proposition.'),
('manage_actions', 'fr', 'Gérer les actions',
    'Déclarer, modifier et supprimer les actions personnalisées d''une proposition.'),
('manage_roles', 'fr', 'Gérer les rôles', 'Créer, modifier et supprimer les rôles personnalisés d''une proposition.'),
('read_action_events', 'fr', 'Lire les déclenchements',
    'Voir quelles actions personnalisées ont été déclenchées, avec leurs données.'),
('read_refusals', 'fr', 'Lire les refus', 'Voir quels déclenchements ont été refusés.'),
('set_limits', 'fr', 'Fixer les limites', 'Changer combien de rôles et de titulaires une proposition peut avoir.'),
('trigger_custom_action', 'fr', 'Déclencher les actions',
    'Déclencher les actions personnalisées prévues pour l''un de ses rôles.');
