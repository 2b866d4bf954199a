-- Why a move cannot be made, in the few words that fit under a greyed button; the whole sentence stays the message.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.display_text (code, language, template) values
('why.JL202', 'en', 'for: {roles}'), ('why.JL202', 'fr', 'réservé à : {roles}'),
('why.JL203', 'en', 'needs the permission “{permission}”'), ('why.JL203', 'fr', 'demande la permission « {permission} »'),
('why.JL204', 'en', 'for the relation: {relation}'), ('why.JL204', 'fr', 'réservé à la relation : {relation}'),
('why.JL302', 'en', 'to be filled in first: {fields}'), ('why.JL302', 'fr', 'à remplir d''abord : {fields}'),
('why.JL303', 'en', '{why}'), ('why.JL303', 'fr', '{why}');
