set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.turn where name = 'deadlines';
drop table jalon_engine.deadline_look;
drop table jalon_engine.passed_deadline;
