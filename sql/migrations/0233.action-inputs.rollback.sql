set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text where code like 'proposition.input\_%' or code like 'proposition.type.%';
alter table jalon_propositions.proposition_custom_actions drop column inputs;
