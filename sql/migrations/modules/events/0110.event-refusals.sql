-- A refusal says nothing that a person would have to look up: the permission's code is in its parameters.
set local role jalon_owner;
set local lock_timeout = '5s';

update jalon_engine.display_text d set template = n.template
from (values ('event.may_not', 'en', 'this event is "{label}": {actor} may not do this now'),
    ('event.may_not', 'fr', 'cet événement est « {label} » : {actor} ne peut pas le faire maintenant'),
    ('event.why.nobody', 'en', 'Your roles do not allow it.'),
    ('event.why.nobody', 'fr', 'Vos rôles ne le permettent pas.')
) n (code, language, template)
where d.code = n.code and d.language = n.language;
