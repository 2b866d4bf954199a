set local role jalon_owner;
drop table jalon_engine.outbox_message;
drop table jalon_engine.interest;
