set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.template
where name in ('real_estate_purchase', 'insurance_claims', 'loan_applications', 'legal_matters');
