-- Who changed what, and when, is kept; emptying the table would pass by that. What is new is heard of.

create or replace trigger _500_remember
after insert or update or delete on lifecycle.tracked
for each row execute function logic.tg__remember('name');

create or replace trigger _600_interest
after insert on lifecycle.tracked
for each row execute function logic.tg_tracked__interest();

create or replace trigger _900_no_truncate
before truncate on lifecycle.tracked
for each statement execute function logic.tg__no_truncate();
