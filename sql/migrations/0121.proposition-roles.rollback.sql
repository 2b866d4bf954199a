set local role jalon_owner;
set local lock_timeout = '5s';
drop table proposition.proposition_role_assignments;
drop table proposition.proposition_roles;
drop table proposition.proposition;
