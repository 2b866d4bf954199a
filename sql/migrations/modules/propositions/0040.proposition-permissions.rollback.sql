set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.error_code where sqlstate in ('JL104', 'JL421', 'JL422');
delete from jalon_engine.setting where name like 'proposition.%';
delete from jalon_engine.permission_rule
where permission in (select code from jalon_engine.permission where module = 'proposition')
    or scope in ('proposition', 'proposition_roles');
delete from jalon_engine.permission where module = 'proposition';
