set local role jalon_owner;
set local lock_timeout = '5s';

-- What names a code that was only drafted goes with it.
delete from jalon_engine.draft_step d
where d.codes <> '[]' or exists (select from jalon_engine.draft_code c
    where (c.category, c.case_type, c.version) = (d.category, d.case_type, d.version));
delete from jalon_engine.workflow_transition a
where not exists (select from jalon_engine.referential r where r.category = a.category and r.code = a.to_code)
    or a.from_code is not null and not exists (select from jalon_engine.referential r
        where r.category = a.category and r.code = a.from_code);
delete from jalon_engine.workflow_arrival a
where not exists (select from jalon_engine.referential r where r.category = a.category and r.code = a.to_code)
    or not exists (select from jalon_engine.referential r where r.category = a.category and r.code = a.from_code);
drop table jalon_engine.draft_code;
alter table jalon_engine.draft_step drop column codes;
alter table jalon_engine.workflow_transition
add constraint workflow_transition_from_fk foreign key (category, from_code)
references jalon_engine.referential (category, code),
add constraint workflow_transition_to_fk foreign key (category, to_code)
references jalon_engine.referential (category, code);
alter table jalon_engine.workflow_arrival
add constraint workflow_arrival_from_fk foreign key (category, from_code)
references jalon_engine.referential (category, code),
add constraint workflow_arrival_to_fk foreign key (category, to_code)
references jalon_engine.referential (category, code);
