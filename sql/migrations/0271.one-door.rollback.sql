set local role jalon_owner;
set local lock_timeout = '5s';

-- The files of the version before grant again what they make.
