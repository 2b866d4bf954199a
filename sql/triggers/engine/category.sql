-- Who changed what, and when, is kept; emptying the table would pass by that. The rules follow in the same statement.

create or replace trigger _500_remember
after insert or update or delete on jalon_engine.category
for each row execute function jalon_engine.tg__remember('code');

create or replace trigger _900_no_truncate
before truncate on jalon_engine.category
for each statement execute function jalon_engine.tg__no_truncate();

create or replace trigger _800_compile
after update of others_are_free on jalon_engine.category
for each row when (old.others_are_free is distinct from new.others_are_free)
execute function jalon_engine.tg_category__compile();
