set local role jalon_owner;
set local lock_timeout = '5s';
drop type jalon_engine.change;
set local role jalon_historian;
drop table jalon_history.erasure;
drop table jalon_history.deletion;
set local role jalon_owner;
drop table jalon_engine.tracked_column;
drop table jalon_engine.tracked;
