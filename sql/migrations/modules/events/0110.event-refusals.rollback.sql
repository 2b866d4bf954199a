set local role jalon_owner;
set local lock_timeout = '5s';
update jalon_engine.display_text d set template = n.template
from (values ('event.may_not', 'en', 'this event is "{label}": {actor} may not do this now ({permission})'),
    ('event.may_not', 'fr', 'cet événement est « {label} » : {actor} ne peut pas le faire maintenant ({permission})'),
    ('event.why.nobody', 'en', 'Your roles do not allow it ({permission}).'),
    ('event.why.nobody', 'fr', 'Vos rôles ne le permettent pas ({permission}).')
) n (code, language, template)
where d.code = n.code and d.language = n.language;
