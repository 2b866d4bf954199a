set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.permission_rule
where permission in (select code from jalon_engine.permission where module = 'dossier')
    or scope = 'dossier' or role = 'dossier_manager';
delete from jalon_engine.role_grant where role = 'dossier_manager';
delete from jalon_engine.role where code = 'dossier_manager';
delete from jalon_engine.permission where module = 'dossier';
