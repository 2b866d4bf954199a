set local role jalon_owner;
drop table lifecycle.referential_label;
drop table lifecycle.referential;
drop table lifecycle.category;
