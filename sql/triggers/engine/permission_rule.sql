-- Who changed what, and when, is kept; emptying the table would pass by that.

create or replace trigger _500_remember
after insert or update or delete on jalon_engine.permission_rule
for each row execute function jalon_engine.tg__remember('role', 'permission', 'scope', 'status');

create or replace trigger _800_epoch
after insert or update or delete on jalon_engine.permission_rule
for each statement execute function jalon_engine.tg_permission_rule__epoch();

create or replace trigger _900_no_truncate
before truncate on jalon_engine.permission_rule
for each statement execute function jalon_engine.tg__no_truncate();
