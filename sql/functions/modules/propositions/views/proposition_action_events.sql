-- Every click on a custom action that counted.
create or replace view jalon_recap.proposition_action_events as
select e.id, e.proposition_id, e.action_id, a.code as action, a.name as action_name, e.status, e.to_status,
    e.triggered_at, e.triggered_by, e.roles, e.reason, e.payload
from jalon_propositions.proposition_custom_action_events e
join jalon_propositions.proposition_custom_actions a on a.id = e.action_id;
comment on view jalon_recap.proposition_action_events is 'Triggerings of custom actions of propositions.';
comment on column jalon_recap.proposition_action_events.id is 'Identifier; the same as that of the published event.';
comment on column jalon_recap.proposition_action_events.proposition_id is 'Proposition.';
comment on column jalon_recap.proposition_action_events.action_id is 'Action.';
comment on column jalon_recap.proposition_action_events.action is 'Its code.';
comment on column jalon_recap.proposition_action_events.action_name is 'Its name.';
comment on column jalon_recap.proposition_action_events.status is 'Status at which it was triggered.';
comment on column jalon_recap.proposition_action_events.to_status is
'Status to which it led; empty where it moved nothing.';
comment on column jalon_recap.proposition_action_events.triggered_at is 'When.';
comment on column jalon_recap.proposition_action_events.triggered_by is 'By whom.';
comment on column jalon_recap.proposition_action_events.roles is 'Roles that they held there and then.';
comment on column jalon_recap.proposition_action_events.reason is 'Why.';
comment on column jalon_recap.proposition_action_events.payload is 'The payload that the outside receives.';
grant select on jalon_recap.proposition_action_events to jalon_bi, jalon_dba;
