-- What jalon_bi_masked sees of members.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.masked_column (relation, column_name, treatment) values
('users', 'email', 'omit'),
('users', 'name', 'omit');
