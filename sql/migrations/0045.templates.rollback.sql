set local role jalon_owner;
delete from jalon_engine.display_text where code like 'check.%' or code like 'draft.%' or code in ('action.create', 'JL508', 'JL407.rename', 'JL402.template', 'JL401.version', 'JL503.configuration', 'JL405.isolation');
delete from jalon_engine.error_code where sqlstate = 'JL508';
drop type jalon_engine.effect;
drop type jalon_engine.finding;
drop table jalon_engine.template;
drop table jalon_engine.check_function;
