set local role jalon_owner;
drop table jalon_engine.referential_label;
drop table jalon_engine.referential;
drop table jalon_engine.category;
