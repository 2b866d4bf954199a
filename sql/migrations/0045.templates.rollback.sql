set local role jalon_owner;
delete from lifecycle.message where code like 'check.%' or code like 'draft.%' or code in ('action.create', 'JL508', 'JL407.rename', 'JL402.template', 'JL401.version', 'JL503.configuration', 'JL405.isolation');
delete from lifecycle.error_code where sqlstate = 'JL508';
drop type lifecycle.effect;
drop type lifecycle.finding;
drop table lifecycle.template;
drop table lifecycle.check_function;
