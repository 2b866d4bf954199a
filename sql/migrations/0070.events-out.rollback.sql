set local role jalon_owner;
drop table jalon_engine.event;
drop table jalon_engine.interest;
