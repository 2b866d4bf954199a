set local role jalon_owner;
set local lock_timeout = '5s';
update jalon_engine.display_text d set template = n.template
from (values ('JL203', 'en', '{actor} lacks the permission {permission}'),
    ('JL203', 'fr', '{actor} n''a pas la permission {permission}'),
    ('JL203.read_all', 'en', '{actor} may not see records of {table}: that needs the permission read_all for it'),
    ('JL203.read_all', 'fr',
        '{actor} ne peut pas voir les enregistrements de {table} : il y faut la permission read_all')
) n (code, language, template)
where d.code = n.code and d.language = n.language;
