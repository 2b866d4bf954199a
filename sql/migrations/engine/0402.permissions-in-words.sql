-- A refusal names a permission by its label.
set local role jalon_owner;
set local lock_timeout = '5s';

update jalon_engine.display_text d set template = n.template
from (values ('JL203', 'en', '{actor} lacks the permission "{permission}"'),
    ('JL203', 'fr', '{actor} n''a pas la permission « {permission} »'),
    ('JL203.read_all', 'en', '{actor} may not see records of {table}: that needs the permission to read all of them'),
    ('JL203.read_all', 'fr',
        '{actor} ne peut pas voir les enregistrements de {table} : il faut la permission de tous les lire')
) n (code, language, template)
where d.code = n.code and d.language = n.language;
