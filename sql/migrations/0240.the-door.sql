-- jalon.move becomes part of the statement that calls it, so whoever may call it reaches the generated door behind it.
set local role jalon_owner;
set local lock_timeout = '5s';

grant usage on schema jalon_generated to jalon_dba;
