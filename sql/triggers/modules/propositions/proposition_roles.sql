-- What a role was allowed, and who changed that, is kept with the rest of the configuration.
create or replace trigger _500_remember
after insert or update or delete on jalon_propositions.proposition_roles
for each row execute function jalon_engine.tg__remember('id');

create or replace trigger _900_no_truncate
before truncate on jalon_propositions.proposition_roles
for each statement execute function jalon_engine.tg__no_truncate();
