-- Who changed what, and when, is kept; emptying the table would pass by that.

create or replace trigger _500_remember
after insert or update or delete on lifecycle.role_label
for each row execute function logic.tg__remember('role', 'language');

create or replace trigger _900_no_truncate
before truncate on lifecycle.role_label
for each statement execute function logic.tg__no_truncate();
