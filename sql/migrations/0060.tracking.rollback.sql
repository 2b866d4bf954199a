set local role jalon_owner;
drop table lifecycle.deletion;
drop table lifecycle.tracked_column;
drop table lifecycle.tracked;
