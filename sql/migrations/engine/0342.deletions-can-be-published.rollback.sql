set local role jalon_historian;
set local lock_timeout = '5s';
alter table jalon_history.deletion replica identity default;
set local role jalon_owner;
