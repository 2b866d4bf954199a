set local role jalon_owner;
set local lock_timeout = '5s';
revoke usage on schema jalon_members from jalon_bi;
drop table jalon_members.users;
drop schema jalon_members;
