-- Actions made to measure: where a button shows, who may press it, what the outside hears of it; and every time that
-- somebody did, or was refused.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_propositions.proposition_custom_actions (
    id uuid constraint proposition_custom_actions_pk primary key default gen_random_uuid(),
    proposition_id uuid
        not null constraint proposition_custom_actions_proposition_fk references jalon_propositions.proposition (id)
        on delete cascade, code text not null,
    name text not null,
    description text,
    icon text,
    statuses text[] not null,
    roles text[] not null,
    payload jsonb not null default '{}',
    to_status varchar(100),
    visibility text,
    position integer not null default 0,
    is_active boolean not null default true,
    created_at timestamptz not null default now(),
    created_by text not null,
    deleted_at timestamptz,
    deleted_by text,
    inputs jsonb not null default '{}',
    constraint name_is_not_blank check (name ~ '\S'),
    constraint code_is_a_word check (code ~ '^[a-z0-9]+(_[a-z0-9]+)*$'),
    constraint an_action_shows_somewhere check (cardinality(statuses) > 0),
    constraint an_action_is_for_somebody check (cardinality(roles) > 0),
    constraint visibility_is_known check (visibility in ('roles', 'everyone')),
    constraint deleted_actions_say_by_whom check ((deleted_at is null) = (deleted_by is null))
);
comment on table jalon_propositions.proposition_custom_actions is 'Actions made to measure: where they show, who may '
'trigger them, what they tell the outside, and the transition they take, if any.';
comment on column jalon_propositions.proposition_custom_actions.id is 'Identifier.';
comment on column jalon_propositions.proposition_custom_actions.proposition_id is 'Proposition.';
comment on column jalon_propositions.proposition_custom_actions.code is
'A constant name for integrations, made from the first name.';
comment on column jalon_propositions.proposition_custom_actions.name is 'What the button says.';
comment on column jalon_propositions.proposition_custom_actions.description is 'What it is for.';
comment on column jalon_propositions.proposition_custom_actions.icon is 'Icon of the button.';
comment on column jalon_propositions.proposition_custom_actions.statuses is 'Statuses at which it shows; * for all.';
comment on column jalon_propositions.proposition_custom_actions.roles is
'Roles that may trigger it: classic ones, custom:<code>, or any.';
comment on column jalon_propositions.proposition_custom_actions.payload is
'Template of what the event carries: {placeholders} in its texts are filled at the moment of triggering.';
comment on column jalon_propositions.proposition_custom_actions.to_status is
'Where its transition leads; empty: it moves nothing. The transition keeps its own requirements.';
comment on column jalon_propositions.proposition_custom_actions.visibility is 'Who sees the button: roles (those who '
'may press it) or everyone (greyed for others); empty: the setting proposition.action_visibility.';
comment on column jalon_propositions.proposition_custom_actions.position is 'Order of the buttons.';
comment on column jalon_propositions.proposition_custom_actions.is_active is 'Declared and in use, or only declared.';
comment on column jalon_propositions.proposition_custom_actions.created_at is 'When it was declared.';
comment on column jalon_propositions.proposition_custom_actions.created_by is 'By whom.';
comment on column jalon_propositions.proposition_custom_actions.deleted_at is 'When it was taken away.';
comment on column jalon_propositions.proposition_custom_actions.deleted_by is 'By whom.';
comment on column jalon_propositions.proposition_custom_actions.inputs is
'Declared inputs by name: {type: text, number, boolean, date or choice, label, required, choices}. An input of the '
'payload that is not declared takes anything.';
create unique index an_action_is_declared_once on jalon_propositions.proposition_custom_actions (proposition_id, code)
    where deleted_at is null;
create index proposition_custom_actions_proposition_idx
    on jalon_propositions.proposition_custom_actions (proposition_id);

create table jalon_propositions.proposition_custom_action_events (
    id uuid constraint proposition_custom_action_events_pk primary key,
    proposition_id uuid not null
    constraint proposition_custom_action_events_proposition_fk references jalon_propositions.proposition (id)
        on delete cascade, action_id uuid not null
    constraint proposition_custom_action_events_action_fk references jalon_propositions.proposition_custom_actions (id)
        on delete cascade, status varchar(100) not null,
    to_status varchar(100),
    version integer not null,
    triggered_at timestamptz not null default clock_timestamp(),
    triggered_by text not null,
    roles text[] not null,
    reason text,
    input jsonb not null default '{}',
    payload jsonb not null,
    idempotency_key text,
    db_role text not null,
    transaction_id xid8 not null
);
comment on table jalon_propositions.proposition_custom_action_events is
'Every triggering of a custom action, with the payload as it was sent. Written once.';
comment on column jalon_propositions.proposition_custom_action_events.id is
'Identifier; the same as that of the published event.';
comment on column jalon_propositions.proposition_custom_action_events.proposition_id is 'Proposition.';
comment on column jalon_propositions.proposition_custom_action_events.action_id is 'Action.';
comment on column jalon_propositions.proposition_custom_action_events.status is 'Status when it was triggered.';
comment on column jalon_propositions.proposition_custom_action_events.to_status is
'Status to which its transition led; empty where it moved nothing.';
comment on column jalon_propositions.proposition_custom_action_events.version is
'Version of the proposition afterwards.';
comment on column jalon_propositions.proposition_custom_action_events.triggered_at is 'When.';
comment on column jalon_propositions.proposition_custom_action_events.triggered_by is 'By whom.';
comment on column jalon_propositions.proposition_custom_action_events.roles is 'Roles that they held there and then.';
comment on column jalon_propositions.proposition_custom_action_events.reason is 'Why.';
comment on column jalon_propositions.proposition_custom_action_events.input is 'What they gave along.';
comment on column jalon_propositions.proposition_custom_action_events.payload is 'The payload, rendered.';
comment on column jalon_propositions.proposition_custom_action_events.idempotency_key is
'Key of the request: the same person''s second click with it triggers nothing.';
comment on column jalon_propositions.proposition_custom_action_events.db_role is 'Database login it came through.';
comment on column jalon_propositions.proposition_custom_action_events.transaction_id is 'Transaction that wrote it.';
create unique index a_key_triggers_once
    on jalon_propositions.proposition_custom_action_events (proposition_id, triggered_by, idempotency_key);
create index proposition_custom_action_events_proposition_idx
    on jalon_propositions.proposition_custom_action_events (proposition_id, triggered_at, id);
create index proposition_custom_action_events_action_idx
    on jalon_propositions.proposition_custom_action_events (action_id, triggered_at);

create table jalon_propositions.proposition_custom_action_refusals (
    id uuid constraint proposition_custom_action_refusals_pk primary key default gen_random_uuid(),
    proposition_id uuid not null
    constraint proposition_custom_action_refusals_proposition_fk references jalon_propositions.proposition (id)
        on delete cascade,
    action_id uuid constraint proposition_custom_action_refusals_action_fk references
        jalon_propositions.proposition_custom_actions (id) on delete cascade,
    action_key text not null,
    status varchar(100) not null,
    refused_at timestamptz not null default clock_timestamp(),
    actor text not null,
    roles text[] not null,
    code text not null,
    message text not null,
    db_role text not null,
    transaction_id xid8 not null
);
comment on table jalon_propositions.proposition_custom_action_refusals is
'Triggers that were refused, for administrators. No event tells of them.';
comment on column jalon_propositions.proposition_custom_action_refusals.id is 'Identifier.';
comment on column jalon_propositions.proposition_custom_action_refusals.proposition_id is 'Proposition.';
comment on column jalon_propositions.proposition_custom_action_refusals.action_id is
'Action; empty where this proposition has none of that name.';
comment on column jalon_propositions.proposition_custom_action_refusals.action_key is 'The action as it was asked for.';
comment on column jalon_propositions.proposition_custom_action_refusals.status is 'Status of the proposition then.';
comment on column jalon_propositions.proposition_custom_action_refusals.refused_at is 'When.';
comment on column jalon_propositions.proposition_custom_action_refusals.actor is 'Who tried.';
comment on column jalon_propositions.proposition_custom_action_refusals.roles is 'Roles that they held there and then.';
comment on column jalon_propositions.proposition_custom_action_refusals.code is 'SQLSTATE of the refusal.';
comment on column jalon_propositions.proposition_custom_action_refusals.message is 'The message of the refusal.';
comment on column jalon_propositions.proposition_custom_action_refusals.db_role is 'Database login it came through.';
comment on column jalon_propositions.proposition_custom_action_refusals.transaction_id is 'Transaction that wrote it.';
create index proposition_custom_action_refusals_proposition_idx
    on jalon_propositions.proposition_custom_action_refusals (proposition_id, refused_at, id);
create index proposition_custom_action_refusals_action_idx
    on jalon_propositions.proposition_custom_action_refusals (action_id);

grant select on jalon_propositions.proposition_custom_actions, jalon_propositions.proposition_custom_action_events,
    jalon_propositions.proposition_custom_action_refusals to jalon_bi, jalon_dba;
