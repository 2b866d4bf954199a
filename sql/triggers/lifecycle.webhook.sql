-- Who registered, changed or dropped which endpoint is kept.

create or replace trigger _500_remember
after insert or update or delete on lifecycle.webhook
for each row execute function logic.tg__remember('id');

create or replace trigger _900_no_truncate
before truncate on lifecycle.webhook
for each statement execute function logic.tg__no_truncate();
