-- What drafts make of codes: nothing of it is in force.

create or replace view jalon.draft_codes as
select d.category, d.case_type, d.version, d.code, d.before is null as is_new, d.drafted, d.label,
    (select jsonb_object_agg(e.key, e.value -> 'label') from jsonb_each(d.labels) e) as labels, d.description,
    d.position, d.color, d.icon, d.outcome, d.is_initial, d.is_final, d.is_active, d.max_stay, d.meta, d.before
from jalon_engine.draft_code d;
comment on view jalon.draft_codes is 'Codes that drafts add or edit, until they are published.';
comment on column jalon.draft_codes.category is 'Category.';
comment on column jalon.draft_codes.case_type is 'Case type of the draft.';
comment on column jalon.draft_codes.version is 'Version of the draft.';
comment on column jalon.draft_codes.code is 'The code.';
comment on column jalon.draft_codes.is_new is 'Whether the draft adds it.';
comment on column jalon.draft_codes.drafted is 'The facts that the draft sets.';
comment on column jalon.draft_codes.label is 'Label where no better one is.';
comment on column jalon.draft_codes.labels is 'Labels that the draft sets, by language.';
comment on column jalon.draft_codes.description is 'What it means.';
comment on column jalon.draft_codes.position is 'Order.';
comment on column jalon.draft_codes.color is 'Colour.';
comment on column jalon.draft_codes.icon is 'Icon.';
comment on column jalon.draft_codes.outcome is 'open, active, waiting, done or dropped.';
comment on column jalon.draft_codes.is_initial is 'Records may begin here.';
comment on column jalon.draft_codes.is_final is 'Records end here.';
comment on column jalon.draft_codes.is_active is 'Whether it may be entered.';
comment on column jalon.draft_codes.max_stay is 'Longest stay.';
comment on column jalon.draft_codes.meta is 'Anything else.';
comment on column jalon.draft_codes.before is 'What the code had when it was drafted; empty for a new one.';
grant select on jalon.draft_codes to jalon_dba;
