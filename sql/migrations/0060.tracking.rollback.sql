set local role jalon_owner;
drop table jalon_engine.deletion;
drop table jalon_engine.tracked_column;
drop table jalon_engine.tracked;
