-- What propositions say, in both languages.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template, hint) values
('proposition.not_carriable', 'en', 'a custom role can''t carry this: {why}', 'It can carry: {allowed}.'),
('proposition.not_carriable', 'fr', 'un rôle personnalisé ne peut porter ceci : {why}', 'Il peut porter : {allowed}.'),
('proposition.JL401', 'en', 'this proposition is not there, or you may not see it', null),
('proposition.JL401', 'fr', 'cette proposition n''existe pas, ou vous ne pouvez pas la voir', null),
('JL104', 'en', '{action} is not offered at {from}', 'It is offered at: {statuses}.'),
('JL104', 'fr', '{action} n''est pas proposée à {from}', 'Elle est proposée à : {statuses}.'),
('JL421', 'en', '{what}: there may be no more than {limit}', null),
('JL421', 'fr', '{what} : pas plus de {limit}', null),
('JL422', 'en', '{name} is taken', 'Choose another name.'),
('JL422', 'fr', '{name} est déjà pris', 'Choisissez un autre nom.'),
('proposition.action_role', 'en', '{actor} may not trigger {action}: it needs one of the roles {roles}',
    'Roles of {actor} here: {held}.'),
('proposition.action_role', 'fr', '{actor} ne peut pas déclencher {action} : il faut l''un des rôles {roles}',
    'Rôles de {actor} ici : {held}.'),
('proposition.more_than_held', 'en', '{actor} cannot hand out what {actor} does not hold: {missing}',
    'Somebody who holds it can.'),
('proposition.more_than_held', 'fr', '{actor} ne peut pas donner ce que {actor} ne détient pas : {missing}',
    'Qui le détient le peut.'),
('proposition.no_holder', 'en', '{id} does not hold the role {role}', null),
('proposition.no_holder', 'fr', '{id} ne détient pas le rôle {role}', null);

insert into jalon_engine.display_text (code, language, template) values
('proposition.input_missing', 'en', '{label}: this is to be filled in'),
('proposition.input_missing', 'fr', '{label} : à remplir'),
('proposition.input_type', 'en', '{label}: {given} is not {type}'),
('proposition.input_type', 'fr', '{label} : {given} n''est pas {type}'),
('proposition.type.text', 'en', 'a text'), ('proposition.type.text', 'fr', 'un texte'),
('proposition.type.number', 'en', 'a number'), ('proposition.type.number', 'fr', 'un nombre'),
('proposition.type.boolean', 'en', 'true or false'), ('proposition.type.boolean', 'fr', 'true ou false'),
('proposition.type.date', 'en', 'a date such as 2026-12-31'),
('proposition.type.date', 'fr', 'une date comme 2026-12-31'),
('proposition.type.choice', 'en', 'one of: {choices}'), ('proposition.type.choice', 'fr', 'dans : {choices}');
