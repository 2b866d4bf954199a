-- What jalon.apply_template knows.

create or replace view jalon.templates as
select t.name, t.label,
    array(select c.value ->> 'code' from jsonb_array_elements(t.definition -> 'codes') with ordinality c
        order by c.ordinality) as codes,
    array(select r.role from jsonb_object_keys(t.definition -> 'roles') r (role) order by 1) as roles, t.position
from jalon_engine.template t;
comment on view jalon.templates is 'Ready-made workflows.';
comment on column jalon.templates.name is 'Name for jalon.apply_template.';
comment on column jalon.templates.label is 'What it is for.';
comment on column jalon.templates.codes is 'Its codes.';
comment on column jalon.templates.roles is 'The roles it names, besides any.';
comment on column jalon.templates.position is 'Order.';
grant select on jalon.templates to jalon_dba;
