-- What an action asks of whoever triggers it: each input with its type, checked when it comes in.
set local role jalon_owner;
set local lock_timeout = '5s';

alter table jalon_propositions.proposition_custom_actions add column inputs jsonb not null default '{}';
comment on column jalon_propositions.proposition_custom_actions.inputs is
'Declared inputs by name: {type: text, number, boolean, date or choice, label, required, choices}. An input of the payload that is not declared takes anything.';

insert into jalon_engine.display_text (code, language, template) values
('proposition.input_missing', 'en', '{label}: this is to be filled in'), ('proposition.input_missing', 'fr', '{label} : à remplir'),
('proposition.input_type', 'en', '{label}: {given} is not {type}'), ('proposition.input_type', 'fr', '{label} : {given} n''est pas {type}'),
('proposition.type.text', 'en', 'a text'), ('proposition.type.text', 'fr', 'un texte'),
('proposition.type.number', 'en', 'a number'), ('proposition.type.number', 'fr', 'un nombre'),
('proposition.type.boolean', 'en', 'true or false'), ('proposition.type.boolean', 'fr', 'true ou false'),
('proposition.type.date', 'en', 'a date such as 2026-12-31'), ('proposition.type.date', 'fr', 'une date comme 2026-12-31'),
('proposition.type.choice', 'en', 'one of: {choices}'), ('proposition.type.choice', 'fr', 'dans : {choices}');
