set local role jalon_owner;
drop table lifecycle.event;
drop table lifecycle.interest;
