set local role jalon_owner;
set local lock_timeout = '5s';

revoke usage on schema jalon_generated from jalon_dba;
