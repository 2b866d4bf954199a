set local role jalon_owner;
set local lock_timeout = '5s';
drop table jalon_propositions.proposition_role_assignments;
drop table jalon_propositions.proposition_roles;
drop table jalon_propositions.proposition;
drop schema jalon_propositions;
