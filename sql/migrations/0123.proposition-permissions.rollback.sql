set local role jalon_owner;
set local lock_timeout = '5s';
delete from lifecycle.message where code in ('JL104', 'JL421', 'JL422') or code like 'proposition.%';
delete from lifecycle.error_code where sqlstate in ('JL104', 'JL421', 'JL422');
delete from lifecycle.setting where name like 'proposition.%';
delete from lifecycle.permission_rule where scope in ('proposition', 'proposition_roles');
delete from lifecycle.permission where module = 'proposition';
