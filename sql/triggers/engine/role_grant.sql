-- Who changed what, and when, is kept; emptying the table would pass by that.

create or replace trigger _500_remember
after insert or update or delete on jalon_engine.role_grant
for each row execute function jalon_engine.tg__remember('id');

create or replace trigger _900_no_truncate
before truncate on jalon_engine.role_grant
for each statement execute function jalon_engine.tg__no_truncate();
