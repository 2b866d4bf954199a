-- Who registered, changed or dropped which endpoint is kept.

create or replace trigger _500_remember
after insert or update or delete on jalon_engine.webhook
for each row execute function jalon_engine.tg__remember('id');

create or replace trigger _900_no_truncate
before truncate on jalon_engine.webhook
for each statement execute function jalon_engine.tg__no_truncate();
