CREATE SCHEMA jalon;

COMMENT ON SCHEMA jalon IS 'What people call in SQL; reloaded from files.';

CREATE SCHEMA jalon_api;

COMMENT ON SCHEMA jalon_api IS 'What the web application may call, nothing else; reloaded from files.';

CREATE SCHEMA jalon_dossiers;

COMMENT ON SCHEMA jalon_dossiers IS 'Dossiers of several case types.';

CREATE SCHEMA jalon_engine;

COMMENT ON SCHEMA jalon_engine IS 'The engine: its tables and its private functions.';

CREATE SCHEMA jalon_events;

COMMENT ON SCHEMA jalon_events IS 'Events and their moderation.';

CREATE SCHEMA jalon_generated;

COMMENT ON SCHEMA jalon_generated IS 'Trigger functions, one set for each tracked table; made by jalon.track.';

CREATE SCHEMA jalon_history;

COMMENT ON SCHEMA jalon_history IS 'Histories, timelines, as-of and durations for reporting.';

CREATE SCHEMA jalon_install;

COMMENT ON SCHEMA jalon_install IS 'Which migrations and which files this database has.';

CREATE SCHEMA jalon_masked;

COMMENT ON SCHEMA jalon_masked IS 'What jalon_bi reads, with persons as pseudonyms and without what people wrote; made from its views.';

CREATE SCHEMA jalon_members;

COMMENT ON SCHEMA jalon_members IS 'Users, their roles and how these changed.';

CREATE SCHEMA jalon_propositions;

COMMENT ON SCHEMA jalon_propositions IS 'Propositions, their roles and custom actions.';

CREATE SCHEMA jalon_recap;

COMMENT ON SCHEMA jalon_recap IS 'Answers to people''s questions; reloaded from files.';

CREATE SCHEMA jalon_roadshow;

COMMENT ON SCHEMA jalon_roadshow IS 'Roadshows and their counterparties.';

CREATE TYPE jalon_engine.answer AS (
	status integer,
	body json,
	etag text,
	headers jsonb
);

COMMENT ON TYPE jalon_engine.answer IS 'What every function of schema jalon_api returns: an HTTP status, the body as sent, its ETag, further headers.';

CREATE TYPE jalon_engine.change AS (
	tracked text,
	column_name text,
	category text,
	case_type text,
	ruling_case_type text,
	old_row jsonb,
	new_row jsonb
);

COMMENT ON TYPE jalon_engine.change IS 'A change of one status column while it is checked.';

CREATE TYPE jalon_engine.context AS (
	actor text,
	roles text[],
	reason text,
	kind text,
	meta jsonb,
	bulk_id uuid,
	on_behalf_of text,
	db_role text,
	named_by text
);

COMMENT ON TYPE jalon_engine.context IS 'Who acts, in which roles of the token, why, how the change is to be marked, and what named them: c a call, a the application, t or s a DBA, empty the login itself.';

CREATE TYPE jalon_engine.effect AS (
	what text,
	subject text,
	records bigint,
	message text
);

COMMENT ON TYPE jalon_engine.effect IS 'One line of what publishing or retiring a workflow does, or would do.';

CREATE TYPE jalon_engine.finding AS (
	severity text,
	code text,
	subject text,
	message text
);

COMMENT ON TYPE jalon_engine.finding IS 'One line of the report on a workflow: error or warning, what kind, about what, in words.';

CREATE TYPE jalon_engine.moved AS (
	tracked text,
	id text,
	column_name text,
	old_code text,
	new_code text,
	version integer,
	changed_at timestamp with time zone,
	has_changed boolean
);

COMMENT ON TYPE jalon_engine.moved IS 'The outcome of one move.';

CREATE TYPE jalon_engine.planned AS (
	document integer,
	severity text,
	kind text,
	subject text,
	message text,
	path text[],
	before jsonb,
	after jsonb,
	changed_in text,
	changed_by text,
	changed_at timestamp with time zone
);

COMMENT ON TYPE jalon_engine.planned IS 'A sentence of a plan: change, drop, strand, warning or error; and who changed it since the file was applied last.';

CREATE TYPE jalon_engine.rule_difference AS (
	kind text,
	key text[],
	change text,
	before jsonb,
	after jsonb,
	path text[]
);

COMMENT ON TYPE jalon_engine.rule_difference IS 'What a rules file would change: added, removed or changed, with the members that differ.';

CREATE TYPE jalon_engine.rule_item AS (
	kind text,
	key text[],
	place integer,
	facts jsonb,
	path text[]
);

COMMENT ON TYPE jalon_engine.rule_item IS 'One thing that a rules file says: its kind, what names it, its place in order, what is said of it, where it stands.';

CREATE TABLE jalon_engine.referential (
    category text NOT NULL,
    code character varying(100) NOT NULL,
    label text NOT NULL,
    description text,
    "position" integer DEFAULT 0 NOT NULL,
    color text,
    icon text,
    outcome text DEFAULT 'active'::text NOT NULL,
    is_initial boolean DEFAULT false NOT NULL,
    is_final boolean DEFAULT false NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    max_stay interval,
    meta jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT code_is_not_blank CHECK (((code)::text ~ '\S'::text)),
    CONSTRAINT color_is_hexadecimal CHECK ((color ~ '^#[0-9a-fA-F]{6}$'::text)),
    CONSTRAINT max_stay_is_positive CHECK ((max_stay > '00:00:00'::interval)),
    CONSTRAINT meta_is_an_object CHECK ((jsonb_typeof(meta) = 'object'::text)),
    CONSTRAINT outcome_is_known CHECK ((outcome = ANY (ARRAY['open'::text, 'active'::text, 'waiting'::text, 'done'::text, 'dropped'::text])))
);

COMMENT ON TABLE jalon_engine.referential IS 'The codes of every category. Deactivated rather than deleted: history keeps naming them.';

COMMENT ON COLUMN jalon_engine.referential.category IS 'The category it belongs to.';

COMMENT ON COLUMN jalon_engine.referential.code IS 'The stable code that rows and history hold.';

COMMENT ON COLUMN jalon_engine.referential.label IS 'Label where the reader''s language has none.';

COMMENT ON COLUMN jalon_engine.referential.description IS 'What it means to be at this code.';

COMMENT ON COLUMN jalon_engine.referential."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_engine.referential.color IS 'Colour as #rrggbb.';

COMMENT ON COLUMN jalon_engine.referential.icon IS 'Name of an icon.';

COMMENT ON COLUMN jalon_engine.referential.outcome IS 'open, active, waiting, done or dropped: what the code means to a recap.';

COMMENT ON COLUMN jalon_engine.referential.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon_engine.referential.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon_engine.referential.is_active IS 'Whether the code may still be entered.';

COMMENT ON COLUMN jalon_engine.referential.max_stay IS 'Longest stay before jalon_recap.overdue names the record.';

COMMENT ON COLUMN jalon_engine.referential.meta IS 'Anything else a module keeps with a code.';

CREATE TABLE jalon_engine.category (
    code text NOT NULL,
    label text NOT NULL,
    description text,
    others_are_free boolean DEFAULT false NOT NULL,
    CONSTRAINT code_is_not_blank CHECK ((code ~ '\S'::text))
);

COMMENT ON TABLE jalon_engine.category IS 'A family of codes: the statuses of one kind of record, or its case types.';

COMMENT ON COLUMN jalon_engine.category.code IS 'Name of the category (CASE_STATUS).';

COMMENT ON COLUMN jalon_engine.category.label IS 'What people call it.';

COMMENT ON COLUMN jalon_engine.category.description IS 'What it is for.';

COMMENT ON COLUMN jalon_engine.category.others_are_free IS 'Whether case types without a workflow may use every active code, although others have one. Otherwise they are unknown.';

CREATE TABLE jalon_engine.role (
    code text NOT NULL,
    label text NOT NULL,
    description text
);

COMMENT ON TABLE jalon_engine.role IS 'Roles that transitions and permissions name.';

COMMENT ON COLUMN jalon_engine.role.code IS 'Name of the role.';

COMMENT ON COLUMN jalon_engine.role.label IS 'What people call it.';

COMMENT ON COLUMN jalon_engine.role.description IS 'Who holds it.';

CREATE TABLE jalon_engine.workflow (
    category text NOT NULL,
    case_type text DEFAULT '*'::text NOT NULL,
    version integer NOT NULL,
    state text DEFAULT 'draft'::text NOT NULL,
    label text,
    revision integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text,
    published_at timestamp with time zone,
    published_by text,
    retired_at timestamp with time zone,
    CONSTRAINT published_workflows_say_when CHECK (((state = 'draft'::text) OR (published_at IS NOT NULL))),
    CONSTRAINT state_is_known CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'retired'::text]))),
    CONSTRAINT version_counts_from_one CHECK ((version >= 1))
);

COMMENT ON TABLE jalon_engine.workflow IS 'A version of the workflow of a category, for one case type or for all (*).';

COMMENT ON COLUMN jalon_engine.workflow.category IS 'Category whose codes it orders.';

COMMENT ON COLUMN jalon_engine.workflow.case_type IS 'Case type it is for; * for every case type that has none of its own.';

COMMENT ON COLUMN jalon_engine.workflow.version IS '1, 2, 3, … per category and case type.';

COMMENT ON COLUMN jalon_engine.workflow.state IS 'draft, published or retired; one draft and one published version at most.';

COMMENT ON COLUMN jalon_engine.workflow.label IS 'What people call it.';

COMMENT ON COLUMN jalon_engine.workflow.revision IS 'Counts the edits of a draft, so that two editors notice each other.';

COMMENT ON COLUMN jalon_engine.workflow.created_at IS 'When the draft was begun.';

COMMENT ON COLUMN jalon_engine.workflow.created_by IS 'By whom.';

COMMENT ON COLUMN jalon_engine.workflow.published_at IS 'When it was published.';

COMMENT ON COLUMN jalon_engine.workflow.published_by IS 'By whom.';

COMMENT ON COLUMN jalon_engine.workflow.retired_at IS 'When a newer version took its place.';

CREATE TABLE jalon_engine.role_grant (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    principal text NOT NULL,
    role text NOT NULL,
    granted_at timestamp with time zone DEFAULT now() NOT NULL,
    granted_by text,
    valid_until timestamp with time zone,
    revoked_at timestamp with time zone,
    revoked_by text
);

COMMENT ON TABLE jalon_engine.role_grant IS 'Who holds which role, since when, until when. Rows are revoked, not deleted.';

COMMENT ON COLUMN jalon_engine.role_grant.id IS 'Identifier.';

COMMENT ON COLUMN jalon_engine.role_grant.principal IS 'Actor, as in tokens; db:<role> for a database session.';

COMMENT ON COLUMN jalon_engine.role_grant.role IS 'Role held.';

COMMENT ON COLUMN jalon_engine.role_grant.granted_at IS 'Since when.';

COMMENT ON COLUMN jalon_engine.role_grant.granted_by IS 'By whom.';

COMMENT ON COLUMN jalon_engine.role_grant.valid_until IS 'Until when; empty for good.';

COMMENT ON COLUMN jalon_engine.role_grant.revoked_at IS 'When it was taken back.';

COMMENT ON COLUMN jalon_engine.role_grant.revoked_by IS 'By whom.';

CREATE TABLE jalon_engine.check_function (
    name text NOT NULL,
    category text,
    function_name text NOT NULL,
    description text NOT NULL
);

COMMENT ON TABLE jalon_engine.check_function IS 'Checks of one''s own that a workflow must pass in addition to Jalon''s before it is published.';

COMMENT ON COLUMN jalon_engine.check_function.name IS 'Name of the check.';

COMMENT ON COLUMN jalon_engine.check_function.category IS 'Category it is for; empty for all.';

COMMENT ON COLUMN jalon_engine.check_function.function_name IS 'schema.function (p_category text, p_case_type text, p_version integer) returns setof jalon_engine.finding.';

COMMENT ON COLUMN jalon_engine.check_function.description IS 'What it requires.';

CREATE TABLE jalon_engine.guard (
    name text NOT NULL,
    function_name text NOT NULL,
    description text NOT NULL
);

COMMENT ON TABLE jalon_engine.guard IS 'Guard functions that transitions may name; nothing else is ever executed by name.';

COMMENT ON COLUMN jalon_engine.guard.name IS 'The name a transition uses.';

COMMENT ON COLUMN jalon_engine.guard.function_name IS 'schema.function (p_old jsonb, p_new jsonb, p_context jsonb) returns text: null to let pass, or why not.';

COMMENT ON COLUMN jalon_engine.guard.description IS 'What it requires.';

CREATE TABLE jalon_engine.language (
    code text NOT NULL,
    label text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    CONSTRAINT code_is_a_language_tag CHECK ((code ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text))
);

COMMENT ON TABLE jalon_engine.language IS 'Languages in which labels and messages exist; any other is added by a row.';

COMMENT ON COLUMN jalon_engine.language.code IS 'Language tag, lower case (fr, en, pt-BR).';

COMMENT ON COLUMN jalon_engine.language.label IS 'The language''s own name.';

COMMENT ON COLUMN jalon_engine.language."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_engine.language.is_active IS 'Whether a published workflow must have labels in it.';

COMMENT ON COLUMN jalon_engine.language.is_default IS 'The language used where the reader''s own has no text.';

CREATE TABLE jalon_propositions.proposition_custom_actions (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    proposition_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    description text,
    icon text,
    statuses text[] NOT NULL,
    roles text[] NOT NULL,
    payload jsonb DEFAULT '{}'::jsonb NOT NULL,
    to_status character varying(100),
    visibility text,
    "position" integer DEFAULT 0 NOT NULL,
    is_active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    deleted_at timestamp with time zone,
    deleted_by text,
    inputs jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT an_action_is_for_somebody CHECK ((cardinality(roles) > 0)),
    CONSTRAINT an_action_shows_somewhere CHECK ((cardinality(statuses) > 0)),
    CONSTRAINT code_is_a_word CHECK ((code ~ '^[a-z0-9]+(_[a-z0-9]+)*$'::text)),
    CONSTRAINT deleted_actions_say_by_whom CHECK (((deleted_at IS NULL) = (deleted_by IS NULL))),
    CONSTRAINT name_is_not_blank CHECK ((name ~ '\S'::text)),
    CONSTRAINT visibility_is_known CHECK ((visibility = ANY (ARRAY['roles'::text, 'everyone'::text])))
);

COMMENT ON TABLE jalon_propositions.proposition_custom_actions IS 'Actions made to measure: where they show, who may trigger them, what they tell the outside, and the transition they take, if any.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.id IS 'Identifier.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.code IS 'A constant name for integrations, made from the first name.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.name IS 'What the button says.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.description IS 'What it is for.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.icon IS 'Icon of the button.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.statuses IS 'Statuses at which it shows; * for all.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.roles IS 'Roles that may trigger it: classic ones, custom:<code>, or any.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.payload IS 'Template of what the event carries: {placeholders} in its texts are filled at the moment of triggering.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.to_status IS 'Where its transition leads; empty: it moves nothing. The transition keeps its own requirements.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.visibility IS 'Who sees the button: roles (those who may press it) or everyone (greyed for others); empty: the setting proposition.action_visibility.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions."position" IS 'Order of the buttons.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.is_active IS 'Declared and in use, or only declared.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.created_at IS 'When it was declared.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.created_by IS 'By whom.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.deleted_at IS 'When it was taken away.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.deleted_by IS 'By whom.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_actions.inputs IS 'Declared inputs by name: {type: text, number, boolean, date or choice, label, required, choices}. An input of the payload that is not declared takes anything.';

CREATE TABLE jalon_propositions.proposition (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    title text NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    author_id text NOT NULL,
    status character varying(100) DEFAULT 'draft'::character varying NOT NULL,
    max_roles integer,
    max_holders integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    edited_at timestamp with time zone DEFAULT now() NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    edited_by text,
    status_version integer DEFAULT 1 NOT NULL,
    status_changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT max_holders_is_not_negative CHECK ((max_holders >= 0)),
    CONSTRAINT max_roles_is_not_negative CHECK ((max_roles >= 0)),
    CONSTRAINT title_is_not_blank CHECK ((title ~ '\S'::text))
);

COMMENT ON TABLE jalon_propositions.proposition IS 'Propositions. Their status obeys the workflow of PROPOSITION_STATUS.';

COMMENT ON COLUMN jalon_propositions.proposition.id IS 'Identifier.';

COMMENT ON COLUMN jalon_propositions.proposition.title IS 'Title.';

COMMENT ON COLUMN jalon_propositions.proposition.body IS 'Text.';

COMMENT ON COLUMN jalon_propositions.proposition.author_id IS 'Who put it forward; the initiator of this proposition.';

COMMENT ON COLUMN jalon_propositions.proposition.status IS 'Where it stands (PROPOSITION_STATUS).';

COMMENT ON COLUMN jalon_propositions.proposition.max_roles IS 'How many custom roles it may have; empty: the setting proposition.max_roles.';

COMMENT ON COLUMN jalon_propositions.proposition.max_holders IS 'How many people may hold one of its roles; empty: the setting proposition.max_holders.';

COMMENT ON COLUMN jalon_propositions.proposition.created_at IS 'When it was put forward.';

COMMENT ON COLUMN jalon_propositions.proposition.edited_at IS 'When its text was last changed.';

COMMENT ON COLUMN jalon_propositions.proposition.revision IS 'Counts the changes of its text.';

COMMENT ON COLUMN jalon_propositions.proposition.edited_by IS 'Who last changed its text.';

COMMENT ON COLUMN jalon_propositions.proposition.status_version IS 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_propositions.proposition.status_changed_at IS 'When the status last changed. Kept by Jalon.';

CREATE TABLE jalon_engine.tracked (
    name text NOT NULL,
    table_schema text NOT NULL,
    table_name text NOT NULL,
    key_column text NOT NULL,
    key_type text NOT NULL,
    workflow_column text,
    history_schema text NOT NULL,
    history_name text NOT NULL,
    history_key text NOT NULL,
    on_delete text DEFAULT 'keep'::text NOT NULL,
    relations jsonb DEFAULT '{}'::jsonb NOT NULL,
    resolver text,
    changed_by_column text,
    has_foreign_key boolean DEFAULT false NOT NULL,
    move_permission text DEFAULT 'move_freely'::text NOT NULL,
    tracked_at timestamp with time zone DEFAULT now() NOT NULL,
    tracked_by text NOT NULL,
    title_column text,
    subtitle_column text,
    shown_columns text[],
    CONSTRAINT on_delete_is_known CHECK ((on_delete = ANY (ARRAY['keep'::text, 'cascade'::text, 'refuse'::text]))),
    CONSTRAINT relations_is_an_object CHECK ((jsonb_typeof(relations) = 'object'::text))
);

COMMENT ON TABLE jalon_engine.tracked IS 'Tables under Jalon, by name: a dump restores.';

COMMENT ON COLUMN jalon_engine.tracked.name IS 'Name in calls, views and addresses.';

COMMENT ON COLUMN jalon_engine.tracked.table_schema IS 'Schema of the table.';

COMMENT ON COLUMN jalon_engine.tracked.table_name IS 'Table.';

COMMENT ON COLUMN jalon_engine.tracked.key_column IS 'Its key.';

COMMENT ON COLUMN jalon_engine.tracked.key_type IS 'Type of the key.';

COMMENT ON COLUMN jalon_engine.tracked.workflow_column IS 'Column that holds the case type, where there is one.';

COMMENT ON COLUMN jalon_engine.tracked.history_schema IS 'Schema of its history table.';

COMMENT ON COLUMN jalon_engine.tracked.history_name IS 'Its history table.';

COMMENT ON COLUMN jalon_engine.tracked.history_key IS 'Column of the history that holds the record''s key.';

COMMENT ON COLUMN jalon_engine.tracked.on_delete IS 'What becomes of history when the record goes: keep, cascade, or the deletion is refused.';

COMMENT ON COLUMN jalon_engine.tracked.relations IS 'Relation -> column: who stands in that column holds the relation as a role for this record.';

COMMENT ON COLUMN jalon_engine.tracked.resolver IS 'Function (p_actor text, p_key text) returns text[]: further roles of an actor for one record.';

COMMENT ON COLUMN jalon_engine.tracked.changed_by_column IS 'Column of the table that is set to the actor.';

COMMENT ON COLUMN jalon_engine.tracked.has_foreign_key IS 'Whether history refers to the record by a foreign key.';

COMMENT ON COLUMN jalon_engine.tracked.move_permission IS 'Permission that a move in somebody''s name asks for where no workflow says who may make it.';

COMMENT ON COLUMN jalon_engine.tracked.tracked_at IS 'Since when.';

COMMENT ON COLUMN jalon_engine.tracked.tracked_by IS 'By whom.';

COMMENT ON COLUMN jalon_engine.tracked.title_column IS 'Column that names a record for people; empty: the one that the table suggests.';

COMMENT ON COLUMN jalon_engine.tracked.subtitle_column IS 'Column that is shown below the title.';

COMMENT ON COLUMN jalon_engine.tracked.shown_columns IS 'Columns that are shown with a record; empty: those that the table suggests.';

CREATE TABLE jalon_propositions.proposition_role_assignments (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    proposition_id uuid NOT NULL,
    role_id uuid NOT NULL,
    user_id text NOT NULL,
    granted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    granted_by text NOT NULL,
    valid_until timestamp with time zone,
    reason text,
    revoked_at timestamp with time zone,
    revoked_by text,
    revocation_reason text,
    CONSTRAINT revocations_say_by_whom CHECK (((revoked_at IS NULL) = (revoked_by IS NULL))),
    CONSTRAINT user_is_not_blank CHECK ((user_id ~ '\S'::text))
);

COMMENT ON TABLE jalon_propositions.proposition_role_assignments IS 'Who holds which custom role, since when, until when. A row is revoked, never changed otherwise, never deleted: it is its own history.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.id IS 'Identifier.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.role_id IS 'Custom role of this proposition.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.user_id IS 'Who holds it.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.granted_at IS 'Since when.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.granted_by IS 'Who handed it out.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.valid_until IS 'Until when; empty for good.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.reason IS 'Why it was handed out.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.revoked_at IS 'When it was taken back.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.revoked_by IS 'By whom.';

COMMENT ON COLUMN jalon_propositions.proposition_role_assignments.revocation_reason IS 'Why it was taken back.';

CREATE TABLE jalon_propositions.proposition_roles (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    proposition_id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    description text,
    permissions text[] DEFAULT '{}'::text[] NOT NULL,
    max_holders integer,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    deleted_at timestamp with time zone,
    deleted_by text,
    CONSTRAINT code_is_a_word CHECK ((code ~ '^[a-z0-9]+(_[a-z0-9]+)*$'::text)),
    CONSTRAINT deleted_roles_say_by_whom CHECK (((deleted_at IS NULL) = (deleted_by IS NULL))),
    CONSTRAINT max_holders_is_not_negative CHECK ((max_holders >= 0)),
    CONSTRAINT name_is_not_blank CHECK ((name ~ '\S'::text))
);

COMMENT ON TABLE jalon_propositions.proposition_roles IS 'Custom roles, each of one proposition. In transitions and actions they are called custom:<code>.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.id IS 'Identifier.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.proposition_id IS 'The proposition it is a role of; on any other it is worth nothing.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.code IS 'The name in transitions and actions, after custom: (made from the first name, then constant).';

COMMENT ON COLUMN jalon_propositions.proposition_roles.name IS 'What people call it.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.description IS 'What it is for.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.permissions IS 'Permissions of its holders on this proposition, as far as the matrix lets custom roles carry them.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.max_holders IS 'How many may hold it; empty: the limit of the proposition.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.created_at IS 'When it was made.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.created_by IS 'By whom.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.deleted_at IS 'When it was taken away; nobody holds it any more.';

COMMENT ON COLUMN jalon_propositions.proposition_roles.deleted_by IS 'By whom.';

CREATE TABLE jalon_engine.rule (
    category text NOT NULL,
    case_type text NOT NULL,
    from_code character varying(100) NOT NULL,
    to_code character varying(100) NOT NULL,
    action text NOT NULL,
    roles text[] NOT NULL,
    is_open boolean NOT NULL,
    is_plain boolean NOT NULL,
    relation text,
    requires_reason boolean NOT NULL,
    required_fields text[],
    guard text,
    icon text,
    "position" integer NOT NULL,
    workflow_version integer NOT NULL
);

COMMENT ON TABLE jalon_engine.rule IS 'The published transitions as the triggers read them: compiled by jalon_engine.compile_rules, never edited.';

COMMENT ON COLUMN jalon_engine.rule.category IS 'Category.';

COMMENT ON COLUMN jalon_engine.rule.case_type IS 'Case type, or * for all that have no workflow of their own.';

COMMENT ON COLUMN jalon_engine.rule.from_code IS 'Code left; empty text for creation.';

COMMENT ON COLUMN jalon_engine.rule.to_code IS 'Code entered; always an active one.';

COMMENT ON COLUMN jalon_engine.rule.action IS 'Name of the action.';

COMMENT ON COLUMN jalon_engine.rule.roles IS 'Roles that may take it.';

COMMENT ON COLUMN jalon_engine.rule.is_open IS 'Whether any known actor may take it.';

COMMENT ON COLUMN jalon_engine.rule.is_plain IS 'Whether roles, relation and reason are all it requires, so that the trigger decides without a function call.';

COMMENT ON COLUMN jalon_engine.rule.relation IS 'Relation that is required.';

COMMENT ON COLUMN jalon_engine.rule.requires_reason IS 'Whether a reason is required.';

COMMENT ON COLUMN jalon_engine.rule.required_fields IS 'Fields that are required.';

COMMENT ON COLUMN jalon_engine.rule.guard IS 'Guard that is asked.';

COMMENT ON COLUMN jalon_engine.rule.icon IS 'Icon for a button.';

COMMENT ON COLUMN jalon_engine.rule."position" IS 'Order.';

COMMENT ON COLUMN jalon_engine.rule.workflow_version IS 'Version of the workflow it comes from; 0 where the category is free.';

CREATE TABLE jalon_engine.config_history (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    table_name text NOT NULL,
    operation text NOT NULL,
    key jsonb NOT NULL,
    before jsonb,
    after jsonb,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    changed_by text NOT NULL,
    db_role text NOT NULL,
    reason text,
    transaction_id xid8 NOT NULL,
    CONSTRAINT operation_is_known CHECK ((operation = ANY (ARRAY['INSERT'::text, 'UPDATE'::text, 'DELETE'::text, 'TRUNCATE'::text])))
);

COMMENT ON TABLE jalon_engine.config_history IS 'Every change of referentials, workflows, roles and permissions, with the row before and after.';

COMMENT ON COLUMN jalon_engine.config_history.id IS 'Identifier.';

COMMENT ON COLUMN jalon_engine.config_history.table_name IS 'Table that was changed.';

COMMENT ON COLUMN jalon_engine.config_history.operation IS 'INSERT, UPDATE, DELETE or TRUNCATE.';

COMMENT ON COLUMN jalon_engine.config_history.key IS 'Primary key of the row.';

COMMENT ON COLUMN jalon_engine.config_history.before IS 'The row before.';

COMMENT ON COLUMN jalon_engine.config_history.after IS 'The row after.';

COMMENT ON COLUMN jalon_engine.config_history.changed_at IS 'When.';

COMMENT ON COLUMN jalon_engine.config_history.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_engine.config_history.db_role IS 'Database session it came through.';

COMMENT ON COLUMN jalon_engine.config_history.reason IS 'Why.';

COMMENT ON COLUMN jalon_engine.config_history.transaction_id IS 'Transaction.';

CREATE TABLE jalon_engine.tracked_column (
    tracked text NOT NULL,
    column_name text NOT NULL,
    category text NOT NULL,
    "position" integer NOT NULL
);

COMMENT ON TABLE jalon_engine.tracked_column IS 'The status columns of a tracked table and the category each obeys; the first is the record''s status proper.';

COMMENT ON COLUMN jalon_engine.tracked_column.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.tracked_column.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_engine.tracked_column.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_engine.tracked_column."position" IS 'Order; 1 is the status proper.';

CREATE TABLE jalon_engine.recap_cache (
    recap text NOT NULL,
    question jsonb NOT NULL,
    tracked text,
    answer jsonb NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    CONSTRAINT question_is_an_object CHECK ((jsonb_typeof(question) = 'object'::text))
);

COMMENT ON TABLE jalon_engine.recap_cache IS 'Recaps that were asked for, as they were counted last. jalon.run_maintenance counts again what is a day old, and forgets what nobody asked for in a week.';

COMMENT ON COLUMN jalon_engine.recap_cache.recap IS 'Name of the recap.';

COMMENT ON COLUMN jalon_engine.recap_cache.question IS 'Table, case type and period, as they were asked for.';

COMMENT ON COLUMN jalon_engine.recap_cache.tracked IS 'Tracked table; empty where all were counted.';

COMMENT ON COLUMN jalon_engine.recap_cache.answer IS 'Its rows, and how many there are in all.';

COMMENT ON COLUMN jalon_engine.recap_cache.counted_at IS 'When counting began: the answer holds what was committed by then.';

COMMENT ON COLUMN jalon_engine.recap_cache.asked_at IS 'When a person last had it counted.';

CREATE TABLE jalon_roadshow.roadshow_counterparty (
    id integer NOT NULL,
    name text NOT NULL,
    statut character varying(100) DEFAULT 'En attente'::character varying NOT NULL,
    owner text,
    sector text,
    ticket_size numeric(18,2),
    currency character varying(3) DEFAULT 'EUR'::character varying NOT NULL,
    notes text,
    revision integer DEFAULT 1 NOT NULL,
    edited_at timestamp with time zone,
    edited_by text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    status_version integer DEFAULT 1 NOT NULL,
    status_changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT currency_is_three_letters CHECK (((currency)::text ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT name_is_not_blank CHECK ((name ~ '\S'::text)),
    CONSTRAINT ticket_size_is_not_negative CHECK ((ticket_size >= (0)::numeric))
);

COMMENT ON TABLE jalon_roadshow.roadshow_counterparty IS 'Who is met on the roadshow, and where that stands.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.id IS 'Identifier.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.name IS 'Name.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.statut IS 'Status, a code of ROADSHOW_STATUS.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.owner IS 'Who of ours is in charge.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.sector IS 'Sector or kind of investor.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.ticket_size IS 'What it may put in.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.currency IS 'Currency of the ticket.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.notes IS 'Anything else.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.revision IS 'Counts the changes of what is known of it; its status apart.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.edited_at IS 'When that was last changed.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.edited_by IS 'By whom.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.created_at IS 'When it was entered.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.status_version IS 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty.status_changed_at IS 'When the status last changed. Kept by Jalon.';

CREATE TABLE jalon_propositions.proposition_custom_action_events (
    id uuid NOT NULL,
    proposition_id uuid NOT NULL,
    action_id uuid NOT NULL,
    status character varying(100) NOT NULL,
    to_status character varying(100),
    version integer NOT NULL,
    triggered_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    triggered_by text NOT NULL,
    roles text[] NOT NULL,
    reason text,
    input jsonb DEFAULT '{}'::jsonb NOT NULL,
    payload jsonb NOT NULL,
    idempotency_key text,
    db_role text NOT NULL,
    transaction_id xid8 NOT NULL
);

COMMENT ON TABLE jalon_propositions.proposition_custom_action_events IS 'Every triggering of a custom action, with the payload as it was sent. Written once.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.id IS 'Identifier; the same as that of the published event.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.action_id IS 'Action.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.status IS 'Status when it was triggered.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.to_status IS 'Status to which its transition led; empty where it moved nothing.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.version IS 'Version of the proposition afterwards.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.triggered_at IS 'When.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.triggered_by IS 'By whom.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.roles IS 'Roles that they held there and then.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.reason IS 'Why.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.input IS 'What they gave along.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.payload IS 'The payload, rendered.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.idempotency_key IS 'Key of the request: the same person''s second click with it triggers nothing.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_events.transaction_id IS 'Transaction that wrote it.';

CREATE TABLE jalon_engine.webhook_delivery (
    webhook_id uuid NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    tracked text NOT NULL,
    record_key text NOT NULL,
    version integer,
    due_at timestamp with time zone,
    lease uuid,
    attempts integer DEFAULT 0 NOT NULL,
    delivered_at timestamp with time zone
)
PARTITION BY RANGE (created_at);

COMMENT ON TABLE jalon_engine.webhook_delivery IS 'A message on its way to an endpoint: waiting as long as it is due some time, then delivered, or dead.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.webhook_id IS 'Endpoint.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.message_id IS 'Message.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.created_at IS 'That of the message.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.version IS 'Version of the record.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.due_at IS 'When it is tried next; while a relay tries, when its lease ends. Empty once it is over.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.lease IS 'Who tries; a late result of another lease is not taken.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.attempts IS 'How often it was tried since it was last asked for.';

COMMENT ON COLUMN jalon_engine.webhook_delivery.delivered_at IS 'When it arrived. Empty and not due: dead.';

CREATE TABLE jalon_dossiers.dossier (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    case_type character varying(100),
    status_code character varying(100) NOT NULL,
    status character varying(100) NOT NULL,
    lead_name character varying(200),
    lead_phone character varying(50),
    source character varying(100),
    assignee character varying(200),
    organisation character varying(200),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    edited_at timestamp with time zone,
    edited_by text,
    revision integer DEFAULT 1 NOT NULL,
    status_version integer DEFAULT 1 NOT NULL,
    status_changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT assignee_is_not_blank CHECK (((assignee)::text ~ '\S'::text)),
    CONSTRAINT lead_name_is_not_blank CHECK (((lead_name)::text ~ '\S'::text)),
    CONSTRAINT lead_phone_is_not_blank CHECK (((lead_phone)::text ~ '\S'::text)),
    CONSTRAINT organisation_is_not_blank CHECK (((organisation)::text ~ '\S'::text)),
    CONSTRAINT source_is_not_blank CHECK (((source)::text ~ '\S'::text))
);

COMMENT ON TABLE jalon_dossiers.dossier IS 'Dossiers of every case type.';

COMMENT ON COLUMN jalon_dossiers.dossier.id IS 'Identifier.';

COMMENT ON COLUMN jalon_dossiers.dossier.case_type IS 'Code of CASE_TYPE, whose workflow the dossier obeys; empty: none.';

COMMENT ON COLUMN jalon_dossiers.dossier.status_code IS 'Where it stands: code of CASE_STATUS. Derived from status where only that is given.';

COMMENT ON COLUMN jalon_dossiers.dossier.status IS 'The same as a code of DOSSIER_STATUS, for clients that know no other; always in step with status_code.';

COMMENT ON COLUMN jalon_dossiers.dossier.lead_name IS 'Name of the lead.';

COMMENT ON COLUMN jalon_dossiers.dossier.lead_phone IS 'Telephone of the lead.';

COMMENT ON COLUMN jalon_dossiers.dossier.source IS 'Where the lead comes from.';

COMMENT ON COLUMN jalon_dossiers.dossier.assignee IS 'Actor who works on it.';

COMMENT ON COLUMN jalon_dossiers.dossier.organisation IS 'Organisation it belongs to.';

COMMENT ON COLUMN jalon_dossiers.dossier.created_at IS 'When it was opened.';

COMMENT ON COLUMN jalon_dossiers.dossier.created_by IS 'Who opened it.';

COMMENT ON COLUMN jalon_dossiers.dossier.updated_at IS 'When anything of it last changed.';

COMMENT ON COLUMN jalon_dossiers.dossier.edited_at IS 'When its content was last changed, its status and case type apart.';

COMMENT ON COLUMN jalon_dossiers.dossier.edited_by IS 'Who did that.';

COMMENT ON COLUMN jalon_dossiers.dossier.revision IS 'Counts all changes: 1, 2, 3, … The ETag is made of it.';

COMMENT ON COLUMN jalon_dossiers.dossier.status_version IS 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_dossiers.dossier.status_changed_at IS 'When the status last changed. Kept by Jalon.';

CREATE TABLE jalon_engine.draft_code (
    category text CONSTRAINT referential_category_not_null NOT NULL,
    code character varying(100) CONSTRAINT referential_code_not_null NOT NULL,
    label text CONSTRAINT referential_label_not_null NOT NULL,
    description text,
    "position" integer CONSTRAINT referential_position_not_null NOT NULL,
    color text,
    icon text,
    outcome text CONSTRAINT referential_outcome_not_null NOT NULL,
    is_initial boolean CONSTRAINT referential_is_initial_not_null NOT NULL,
    is_final boolean CONSTRAINT referential_is_final_not_null NOT NULL,
    is_active boolean CONSTRAINT referential_is_active_not_null NOT NULL,
    max_stay interval,
    meta jsonb CONSTRAINT referential_meta_not_null NOT NULL,
    case_type text NOT NULL,
    version integer NOT NULL,
    labels jsonb DEFAULT '{}'::jsonb NOT NULL,
    drafted text[] NOT NULL,
    before jsonb,
    CONSTRAINT code_is_not_blank CHECK (((code)::text ~ '\S'::text)),
    CONSTRAINT color_is_hexadecimal CHECK ((color ~ '^#[0-9a-fA-F]{6}$'::text)),
    CONSTRAINT max_stay_is_positive CHECK ((max_stay > '00:00:00'::interval)),
    CONSTRAINT meta_is_an_object CHECK ((jsonb_typeof(meta) = 'object'::text)),
    CONSTRAINT outcome_is_known CHECK ((outcome = ANY (ARRAY['open'::text, 'active'::text, 'waiting'::text, 'done'::text, 'dropped'::text])))
);

COMMENT ON TABLE jalon_engine.draft_code IS 'The codes that a draft adds or edits, until it is published or dropped, with the columns of jalon_engine.referential.';

COMMENT ON COLUMN jalon_engine.draft_code.category IS 'Category of the draft.';

COMMENT ON COLUMN jalon_engine.draft_code.code IS 'The code.';

COMMENT ON COLUMN jalon_engine.draft_code.label IS 'Label where the reader''s language has none.';

COMMENT ON COLUMN jalon_engine.draft_code.description IS 'What it means to be at this code.';

COMMENT ON COLUMN jalon_engine.draft_code."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_engine.draft_code.color IS 'Colour as #rrggbb.';

COMMENT ON COLUMN jalon_engine.draft_code.icon IS 'Name of an icon.';

COMMENT ON COLUMN jalon_engine.draft_code.outcome IS 'open, active, waiting, done or dropped.';

COMMENT ON COLUMN jalon_engine.draft_code.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon_engine.draft_code.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon_engine.draft_code.is_active IS 'Whether the code may be entered.';

COMMENT ON COLUMN jalon_engine.draft_code.max_stay IS 'Longest stay.';

COMMENT ON COLUMN jalon_engine.draft_code.meta IS 'Anything else.';

COMMENT ON COLUMN jalon_engine.draft_code.case_type IS 'Case type of the draft.';

COMMENT ON COLUMN jalon_engine.draft_code.version IS 'Version of the draft.';

COMMENT ON COLUMN jalon_engine.draft_code.labels IS 'The labels that the draft sets: {language: {label, description}}.';

COMMENT ON COLUMN jalon_engine.draft_code.drafted IS 'The columns that the draft sets; what the others say is that of the code when it is published.';

COMMENT ON COLUMN jalon_engine.draft_code.before IS 'What the code had in these columns and labels when each was drafted; empty for a code that the draft adds.';

CREATE TABLE jalon_events.events (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organizer_id text NOT NULL,
    title text NOT NULL,
    description text,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    place text,
    price numeric(12,2),
    capacity integer,
    status character varying(100) DEFAULT 'draft'::character varying NOT NULL,
    moderation_status character varying(100) DEFAULT 'pending'::character varying NOT NULL,
    is_published boolean DEFAULT false NOT NULL,
    admin_notes text,
    status_changed_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    status_changed_by uuid,
    status_version integer DEFAULT 1 NOT NULL,
    revision integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    edited_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    edited_by text,
    CONSTRAINT an_event_ends_after_it_starts CHECK ((ends_at > starts_at)),
    CONSTRAINT an_event_that_ends_starts CHECK (((ends_at IS NULL) OR (starts_at IS NOT NULL))),
    CONSTRAINT capacity_is_positive CHECK ((capacity > 0)),
    CONSTRAINT description_is_ten_thousand_characters_at_most CHECK ((length(description) <= 10000)),
    CONSTRAINT organizer_is_somebody CHECK ((organizer_id ~ '\S'::text)),
    CONSTRAINT place_is_five_hundred_characters_at_most CHECK ((length(place) <= 500)),
    CONSTRAINT price_is_not_negative CHECK ((price >= (0)::numeric)),
    CONSTRAINT published_events_have_a_date CHECK (((NOT is_published) OR (starts_at IS NOT NULL))),
    CONSTRAINT published_means_approved CHECK (((NOT is_published) OR ((moderation_status)::text = 'approved'::text))),
    CONSTRAINT title_is_one_to_two_hundred_characters CHECK (((title ~ '\S'::text) AND (length(title) <= 200)))
);

COMMENT ON TABLE jalon_events.events IS 'Events of organizers, under moderation.';

COMMENT ON COLUMN jalon_events.events.id IS 'Identifier.';

COMMENT ON COLUMN jalon_events.events.organizer_id IS 'Who organizes it: the actor of the token, a user''s identifier or name.';

COMMENT ON COLUMN jalon_events.events.title IS 'Title.';

COMMENT ON COLUMN jalon_events.events.description IS 'Description.';

COMMENT ON COLUMN jalon_events.events.starts_at IS 'When it begins.';

COMMENT ON COLUMN jalon_events.events.ends_at IS 'When it ends.';

COMMENT ON COLUMN jalon_events.events.place IS 'Where it takes place.';

COMMENT ON COLUMN jalon_events.events.price IS 'Price of entry.';

COMMENT ON COLUMN jalon_events.events.capacity IS 'How many people fit in.';

COMMENT ON COLUMN jalon_events.events.status IS 'Where the event stands, a code of EVENT_STATUS.';

COMMENT ON COLUMN jalon_events.events.moderation_status IS 'Where its moderation stands, a code of EVENT_MODERATION.';

COMMENT ON COLUMN jalon_events.events.is_published IS 'Whether the public sees it, a code of EVENT_PUBLICATION.';

COMMENT ON COLUMN jalon_events.events.admin_notes IS 'Last notes of the moderators to the organizer.';

COMMENT ON COLUMN jalon_events.events.status_changed_at IS 'When one of the three last changed. Kept by Jalon.';

COMMENT ON COLUMN jalon_events.events.status_changed_by IS 'User who changed it; empty where the actor is not a user. History names every actor.';

COMMENT ON COLUMN jalon_events.events.status_version IS 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_events.events.revision IS 'Counts the edits of the content: 1, 2, 3, …';

COMMENT ON COLUMN jalon_events.events.created_at IS 'When it was created.';

COMMENT ON COLUMN jalon_events.events.edited_at IS 'When its content was last edited.';

COMMENT ON COLUMN jalon_events.events.edited_by IS 'Who last changed its content.';

CREATE TABLE jalon_engine.outbox_message (
    id uuid NOT NULL,
    type text NOT NULL,
    tracked text NOT NULL,
    record_key text NOT NULL,
    version integer,
    occurred_at timestamp with time zone NOT NULL,
    transaction_id xid8 NOT NULL,
    data jsonb NOT NULL,
    traceparent text DEFAULT "substring"(current_setting('jalon.traceparent'::text, true), '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'::text)
)
WITH (autovacuum_vacuum_scale_factor='0.01', autovacuum_vacuum_cost_limit='10000');

COMMENT ON TABLE jalon_engine.outbox_message IS 'Events for the relay: appended in the transaction of the change, claimed and fanned out after commit.';

COMMENT ON COLUMN jalon_engine.outbox_message.id IS 'Identifier, constant over every delivery.';

COMMENT ON COLUMN jalon_engine.outbox_message.type IS 'Dotted type (orders.status_changed).';

COMMENT ON COLUMN jalon_engine.outbox_message.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.outbox_message.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_engine.outbox_message.version IS 'Version of the record after the change.';

COMMENT ON COLUMN jalon_engine.outbox_message.occurred_at IS 'When it happened.';

COMMENT ON COLUMN jalon_engine.outbox_message.transaction_id IS 'Transaction; readers stay below the oldest one that runs.';

COMMENT ON COLUMN jalon_engine.outbox_message.data IS 'From, to, who, why and what else the change carries.';

COMMENT ON COLUMN jalon_engine.outbox_message.traceparent IS 'The trace in which the change was made, from the setting jalon.traceparent.';

CREATE TABLE jalon_events.display (
    code text NOT NULL,
    "position" integer NOT NULL,
    moderation_status text,
    status text,
    is_published boolean,
    color text NOT NULL,
    icon text NOT NULL,
    step integer,
    is_aside boolean DEFAULT false NOT NULL,
    CONSTRAINT color_is_hexadecimal CHECK ((color ~ '^#[0-9a-fA-F]{6}$'::text))
);

COMMENT ON TABLE jalon_events.display IS 'What people are shown for the three columns together; the first row that fits decides.';

COMMENT ON COLUMN jalon_events.display.code IS 'Name of what is shown.';

COMMENT ON COLUMN jalon_events.display."position" IS 'Order.';

COMMENT ON COLUMN jalon_events.display.moderation_status IS 'Fits this moderation; empty for any.';

COMMENT ON COLUMN jalon_events.display.status IS 'Fits this status; empty for any.';

COMMENT ON COLUMN jalon_events.display.is_published IS 'Fits this publication; empty for any.';

COMMENT ON COLUMN jalon_events.display.color IS 'Colour as #rrggbb.';

COMMENT ON COLUMN jalon_events.display.icon IS 'Name of an icon.';

COMMENT ON COLUMN jalon_events.display.step IS 'Place in an event''s life: 1, 2, 3, …; what is aside shares the place of what it keeps from happening.';

COMMENT ON COLUMN jalon_events.display.is_aside IS 'Off the straight way: shown only while an event is there.';

CREATE TABLE jalon_members.users (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    email character varying(320) NOT NULL,
    name text NOT NULL,
    role character varying(100) DEFAULT 'FREE'::character varying NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    status_version integer DEFAULT 1 NOT NULL,
    status_changed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT email_looks_like_one CHECK (((email)::text ~ '^[^\s@]+@[^\s@]+$'::text)),
    CONSTRAINT name_is_not_blank CHECK ((name ~ '\S'::text))
);

COMMENT ON TABLE jalon_members.users IS 'People with an account.';

COMMENT ON COLUMN jalon_members.users.id IS 'Identifier.';

COMMENT ON COLUMN jalon_members.users.email IS 'E-mail address, as the person writes it; nobody else has it, in capitals or not.';

COMMENT ON COLUMN jalon_members.users.name IS 'Name.';

COMMENT ON COLUMN jalon_members.users.role IS 'Role, a code of USER_ROLE.';

COMMENT ON COLUMN jalon_members.users.created_at IS 'When the account was made.';

COMMENT ON COLUMN jalon_members.users.status_version IS 'Counts the changes of role: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_members.users.status_changed_at IS 'When the role last changed. Kept by Jalon.';

CREATE TABLE jalon_engine.recap_subscription (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    actor text NOT NULL,
    tracked text,
    language text NOT NULL,
    time_zone text NOT NULL,
    day integer NOT NULL,
    hour integer NOT NULL,
    address text NOT NULL,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    roles_at timestamp with time zone DEFAULT now() NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    confirmed_at timestamp with time zone,
    ended_at timestamp with time zone,
    planned_at timestamp with time zone,
    due_at timestamp with time zone,
    waits_since timestamp with time zone,
    CONSTRAINT address_can_be_written_to CHECK (((length(address) <= 254) AND (address ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$'::text))),
    CONSTRAINT day_is_one_of_the_week CHECK (((day >= 1) AND (day <= 7))),
    CONSTRAINT hour_is_one_of_the_day CHECK (((hour >= 0) AND (hour <= 23)))
);

COMMENT ON TABLE jalon_engine.recap_subscription IS 'Who gets the weekly recap by e-mail: of which table, in which language, when, at which address.';

COMMENT ON COLUMN jalon_engine.recap_subscription.id IS 'Identifier.';

COMMENT ON COLUMN jalon_engine.recap_subscription.actor IS 'Who subscribed, for themselves.';

COMMENT ON COLUMN jalon_engine.recap_subscription.tracked IS 'Tracked table; empty: all that they may read in full.';

COMMENT ON COLUMN jalon_engine.recap_subscription.language IS 'Language of the e-mail.';

COMMENT ON COLUMN jalon_engine.recap_subscription.time_zone IS 'Time zone of the week, and of the day and hour.';

COMMENT ON COLUMN jalon_engine.recap_subscription.day IS 'Day on which it is sent, 1 (Monday) to 7.';

COMMENT ON COLUMN jalon_engine.recap_subscription.hour IS 'Hour from which it is sent, 0 to 23.';

COMMENT ON COLUMN jalon_engine.recap_subscription.address IS 'Where it is sent.';

COMMENT ON COLUMN jalon_engine.recap_subscription.roles IS 'Roles that they brought along when they last signed in or changed the subscription.';

COMMENT ON COLUMN jalon_engine.recap_subscription.roles_at IS 'When that was; after the setting mail.roles_count_for these roles count no longer.';

COMMENT ON COLUMN jalon_engine.recap_subscription.created_at IS 'When they subscribed.';

COMMENT ON COLUMN jalon_engine.recap_subscription.confirmed_at IS 'When whoever reads that address said yes; before that it gets no recap.';

COMMENT ON COLUMN jalon_engine.recap_subscription.ended_at IS 'When it was ended; the row is kept for a while.';

COMMENT ON COLUMN jalon_engine.recap_subscription.planned_at IS 'When the next recap is to be sent.';

COMMENT ON COLUMN jalon_engine.recap_subscription.due_at IS 'When the next attempt is made: as planned, later after a failure; empty if nothing is to be sent.';

COMMENT ON COLUMN jalon_engine.recap_subscription.waits_since IS 'Since when they may read nothing that it would tell; it is sent again once they may.';

CREATE TABLE jalon_engine.saved_view (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    list text NOT NULL,
    name text NOT NULL,
    query jsonb NOT NULL,
    owner text NOT NULL,
    role text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT name_of_a_view_is_not_blank CHECK ((name ~ '\S'::text)),
    CONSTRAINT query_of_a_view_is_an_object CHECK ((jsonb_typeof(query) = 'object'::text))
);

COMMENT ON TABLE jalon_engine.saved_view IS 'Views of lists that people saved, for themselves or for a role.';

COMMENT ON COLUMN jalon_engine.saved_view.id IS 'Identifier.';

COMMENT ON COLUMN jalon_engine.saved_view.list IS 'List that it is of: that of an area, or records/orders.';

COMMENT ON COLUMN jalon_engine.saved_view.name IS 'What people call it.';

COMMENT ON COLUMN jalon_engine.saved_view.query IS 'Filters, order and columns, as the list''s address has them.';

COMMENT ON COLUMN jalon_engine.saved_view.owner IS 'Actor who saved it.';

COMMENT ON COLUMN jalon_engine.saved_view.role IS 'Role whose holders see it; empty: the owner alone does.';

COMMENT ON COLUMN jalon_engine.saved_view.created_at IS 'When it was saved.';

CREATE TABLE jalon_engine.webhook (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    url text NOT NULL,
    description text,
    event_types text[] NOT NULL,
    tables text[],
    case_types text[],
    from_codes text[],
    to_codes text[],
    is_thin boolean DEFAULT false NOT NULL,
    omitted text[] DEFAULT '{}'::text[] NOT NULL,
    is_in_order boolean DEFAULT false NOT NULL,
    rate_limit integer,
    is_paused boolean DEFAULT false NOT NULL,
    disabled_at timestamp with time zone,
    disabled_why text,
    revision integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT rate_limit_is_positive CHECK ((rate_limit > 0)),
    CONSTRAINT some_type_is_asked_for CHECK (((cardinality(event_types) >= 1) AND (cardinality(event_types) <= 100))),
    CONSTRAINT what_is_disabled_says_why CHECK (((disabled_at IS NULL) = (disabled_why IS NULL)))
);

COMMENT ON TABLE jalon_engine.webhook IS 'Endpoints outside, and what each wants to hear.';

COMMENT ON COLUMN jalon_engine.webhook.id IS 'Identifier.';

COMMENT ON COLUMN jalon_engine.webhook.url IS 'Where to; checked when it is registered and again at each connection.';

COMMENT ON COLUMN jalon_engine.webhook.description IS 'What it is for.';

COMMENT ON COLUMN jalon_engine.webhook.event_types IS 'Types of events, with * for any part (dossier.status_changed, events.*, *).';

COMMENT ON COLUMN jalon_engine.webhook.tables IS 'Only of these tracked tables; empty: of all.';

COMMENT ON COLUMN jalon_engine.webhook.case_types IS 'Only of these case types; empty: of all.';

COMMENT ON COLUMN jalon_engine.webhook.from_codes IS 'Only when one of these is left; empty: any.';

COMMENT ON COLUMN jalon_engine.webhook.to_codes IS 'Only when one of these is entered; empty: any.';

COMMENT ON COLUMN jalon_engine.webhook.is_thin IS 'Whether data holds table, key and version only.';

COMMENT ON COLUMN jalon_engine.webhook.omitted IS 'Fields of data that are left out (who, meta.email).';

COMMENT ON COLUMN jalon_engine.webhook.is_in_order IS 'Whether the changes of one record are delivered one after the other.';

COMMENT ON COLUMN jalon_engine.webhook.rate_limit IS 'Deliveries a second at the most; empty: as fast as it answers.';

COMMENT ON COLUMN jalon_engine.webhook.is_paused IS 'Whether deliveries wait until somebody resumes it.';

COMMENT ON COLUMN jalon_engine.webhook.disabled_at IS 'When the relay gave it up.';

COMMENT ON COLUMN jalon_engine.webhook.disabled_why IS 'Why: gone (it answered 410) or failing (for too long).';

COMMENT ON COLUMN jalon_engine.webhook.revision IS 'Counts its changes.';

COMMENT ON COLUMN jalon_engine.webhook.created_at IS 'When it was registered.';

COMMENT ON COLUMN jalon_engine.webhook.created_by IS 'By whom.';

CREATE TABLE jalon_engine.notification (
    id uuid NOT NULL,
    recipient text,
    recipient_permission text,
    acted_by text NOT NULL,
    type text NOT NULL,
    priority text NOT NULL,
    message text NOT NULL,
    params jsonb DEFAULT '{}'::jsonb NOT NULL,
    link text,
    tracked text NOT NULL,
    record_key text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    "position" bigint,
    resolved_at timestamp with time zone,
    CONSTRAINT it_is_for_a_person_or_a_permission CHECK ((num_nonnulls(recipient, recipient_permission) = 1)),
    CONSTRAINT priority_is_known CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text, 'urgent'::text])))
)
WITH (fillfactor='90');

COMMENT ON TABLE jalon_engine.notification IS 'Notifications. Read marks are kept beside, since several people may read one.';

COMMENT ON COLUMN jalon_engine.notification.id IS 'Identifier, of version 7: later ones are greater.';

COMMENT ON COLUMN jalon_engine.notification.recipient IS 'Actor it is for.';

COMMENT ON COLUMN jalon_engine.notification.recipient_permission IS 'Or: whoever holds this permission, but for the one who acted.';

COMMENT ON COLUMN jalon_engine.notification.acted_by IS 'Who made the change that it tells of.';

COMMENT ON COLUMN jalon_engine.notification.type IS 'Type.';

COMMENT ON COLUMN jalon_engine.notification.priority IS 'low, normal, high or urgent.';

COMMENT ON COLUMN jalon_engine.notification.message IS 'Code of its words in jalon_engine.display_text: template is the title, hint the text.';

COMMENT ON COLUMN jalon_engine.notification.params IS 'What the words are filled with.';

COMMENT ON COLUMN jalon_engine.notification.link IS 'Where to look at the record.';

COMMENT ON COLUMN jalon_engine.notification.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.notification.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_engine.notification.created_at IS 'When.';

COMMENT ON COLUMN jalon_engine.notification."position" IS 'Given after commit, one by one: who has read up to n misses nothing below n.';

COMMENT ON COLUMN jalon_engine.notification.resolved_at IS 'When what it asks for was done; it counts as read since.';

CREATE TABLE jalon_engine.passed_deadline (
    tracked text NOT NULL,
    column_name text NOT NULL,
    record_key text NOT NULL,
    code text NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL
);

COMMENT ON TABLE jalon_engine.passed_deadline IS 'Of each record the newest stay that passed its deadline, so that no stay is announced twice.';

COMMENT ON COLUMN jalon_engine.passed_deadline.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.passed_deadline.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_engine.passed_deadline.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_engine.passed_deadline.code IS 'Code on which the record stayed.';

COMMENT ON COLUMN jalon_engine.passed_deadline.entered_at IS 'When the stay began; with the record it names the stay.';

COMMENT ON COLUMN jalon_engine.passed_deadline.due_at IS 'The deadline, as it was when it was found to have passed.';

COMMENT ON COLUMN jalon_engine.passed_deadline.transaction_id IS 'Transaction that found it.';

CREATE TABLE jalon_engine.draft_step (
    category text NOT NULL,
    case_type text NOT NULL,
    version integer NOT NULL,
    step integer NOT NULL,
    transitions jsonb NOT NULL,
    arrivals jsonb NOT NULL,
    made_by text,
    made_at timestamp with time zone DEFAULT now() NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    is_undone boolean DEFAULT false NOT NULL,
    codes jsonb DEFAULT '[]'::jsonb NOT NULL
);

COMMENT ON TABLE jalon_engine.draft_step IS 'The edits of a draft, until it is published or dropped: what it was before each, or after it if that is undone.';

COMMENT ON COLUMN jalon_engine.draft_step.category IS 'Category of the draft.';

COMMENT ON COLUMN jalon_engine.draft_step.case_type IS 'Case type of the draft.';

COMMENT ON COLUMN jalon_engine.draft_step.version IS 'Version of the draft.';

COMMENT ON COLUMN jalon_engine.draft_step.step IS '1, 2, 3, … in the order of the edits.';

COMMENT ON COLUMN jalon_engine.draft_step.transitions IS 'Its transitions, as rows of jalon_engine.workflow_transition.';

COMMENT ON COLUMN jalon_engine.draft_step.arrivals IS 'Its arrivals, as rows of jalon_engine.workflow_arrival.';

COMMENT ON COLUMN jalon_engine.draft_step.made_by IS 'Who edited.';

COMMENT ON COLUMN jalon_engine.draft_step.made_at IS 'When.';

COMMENT ON COLUMN jalon_engine.draft_step.transaction_id IS 'The edits of one transaction are one step.';

COMMENT ON COLUMN jalon_engine.draft_step.is_undone IS 'Whether it was taken back; the next edit removes such steps.';

COMMENT ON COLUMN jalon_engine.draft_step.codes IS 'Its codes, as rows of jalon_engine.draft_code.';

CREATE TABLE jalon_roadshow.roadshow_event (
    id integer NOT NULL,
    counterparty_id integer NOT NULL,
    type text NOT NULL,
    date date NOT NULL,
    meta jsonb,
    CONSTRAINT meta_is_an_object CHECK ((jsonb_typeof(meta) = 'object'::text))
);

COMMENT ON TABLE jalon_roadshow.roadshow_event IS 'What happened with a counterparty: interactions, and a row for each change of its status, which the trigger writes.';

COMMENT ON COLUMN jalon_roadshow.roadshow_event.id IS 'Identifier.';

COMMENT ON COLUMN jalon_roadshow.roadshow_event.counterparty_id IS 'Counterparty.';

COMMENT ON COLUMN jalon_roadshow.roadshow_event.type IS 'Type, a code of ROADSHOW_EVENT_TYPE.';

COMMENT ON COLUMN jalon_roadshow.roadshow_event.date IS 'Day it happened.';

COMMENT ON COLUMN jalon_roadshow.roadshow_event.meta IS 'More about it; newStatus, oldStatus and version for a change of status.';

CREATE TABLE jalon_engine.rule_case_type (
    category text NOT NULL,
    case_type text NOT NULL,
    workflow_version integer NOT NULL
);

COMMENT ON TABLE jalon_engine.rule_case_type IS 'Case types that have rules of their own; every other one follows *.';

COMMENT ON COLUMN jalon_engine.rule_case_type.category IS 'Category.';

COMMENT ON COLUMN jalon_engine.rule_case_type.case_type IS 'Case type, or *.';

COMMENT ON COLUMN jalon_engine.rule_case_type.workflow_version IS 'Published version; 0 where free.';

CREATE SEQUENCE jalon_engine.call_number
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 100;

COMMENT ON SEQUENCE jalon_engine.call_number IS 'Numbers the calls of the web application: a seal is good for one of them.';

CREATE TABLE jalon_engine.referential_label (
    category text NOT NULL,
    code character varying(100) NOT NULL,
    language text NOT NULL,
    label text NOT NULL,
    description text
);

COMMENT ON TABLE jalon_engine.referential_label IS 'Labels of codes per language.';

COMMENT ON COLUMN jalon_engine.referential_label.category IS 'Category of the code.';

COMMENT ON COLUMN jalon_engine.referential_label.code IS 'The code.';

COMMENT ON COLUMN jalon_engine.referential_label.language IS 'Language of the label.';

COMMENT ON COLUMN jalon_engine.referential_label.label IS 'The label.';

COMMENT ON COLUMN jalon_engine.referential_label.description IS 'The description.';

CREATE TABLE jalon_engine.webhook_message (
    id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    type text NOT NULL,
    tracked text NOT NULL,
    record_key text NOT NULL,
    version integer,
    occurred_at timestamp with time zone NOT NULL,
    data jsonb NOT NULL,
    traceparent text
)
PARTITION BY RANGE (created_at);

COMMENT ON TABLE jalon_engine.webhook_message IS 'Events that somebody subscribes to, as the relay took them from jalon_engine.outbox_message.';

COMMENT ON COLUMN jalon_engine.webhook_message.id IS 'Identifier of the event, constant over all deliveries (webhook-id).';

COMMENT ON COLUMN jalon_engine.webhook_message.created_at IS 'When the relay took it.';

COMMENT ON COLUMN jalon_engine.webhook_message.type IS 'Type.';

COMMENT ON COLUMN jalon_engine.webhook_message.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.webhook_message.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_engine.webhook_message.version IS 'Version of the record after the change.';

COMMENT ON COLUMN jalon_engine.webhook_message.occurred_at IS 'When it happened.';

COMMENT ON COLUMN jalon_engine.webhook_message.data IS 'What the change carries.';

COMMENT ON COLUMN jalon_engine.webhook_message.traceparent IS 'The trace in which the change was made.';

CREATE TABLE jalon_engine.workflow_transition (
    category text NOT NULL,
    case_type text DEFAULT '*'::text NOT NULL,
    version integer NOT NULL,
    from_code character varying(100),
    to_code character varying(100) NOT NULL,
    action text NOT NULL,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    relation text,
    requires_reason boolean DEFAULT false NOT NULL,
    required_fields text[],
    guard text,
    icon text,
    "position" integer DEFAULT 0 NOT NULL,
    CONSTRAINT a_transition_leads_elsewhere CHECK (((from_code)::text IS DISTINCT FROM (to_code)::text))
);

COMMENT ON TABLE jalon_engine.workflow_transition IS 'The transitions of a workflow version. No from_code: records may be created there (without such rows: on every initial code of the workflow).';

COMMENT ON COLUMN jalon_engine.workflow_transition.category IS 'Category.';

COMMENT ON COLUMN jalon_engine.workflow_transition.case_type IS 'Case type or *.';

COMMENT ON COLUMN jalon_engine.workflow_transition.version IS 'Version of the workflow.';

COMMENT ON COLUMN jalon_engine.workflow_transition.from_code IS 'Code it leaves; empty for creation.';

COMMENT ON COLUMN jalon_engine.workflow_transition.to_code IS 'Code it leads to.';

COMMENT ON COLUMN jalon_engine.workflow_transition.action IS 'What taking it is called (submit, approve).';

COMMENT ON COLUMN jalon_engine.workflow_transition.roles IS 'Roles that may take it; any = every known actor; empty = nobody.';

COMMENT ON COLUMN jalon_engine.workflow_transition.relation IS 'Relation that the actor must also have to the record (author); !author for anyone but.';

COMMENT ON COLUMN jalon_engine.workflow_transition.requires_reason IS 'Whether a reason must be given.';

COMMENT ON COLUMN jalon_engine.workflow_transition.required_fields IS 'Columns of the record, or meta.<name>, that must be filled.';

COMMENT ON COLUMN jalon_engine.workflow_transition.guard IS 'Guard function that must let it pass.';

COMMENT ON COLUMN jalon_engine.workflow_transition.icon IS 'Name of an icon for a button.';

COMMENT ON COLUMN jalon_engine.workflow_transition."position" IS 'Order among the transitions from one code.';

CREATE TABLE jalon_engine.api_key (
    name text NOT NULL,
    hash text NOT NULL,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text NOT NULL,
    expires_at timestamp with time zone,
    revoked_at timestamp with time zone,
    revoked_by text,
    CONSTRAINT hash_is_sha256 CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT name_is_a_word CHECK ((name ~ '^[A-Za-z0-9_.-]{1,100}$'::text))
);

COMMENT ON TABLE jalon_engine.api_key IS 'Keys with which machines call the web application. The key itself is shown once and kept nowhere.';

COMMENT ON COLUMN jalon_engine.api_key.name IS 'Name of the machine; it acts as key:<name>.';

COMMENT ON COLUMN jalon_engine.api_key.hash IS 'SHA-256 of the key, in hexadecimal.';

COMMENT ON COLUMN jalon_engine.api_key.roles IS 'Roles that the key carries, in addition to those granted to key:<name>.';

COMMENT ON COLUMN jalon_engine.api_key.created_at IS 'When it was made.';

COMMENT ON COLUMN jalon_engine.api_key.created_by IS 'By whom.';

COMMENT ON COLUMN jalon_engine.api_key.expires_at IS 'Until when it works; empty for good.';

COMMENT ON COLUMN jalon_engine.api_key.revoked_at IS 'When it was revoked.';

COMMENT ON COLUMN jalon_engine.api_key.revoked_by IS 'By whom.';

CREATE VIEW jalon.api_keys AS
 SELECT name,
    roles,
    created_at,
    created_by,
    expires_at,
    revoked_at,
    revoked_by,
    ((revoked_at IS NULL) AND ((expires_at IS NULL) OR (expires_at > now()))) AS works
   FROM jalon_engine.api_key k;

COMMENT ON VIEW jalon.api_keys IS 'API keys of machines.';

COMMENT ON COLUMN jalon.api_keys.name IS 'Name of the machine; it acts as key:<name>.';

COMMENT ON COLUMN jalon.api_keys.roles IS 'Roles that the key carries.';

COMMENT ON COLUMN jalon.api_keys.created_at IS 'When it was made.';

COMMENT ON COLUMN jalon.api_keys.created_by IS 'By whom.';

COMMENT ON COLUMN jalon.api_keys.expires_at IS 'Until when it works; empty for good.';

COMMENT ON COLUMN jalon.api_keys.revoked_at IS 'When it was revoked.';

COMMENT ON COLUMN jalon.api_keys.revoked_by IS 'By whom.';

COMMENT ON COLUMN jalon.api_keys.works IS 'Whether it works now.';

CREATE TABLE jalon_engine.workflow_arrival (
    category text NOT NULL,
    case_type text NOT NULL,
    version integer NOT NULL,
    from_case_type text DEFAULT '*'::text NOT NULL,
    from_code character varying(100) NOT NULL,
    to_code character varying(100) NOT NULL
);

COMMENT ON TABLE jalon_engine.workflow_arrival IS 'Where a record that changes its case type may arrive in the new workflow, in addition to its initial codes.';

COMMENT ON COLUMN jalon_engine.workflow_arrival.category IS 'Category.';

COMMENT ON COLUMN jalon_engine.workflow_arrival.case_type IS 'Case type that is arrived in.';

COMMENT ON COLUMN jalon_engine.workflow_arrival.version IS 'Version of its workflow.';

COMMENT ON COLUMN jalon_engine.workflow_arrival.from_case_type IS 'Case type that is left; * for any.';

COMMENT ON COLUMN jalon_engine.workflow_arrival.from_code IS 'Code before.';

COMMENT ON COLUMN jalon_engine.workflow_arrival.to_code IS 'Code after; the same code keeps the status.';

CREATE VIEW jalon.arrivals AS
 SELECT a.category,
    a.case_type,
    a.version,
    w.state,
    a.from_case_type,
    a.from_code,
    a.to_code
   FROM (jalon_engine.workflow_arrival a
     JOIN jalon_engine.workflow w USING (category, case_type, version));

COMMENT ON VIEW jalon.arrivals IS 'Where records that change their case type arrive, in every version of every workflow.';

COMMENT ON COLUMN jalon.arrivals.category IS 'Category.';

COMMENT ON COLUMN jalon.arrivals.case_type IS 'Case type that is arrived in.';

COMMENT ON COLUMN jalon.arrivals.version IS 'Version.';

COMMENT ON COLUMN jalon.arrivals.state IS 'State of the version.';

COMMENT ON COLUMN jalon.arrivals.from_case_type IS 'Case type that is left; * for any.';

COMMENT ON COLUMN jalon.arrivals.from_code IS 'Code before.';

COMMENT ON COLUMN jalon.arrivals.to_code IS 'Code after.';

CREATE VIEW jalon.codes AS
 SELECT r.category,
    r.code,
    r.label,
    COALESCE(l.labels, '{}'::jsonb) AS labels,
    r.description,
    r."position",
    r.color,
    r.icon,
    r.outcome,
    r.is_initial,
    r.is_final,
    r.is_active,
    r.max_stay,
    r.meta
   FROM (jalon_engine.referential r
     LEFT JOIN LATERAL ( SELECT jsonb_object_agg(t.language, t.label) AS labels
           FROM jalon_engine.referential_label t
          WHERE ((t.category = r.category) AND ((t.code)::text = (r.code)::text))) l ON (true));

COMMENT ON VIEW jalon.codes IS 'Codes of every category.';

COMMENT ON COLUMN jalon.codes.category IS 'Category.';

COMMENT ON COLUMN jalon.codes.code IS 'The stable code.';

COMMENT ON COLUMN jalon.codes.label IS 'Label where no better one is.';

COMMENT ON COLUMN jalon.codes.labels IS 'Labels by language.';

COMMENT ON COLUMN jalon.codes.description IS 'What it means.';

COMMENT ON COLUMN jalon.codes."position" IS 'Order.';

COMMENT ON COLUMN jalon.codes.color IS 'Colour.';

COMMENT ON COLUMN jalon.codes.icon IS 'Icon.';

COMMENT ON COLUMN jalon.codes.outcome IS 'open, active, waiting, done or dropped.';

COMMENT ON COLUMN jalon.codes.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon.codes.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon.codes.is_active IS 'Whether it may be entered.';

COMMENT ON COLUMN jalon.codes.max_stay IS 'Longest stay.';

COMMENT ON COLUMN jalon.codes.meta IS 'Anything else.';

CREATE VIEW jalon.config_history AS
 SELECT changed_at,
    changed_by,
    db_role,
    table_name,
    operation,
    key,
    before,
    after,
    reason
   FROM jalon_engine.config_history h;

COMMENT ON VIEW jalon.config_history IS 'Every change of referentials, workflows, roles and permissions.';

COMMENT ON COLUMN jalon.config_history.changed_at IS 'When.';

COMMENT ON COLUMN jalon.config_history.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon.config_history.db_role IS 'Database session it came through.';

COMMENT ON COLUMN jalon.config_history.table_name IS 'Table.';

COMMENT ON COLUMN jalon.config_history.operation IS 'INSERT, UPDATE or DELETE.';

COMMENT ON COLUMN jalon.config_history.key IS 'Key of the row.';

COMMENT ON COLUMN jalon.config_history.before IS 'The row before.';

COMMENT ON COLUMN jalon.config_history.after IS 'The row after.';

COMMENT ON COLUMN jalon.config_history.reason IS 'Why.';

CREATE VIEW jalon.draft_codes AS
 SELECT category,
    case_type,
    version,
    code,
    (before IS NULL) AS is_new,
    drafted,
    label,
    ( SELECT jsonb_object_agg(e.key, (e.value -> 'label'::text)) AS jsonb_object_agg
           FROM jsonb_each(d.labels) e(key, value)) AS labels,
    description,
    "position",
    color,
    icon,
    outcome,
    is_initial,
    is_final,
    is_active,
    max_stay,
    meta,
    before
   FROM jalon_engine.draft_code d;

COMMENT ON VIEW jalon.draft_codes IS 'Codes that drafts add or edit, until they are published.';

COMMENT ON COLUMN jalon.draft_codes.category IS 'Category.';

COMMENT ON COLUMN jalon.draft_codes.case_type IS 'Case type of the draft.';

COMMENT ON COLUMN jalon.draft_codes.version IS 'Version of the draft.';

COMMENT ON COLUMN jalon.draft_codes.code IS 'The code.';

COMMENT ON COLUMN jalon.draft_codes.is_new IS 'Whether the draft adds it.';

COMMENT ON COLUMN jalon.draft_codes.drafted IS 'The facts that the draft sets.';

COMMENT ON COLUMN jalon.draft_codes.label IS 'Label where no better one is.';

COMMENT ON COLUMN jalon.draft_codes.labels IS 'Labels that the draft sets, by language.';

COMMENT ON COLUMN jalon.draft_codes.description IS 'What it means.';

COMMENT ON COLUMN jalon.draft_codes."position" IS 'Order.';

COMMENT ON COLUMN jalon.draft_codes.color IS 'Colour.';

COMMENT ON COLUMN jalon.draft_codes.icon IS 'Icon.';

COMMENT ON COLUMN jalon.draft_codes.outcome IS 'open, active, waiting, done or dropped.';

COMMENT ON COLUMN jalon.draft_codes.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon.draft_codes.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon.draft_codes.is_active IS 'Whether it may be entered.';

COMMENT ON COLUMN jalon.draft_codes.max_stay IS 'Longest stay.';

COMMENT ON COLUMN jalon.draft_codes.meta IS 'Anything else.';

COMMENT ON COLUMN jalon.draft_codes.before IS 'What the code had when it was drafted; empty for a new one.';

CREATE VIEW jalon.grants AS
 SELECT g.principal,
    g.role,
    r.label,
    g.granted_at,
    g.granted_by,
    g.valid_until,
    g.revoked_at,
    g.revoked_by,
    jalon_engine.is_in_force(g.revoked_at, g.valid_until) AS is_held
   FROM (jalon_engine.role_grant g
     JOIN jalon_engine.role r ON ((r.code = g.role)));

COMMENT ON VIEW jalon.grants IS 'Grants of roles, the revoked ones too.';

COMMENT ON COLUMN jalon.grants.principal IS 'Actor; db:<login> for a database session.';

COMMENT ON COLUMN jalon.grants.role IS 'Role.';

COMMENT ON COLUMN jalon.grants.label IS 'What people call it.';

COMMENT ON COLUMN jalon.grants.granted_at IS 'Since when.';

COMMENT ON COLUMN jalon.grants.granted_by IS 'By whom.';

COMMENT ON COLUMN jalon.grants.valid_until IS 'Until when; empty for good.';

COMMENT ON COLUMN jalon.grants.revoked_at IS 'When it was taken back.';

COMMENT ON COLUMN jalon.grants.revoked_by IS 'By whom.';

COMMENT ON COLUMN jalon.grants.is_held IS 'Whether it counts now.';

CREATE VIEW jalon.partitions AS
 SELECT format('%I.%I'::text, n.nspname, p.relname) AS table_name,
    (max("substring"(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([0-9-]{10})'::text)))::date AS until
   FROM (((pg_class p
     JOIN pg_namespace n ON ((n.oid = p.relnamespace)))
     JOIN pg_inherits i ON ((i.inhparent = p.oid)))
     JOIN pg_class c ON ((c.oid = i.inhrelid)))
  WHERE ((p.relkind = 'p'::"char") AND ((pg_get_userbyid(p.relowner) = 'jalon_owner'::name) OR (EXISTS ( SELECT
           FROM jalon_engine.tracked t
          WHERE ((t.history_schema = n.nspname) AND (t.history_name = p.relname))))))
  GROUP BY n.nspname, p.relname
 HAVING (max("substring"(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([0-9-]{10})'::text)) IS NOT NULL);

COMMENT ON VIEW jalon.partitions IS 'How far the partitions of histories and logs reach.';

COMMENT ON COLUMN jalon.partitions.table_name IS 'The partitioned table.';

COMMENT ON COLUMN jalon.partitions.until IS 'The first day that has no partition.';

CREATE TABLE jalon_engine.permission (
    code text NOT NULL,
    label text NOT NULL,
    description text NOT NULL,
    module text DEFAULT 'lifecycle'::text NOT NULL
);

COMMENT ON TABLE jalon_engine.permission IS 'The catalogue of permissions; what a module adds, it adds as rows.';

COMMENT ON COLUMN jalon_engine.permission.code IS 'Name of the permission.';

COMMENT ON COLUMN jalon_engine.permission.label IS 'What people call it.';

COMMENT ON COLUMN jalon_engine.permission.description IS 'What it allows.';

COMMENT ON COLUMN jalon_engine.permission.module IS 'Module it belongs to.';

CREATE TABLE jalon_engine.permission_rule (
    role text NOT NULL,
    permission text NOT NULL,
    scope text DEFAULT '*'::text NOT NULL,
    status text DEFAULT '*'::text NOT NULL,
    is_allowed boolean DEFAULT true NOT NULL
);

COMMENT ON TABLE jalon_engine.permission_rule IS 'The matrix role x permission x status: the row nearest to the case decides (scope and status before *), nothing said means no.';

COMMENT ON COLUMN jalon_engine.permission_rule.role IS 'Role.';

COMMENT ON COLUMN jalon_engine.permission_rule.permission IS 'Permission.';

COMMENT ON COLUMN jalon_engine.permission_rule.scope IS 'Tracked table it is for; * for all.';

COMMENT ON COLUMN jalon_engine.permission_rule.status IS 'Status of the record it is for; * for all.';

COMMENT ON COLUMN jalon_engine.permission_rule.is_allowed IS 'Granted, or explicitly not.';

CREATE VIEW jalon.permissions AS
 SELECT p.code AS permission,
    p.label,
    p.description,
    p.module,
    r.role,
    r.scope,
    r.status,
    r.is_allowed
   FROM (jalon_engine.permission p
     LEFT JOIN jalon_engine.permission_rule r ON ((r.permission = p.code)));

COMMENT ON VIEW jalon.permissions IS 'The matrix role x permission x table x status; a permission that no role has stands once, without a role.';

COMMENT ON COLUMN jalon.permissions.permission IS 'Permission.';

COMMENT ON COLUMN jalon.permissions.label IS 'What people call it.';

COMMENT ON COLUMN jalon.permissions.description IS 'What it allows.';

COMMENT ON COLUMN jalon.permissions.module IS 'Module it belongs to.';

COMMENT ON COLUMN jalon.permissions.role IS 'Role.';

COMMENT ON COLUMN jalon.permissions.scope IS 'Tracked table; * for all.';

COMMENT ON COLUMN jalon.permissions.status IS 'Status; * for all.';

COMMENT ON COLUMN jalon.permissions.is_allowed IS 'Granted, or explicitly not.';

CREATE TABLE jalon_engine.rule_file (
    category text NOT NULL,
    source text NOT NULL,
    document jsonb NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_by text NOT NULL
);

COMMENT ON TABLE jalon_engine.rule_file IS 'Categories whose rules come from a file, as it was applied last.';

COMMENT ON COLUMN jalon_engine.rule_file.category IS 'Category; * for the roles and permissions of no category.';

COMMENT ON COLUMN jalon_engine.rule_file.source IS 'The file''s name.';

COMMENT ON COLUMN jalon_engine.rule_file.document IS 'What it said.';

COMMENT ON COLUMN jalon_engine.rule_file.applied_at IS 'When it was applied.';

COMMENT ON COLUMN jalon_engine.rule_file.applied_by IS 'By whom.';

CREATE VIEW jalon.rule_files AS
 SELECT category,
    source,
    applied_at,
    applied_by,
    document
   FROM jalon_engine.rule_file f;

COMMENT ON VIEW jalon.rule_files IS 'Categories whose rules come from a file, as it was applied last.';

COMMENT ON COLUMN jalon.rule_files.category IS 'Category; * for the roles and permissions of no category.';

COMMENT ON COLUMN jalon.rule_files.source IS 'The file''s name.';

COMMENT ON COLUMN jalon.rule_files.applied_at IS 'When it was applied.';

COMMENT ON COLUMN jalon.rule_files.applied_by IS 'By whom.';

COMMENT ON COLUMN jalon.rule_files.document IS 'What it said.';

CREATE TABLE jalon_engine.template (
    name text NOT NULL,
    label text NOT NULL,
    definition jsonb NOT NULL,
    "position" integer DEFAULT 0 NOT NULL,
    CONSTRAINT definition_is_an_object CHECK ((jsonb_typeof(definition) = 'object'::text))
);

COMMENT ON TABLE jalon_engine.template IS 'Ready-made referentials and workflows; jalon.apply_template puts one to use in a category.';

COMMENT ON COLUMN jalon_engine.template.name IS 'Name of the template.';

COMMENT ON COLUMN jalon_engine.template.label IS 'What it is for.';

COMMENT ON COLUMN jalon_engine.template.definition IS 'The document that jalon.export_workflow writes, without its category, and the roles it uses.';

COMMENT ON COLUMN jalon_engine.template."position" IS 'Order in lists.';

CREATE VIEW jalon.templates AS
 SELECT name,
    label,
    ARRAY( SELECT (c.value ->> 'code'::text)
           FROM jsonb_array_elements((t.definition -> 'codes'::text)) WITH ORDINALITY c(value, ordinality)
          ORDER BY c.ordinality) AS codes,
    ARRAY( SELECT r.role
           FROM jsonb_object_keys((t.definition -> 'roles'::text)) r(role)
          ORDER BY r.role) AS roles,
    "position"
   FROM jalon_engine.template t;

COMMENT ON VIEW jalon.templates IS 'Ready-made workflows.';

COMMENT ON COLUMN jalon.templates.name IS 'Name for jalon.apply_template.';

COMMENT ON COLUMN jalon.templates.label IS 'What it is for.';

COMMENT ON COLUMN jalon.templates.codes IS 'Its codes.';

COMMENT ON COLUMN jalon.templates.roles IS 'The roles it names, besides any.';

COMMENT ON COLUMN jalon.templates."position" IS 'Order.';

CREATE VIEW jalon.tracked AS
 SELECT t.name,
    format('%I.%I'::text, t.table_schema, t.table_name) AS table_name,
    c.columns,
    c.categories,
    format('%I.%I'::text, t.history_schema, t.history_name) AS history_table,
    jalon_engine.are_triggers_enabled(t.name) AS triggers_enabled,
    ( SELECT (sum(k.reltuples) FILTER (WHERE (k.reltuples >= (0)::double precision)))::bigint AS sum
           FROM ((pg_class r
             JOIN pg_namespace n ON ((n.oid = r.relnamespace)))
             JOIN pg_class k ON (((k.oid = r.oid) OR (k.oid IN ( SELECT p.relid
                   FROM pg_partition_tree((r.oid)::regclass) p(relid, parentrelid, isleaf, level)
                  WHERE p.isleaf)))))
          WHERE ((n.nspname = t.table_schema) AND (r.relname = t.table_name))) AS rows_estimate,
    jalon_engine.last_change(t.name) AS last_change,
    t.on_delete,
    t.tracked_at,
    t.tracked_by
   FROM (jalon_engine.tracked t
     CROSS JOIN LATERAL ( SELECT array_agg(x.column_name ORDER BY x."position") AS columns,
            array_agg(x.category ORDER BY x."position") AS categories
           FROM jalon_engine.tracked_column x
          WHERE (x.tracked = t.name)) c);

COMMENT ON VIEW jalon.tracked IS 'Tables under Jalon: what is tracked, where its history lies, whether its triggers are enabled, how many rows, the last change.';

COMMENT ON COLUMN jalon.tracked.name IS 'Name in calls, views and addresses.';

COMMENT ON COLUMN jalon.tracked.table_name IS 'The table.';

COMMENT ON COLUMN jalon.tracked.columns IS 'Its status columns; the first is the status proper.';

COMMENT ON COLUMN jalon.tracked.categories IS 'Their categories, in the same order.';

COMMENT ON COLUMN jalon.tracked.history_table IS 'Its history.';

COMMENT ON COLUMN jalon.tracked.triggers_enabled IS 'Whether all its triggers stand there, enabled; jalon.verify() looks closer.';

COMMENT ON COLUMN jalon.tracked.rows_estimate IS 'Rows, as the planner last counted them; empty as long as it has not.';

COMMENT ON COLUMN jalon.tracked.last_change IS 'The last change in its history.';

COMMENT ON COLUMN jalon.tracked.on_delete IS 'What becomes of history when a record goes.';

COMMENT ON COLUMN jalon.tracked.tracked_at IS 'Since when.';

COMMENT ON COLUMN jalon.tracked.tracked_by IS 'By whom.';

CREATE VIEW jalon.transitions AS
 SELECT a.category,
    a.case_type,
    a.version,
    w.state,
    a.from_code,
    a.to_code,
    a.action,
    a.roles,
    a.relation,
    a.requires_reason,
    a.required_fields,
    a.guard,
    a.icon,
    a."position"
   FROM (jalon_engine.workflow_transition a
     JOIN jalon_engine.workflow w USING (category, case_type, version));

COMMENT ON VIEW jalon.transitions IS 'Transitions of every version of every workflow.';

COMMENT ON COLUMN jalon.transitions.category IS 'Category.';

COMMENT ON COLUMN jalon.transitions.case_type IS 'Case type or *.';

COMMENT ON COLUMN jalon.transitions.version IS 'Version.';

COMMENT ON COLUMN jalon.transitions.state IS 'State of the version.';

COMMENT ON COLUMN jalon.transitions.from_code IS 'Code it leaves; empty for creation.';

COMMENT ON COLUMN jalon.transitions.to_code IS 'Code it leads to.';

COMMENT ON COLUMN jalon.transitions.action IS 'What taking it is called.';

COMMENT ON COLUMN jalon.transitions.roles IS 'Roles that may take it.';

COMMENT ON COLUMN jalon.transitions.relation IS 'Relation that the actor must have to the record.';

COMMENT ON COLUMN jalon.transitions.requires_reason IS 'Whether it requires a reason.';

COMMENT ON COLUMN jalon.transitions.required_fields IS 'Fields that it requires.';

COMMENT ON COLUMN jalon.transitions.guard IS 'Guard that may refuse it.';

COMMENT ON COLUMN jalon.transitions.icon IS 'Icon.';

COMMENT ON COLUMN jalon.transitions."position" IS 'Order.';

CREATE VIEW jalon.workflows AS
 SELECT category,
    case_type,
    version,
    state,
    label,
    revision,
    ( SELECT count(*) AS count
           FROM jalon_engine.workflow_transition a
          WHERE ((a.category = w.category) AND (a.case_type = w.case_type) AND (a.version = w.version))) AS transitions,
    created_at,
    created_by,
    published_at,
    published_by,
    retired_at
   FROM jalon_engine.workflow w;

COMMENT ON VIEW jalon.workflows IS 'Versions of workflows.';

COMMENT ON COLUMN jalon.workflows.category IS 'Category.';

COMMENT ON COLUMN jalon.workflows.case_type IS 'Case type; * for all that have none of their own.';

COMMENT ON COLUMN jalon.workflows.version IS 'Version.';

COMMENT ON COLUMN jalon.workflows.state IS 'draft, published or retired.';

COMMENT ON COLUMN jalon.workflows.label IS 'What it is called.';

COMMENT ON COLUMN jalon.workflows.revision IS 'Edits of the draft.';

COMMENT ON COLUMN jalon.workflows.transitions IS 'How many transitions it has.';

COMMENT ON COLUMN jalon.workflows.created_at IS 'When it was begun.';

COMMENT ON COLUMN jalon.workflows.created_by IS 'By whom.';

COMMENT ON COLUMN jalon.workflows.published_at IS 'When it came into force.';

COMMENT ON COLUMN jalon.workflows.published_by IS 'By whom.';

COMMENT ON COLUMN jalon.workflows.retired_at IS 'When it went.';

CREATE TABLE jalon_engine.error_code (
    sqlstate text NOT NULL,
    http_status integer NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    CONSTRAINT http_status_is_an_error CHECK (((http_status >= 400) AND (http_status <= 599))),
    CONSTRAINT sqlstate_is_ours CHECK ((sqlstate ~ '^JL[1-5][0-9]{2}$'::text))
);

COMMENT ON TABLE jalon_engine.error_code IS 'The registry of SQLSTATEs that Jalon raises; it drives functions, HTTP, OpenAPI and the documents.';

COMMENT ON COLUMN jalon_engine.error_code.sqlstate IS 'The SQLSTATE a caller branches on.';

COMMENT ON COLUMN jalon_engine.error_code.http_status IS 'The HTTP status the web application answers with.';

COMMENT ON COLUMN jalon_engine.error_code.title IS 'Short name of the error.';

COMMENT ON COLUMN jalon_engine.error_code.description IS 'What it means and what to do about it.';

CREATE VIEW jalon_api.error_codes AS
 SELECT sqlstate,
    http_status,
    title,
    description
   FROM jalon_engine.error_code c;

COMMENT ON VIEW jalon_api.error_codes IS 'SQLSTATEs that Jalon raises and the HTTP status of each.';

COMMENT ON COLUMN jalon_api.error_codes.sqlstate IS 'The SQLSTATE.';

COMMENT ON COLUMN jalon_api.error_codes.http_status IS 'HTTP status.';

COMMENT ON COLUMN jalon_api.error_codes.title IS 'Short name.';

COMMENT ON COLUMN jalon_api.error_codes.description IS 'What it means.';

CREATE VIEW jalon_api.languages AS
 SELECT code,
    label,
    is_default
   FROM jalon_engine.language l
  WHERE is_active
  ORDER BY is_default DESC, "position", code;

COMMENT ON VIEW jalon_api.languages IS 'Active languages, the default one first.';

COMMENT ON COLUMN jalon_api.languages.code IS 'Language tag.';

COMMENT ON COLUMN jalon_api.languages.label IS 'Its own name.';

COMMENT ON COLUMN jalon_api.languages.is_default IS 'Whether it is the default.';

CREATE TABLE jalon_dossiers.outcome_mapping (
    outcome text NOT NULL,
    status character varying(100) NOT NULL
);

COMMENT ON TABLE jalon_dossiers.outcome_mapping IS 'Which DOSSIER_STATUS a code stands for that status_mapping does not name, by its outcome.';

COMMENT ON COLUMN jalon_dossiers.outcome_mapping.outcome IS 'Outcome of the code.';

COMMENT ON COLUMN jalon_dossiers.outcome_mapping.status IS 'Code of DOSSIER_STATUS.';

CREATE TABLE jalon_dossiers.status_mapping (
    status_code character varying(100) NOT NULL,
    status character varying(100) NOT NULL,
    rank integer DEFAULT 0 NOT NULL
);

COMMENT ON TABLE jalon_dossiers.status_mapping IS 'Which DOSSIER_STATUS a CASE_STATUS stands for. Changed by jalon.map_dossier_status, which brings the dossiers along.';

COMMENT ON COLUMN jalon_dossiers.status_mapping.status_code IS 'Code of CASE_STATUS.';

COMMENT ON COLUMN jalon_dossiers.status_mapping.status IS 'Code of DOSSIER_STATUS.';

COMMENT ON COLUMN jalon_dossiers.status_mapping.rank IS 'Where several codes stand for one status, the lowest is derived from it.';

CREATE TABLE jalon_engine.action_label (
    category text NOT NULL,
    action text NOT NULL,
    language text NOT NULL,
    label text NOT NULL
);

COMMENT ON TABLE jalon_engine.action_label IS 'What an action is called on a button, per language.';

COMMENT ON COLUMN jalon_engine.action_label.category IS 'Category.';

COMMENT ON COLUMN jalon_engine.action_label.action IS 'Action of a transition.';

COMMENT ON COLUMN jalon_engine.action_label.language IS 'Language.';

COMMENT ON COLUMN jalon_engine.action_label.label IS 'The label.';

CREATE TABLE jalon_engine.archived_month (
    tracked text NOT NULL,
    month date NOT NULL,
    file_name text NOT NULL,
    row_count bigint NOT NULL,
    sha256 text NOT NULL,
    content_digest text NOT NULL,
    archived_at timestamp with time zone DEFAULT now() NOT NULL,
    archived_by text NOT NULL,
    CONSTRAINT sha256_is_hexadecimal CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

COMMENT ON TABLE jalon_engine.archived_month IS 'Months of history that jalon archive wrote to a file. jalon.retain drops a month only if it is here and unchanged.';

COMMENT ON COLUMN jalon_engine.archived_month.tracked IS 'Name of the tracked table.';

COMMENT ON COLUMN jalon_engine.archived_month.month IS 'First day of the month, in UTC.';

COMMENT ON COLUMN jalon_engine.archived_month.file_name IS 'Name of the file, without its folder.';

COMMENT ON COLUMN jalon_engine.archived_month.row_count IS 'Rows of the month, and of the file.';

COMMENT ON COLUMN jalon_engine.archived_month.sha256 IS 'SHA-256 of the file.';

COMMENT ON COLUMN jalon_engine.archived_month.content_digest IS 'Digest of the rows in the database when they were written.';

COMMENT ON COLUMN jalon_engine.archived_month.archived_at IS 'When.';

COMMENT ON COLUMN jalon_engine.archived_month.archived_by IS 'By whom.';

CREATE TABLE jalon_engine.constraint_text (
    constraint_name text NOT NULL,
    language text NOT NULL,
    field text,
    template text NOT NULL
);

COMMENT ON TABLE jalon_engine.constraint_text IS 'What people read whose values a constraint or a unique index refuses. Rows for tables of your own are welcome.';

COMMENT ON COLUMN jalon_engine.constraint_text.constraint_name IS 'Constraint or unique index.';

COMMENT ON COLUMN jalon_engine.constraint_text.language IS 'Language of the text.';

COMMENT ON COLUMN jalon_engine.constraint_text.field IS 'Field of a request that it is about; empty if none.';

COMMENT ON COLUMN jalon_engine.constraint_text.template IS 'The text.';

CREATE TABLE jalon_engine.correction (
    tracked text NOT NULL,
    record_key text,
    transaction_id xid8 NOT NULL,
    corrected_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE jalon_engine.correction IS 'That rows of history were altered or deleted after the transaction that wrote them: an erasure, an import that takes the place of a row, a deletion that takes history along.';

COMMENT ON COLUMN jalon_engine.correction.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.correction.record_key IS 'Key of the record; empty where history goes with records, for nobody is to learn later which keys there were.';

COMMENT ON COLUMN jalon_engine.correction.transaction_id IS 'Transaction.';

COMMENT ON COLUMN jalon_engine.correction.corrected_at IS 'When.';

CREATE TABLE jalon_engine.deadline_look (
    tracked text NOT NULL,
    column_name text NOT NULL,
    limits jsonb NOT NULL,
    looked_until timestamp with time zone NOT NULL,
    read_whole_at timestamp with time zone NOT NULL
);

COMMENT ON TABLE jalon_engine.deadline_look IS 'The last look for deadlines at each status column.';

COMMENT ON COLUMN jalon_engine.deadline_look.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.deadline_look.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_engine.deadline_look.limits IS 'The longest stay of each code that had one then.';

COMMENT ON COLUMN jalon_engine.deadline_look.looked_until IS 'Deadlines until then were looked at.';

COMMENT ON COLUMN jalon_engine.deadline_look.read_whole_at IS 'When all records were last read for it.';

CREATE TABLE jalon_engine.display_text (
    code text NOT NULL,
    language text NOT NULL,
    template text NOT NULL,
    hint text
);

COMMENT ON TABLE jalon_engine.display_text IS 'Texts by code and language; {names} in a template are filled from the parameters of the moment.';

COMMENT ON COLUMN jalon_engine.display_text.code IS 'A SQLSTATE, or a dotted name of a module''s own text.';

COMMENT ON COLUMN jalon_engine.display_text.language IS 'Language of the text.';

COMMENT ON COLUMN jalon_engine.display_text.template IS 'The text with {placeholders}.';

COMMENT ON COLUMN jalon_engine.display_text.hint IS 'What the reader may do next, with {placeholders}.';

CREATE TABLE jalon_engine.generated_view (
    object_name text NOT NULL,
    digest text NOT NULL
);

COMMENT ON TABLE jalon_engine.generated_view IS 'Views and functions that were generated, each with a digest of its text: one that is as wanted is left alone.';

COMMENT ON COLUMN jalon_engine.generated_view.object_name IS 'View or function.';

COMMENT ON COLUMN jalon_engine.generated_view.digest IS 'Digest of the text that made it.';

CREATE TABLE jalon_engine.idempotency (
    principal text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    answer jalon_engine.answer,
    rights text[] DEFAULT '{}'::text[] NOT NULL
)
WITH (fillfactor='70');

COMMENT ON TABLE jalon_engine.idempotency IS 'What was answered under an Idempotency-Key, written in the transaction of the change it answers. Kept for 24 hours.';

COMMENT ON COLUMN jalon_engine.idempotency.principal IS 'Who sent it: a key means nothing to anybody else.';

COMMENT ON COLUMN jalon_engine.idempotency.key IS 'The key.';

COMMENT ON COLUMN jalon_engine.idempotency.request_hash IS 'SHA-256 of the request; another request under the same key is refused.';

COMMENT ON COLUMN jalon_engine.idempotency.created_at IS 'When.';

COMMENT ON COLUMN jalon_engine.idempotency.answer IS 'The answer, given again to a repeat.';

COMMENT ON COLUMN jalon_engine.idempotency.rights IS 'Roles and permissions of its caller (+) and what was forbidden to them (-) when it was answered: a repeat needs no fewer.';

CREATE TABLE jalon_engine.interest (
    subscriber text NOT NULL,
    tracked text NOT NULL
);

COMMENT ON TABLE jalon_engine.interest IS 'Who wants to hear of which tracked table. Without a row here the table''s trigger holds no word about events.';

COMMENT ON COLUMN jalon_engine.interest.subscriber IS 'Who is interested (webhook:<id>, a module).';

COMMENT ON COLUMN jalon_engine.interest.tracked IS 'Tracked table.';

CREATE TABLE jalon_engine.last_look (
    actor text NOT NULL,
    looked_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE jalon_engine.last_look IS 'When an actor last said that they had seen what changed.';

COMMENT ON COLUMN jalon_engine.last_look.actor IS 'Actor.';

COMMENT ON COLUMN jalon_engine.last_look.looked_at IS 'When.';

CREATE TABLE jalon_engine.mail_sender (
    only_row boolean DEFAULT true NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    CONSTRAINT there_is_one_row_of_senders CHECK (only_row)
);

COMMENT ON TABLE jalon_engine.mail_sender IS 'Whether any relay sends e-mails.';

COMMENT ON COLUMN jalon_engine.mail_sender.only_row IS 'Always true.';

COMMENT ON COLUMN jalon_engine.mail_sender.looked_at IS 'When one last looked for e-mails to send.';

CREATE TABLE jalon_engine.masked_column (
    relation text NOT NULL,
    column_name text NOT NULL,
    treatment text NOT NULL,
    CONSTRAINT treatment_is_known CHECK ((treatment = ANY (ARRAY['person'::text, 'omit'::text])))
);

COMMENT ON TABLE jalon_engine.masked_column IS 'What jalon_bi_masked sees of a column. A column without a row is shown as it is.';

COMMENT ON COLUMN jalon_engine.masked_column.relation IS 'Table or view without its schema; * is every one.';

COMMENT ON COLUMN jalon_engine.masked_column.column_name IS 'Column.';

COMMENT ON COLUMN jalon_engine.masked_column.treatment IS 'person: a pseudonym. omit: nothing.';

CREATE TABLE jalon_engine.module_recap (
    recap text NOT NULL,
    function_name text NOT NULL,
    CONSTRAINT recap_has_a_function CHECK ((function_name ~ '\S'::text))
);

COMMENT ON TABLE jalon_engine.module_recap IS 'Recaps that modules count for pages of their own. Each is a row of a module, as the function is the module''s.';

COMMENT ON COLUMN jalon_engine.module_recap.recap IS 'Name of the recap.';

COMMENT ON COLUMN jalon_engine.module_recap.function_name IS 'Function of schema jalon_engine that counts it: (question jsonb) returns json or jsonb.';

CREATE TABLE jalon_engine.notification_clock (
    singleton boolean DEFAULT true NOT NULL,
    last_position bigint DEFAULT 0 NOT NULL,
    CONSTRAINT notification_clock_has_one_row CHECK (singleton)
);

COMMENT ON TABLE jalon_engine.notification_clock IS 'The last position given. Whoever gives the next holds the row until commit, so that positions are seen in order.';

COMMENT ON COLUMN jalon_engine.notification_clock.singleton IS 'There is one row.';

COMMENT ON COLUMN jalon_engine.notification_clock.last_position IS 'Last position.';

CREATE TABLE jalon_engine.notification_read (
    notification_id uuid NOT NULL,
    reader text NOT NULL,
    read_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

COMMENT ON TABLE jalon_engine.notification_read IS 'Who has read which notification.';

COMMENT ON COLUMN jalon_engine.notification_read.notification_id IS 'Notification.';

COMMENT ON COLUMN jalon_engine.notification_read.reader IS 'Actor.';

COMMENT ON COLUMN jalon_engine.notification_read.read_at IS 'When.';

CREATE TABLE jalon_engine.notification_type (
    code text NOT NULL,
    label text NOT NULL,
    description text NOT NULL
);

COMMENT ON TABLE jalon_engine.notification_type IS 'Kinds of notifications; what a module adds, it adds as rows.';

COMMENT ON COLUMN jalon_engine.notification_type.code IS 'Code.';

COMMENT ON COLUMN jalon_engine.notification_type.label IS 'What people call it.';

COMMENT ON COLUMN jalon_engine.notification_type.description IS 'When it is sent.';

CREATE TABLE jalon_engine.permission_label (
    permission text NOT NULL,
    language text NOT NULL,
    label text NOT NULL,
    description text
);

COMMENT ON TABLE jalon_engine.permission_label IS 'Labels of permissions per language.';

COMMENT ON COLUMN jalon_engine.permission_label.permission IS 'The permission.';

COMMENT ON COLUMN jalon_engine.permission_label.language IS 'Language of the label.';

COMMENT ON COLUMN jalon_engine.permission_label.label IS 'The label.';

COMMENT ON COLUMN jalon_engine.permission_label.description IS 'What it allows, in that language.';

CREATE TABLE jalon_engine.proof (
    tracked text NOT NULL,
    proved_at timestamp with time zone NOT NULL,
    findings jsonb NOT NULL,
    CONSTRAINT findings_are_a_list CHECK ((jsonb_typeof(findings) = 'array'::text))
);

COMMENT ON TABLE jalon_engine.proof IS 'The last proof of the records of each tracked table. Only jalon.prove writes it.';

COMMENT ON COLUMN jalon_engine.proof.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.proof.proved_at IS 'When the proof began: it holds what was committed by then.';

COMMENT ON COLUMN jalon_engine.proof.findings IS 'Problems that were found in records and history, as jalon.verify names them.';

CREATE TABLE jalon_engine.recap_mail (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    subscription_id uuid NOT NULL,
    week text,
    token_hash text,
    attempts integer DEFAULT 1 NOT NULL,
    lease uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    sent_at timestamp with time zone,
    error text
);

COMMENT ON TABLE jalon_engine.recap_mail IS 'E-mails of subscriptions: one a week, and the one that asks for a yes.';

COMMENT ON COLUMN jalon_engine.recap_mail.id IS 'Identifier.';

COMMENT ON COLUMN jalon_engine.recap_mail.subscription_id IS 'Subscription.';

COMMENT ON COLUMN jalon_engine.recap_mail.week IS 'ISO week that it tells of; empty: it asks whether it is wanted.';

COMMENT ON COLUMN jalon_engine.recap_mail.token_hash IS 'SHA-256, in hexadecimal, of the secret in its links, which nobody else has.';

COMMENT ON COLUMN jalon_engine.recap_mail.attempts IS 'How often it was tried.';

COMMENT ON COLUMN jalon_engine.recap_mail.lease IS 'Relay that has it.';

COMMENT ON COLUMN jalon_engine.recap_mail.created_at IS 'When it was first tried.';

COMMENT ON COLUMN jalon_engine.recap_mail.started_at IS 'When it was last handed to the mail server; without sent_at or an error nobody knows what became of it.';

COMMENT ON COLUMN jalon_engine.recap_mail.sent_at IS 'When the mail server took it.';

COMMENT ON COLUMN jalon_engine.recap_mail.error IS 'Why the last attempt failed.';

CREATE TABLE jalon_engine.record_edit (
    tracked text NOT NULL,
    record_key text NOT NULL,
    revision integer NOT NULL,
    edited_at timestamp with time zone NOT NULL,
    edited_by text,
    fields text[] NOT NULL
);

COMMENT ON TABLE jalon_engine.record_edit IS 'Who edited which fields of a record when; what stood there is not kept.';

COMMENT ON COLUMN jalon_engine.record_edit.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_engine.record_edit.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_engine.record_edit.revision IS 'Revision that the edit made.';

COMMENT ON COLUMN jalon_engine.record_edit.edited_at IS 'When.';

COMMENT ON COLUMN jalon_engine.record_edit.edited_by IS 'By whom.';

COMMENT ON COLUMN jalon_engine.record_edit.fields IS 'The columns that it changed.';

CREATE TABLE jalon_engine.revoked_actor (
    actor text NOT NULL,
    revoked_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_by text NOT NULL
);

COMMENT ON TABLE jalon_engine.revoked_actor IS 'Actors whose tokens of before a point in time count no longer.';

COMMENT ON COLUMN jalon_engine.revoked_actor.actor IS 'Whose.';

COMMENT ON COLUMN jalon_engine.revoked_actor.revoked_at IS 'Tokens that were issued until then are refused.';

COMMENT ON COLUMN jalon_engine.revoked_actor.revoked_by IS 'By whom.';

CREATE TABLE jalon_engine.revoked_token (
    hash text NOT NULL,
    revoked_at timestamp with time zone DEFAULT now() NOT NULL,
    revoked_by text NOT NULL,
    CONSTRAINT revoked_hash_is_sha256 CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);

COMMENT ON TABLE jalon_engine.revoked_token IS 'Tokens that count no longer, although they are signed and not expired.';

COMMENT ON COLUMN jalon_engine.revoked_token.hash IS 'SHA-256 of the token, in hexadecimal.';

COMMENT ON COLUMN jalon_engine.revoked_token.revoked_at IS 'When it was revoked.';

COMMENT ON COLUMN jalon_engine.revoked_token.revoked_by IS 'By whom.';

CREATE TABLE jalon_engine.role_label (
    role text NOT NULL,
    language text NOT NULL,
    label text NOT NULL,
    description text
);

COMMENT ON TABLE jalon_engine.role_label IS 'Labels of roles per language.';

COMMENT ON COLUMN jalon_engine.role_label.role IS 'The role.';

COMMENT ON COLUMN jalon_engine.role_label.language IS 'Language of the label.';

COMMENT ON COLUMN jalon_engine.role_label.label IS 'The label.';

COMMENT ON COLUMN jalon_engine.role_label.description IS 'What the role is for, in that language.';

CREATE TABLE jalon_engine.rule_epoch (
    singleton boolean DEFAULT true NOT NULL,
    compiled_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT rule_epoch_has_one_row CHECK (singleton)
);

COMMENT ON TABLE jalon_engine.rule_epoch IS 'When rules were last compiled; a repeatable-read transaction older than that gets 40001.';

COMMENT ON COLUMN jalon_engine.rule_epoch.singleton IS 'There is one row.';

COMMENT ON COLUMN jalon_engine.rule_epoch.compiled_at IS 'Time of the last compilation.';

CREATE TABLE jalon_engine.secret (
    only_row boolean DEFAULT true NOT NULL,
    value text NOT NULL,
    CONSTRAINT there_is_one_secret CHECK (only_row)
);

COMMENT ON TABLE jalon_engine.secret IS 'What seals are made with: nobody but jalon_owner reads it.';

COMMENT ON COLUMN jalon_engine.secret.only_row IS 'Always true.';

COMMENT ON COLUMN jalon_engine.secret.value IS 'Two random UUIDs, made at installation.';

CREATE TABLE jalon_engine.session (
    hash text NOT NULL,
    actor text NOT NULL,
    name text,
    roles text[] DEFAULT '{}'::text[] NOT NULL,
    credential text,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT session_hash_is_sha256 CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);

COMMENT ON TABLE jalon_engine.session IS 'Who is signed in to the console. The browser keeps a secret; a session ends when its row is deleted.';

COMMENT ON COLUMN jalon_engine.session.hash IS 'SHA-256 of the secret, in hexadecimal.';

COMMENT ON COLUMN jalon_engine.session.actor IS 'Who is signed in.';

COMMENT ON COLUMN jalon_engine.session.name IS 'What people call them.';

COMMENT ON COLUMN jalon_engine.session.roles IS 'Roles that they brought along when they signed in.';

COMMENT ON COLUMN jalon_engine.session.credential IS 'SHA-256 of the token or API key with which they signed in, without which the session ends; empty if an identity provider vouched for them.';

COMMENT ON COLUMN jalon_engine.session.started_at IS 'When they signed in.';

COMMENT ON COLUMN jalon_engine.session.expires_at IS 'When the session ends by itself.';

CREATE TABLE jalon_engine.setting (
    name text NOT NULL,
    value jsonb NOT NULL,
    description text NOT NULL
);

COMMENT ON TABLE jalon_engine.setting IS 'Settings of the engine that live with the data, not with a process.';

COMMENT ON COLUMN jalon_engine.setting.name IS 'Dotted name of the setting.';

COMMENT ON COLUMN jalon_engine.setting.value IS 'Its value as JSON.';

COMMENT ON COLUMN jalon_engine.setting.description IS 'What it changes.';

CREATE TABLE jalon_engine.turn (
    name text NOT NULL
);

COMMENT ON TABLE jalon_engine.turn IS 'Work that is done by one at a time: whoever does it holds a lock on its row.';

COMMENT ON COLUMN jalon_engine.turn.name IS 'The work. A recap is counted under one of several names, by a digest of its question.';

CREATE TABLE jalon_engine.webhook_attempt (
    webhook_id uuid NOT NULL,
    message_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL,
    attempted_at timestamp with time zone NOT NULL,
    milliseconds integer NOT NULL,
    http_status integer,
    error text,
    response_head text
)
PARTITION BY RANGE (created_at);

COMMENT ON TABLE jalon_engine.webhook_attempt IS 'Each attempt to deliver.';

COMMENT ON COLUMN jalon_engine.webhook_attempt.webhook_id IS 'Endpoint.';

COMMENT ON COLUMN jalon_engine.webhook_attempt.message_id IS 'Message.';

COMMENT ON COLUMN jalon_engine.webhook_attempt.created_at IS 'That of the message.';

COMMENT ON COLUMN jalon_engine.webhook_attempt.attempted_at IS 'When.';

COMMENT ON COLUMN jalon_engine.webhook_attempt.milliseconds IS 'How long it took.';

COMMENT ON COLUMN jalon_engine.webhook_attempt.http_status IS 'What the endpoint answered; empty if it did not.';

COMMENT ON COLUMN jalon_engine.webhook_attempt.error IS 'Why there was no answer.';

COMMENT ON COLUMN jalon_engine.webhook_attempt.response_head IS 'Beginning of the answer''s body.';

CREATE TABLE jalon_engine.webhook_attempt_default (
    webhook_id uuid CONSTRAINT webhook_attempt_webhook_id_not_null NOT NULL,
    message_id uuid CONSTRAINT webhook_attempt_message_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT webhook_attempt_created_at_not_null NOT NULL,
    attempted_at timestamp with time zone CONSTRAINT webhook_attempt_attempted_at_not_null NOT NULL,
    milliseconds integer CONSTRAINT webhook_attempt_milliseconds_not_null NOT NULL,
    http_status integer,
    error text,
    response_head text
);

COMMENT ON TABLE jalon_engine.webhook_attempt_default IS 'Attempts of days without a partition.';

CREATE TABLE jalon_engine.webhook_delivery_default (
    webhook_id uuid CONSTRAINT webhook_delivery_webhook_id_not_null NOT NULL,
    message_id uuid CONSTRAINT webhook_delivery_message_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT webhook_delivery_created_at_not_null NOT NULL,
    tracked text CONSTRAINT webhook_delivery_tracked_not_null NOT NULL,
    record_key text CONSTRAINT webhook_delivery_record_key_not_null NOT NULL,
    version integer,
    due_at timestamp with time zone,
    lease uuid,
    attempts integer DEFAULT 0 CONSTRAINT webhook_delivery_attempts_not_null NOT NULL,
    delivered_at timestamp with time zone
);

COMMENT ON TABLE jalon_engine.webhook_delivery_default IS 'Deliveries of days without a partition.';

CREATE TABLE jalon_engine.webhook_health (
    webhook_id uuid NOT NULL,
    failing_since timestamp with time zone,
    held_until timestamp with time zone,
    paced_until timestamp with time zone,
    last_failure_at timestamp with time zone,
    last_failure text
)
WITH (fillfactor='50');

COMMENT ON TABLE jalon_engine.webhook_health IS 'How an endpoint does; beside it, since it changes often.';

COMMENT ON COLUMN jalon_engine.webhook_health.webhook_id IS 'Endpoint.';

COMMENT ON COLUMN jalon_engine.webhook_health.failing_since IS 'First failure since the last success.';

COMMENT ON COLUMN jalon_engine.webhook_health.held_until IS 'When it wants to be asked again (its Retry-After).';

COMMENT ON COLUMN jalon_engine.webhook_health.paced_until IS 'Up to when its rate limit is used up.';

COMMENT ON COLUMN jalon_engine.webhook_health.last_failure_at IS 'When a delivery failed last.';

COMMENT ON COLUMN jalon_engine.webhook_health.last_failure IS 'What was wrong then: the status that it answered, or why there was no answer.';

CREATE TABLE jalon_engine.webhook_message_default (
    id uuid CONSTRAINT webhook_message_id_not_null NOT NULL,
    created_at timestamp with time zone CONSTRAINT webhook_message_created_at_not_null NOT NULL,
    type text CONSTRAINT webhook_message_type_not_null NOT NULL,
    tracked text CONSTRAINT webhook_message_tracked_not_null NOT NULL,
    record_key text CONSTRAINT webhook_message_record_key_not_null NOT NULL,
    version integer,
    occurred_at timestamp with time zone CONSTRAINT webhook_message_occurred_at_not_null NOT NULL,
    data jsonb CONSTRAINT webhook_message_data_not_null NOT NULL,
    traceparent text
);

COMMENT ON TABLE jalon_engine.webhook_message_default IS 'Messages of days without a partition.';

CREATE TABLE jalon_engine.webhook_secret (
    webhook_id uuid NOT NULL,
    secret text NOT NULL,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    expires_at timestamp with time zone,
    CONSTRAINT secret_is_of_a_known_kind CHECK ((secret ~ '^(whsec|whsk)_'::text))
);

COMMENT ON TABLE jalon_engine.webhook_secret IS 'What deliveries are signed with. After a rotation the old one also signs for a day.';

COMMENT ON COLUMN jalon_engine.webhook_secret.webhook_id IS 'Endpoint.';

COMMENT ON COLUMN jalon_engine.webhook_secret.secret IS 'whsec_ and a key of HMAC-SHA256, or whsk_ and the seed of an ed25519 key; base64.';

COMMENT ON COLUMN jalon_engine.webhook_secret.created_at IS 'When it was made.';

COMMENT ON COLUMN jalon_engine.webhook_secret.expires_at IS 'Until when it signs; empty for the current one.';

CREATE VIEW jalon_engine.workflow_definition AS
 SELECT a.category,
    NULLIF(a.case_type, '*'::text) AS case_type,
    a.version,
    a.from_code AS from_status,
    a.to_code AS to_status,
    a.action,
    a.roles,
    a.relation,
    a.requires_reason,
    a.required_fields,
    a.guard,
    a."position",
    w.published_at
   FROM (jalon_engine.workflow_transition a
     JOIN jalon_engine.workflow w USING (category, case_type, version))
  WHERE (w.state = 'published'::text);

COMMENT ON VIEW jalon_engine.workflow_definition IS 'The transitions now in force, one row each.';

COMMENT ON COLUMN jalon_engine.workflow_definition.category IS 'Category.';

COMMENT ON COLUMN jalon_engine.workflow_definition.case_type IS 'Case type; empty where the workflow is for all.';

COMMENT ON COLUMN jalon_engine.workflow_definition.version IS 'Published version.';

COMMENT ON COLUMN jalon_engine.workflow_definition.from_status IS 'Code left; empty for creation.';

COMMENT ON COLUMN jalon_engine.workflow_definition.to_status IS 'Code entered.';

COMMENT ON COLUMN jalon_engine.workflow_definition.action IS 'Name of the action.';

COMMENT ON COLUMN jalon_engine.workflow_definition.roles IS 'Roles that may take it.';

COMMENT ON COLUMN jalon_engine.workflow_definition.relation IS 'Relation that the actor must have to the record.';

COMMENT ON COLUMN jalon_engine.workflow_definition.requires_reason IS 'Whether it requires a reason.';

COMMENT ON COLUMN jalon_engine.workflow_definition.required_fields IS 'Fields that it requires.';

COMMENT ON COLUMN jalon_engine.workflow_definition.guard IS 'Guard that may refuse it.';

COMMENT ON COLUMN jalon_engine.workflow_definition."position" IS 'Order.';

COMMENT ON COLUMN jalon_engine.workflow_definition.published_at IS 'Since when.';

CREATE TABLE jalon_events.content_column (
    column_name text NOT NULL,
    is_major boolean NOT NULL
);

COMMENT ON TABLE jalon_events.content_column IS 'The columns that an organizer edits, and which of them matter to an approval.';

COMMENT ON COLUMN jalon_events.content_column.column_name IS 'Column of events.';

COMMENT ON COLUMN jalon_events.content_column.is_major IS 'Whether changing it on an approved event asks for a new approval.';

CREATE TABLE jalon_events.display_label (
    code text NOT NULL,
    language text NOT NULL,
    label text NOT NULL
);

COMMENT ON TABLE jalon_events.display_label IS 'The words of what is shown, per language.';

COMMENT ON COLUMN jalon_events.display_label.code IS 'What is shown.';

COMMENT ON COLUMN jalon_events.display_label.language IS 'Language.';

COMMENT ON COLUMN jalon_events.display_label.label IS 'The words.';

CREATE TABLE jalon_history.jalon_events__events (
    id uuid NOT NULL,
    event_id uuid NOT NULL,
    old_status character varying,
    new_status character varying,
    old_moderation_status character varying,
    new_moderation_status character varying,
    old_is_published boolean,
    new_is_published boolean,
    changed_at timestamp with time zone NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text NOT NULL,
    reason text,
    meta_data jsonb,
    version integer NOT NULL,
    workflow_version integer,
    kind text NOT NULL,
    on_behalf_of text,
    db_role text NOT NULL,
    bulk_id uuid,
    transaction_id xid8 NOT NULL
)
PARTITION BY RANGE (changed_at);

COMMENT ON TABLE jalon_history.jalon_events__events IS 'Every change of events: one row each, written by its trigger, never changed.';

COMMENT ON COLUMN jalon_history.jalon_events__events.id IS 'Identifier.';

COMMENT ON COLUMN jalon_history.jalon_events__events.event_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.jalon_events__events.old_status IS 'Status before; empty on creation.';

COMMENT ON COLUMN jalon_history.jalon_events__events.new_status IS 'Status after.';

COMMENT ON COLUMN jalon_history.jalon_events__events.old_moderation_status IS 'Moderation_Status before; empty on creation.';

COMMENT ON COLUMN jalon_history.jalon_events__events.new_moderation_status IS 'Moderation_Status after.';

COMMENT ON COLUMN jalon_history.jalon_events__events.old_is_published IS 'Is_Published before; empty on creation.';

COMMENT ON COLUMN jalon_history.jalon_events__events.new_is_published IS 'Is_Published after.';

COMMENT ON COLUMN jalon_history.jalon_events__events.changed_at IS 'When the change was made.';

COMMENT ON COLUMN jalon_history.jalon_events__events.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_history.jalon_events__events.changed_by IS 'Who made it.';

COMMENT ON COLUMN jalon_history.jalon_events__events.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.jalon_events__events.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.jalon_events__events.version IS 'The record''s version after the change: 1, 2, 3, … without gaps.';

COMMENT ON COLUMN jalon_history.jalon_events__events.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_history.jalon_events__events.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.jalon_events__events.on_behalf_of IS 'For whom it was made, where another acted.';

COMMENT ON COLUMN jalon_history.jalon_events__events.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.jalon_events__events.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.jalon_events__events.transaction_id IS 'Transaction that wrote it.';

CREATE VIEW jalon_events.event_status_history AS
 SELECT id,
    event_id,
    old_status,
    new_status,
    old_moderation_status,
    new_moderation_status,
    old_is_published,
    new_is_published,
    changed_at,
    previous_changed_at,
    changed_by,
    reason,
    meta_data,
    version,
    workflow_version,
    kind,
    on_behalf_of,
    db_role,
    bulk_id,
    transaction_id,
    (meta_data ->> 'admin_notes'::text) AS admin_notes
   FROM jalon_history.jalon_events__events h;

COMMENT ON VIEW jalon_events.event_status_history IS 'Every change of a status: one row each.';

COMMENT ON COLUMN jalon_events.event_status_history.id IS 'Identifier.';

COMMENT ON COLUMN jalon_events.event_status_history.event_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_events.event_status_history.old_status IS 'Old status; empty on creation.';

COMMENT ON COLUMN jalon_events.event_status_history.new_status IS 'New status.';

COMMENT ON COLUMN jalon_events.event_status_history.old_moderation_status IS 'Old moderation status; empty on creation.';

COMMENT ON COLUMN jalon_events.event_status_history.new_moderation_status IS 'New moderation status.';

COMMENT ON COLUMN jalon_events.event_status_history.old_is_published IS 'Old is published; empty on creation.';

COMMENT ON COLUMN jalon_events.event_status_history.new_is_published IS 'New is published.';

COMMENT ON COLUMN jalon_events.event_status_history.changed_at IS 'When.';

COMMENT ON COLUMN jalon_events.event_status_history.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_events.event_status_history.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_events.event_status_history.reason IS 'Why.';

COMMENT ON COLUMN jalon_events.event_status_history.meta_data IS 'Whatever else the writer gave along.';

COMMENT ON COLUMN jalon_events.event_status_history.version IS 'The record''s version after the change.';

COMMENT ON COLUMN jalon_events.event_status_history.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_events.event_status_history.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_events.event_status_history.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_events.event_status_history.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_events.event_status_history.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_events.event_status_history.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_events.event_status_history.admin_notes IS 'The moderator''s notes for the organizer.';

CREATE TABLE jalon_events.follow_up (
    code text NOT NULL,
    "position" integer NOT NULL,
    column_name text NOT NULL,
    to_code text,
    if_status text[],
    if_moderation_status text[],
    set_status text,
    set_moderation_status text,
    set_is_published boolean,
    CONSTRAINT follow_up_sets_something CHECK ((num_nonnulls(set_status, set_moderation_status, set_is_published) > 0)),
    CONSTRAINT follow_up_watches_a_known_column CHECK ((column_name = ANY (ARRAY['status'::text, 'moderation_status'::text, 'is_published'::text, 'content'::text])))
);

COMMENT ON TABLE jalon_events.follow_up IS 'What follows in the same change: when a column comes to a code, others that were left alone come along. In order, once each.';

COMMENT ON COLUMN jalon_events.follow_up.code IS 'Name.';

COMMENT ON COLUMN jalon_events.follow_up."position" IS 'Order.';

COMMENT ON COLUMN jalon_events.follow_up.column_name IS 'Column that changes; content: a major column of content.';

COMMENT ON COLUMN jalon_events.follow_up.to_code IS 'Code it comes to; empty for any.';

COMMENT ON COLUMN jalon_events.follow_up.if_status IS 'Only while status is one of these.';

COMMENT ON COLUMN jalon_events.follow_up.if_moderation_status IS 'Only while moderation_status is one of these.';

COMMENT ON COLUMN jalon_events.follow_up.set_status IS 'Where status goes.';

COMMENT ON COLUMN jalon_events.follow_up.set_moderation_status IS 'Where moderation_status goes.';

COMMENT ON COLUMN jalon_events.follow_up.set_is_published IS 'What publication becomes.';

CREATE TABLE jalon_events.note_template (
    id integer NOT NULL,
    language text NOT NULL,
    label text NOT NULL,
    note text NOT NULL,
    "position" integer DEFAULT 0 NOT NULL
);

COMMENT ON TABLE jalon_events.note_template IS 'Notes to organizers that moderators begin with.';

COMMENT ON COLUMN jalon_events.note_template.id IS 'Identifier.';

COMMENT ON COLUMN jalon_events.note_template.language IS 'Language.';

COMMENT ON COLUMN jalon_events.note_template.label IS 'What it is called in the list.';

COMMENT ON COLUMN jalon_events.note_template.note IS 'The note.';

COMMENT ON COLUMN jalon_events.note_template."position" IS 'Place in the list.';

ALTER TABLE jalon_events.note_template ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME jalon_events.note_template_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE jalon_events.notice (
    code text NOT NULL,
    "position" integer NOT NULL,
    audience text,
    by_organizer boolean,
    column_name text NOT NULL,
    from_code text,
    to_code text,
    type text NOT NULL,
    priority text NOT NULL,
    link text NOT NULL,
    CONSTRAINT notice_watches_a_known_column CHECK ((column_name = ANY (ARRAY['status'::text, 'moderation_status'::text, 'is_published'::text]))),
    CONSTRAINT priority_is_known CHECK ((priority = ANY (ARRAY['low'::text, 'normal'::text, 'high'::text, 'urgent'::text])))
);

COMMENT ON TABLE jalon_events.notice IS 'Who hears of which change of an event: for each audience the first row that fits. The words are event.notice.<code> in jalon_engine.display_text.';

COMMENT ON COLUMN jalon_events.notice.code IS 'Name.';

COMMENT ON COLUMN jalon_events.notice."position" IS 'Order.';

COMMENT ON COLUMN jalon_events.notice.audience IS 'Permission whose holders get the notification; empty: the organizer of the event.';

COMMENT ON COLUMN jalon_events.notice.by_organizer IS 'Only of changes that the organizer made, or only of others''; empty for both.';

COMMENT ON COLUMN jalon_events.notice.column_name IS 'Column that changed.';

COMMENT ON COLUMN jalon_events.notice.from_code IS 'Code it left; empty for any.';

COMMENT ON COLUMN jalon_events.notice.to_code IS 'Code it came to; empty for any.';

COMMENT ON COLUMN jalon_events.notice.type IS 'Type of the notification.';

COMMENT ON COLUMN jalon_events.notice.priority IS 'low, normal, high or urgent.';

COMMENT ON COLUMN jalon_events.notice.link IS 'Where to look, with {event_id}.';

CREATE TABLE jalon_history.deletion (
    id uuid NOT NULL,
    tracked text NOT NULL,
    record_key text,
    records bigint DEFAULT 1 NOT NULL,
    operation text NOT NULL,
    deleted_at timestamp with time zone NOT NULL,
    deleted_by text NOT NULL,
    db_role text NOT NULL,
    transaction_id xid8 NOT NULL,
    last_version integer,
    last_changed_at timestamp with time zone,
    CONSTRAINT last_row_is_whole CHECK (((last_version IS NULL) = (last_changed_at IS NULL))),
    CONSTRAINT operation_is_known CHECK ((operation = ANY (ARRAY['DELETE'::text, 'TRUNCATE'::text, 'ERASE'::text, 'TEST'::text, 'IMPORT'::text])))
);
ALTER TABLE ONLY jalon_history.deletion REPLICA IDENTITY FULL;

COMMENT ON TABLE jalon_history.deletion IS 'That a tracked record was deleted, when and by whom. Without its key where history went with it.';

COMMENT ON COLUMN jalon_history.deletion.id IS 'Identifier.';

COMMENT ON COLUMN jalon_history.deletion.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_history.deletion.record_key IS 'Key of the record, where its history stays.';

COMMENT ON COLUMN jalon_history.deletion.records IS 'How many records.';

COMMENT ON COLUMN jalon_history.deletion.operation IS 'DELETE, TRUNCATE or ERASE; TEST: emptied in test mode; IMPORT: it is known from an import.';

COMMENT ON COLUMN jalon_history.deletion.deleted_at IS 'When.';

COMMENT ON COLUMN jalon_history.deletion.deleted_by IS 'By whom.';

COMMENT ON COLUMN jalon_history.deletion.db_role IS 'Database session it came through.';

COMMENT ON COLUMN jalon_history.deletion.transaction_id IS 'Transaction.';

COMMENT ON COLUMN jalon_history.deletion.last_version IS 'Version of the last history row, which this deletion ended. Empty where history went with the record, and where a record that had gone before was erased.';

COMMENT ON COLUMN jalon_history.deletion.last_changed_at IS 'Time of that row.';

CREATE TABLE jalon_history.jalon_dossiers__dossier (
    id uuid NOT NULL,
    dossier_id uuid NOT NULL,
    case_type character varying,
    old_status_code character varying,
    new_status_code character varying,
    changed_at timestamp with time zone NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text NOT NULL,
    reason text,
    meta_data jsonb,
    version integer NOT NULL,
    workflow_version integer,
    kind text NOT NULL,
    on_behalf_of text,
    db_role text NOT NULL,
    bulk_id uuid,
    transaction_id xid8 NOT NULL
)
PARTITION BY RANGE (changed_at);

COMMENT ON TABLE jalon_history.jalon_dossiers__dossier IS 'Every change of dossier: one row each, written by its trigger, never changed.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.id IS 'Identifier.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.dossier_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.case_type IS 'Case type after the change.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.old_status_code IS 'Status_Code before; empty on creation.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.new_status_code IS 'Status_Code after.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.changed_at IS 'When the change was made.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.changed_by IS 'Who made it.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.version IS 'The record''s version after the change: 1, 2, 3, … without gaps.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.on_behalf_of IS 'For whom it was made, where another acted.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.jalon_dossiers__dossier.transaction_id IS 'Transaction that wrote it.';

CREATE TABLE jalon_history.jalon_members__users (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    old_role character varying,
    new_role character varying,
    changed_at timestamp with time zone NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text NOT NULL,
    reason text,
    meta_data jsonb,
    version integer NOT NULL,
    workflow_version integer,
    kind text NOT NULL,
    on_behalf_of text,
    db_role text NOT NULL,
    bulk_id uuid,
    transaction_id xid8 NOT NULL
)
PARTITION BY RANGE (changed_at);

COMMENT ON TABLE jalon_history.jalon_members__users IS 'Every change of users: one row each, written by its trigger, never changed.';

COMMENT ON COLUMN jalon_history.jalon_members__users.id IS 'Identifier.';

COMMENT ON COLUMN jalon_history.jalon_members__users.user_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.jalon_members__users.old_role IS 'Role before; empty on creation.';

COMMENT ON COLUMN jalon_history.jalon_members__users.new_role IS 'Role after.';

COMMENT ON COLUMN jalon_history.jalon_members__users.changed_at IS 'When the change was made.';

COMMENT ON COLUMN jalon_history.jalon_members__users.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_history.jalon_members__users.changed_by IS 'Who made it.';

COMMENT ON COLUMN jalon_history.jalon_members__users.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.jalon_members__users.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.jalon_members__users.version IS 'The record''s version after the change: 1, 2, 3, … without gaps.';

COMMENT ON COLUMN jalon_history.jalon_members__users.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_history.jalon_members__users.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.jalon_members__users.on_behalf_of IS 'For whom it was made, where another acted.';

COMMENT ON COLUMN jalon_history.jalon_members__users.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.jalon_members__users.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.jalon_members__users.transaction_id IS 'Transaction that wrote it.';

CREATE TABLE jalon_history.jalon_propositions__proposition (
    id uuid NOT NULL,
    proposition_id uuid NOT NULL,
    old_status character varying,
    new_status character varying,
    changed_at timestamp with time zone NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text NOT NULL,
    reason text,
    meta_data jsonb,
    version integer NOT NULL,
    workflow_version integer,
    kind text NOT NULL,
    on_behalf_of text,
    db_role text NOT NULL,
    bulk_id uuid,
    transaction_id xid8 NOT NULL
)
PARTITION BY RANGE (changed_at);

COMMENT ON TABLE jalon_history.jalon_propositions__proposition IS 'Every change of proposition: one row each, written by its trigger, never changed.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.id IS 'Identifier.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.proposition_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.old_status IS 'Status before; empty on creation.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.new_status IS 'Status after.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.changed_at IS 'When the change was made.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.changed_by IS 'Who made it.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.version IS 'The record''s version after the change: 1, 2, 3, … without gaps.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.on_behalf_of IS 'For whom it was made, where another acted.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.jalon_propositions__proposition.transaction_id IS 'Transaction that wrote it.';

CREATE TABLE jalon_history.jalon_roadshow__roadshow_counterparty (
    id uuid NOT NULL,
    counterparty_id integer NOT NULL,
    old_statut character varying,
    new_statut character varying,
    changed_at timestamp with time zone NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text NOT NULL,
    reason text,
    meta_data jsonb,
    version integer NOT NULL,
    workflow_version integer,
    kind text NOT NULL,
    on_behalf_of text,
    db_role text NOT NULL,
    bulk_id uuid,
    transaction_id xid8 NOT NULL
)
PARTITION BY RANGE (changed_at);

COMMENT ON TABLE jalon_history.jalon_roadshow__roadshow_counterparty IS 'Every change of roadshow_counterparty: one row each, written by its trigger, never changed.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.id IS 'Identifier.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.counterparty_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.old_statut IS 'Statut before; empty on creation.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.new_statut IS 'Statut after.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.changed_at IS 'When the change was made.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.changed_by IS 'Who made it.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.version IS 'The record''s version after the change: 1, 2, 3, … without gaps.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.on_behalf_of IS 'For whom it was made, where another acted.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.jalon_roadshow__roadshow_counterparty.transaction_id IS 'Transaction that wrote it.';

CREATE VIEW jalon_history.changes AS
 SELECT tracked,
    record_key,
    column_name,
    category,
    case_type,
    old_code,
    new_code,
    version,
    changed_at,
    stay_began,
    kind,
    changed_by,
    on_behalf_of,
    db_role,
    reason,
    meta_data,
    workflow_version,
    bulk_id,
    transaction_id,
    date_part('epoch'::text, (changed_at - stay_began)) AS stay_seconds,
    ((transaction_id)::text)::bigint AS transaction_number
   FROM ( SELECT NULL::text AS tracked,
            NULL::text AS record_key,
            NULL::text AS column_name,
            NULL::text AS category,
            NULL::text AS case_type,
            NULL::text AS old_code,
            NULL::text AS new_code,
            NULL::integer AS version,
            NULL::timestamp with time zone AS changed_at,
            NULL::timestamp with time zone AS stay_began,
            NULL::text AS kind,
            NULL::text AS changed_by,
            NULL::text AS on_behalf_of,
            NULL::text AS db_role,
            NULL::text AS reason,
            NULL::jsonb AS meta_data,
            NULL::integer AS workflow_version,
            NULL::uuid AS bulk_id,
            NULL::xid8 AS transaction_id
          WHERE false
        UNION ALL
         SELECT 'dossier'::text,
            (h.dossier_id)::text AS dossier_id,
            'status_code'::text,
            'CASE_STATUS'::text,
            (h.case_type)::text AS case_type,
            (h.old_status_code)::text AS old_status_code,
            (h.new_status_code)::text AS new_status_code,
            h.version,
            h.changed_at,
            ( SELECT p.changed_at
                   FROM jalon_history.jalon_dossiers__dossier p
                  WHERE ((p.dossier_id = h.dossier_id) AND ((p.old_status_code)::text IS DISTINCT FROM (p.new_status_code)::text) AND (p.changed_at <= h.changed_at) AND (p.version <= (h.version - 1)))
                  ORDER BY p.changed_at DESC, p.version DESC
                 LIMIT 1) AS changed_at,
            h.kind,
            h.changed_by,
            h.on_behalf_of,
            h.db_role,
            h.reason,
            h.meta_data,
            h.workflow_version,
            h.bulk_id,
            h.transaction_id
           FROM jalon_history.jalon_dossiers__dossier h
        UNION ALL
        ( SELECT 'dossier'::text,
            d.record_key,
            'status_code'::text,
            'CASE_STATUS'::text,
            (h.case_type)::text AS case_type,
            (h.new_status_code)::text AS new_status_code,
            NULL::text,
            (h.version + 1),
            d.deleted_at,
            ( SELECT p.changed_at
                   FROM jalon_history.jalon_dossiers__dossier p
                  WHERE ((p.dossier_id = h.dossier_id) AND ((p.old_status_code)::text IS DISTINCT FROM (p.new_status_code)::text) AND (p.changed_at <= h.changed_at) AND (p.version <= (h.version - 0)))
                  ORDER BY p.changed_at DESC, p.version DESC
                 LIMIT 1) AS changed_at,
            lower(d.operation) AS lower,
            d.deleted_by,
            NULL::text,
            d.db_role,
            NULL::text,
            NULL::jsonb,
            NULL::integer,
            NULL::uuid,
            d.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_dossiers__dossier h ON (((h.dossier_id = (d.record_key)::uuid) AND (h.version = d.last_version) AND (h.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'dossier'::text) AND (d.record_key IS NOT NULL))
          ORDER BY d.deleted_at DESC)
        UNION ALL
         SELECT 'events'::text,
            (h.event_id)::text AS event_id,
            'status'::text,
            'EVENT_STATUS'::text,
            NULL::text AS text,
            (h.old_status)::text AS old_status,
            (h.new_status)::text AS new_status,
            h.version,
            h.changed_at,
            ( SELECT p.changed_at
                   FROM jalon_history.jalon_events__events p
                  WHERE ((p.event_id = h.event_id) AND ((p.old_status)::text IS DISTINCT FROM (p.new_status)::text) AND (p.changed_at <= h.changed_at) AND (p.version <= (h.version - 1)))
                  ORDER BY p.changed_at DESC, p.version DESC
                 LIMIT 1) AS changed_at,
            h.kind,
            h.changed_by,
            h.on_behalf_of,
            h.db_role,
            h.reason,
            h.meta_data,
            h.workflow_version,
            h.bulk_id,
            h.transaction_id
           FROM jalon_history.jalon_events__events h
        UNION ALL
        ( SELECT 'events'::text,
            d.record_key,
            'status'::text,
            'EVENT_STATUS'::text,
            NULL::text AS text,
            (h.new_status)::text AS new_status,
            NULL::text,
            (h.version + 1),
            d.deleted_at,
            ( SELECT p.changed_at
                   FROM jalon_history.jalon_events__events p
                  WHERE ((p.event_id = h.event_id) AND ((p.old_status)::text IS DISTINCT FROM (p.new_status)::text) AND (p.changed_at <= h.changed_at) AND (p.version <= (h.version - 0)))
                  ORDER BY p.changed_at DESC, p.version DESC
                 LIMIT 1) AS changed_at,
            lower(d.operation) AS lower,
            d.deleted_by,
            NULL::text,
            d.db_role,
            NULL::text,
            NULL::jsonb,
            NULL::integer,
            NULL::uuid,
            d.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_events__events h ON (((h.event_id = (d.record_key)::uuid) AND (h.version = d.last_version) AND (h.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'events'::text) AND (d.record_key IS NOT NULL))
          ORDER BY d.deleted_at DESC)
        UNION ALL
         SELECT 'events'::text,
            (h.event_id)::text AS event_id,
            'moderation_status'::text,
            'EVENT_MODERATION'::text,
            NULL::text AS text,
            (h.old_moderation_status)::text AS old_moderation_status,
            (h.new_moderation_status)::text AS new_moderation_status,
            h.version,
            h.changed_at,
            ( SELECT p.changed_at
                   FROM jalon_history.jalon_events__events p
                  WHERE ((p.event_id = h.event_id) AND ((p.old_moderation_status)::text IS DISTINCT FROM (p.new_moderation_status)::text) AND (p.changed_at <= h.changed_at) AND (p.version <= (h.version - 1)))
                  ORDER BY p.changed_at DESC, p.version DESC
                 LIMIT 1) AS changed_at,
            h.kind,
            h.changed_by,
            h.on_behalf_of,
            h.db_role,
            h.reason,
            h.meta_data,
            h.workflow_version,
            h.bulk_id,
            h.transaction_id
           FROM jalon_history.jalon_events__events h
        UNION ALL
        ( SELECT 'events'::text,
            d.record_key,
            'moderation_status'::text,
            'EVENT_MODERATION'::text,
            NULL::text AS text,
            (h.new_moderation_status)::text AS new_moderation_status,
            NULL::text,
            (h.version + 1),
            d.deleted_at,
            ( SELECT p.changed_at
                   FROM jalon_history.jalon_events__events p
                  WHERE ((p.event_id = h.event_id) AND ((p.old_moderation_status)::text IS DISTINCT FROM (p.new_moderation_status)::text) AND (p.changed_at <= h.changed_at) AND (p.version <= (h.version - 0)))
                  ORDER BY p.changed_at DESC, p.version DESC
                 LIMIT 1) AS changed_at,
            lower(d.operation) AS lower,
            d.deleted_by,
            NULL::text,
            d.db_role,
            NULL::text,
            NULL::jsonb,
            NULL::integer,
            NULL::uuid,
            d.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_events__events h ON (((h.event_id = (d.record_key)::uuid) AND (h.version = d.last_version) AND (h.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'events'::text) AND (d.record_key IS NOT NULL))
          ORDER BY d.deleted_at DESC)
        UNION ALL
         SELECT 'events'::text,
            (h.event_id)::text AS event_id,
            'is_published'::text,
            'EVENT_PUBLICATION'::text,
            NULL::text AS text,
            (h.old_is_published)::text AS old_is_published,
            (h.new_is_published)::text AS new_is_published,
            h.version,
            h.changed_at,
            ( SELECT p.changed_at
                   FROM jalon_history.jalon_events__events p
                  WHERE ((p.event_id = h.event_id) AND (p.old_is_published IS DISTINCT FROM p.new_is_published) AND (p.changed_at <= h.changed_at) AND (p.version <= (h.version - 1)))
                  ORDER BY p.changed_at DESC, p.version DESC
                 LIMIT 1) AS changed_at,
            h.kind,
            h.changed_by,
            h.on_behalf_of,
            h.db_role,
            h.reason,
            h.meta_data,
            h.workflow_version,
            h.bulk_id,
            h.transaction_id
           FROM jalon_history.jalon_events__events h
        UNION ALL
        ( SELECT 'events'::text,
            d.record_key,
            'is_published'::text,
            'EVENT_PUBLICATION'::text,
            NULL::text AS text,
            (h.new_is_published)::text AS new_is_published,
            NULL::text,
            (h.version + 1),
            d.deleted_at,
            ( SELECT p.changed_at
                   FROM jalon_history.jalon_events__events p
                  WHERE ((p.event_id = h.event_id) AND (p.old_is_published IS DISTINCT FROM p.new_is_published) AND (p.changed_at <= h.changed_at) AND (p.version <= (h.version - 0)))
                  ORDER BY p.changed_at DESC, p.version DESC
                 LIMIT 1) AS changed_at,
            lower(d.operation) AS lower,
            d.deleted_by,
            NULL::text,
            d.db_role,
            NULL::text,
            NULL::jsonb,
            NULL::integer,
            NULL::uuid,
            d.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_events__events h ON (((h.event_id = (d.record_key)::uuid) AND (h.version = d.last_version) AND (h.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'events'::text) AND (d.record_key IS NOT NULL))
          ORDER BY d.deleted_at DESC)
        UNION ALL
         SELECT 'proposition'::text,
            (h.proposition_id)::text AS proposition_id,
            'status'::text,
            'PROPOSITION_STATUS'::text,
            NULL::text AS text,
            (h.old_status)::text AS old_status,
            (h.new_status)::text AS new_status,
            h.version,
            h.changed_at,
            h.previous_changed_at,
            h.kind,
            h.changed_by,
            h.on_behalf_of,
            h.db_role,
            h.reason,
            h.meta_data,
            h.workflow_version,
            h.bulk_id,
            h.transaction_id
           FROM jalon_history.jalon_propositions__proposition h
        UNION ALL
        ( SELECT 'proposition'::text,
            d.record_key,
            'status'::text,
            'PROPOSITION_STATUS'::text,
            NULL::text AS text,
            (h.new_status)::text AS new_status,
            NULL::text,
            (h.version + 1),
            d.deleted_at,
            h.changed_at,
            lower(d.operation) AS lower,
            d.deleted_by,
            NULL::text,
            d.db_role,
            NULL::text,
            NULL::jsonb,
            NULL::integer,
            NULL::uuid,
            d.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_propositions__proposition h ON (((h.proposition_id = (d.record_key)::uuid) AND (h.version = d.last_version) AND (h.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'proposition'::text) AND (d.record_key IS NOT NULL))
          ORDER BY d.deleted_at DESC)
        UNION ALL
         SELECT 'roadshow_counterparty'::text,
            (h.counterparty_id)::text AS counterparty_id,
            'statut'::text,
            'ROADSHOW_STATUS'::text,
            NULL::text AS text,
            (h.old_statut)::text AS old_statut,
            (h.new_statut)::text AS new_statut,
            h.version,
            h.changed_at,
            h.previous_changed_at,
            h.kind,
            h.changed_by,
            h.on_behalf_of,
            h.db_role,
            h.reason,
            h.meta_data,
            h.workflow_version,
            h.bulk_id,
            h.transaction_id
           FROM jalon_history.jalon_roadshow__roadshow_counterparty h
        UNION ALL
        ( SELECT 'roadshow_counterparty'::text,
            d.record_key,
            'statut'::text,
            'ROADSHOW_STATUS'::text,
            NULL::text AS text,
            (h.new_statut)::text AS new_statut,
            NULL::text,
            (h.version + 1),
            d.deleted_at,
            h.changed_at,
            lower(d.operation) AS lower,
            d.deleted_by,
            NULL::text,
            d.db_role,
            NULL::text,
            NULL::jsonb,
            NULL::integer,
            NULL::uuid,
            d.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_roadshow__roadshow_counterparty h ON (((h.counterparty_id = (d.record_key)::integer) AND (h.version = d.last_version) AND (h.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'roadshow_counterparty'::text) AND (d.record_key IS NOT NULL))
          ORDER BY d.deleted_at DESC)
        UNION ALL
         SELECT 'users'::text,
            (h.user_id)::text AS user_id,
            'role'::text,
            'USER_ROLE'::text,
            NULL::text AS text,
            (h.old_role)::text AS old_role,
            (h.new_role)::text AS new_role,
            h.version,
            h.changed_at,
            h.previous_changed_at,
            h.kind,
            h.changed_by,
            h.on_behalf_of,
            h.db_role,
            h.reason,
            h.meta_data,
            h.workflow_version,
            h.bulk_id,
            h.transaction_id
           FROM jalon_history.jalon_members__users h
        UNION ALL
        ( SELECT 'users'::text,
            d.record_key,
            'role'::text,
            'USER_ROLE'::text,
            NULL::text AS text,
            (h.new_role)::text AS new_role,
            NULL::text,
            (h.version + 1),
            d.deleted_at,
            h.changed_at,
            lower(d.operation) AS lower,
            d.deleted_by,
            NULL::text,
            d.db_role,
            NULL::text,
            NULL::jsonb,
            NULL::integer,
            NULL::uuid,
            d.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_members__users h ON (((h.user_id = (d.record_key)::uuid) AND (h.version = d.last_version) AND (h.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'users'::text) AND (d.record_key IS NOT NULL))
          ORDER BY d.deleted_at DESC)) c
  WHERE (old_code IS DISTINCT FROM new_code);

COMMENT ON VIEW jalon_history.changes IS 'Generated for all tracked tables: every change of every status column, deletions included.';

COMMENT ON COLUMN jalon_history.changes.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_history.changes.record_key IS 'Key of the record, as text.';

COMMENT ON COLUMN jalon_history.changes.column_name IS 'Status column that changed.';

COMMENT ON COLUMN jalon_history.changes.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_history.changes.case_type IS 'Case type after the change; empty where the table has none.';

COMMENT ON COLUMN jalon_history.changes.old_code IS 'Code before; empty on creation.';

COMMENT ON COLUMN jalon_history.changes.new_code IS 'Code after; empty on deletion.';

COMMENT ON COLUMN jalon_history.changes.version IS 'The record''s version after the change.';

COMMENT ON COLUMN jalon_history.changes.changed_at IS 'When.';

COMMENT ON COLUMN jalon_history.changes.stay_began IS 'When the stay on the old code had begun.';

COMMENT ON COLUMN jalon_history.changes.kind IS 'create, move, force, migration, import, backfill, timer, test; delete or truncate where the record went.';

COMMENT ON COLUMN jalon_history.changes.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_history.changes.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_history.changes.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.changes.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.changes.meta_data IS 'Whatever else the writer gave along.';

COMMENT ON COLUMN jalon_history.changes.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_history.changes.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.changes.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_history.changes.stay_seconds IS 'How long the stay on the old code had lasted, in seconds.';

COMMENT ON COLUMN jalon_history.changes.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_history.current AS
 SELECT NULL::text AS tracked,
    NULL::text AS record_key,
    NULL::text AS column_name,
    NULL::text AS category,
    NULL::text AS case_type,
    NULL::text AS code,
    NULL::integer AS version,
    NULL::timestamp with time zone AS entered_at
  WHERE false
UNION ALL
 SELECT 'dossier'::text AS tracked,
    (s.dossier_id)::text AS record_key,
    'status_code'::text AS column_name,
    'CASE_STATUS'::text AS category,
    (s.case_type)::text AS case_type,
    (s.status_code)::text AS code,
    s.version,
    COALESCE(( SELECT p.changed_at
           FROM jalon_history.jalon_dossiers__dossier p
          WHERE ((p.dossier_id = s.dossier_id) AND ((p.old_status_code)::text IS DISTINCT FROM (p.new_status_code)::text) AND (p.changed_at <= s.entered_at) AND (p.version <= (s.version - 0)))
          ORDER BY p.changed_at DESC, p.version DESC
         LIMIT 1), s.entered_at) AS entered_at
   FROM jalon_history.dossier_as_of() s(dossier_id, version, case_type, status_code, entered_at)
UNION ALL
 SELECT 'events'::text AS tracked,
    (s.event_id)::text AS record_key,
    'status'::text AS column_name,
    'EVENT_STATUS'::text AS category,
    NULL::text AS case_type,
    (s.status)::text AS code,
    s.version,
    COALESCE(( SELECT p.changed_at
           FROM jalon_history.jalon_events__events p
          WHERE ((p.event_id = s.event_id) AND ((p.old_status)::text IS DISTINCT FROM (p.new_status)::text) AND (p.changed_at <= s.entered_at) AND (p.version <= (s.version - 0)))
          ORDER BY p.changed_at DESC, p.version DESC
         LIMIT 1), s.entered_at) AS entered_at
   FROM jalon_history.events_as_of() s(event_id, version, status, moderation_status, is_published, entered_at)
UNION ALL
 SELECT 'events'::text AS tracked,
    (s.event_id)::text AS record_key,
    'moderation_status'::text AS column_name,
    'EVENT_MODERATION'::text AS category,
    NULL::text AS case_type,
    (s.moderation_status)::text AS code,
    s.version,
    COALESCE(( SELECT p.changed_at
           FROM jalon_history.jalon_events__events p
          WHERE ((p.event_id = s.event_id) AND ((p.old_moderation_status)::text IS DISTINCT FROM (p.new_moderation_status)::text) AND (p.changed_at <= s.entered_at) AND (p.version <= (s.version - 0)))
          ORDER BY p.changed_at DESC, p.version DESC
         LIMIT 1), s.entered_at) AS entered_at
   FROM jalon_history.events_as_of() s(event_id, version, status, moderation_status, is_published, entered_at)
UNION ALL
 SELECT 'events'::text AS tracked,
    (s.event_id)::text AS record_key,
    'is_published'::text AS column_name,
    'EVENT_PUBLICATION'::text AS category,
    NULL::text AS case_type,
    (s.is_published)::text AS code,
    s.version,
    COALESCE(( SELECT p.changed_at
           FROM jalon_history.jalon_events__events p
          WHERE ((p.event_id = s.event_id) AND (p.old_is_published IS DISTINCT FROM p.new_is_published) AND (p.changed_at <= s.entered_at) AND (p.version <= (s.version - 0)))
          ORDER BY p.changed_at DESC, p.version DESC
         LIMIT 1), s.entered_at) AS entered_at
   FROM jalon_history.events_as_of() s(event_id, version, status, moderation_status, is_published, entered_at)
UNION ALL
 SELECT 'proposition'::text AS tracked,
    (s.proposition_id)::text AS record_key,
    'status'::text AS column_name,
    'PROPOSITION_STATUS'::text AS category,
    NULL::text AS case_type,
    (s.status)::text AS code,
    s.version,
    COALESCE(s.entered_at, s.entered_at) AS entered_at
   FROM jalon_history.proposition_as_of() s(proposition_id, version, status, entered_at)
UNION ALL
 SELECT 'roadshow_counterparty'::text AS tracked,
    (s.counterparty_id)::text AS record_key,
    'statut'::text AS column_name,
    'ROADSHOW_STATUS'::text AS category,
    NULL::text AS case_type,
    (s.statut)::text AS code,
    s.version,
    COALESCE(s.entered_at, s.entered_at) AS entered_at
   FROM jalon_history.roadshow_counterparty_as_of() s(counterparty_id, version, statut, entered_at)
UNION ALL
 SELECT 'users'::text AS tracked,
    (s.user_id)::text AS record_key,
    'role'::text AS column_name,
    'USER_ROLE'::text AS category,
    NULL::text AS case_type,
    (s.role)::text AS code,
    s.version,
    COALESCE(s.entered_at, s.entered_at) AS entered_at
   FROM jalon_history.users_as_of() s(user_id, version, role, entered_at);

COMMENT ON VIEW jalon_history.current IS 'Generated for all tracked tables: where every record stands now.';

COMMENT ON COLUMN jalon_history.current.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_history.current.record_key IS 'Key of the record, as text.';

COMMENT ON COLUMN jalon_history.current.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_history.current.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_history.current.case_type IS 'Case type; empty where the table has none.';

COMMENT ON COLUMN jalon_history.current.code IS 'Code it stands on.';

COMMENT ON COLUMN jalon_history.current.version IS 'The record''s version.';

COMMENT ON COLUMN jalon_history.current.entered_at IS 'Since when it stands there.';

CREATE VIEW jalon_history.deletions AS
 SELECT tracked,
    record_key,
    records,
    operation,
    deleted_at,
    deleted_by,
    db_role,
    transaction_id,
    ((transaction_id)::text)::bigint AS transaction_number
   FROM jalon_history.deletion d;

COMMENT ON VIEW jalon_history.deletions IS 'Deletions of tracked records; without their key where history went with them.';

COMMENT ON COLUMN jalon_history.deletions.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_history.deletions.record_key IS 'Key of the record, where its history stays.';

COMMENT ON COLUMN jalon_history.deletions.records IS 'How many records.';

COMMENT ON COLUMN jalon_history.deletions.operation IS 'DELETE, TRUNCATE or ERASE; TEST: emptied in test mode; IMPORT: it is known from an import.';

COMMENT ON COLUMN jalon_history.deletions.deleted_at IS 'When.';

COMMENT ON COLUMN jalon_history.deletions.deleted_by IS 'By whom.';

COMMENT ON COLUMN jalon_history.deletions.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.deletions.transaction_id IS 'Transaction.';

COMMENT ON COLUMN jalon_history.deletions.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_history.dossier_timeline AS
 SELECT dossier_id,
    version,
    case_type,
    status_code,
    entered_at,
    left_at,
    GREATEST((COALESCE(left_at, now()) - entered_at), '00:00:00'::interval) AS duration,
    changed_by,
    reason,
    kind,
    meta_data,
    (left_at IS NULL) AS is_current,
    on_behalf_of,
    db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    GREATEST(date_part('epoch'::text, (COALESCE(left_at, now()) - entered_at)), (0)::double precision) AS duration_seconds,
    ((transaction_id)::text)::bigint AS transaction_number
   FROM ( SELECT e.dossier_id,
            (e.version - 1) AS version,
            b.case_type,
            e.old_status_code AS status_code,
            e.previous_changed_at AS entered_at,
            e.changed_at AS left_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.jalon_dossiers__dossier e
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id,
                    (array_agg(b_1.case_type))[1] AS case_type
                   FROM jalon_history.jalon_dossiers__dossier b_1
                  WHERE ((b_1.dossier_id = e.dossier_id) AND (b_1.version = (e.version - 1)) AND (b_1.changed_at = e.previous_changed_at))) b ON (true))
          WHERE (e.previous_changed_at IS NOT NULL)
        UNION ALL
         SELECT b.dossier_id,
            b.version,
            b.case_type,
            b.new_status_code AS status_code,
            b.changed_at,
            d.deleted_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_dossiers__dossier b ON (((b.dossier_id = (d.record_key)::uuid) AND (b.version = d.last_version) AND (b.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'dossier'::text) AND (d.record_key IS NOT NULL))
        UNION ALL
         SELECT (s.record_key)::uuid AS record_key,
            s.version,
            (s.case_type)::character varying AS case_type,
            (s.codes[1])::character varying AS status_code,
            s.entered_at,
            NULL::timestamp with time zone,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.states_now('dossier'::text) s(record_key, codes, case_type, version, entered_at)
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id,
                    (array_agg(b_1.case_type))[1] AS case_type
                   FROM jalon_history.jalon_dossiers__dossier b_1
                  WHERE ((b_1.dossier_id = (s.record_key)::uuid) AND (b_1.version = s.version) AND (b_1.changed_at = s.entered_at))) b ON (true))) x;

COMMENT ON VIEW jalon_history.dossier_timeline IS 'Generated for dossier: every stay of every record.';

COMMENT ON COLUMN jalon_history.dossier_timeline.dossier_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.dossier_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_history.dossier_timeline.case_type IS 'Case type during the stay.';

COMMENT ON COLUMN jalon_history.dossier_timeline.status_code IS 'Code of status_code during the stay.';

COMMENT ON COLUMN jalon_history.dossier_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_history.dossier_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_history.dossier_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_history.dossier_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_history.dossier_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.dossier_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.dossier_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.dossier_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_history.dossier_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_history.dossier_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.dossier_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_history.dossier_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.dossier_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_history.dossier_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_history.dossier_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE TABLE jalon_history.erasure (
    tracked text NOT NULL,
    record_key text NOT NULL,
    transaction_id xid8 NOT NULL
);

COMMENT ON TABLE jalon_history.erasure IS 'Records that a running transaction erases; empty between transactions.';

COMMENT ON COLUMN jalon_history.erasure.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_history.erasure.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.erasure.transaction_id IS 'Transaction that erases it.';

CREATE VIEW jalon_history.events_timeline AS
 SELECT event_id,
    version,
    status,
    moderation_status,
    is_published,
    entered_at,
    left_at,
    GREATEST((COALESCE(left_at, now()) - entered_at), '00:00:00'::interval) AS duration,
    changed_by,
    reason,
    kind,
    meta_data,
    (left_at IS NULL) AS is_current,
    on_behalf_of,
    db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    GREATEST(date_part('epoch'::text, (COALESCE(left_at, now()) - entered_at)), (0)::double precision) AS duration_seconds,
    ((transaction_id)::text)::bigint AS transaction_number
   FROM ( SELECT e.event_id,
            (e.version - 1) AS version,
            e.old_status AS status,
            e.old_moderation_status AS moderation_status,
            e.old_is_published AS is_published,
            e.previous_changed_at AS entered_at,
            e.changed_at AS left_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.jalon_events__events e
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id
                   FROM jalon_history.jalon_events__events b_1
                  WHERE ((b_1.event_id = e.event_id) AND (b_1.version = (e.version - 1)) AND (b_1.changed_at = e.previous_changed_at))) b ON (true))
          WHERE (e.previous_changed_at IS NOT NULL)
        UNION ALL
         SELECT b.event_id,
            b.version,
            b.new_status AS status,
            b.new_moderation_status AS moderation_status,
            b.new_is_published AS is_published,
            b.changed_at,
            d.deleted_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_events__events b ON (((b.event_id = (d.record_key)::uuid) AND (b.version = d.last_version) AND (b.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'events'::text) AND (d.record_key IS NOT NULL))
        UNION ALL
         SELECT (s.record_key)::uuid AS record_key,
            s.version,
            (s.codes[1])::character varying AS status,
            (s.codes[2])::character varying AS moderation_status,
            (s.codes[3])::boolean AS is_published,
            s.entered_at,
            NULL::timestamp with time zone,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.states_now('events'::text) s(record_key, codes, case_type, version, entered_at)
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id
                   FROM jalon_history.jalon_events__events b_1
                  WHERE ((b_1.event_id = (s.record_key)::uuid) AND (b_1.version = s.version) AND (b_1.changed_at = s.entered_at))) b ON (true))) x;

COMMENT ON VIEW jalon_history.events_timeline IS 'Generated for events: every stay of every record.';

COMMENT ON COLUMN jalon_history.events_timeline.event_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.events_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_history.events_timeline.status IS 'Code of status during the stay.';

COMMENT ON COLUMN jalon_history.events_timeline.moderation_status IS 'Code of moderation_status during the stay.';

COMMENT ON COLUMN jalon_history.events_timeline.is_published IS 'Code of is_published during the stay.';

COMMENT ON COLUMN jalon_history.events_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_history.events_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_history.events_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_history.events_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_history.events_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.events_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.events_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.events_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_history.events_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_history.events_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.events_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_history.events_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.events_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_history.events_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_history.events_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE UNLOGGED TABLE jalon_history.import_record (
    record_key text COLLATE pg_catalog."C",
    is_living boolean NOT NULL,
    codes text[],
    case_type text,
    version integer,
    changed_at timestamp with time zone,
    state text NOT NULL
);

COMMENT ON TABLE jalon_history.import_record IS 'Records of which a running import tells; empty between transactions.';

COMMENT ON COLUMN jalon_history.import_record.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.import_record.is_living IS 'Whether it is in its table.';

COMMENT ON COLUMN jalon_history.import_record.codes IS 'Where it stands, one code for each status column.';

COMMENT ON COLUMN jalon_history.import_record.case_type IS 'Its case type.';

COMMENT ON COLUMN jalon_history.import_record.version IS 'Its version.';

COMMENT ON COLUMN jalon_history.import_record.changed_at IS 'When it last changed.';

COMMENT ON COLUMN jalon_history.import_record.state IS 'What history knows of it: untouched, gone (nothing), imported, or why it gets no past.';

CREATE UNLOGGED TABLE jalon_history.import_row (
    place bigint NOT NULL,
    line bigint NOT NULL,
    record_key text COLLATE pg_catalog."C",
    status_column text NOT NULL,
    case_type text,
    from_code text,
    to_code text,
    at text,
    changed_at timestamp with time zone,
    changed_by text NOT NULL,
    reason text,
    code_before text,
    is_first boolean NOT NULL,
    is_last boolean NOT NULL,
    is_record_last boolean NOT NULL,
    is_change boolean NOT NULL,
    problem jsonb
);

COMMENT ON TABLE jalon_history.import_row IS 'Rows of a past that a running import checks; empty between transactions.';

COMMENT ON COLUMN jalon_history.import_row.place IS 'Place in the order given.';

COMMENT ON COLUMN jalon_history.import_row.line IS 'Line of the file, or the place.';

COMMENT ON COLUMN jalon_history.import_row.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.import_row.status_column IS 'Status column that changed.';

COMMENT ON COLUMN jalon_history.import_row.case_type IS 'Case type after the change.';

COMMENT ON COLUMN jalon_history.import_row.from_code IS 'Code before, where the row says it.';

COMMENT ON COLUMN jalon_history.import_row.to_code IS 'Code after; empty where the record ended.';

COMMENT ON COLUMN jalon_history.import_row.at IS 'When, as it is written.';

COMMENT ON COLUMN jalon_history.import_row.changed_at IS 'When.';

COMMENT ON COLUMN jalon_history.import_row.changed_by IS 'Who made the change.';

COMMENT ON COLUMN jalon_history.import_row.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.import_row.code_before IS 'Code to which the row before led.';

COMMENT ON COLUMN jalon_history.import_row.is_first IS 'Whether it is the first of its record and column.';

COMMENT ON COLUMN jalon_history.import_row.is_last IS 'Whether it is the last of its record and column.';

COMMENT ON COLUMN jalon_history.import_row.is_record_last IS 'Whether it is the last of its record.';

COMMENT ON COLUMN jalon_history.import_row.is_change IS 'Whether code or case type differ from the row before.';

COMMENT ON COLUMN jalon_history.import_row.problem IS 'Why it contradicts itself or the record: code and parameters.';

CREATE TABLE jalon_history.jalon_dossiers__dossier_default (
    id uuid CONSTRAINT jalon_dossiers__dossier_id_not_null NOT NULL,
    dossier_id uuid CONSTRAINT jalon_dossiers__dossier_dossier_id_not_null NOT NULL,
    case_type character varying,
    old_status_code character varying,
    new_status_code character varying,
    changed_at timestamp with time zone CONSTRAINT jalon_dossiers__dossier_changed_at_not_null NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text CONSTRAINT jalon_dossiers__dossier_changed_by_not_null NOT NULL,
    reason text,
    meta_data jsonb,
    version integer CONSTRAINT jalon_dossiers__dossier_version_not_null NOT NULL,
    workflow_version integer,
    kind text CONSTRAINT jalon_dossiers__dossier_kind_not_null NOT NULL,
    on_behalf_of text,
    db_role text CONSTRAINT jalon_dossiers__dossier_db_role_not_null NOT NULL,
    bulk_id uuid,
    transaction_id xid8 CONSTRAINT jalon_dossiers__dossier_transaction_id_not_null NOT NULL
);

CREATE TABLE jalon_history.jalon_events__events_default (
    id uuid CONSTRAINT jalon_events__events_id_not_null NOT NULL,
    event_id uuid CONSTRAINT jalon_events__events_event_id_not_null NOT NULL,
    old_status character varying,
    new_status character varying,
    old_moderation_status character varying,
    new_moderation_status character varying,
    old_is_published boolean,
    new_is_published boolean,
    changed_at timestamp with time zone CONSTRAINT jalon_events__events_changed_at_not_null NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text CONSTRAINT jalon_events__events_changed_by_not_null NOT NULL,
    reason text,
    meta_data jsonb,
    version integer CONSTRAINT jalon_events__events_version_not_null NOT NULL,
    workflow_version integer,
    kind text CONSTRAINT jalon_events__events_kind_not_null NOT NULL,
    on_behalf_of text,
    db_role text CONSTRAINT jalon_events__events_db_role_not_null NOT NULL,
    bulk_id uuid,
    transaction_id xid8 CONSTRAINT jalon_events__events_transaction_id_not_null NOT NULL
);

CREATE TABLE jalon_history.jalon_members__users_default (
    id uuid CONSTRAINT jalon_members__users_id_not_null NOT NULL,
    user_id uuid CONSTRAINT jalon_members__users_user_id_not_null NOT NULL,
    old_role character varying,
    new_role character varying,
    changed_at timestamp with time zone CONSTRAINT jalon_members__users_changed_at_not_null NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text CONSTRAINT jalon_members__users_changed_by_not_null NOT NULL,
    reason text,
    meta_data jsonb,
    version integer CONSTRAINT jalon_members__users_version_not_null NOT NULL,
    workflow_version integer,
    kind text CONSTRAINT jalon_members__users_kind_not_null NOT NULL,
    on_behalf_of text,
    db_role text CONSTRAINT jalon_members__users_db_role_not_null NOT NULL,
    bulk_id uuid,
    transaction_id xid8 CONSTRAINT jalon_members__users_transaction_id_not_null NOT NULL
);

CREATE TABLE jalon_history.jalon_propositions__proposition_default (
    id uuid CONSTRAINT jalon_propositions__proposition_id_not_null NOT NULL,
    proposition_id uuid CONSTRAINT jalon_propositions__proposition_proposition_id_not_null NOT NULL,
    old_status character varying,
    new_status character varying,
    changed_at timestamp with time zone CONSTRAINT jalon_propositions__proposition_changed_at_not_null NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text CONSTRAINT jalon_propositions__proposition_changed_by_not_null NOT NULL,
    reason text,
    meta_data jsonb,
    version integer CONSTRAINT jalon_propositions__proposition_version_not_null NOT NULL,
    workflow_version integer,
    kind text CONSTRAINT jalon_propositions__proposition_kind_not_null NOT NULL,
    on_behalf_of text,
    db_role text CONSTRAINT jalon_propositions__proposition_db_role_not_null NOT NULL,
    bulk_id uuid,
    transaction_id xid8 CONSTRAINT jalon_propositions__proposition_transaction_id_not_null NOT NULL
);

CREATE TABLE jalon_history.jalon_roadshow__roadshow_counterparty_default (
    id uuid CONSTRAINT jalon_roadshow__roadshow_counterparty_id_not_null NOT NULL,
    counterparty_id integer CONSTRAINT jalon_roadshow__roadshow_counterparty_counterparty_id_not_null NOT NULL,
    old_statut character varying,
    new_statut character varying,
    changed_at timestamp with time zone CONSTRAINT jalon_roadshow__roadshow_counterparty_changed_at_not_null NOT NULL,
    previous_changed_at timestamp with time zone,
    changed_by text CONSTRAINT jalon_roadshow__roadshow_counterparty_changed_by_not_null NOT NULL,
    reason text,
    meta_data jsonb,
    version integer CONSTRAINT jalon_roadshow__roadshow_counterparty_version_not_null NOT NULL,
    workflow_version integer,
    kind text CONSTRAINT jalon_roadshow__roadshow_counterparty_kind_not_null NOT NULL,
    on_behalf_of text,
    db_role text CONSTRAINT jalon_roadshow__roadshow_counterparty_db_role_not_null NOT NULL,
    bulk_id uuid,
    transaction_id xid8 CONSTRAINT jalon_roadshow__roadshow_counterparty_transaction_id_not_null NOT NULL
);

CREATE TABLE jalon_history.partitioned_record (
    tracked text NOT NULL,
    record_key text NOT NULL,
    ended_at timestamp with time zone,
    ended_in xid8
);

COMMENT ON TABLE jalon_history.partitioned_record IS 'Records of partitioned tables, one row a key: no unique index of such a table sees to it that a key has one record.';

COMMENT ON COLUMN jalon_history.partitioned_record.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_history.partitioned_record.record_key IS 'Key of the record, or a digest of it where history goes with the record.';

COMMENT ON COLUMN jalon_history.partitioned_record.ended_at IS 'When it was deleted; empty while it lives.';

COMMENT ON COLUMN jalon_history.partitioned_record.ended_in IS 'Transaction that deleted it.';

CREATE VIEW jalon_history.proposition_timeline AS
 SELECT proposition_id,
    version,
    status,
    entered_at,
    left_at,
    GREATEST((COALESCE(left_at, now()) - entered_at), '00:00:00'::interval) AS duration,
    changed_by,
    reason,
    kind,
    meta_data,
    (left_at IS NULL) AS is_current,
    on_behalf_of,
    db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    GREATEST(date_part('epoch'::text, (COALESCE(left_at, now()) - entered_at)), (0)::double precision) AS duration_seconds,
    ((transaction_id)::text)::bigint AS transaction_number
   FROM ( SELECT e.proposition_id,
            (e.version - 1) AS version,
            e.old_status AS status,
            e.previous_changed_at AS entered_at,
            e.changed_at AS left_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.jalon_propositions__proposition e
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id
                   FROM jalon_history.jalon_propositions__proposition b_1
                  WHERE ((b_1.proposition_id = e.proposition_id) AND (b_1.version = (e.version - 1)) AND (b_1.changed_at = e.previous_changed_at))) b ON (true))
          WHERE (e.previous_changed_at IS NOT NULL)
        UNION ALL
         SELECT b.proposition_id,
            b.version,
            b.new_status AS status,
            b.changed_at,
            d.deleted_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_propositions__proposition b ON (((b.proposition_id = (d.record_key)::uuid) AND (b.version = d.last_version) AND (b.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'proposition'::text) AND (d.record_key IS NOT NULL))
        UNION ALL
         SELECT (s.record_key)::uuid AS record_key,
            s.version,
            (s.codes[1])::character varying AS status,
            s.entered_at,
            NULL::timestamp with time zone,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.states_now('proposition'::text) s(record_key, codes, case_type, version, entered_at)
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id
                   FROM jalon_history.jalon_propositions__proposition b_1
                  WHERE ((b_1.proposition_id = (s.record_key)::uuid) AND (b_1.version = s.version) AND (b_1.changed_at = s.entered_at))) b ON (true))) x;

COMMENT ON VIEW jalon_history.proposition_timeline IS 'Generated for proposition: every stay of every record.';

COMMENT ON COLUMN jalon_history.proposition_timeline.proposition_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.proposition_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_history.proposition_timeline.status IS 'Code of status during the stay.';

COMMENT ON COLUMN jalon_history.proposition_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_history.proposition_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_history.proposition_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_history.proposition_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_history.proposition_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.proposition_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.proposition_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.proposition_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_history.proposition_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_history.proposition_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.proposition_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_history.proposition_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.proposition_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_history.proposition_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_history.proposition_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE TABLE jalon_history.renumbering (
    tracked text NOT NULL,
    record_key text NOT NULL,
    version integer NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    transaction_id xid8 NOT NULL
);

COMMENT ON TABLE jalon_history.renumbering IS 'Version and time that records get with the past that a running transaction imports; empty between transactions.';

COMMENT ON COLUMN jalon_history.renumbering.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_history.renumbering.record_key IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.renumbering.version IS 'Version of its last change.';

COMMENT ON COLUMN jalon_history.renumbering.changed_at IS 'When that was.';

COMMENT ON COLUMN jalon_history.renumbering.transaction_id IS 'Transaction that imports.';

CREATE VIEW jalon_history.roadshow_counterparty_timeline AS
 SELECT counterparty_id,
    version,
    statut,
    entered_at,
    left_at,
    GREATEST((COALESCE(left_at, now()) - entered_at), '00:00:00'::interval) AS duration,
    changed_by,
    reason,
    kind,
    meta_data,
    (left_at IS NULL) AS is_current,
    on_behalf_of,
    db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    GREATEST(date_part('epoch'::text, (COALESCE(left_at, now()) - entered_at)), (0)::double precision) AS duration_seconds,
    ((transaction_id)::text)::bigint AS transaction_number
   FROM ( SELECT e.counterparty_id,
            (e.version - 1) AS version,
            e.old_statut AS statut,
            e.previous_changed_at AS entered_at,
            e.changed_at AS left_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.jalon_roadshow__roadshow_counterparty e
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id
                   FROM jalon_history.jalon_roadshow__roadshow_counterparty b_1
                  WHERE ((b_1.counterparty_id = e.counterparty_id) AND (b_1.version = (e.version - 1)) AND (b_1.changed_at = e.previous_changed_at))) b ON (true))
          WHERE (e.previous_changed_at IS NOT NULL)
        UNION ALL
         SELECT b.counterparty_id,
            b.version,
            b.new_statut AS statut,
            b.changed_at,
            d.deleted_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_roadshow__roadshow_counterparty b ON (((b.counterparty_id = (d.record_key)::integer) AND (b.version = d.last_version) AND (b.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'roadshow_counterparty'::text) AND (d.record_key IS NOT NULL))
        UNION ALL
         SELECT (s.record_key)::integer AS record_key,
            s.version,
            (s.codes[1])::character varying AS statut,
            s.entered_at,
            NULL::timestamp with time zone,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.states_now('roadshow_counterparty'::text) s(record_key, codes, case_type, version, entered_at)
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id
                   FROM jalon_history.jalon_roadshow__roadshow_counterparty b_1
                  WHERE ((b_1.counterparty_id = (s.record_key)::integer) AND (b_1.version = s.version) AND (b_1.changed_at = s.entered_at))) b ON (true))) x;

COMMENT ON VIEW jalon_history.roadshow_counterparty_timeline IS 'Generated for roadshow_counterparty: every stay of every record.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.counterparty_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.statut IS 'Code of statut during the stay.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_history.roadshow_counterparty_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_history.tracked_columns AS
 SELECT t.name AS tracked,
    c.column_name,
    c.category,
    c."position",
    t.table_schema,
    t.table_name,
    t.key_column,
    t.workflow_column,
    t.history_schema,
    t.history_name,
    ((s.value #>> '{}'::text[]))::timestamp with time zone AS history_begins
   FROM ((jalon_engine.tracked t
     JOIN jalon_engine.tracked_column c ON ((c.tracked = t.name)))
     LEFT JOIN jalon_engine.setting s ON ((s.name = ('history_begins.'::text || t.name))));

COMMENT ON VIEW jalon_history.tracked_columns IS 'The status columns under Jalon and where their history lies.';

COMMENT ON COLUMN jalon_history.tracked_columns.tracked IS 'Name of the tracked table; history.<name>_timeline and history.<name>_as_of() carry it.';

COMMENT ON COLUMN jalon_history.tracked_columns.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_history.tracked_columns.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_history.tracked_columns."position" IS 'Order; 1 is the status proper.';

COMMENT ON COLUMN jalon_history.tracked_columns.table_schema IS 'Schema of the table.';

COMMENT ON COLUMN jalon_history.tracked_columns.table_name IS 'The table.';

COMMENT ON COLUMN jalon_history.tracked_columns.key_column IS 'Its key.';

COMMENT ON COLUMN jalon_history.tracked_columns.workflow_column IS 'Column that holds the case type, where there is one.';

COMMENT ON COLUMN jalon_history.tracked_columns.history_schema IS 'Schema of the history table.';

COMMENT ON COLUMN jalon_history.tracked_columns.history_name IS 'The history table.';

COMMENT ON COLUMN jalon_history.tracked_columns.history_begins IS 'Older months were detached by jalon.retain; empty where all is there.';

CREATE VIEW jalon_history.users_timeline AS
 SELECT user_id,
    version,
    role,
    entered_at,
    left_at,
    GREATEST((COALESCE(left_at, now()) - entered_at), '00:00:00'::interval) AS duration,
    changed_by,
    reason,
    kind,
    meta_data,
    (left_at IS NULL) AS is_current,
    on_behalf_of,
    db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    GREATEST(date_part('epoch'::text, (COALESCE(left_at, now()) - entered_at)), (0)::double precision) AS duration_seconds,
    ((transaction_id)::text)::bigint AS transaction_number
   FROM ( SELECT e.user_id,
            (e.version - 1) AS version,
            e.old_role AS role,
            e.previous_changed_at AS entered_at,
            e.changed_at AS left_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.jalon_members__users e
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id
                   FROM jalon_history.jalon_members__users b_1
                  WHERE ((b_1.user_id = e.user_id) AND (b_1.version = (e.version - 1)) AND (b_1.changed_at = e.previous_changed_at))) b ON (true))
          WHERE (e.previous_changed_at IS NOT NULL)
        UNION ALL
         SELECT b.user_id,
            b.version,
            b.new_role AS role,
            b.changed_at,
            d.deleted_at,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.deletion d
             JOIN jalon_history.jalon_members__users b ON (((b.user_id = (d.record_key)::uuid) AND (b.version = d.last_version) AND (b.changed_at = d.last_changed_at))))
          WHERE ((d.tracked = 'users'::text) AND (d.record_key IS NOT NULL))
        UNION ALL
         SELECT (s.record_key)::uuid AS record_key,
            s.version,
            (s.codes[1])::character varying AS role,
            s.entered_at,
            NULL::timestamp with time zone,
            b.changed_by,
            b.reason,
            b.kind,
            b.meta_data,
            b.on_behalf_of,
            b.db_role,
            b.workflow_version,
            b.bulk_id,
            b.transaction_id
           FROM (jalon_history.states_now('users'::text) s(record_key, codes, case_type, version, entered_at)
             LEFT JOIN LATERAL ( SELECT (array_agg(b_1.changed_by))[1] AS changed_by,
                    (array_agg(b_1.reason))[1] AS reason,
                    (array_agg(b_1.kind))[1] AS kind,
                    (array_agg(b_1.meta_data))[1] AS meta_data,
                    (array_agg(b_1.on_behalf_of))[1] AS on_behalf_of,
                    (array_agg(b_1.db_role))[1] AS db_role,
                    (array_agg(b_1.workflow_version))[1] AS workflow_version,
                    (array_agg(b_1.bulk_id))[1] AS bulk_id,
                    (array_agg(b_1.transaction_id))[1] AS transaction_id
                   FROM jalon_history.jalon_members__users b_1
                  WHERE ((b_1.user_id = (s.record_key)::uuid) AND (b_1.version = s.version) AND (b_1.changed_at = s.entered_at))) b ON (true))) x;

COMMENT ON VIEW jalon_history.users_timeline IS 'Generated for users: every stay of every record.';

COMMENT ON COLUMN jalon_history.users_timeline.user_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_history.users_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_history.users_timeline.role IS 'Code of role during the stay.';

COMMENT ON COLUMN jalon_history.users_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_history.users_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_history.users_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_history.users_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_history.users_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_history.users_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_history.users_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_history.users_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_history.users_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_history.users_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_history.users_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_history.users_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_history.users_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_history.users_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_history.users_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE TABLE jalon_install.function_digest (
    signature text NOT NULL,
    digest text NOT NULL
);

COMMENT ON TABLE jalon_install.function_digest IS 'The functions of files as the last reload left them. Whoever alters one later is found out by jalon.verify.';

COMMENT ON COLUMN jalon_install.function_digest.signature IS 'Function, with the types of its arguments.';

COMMENT ON COLUMN jalon_install.function_digest.digest IS 'MD5 of its owner and its whole definition.';

CREATE TABLE jalon_install.installer (
    role_name name NOT NULL,
    last_reload_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE jalon_install.installer IS 'Logins that migrated this database: members of the owning roles by need.';

COMMENT ON COLUMN jalon_install.installer.role_name IS 'Login.';

COMMENT ON COLUMN jalon_install.installer.last_reload_at IS 'When it last reloaded functions and triggers.';

CREATE TABLE jalon_install.kept_version (
    version text NOT NULL,
    reload_digest text NOT NULL,
    jalon_version text NOT NULL,
    sources jsonb NOT NULL,
    kept_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE jalon_install.kept_version IS 'Functions and triggers of the newest versions: a rollback puts them back.';

COMMENT ON COLUMN jalon_install.kept_version.version IS 'SHA-256 of the ids of the applied migrations.';

COMMENT ON COLUMN jalon_install.kept_version.reload_digest IS 'Digest in jalon_install.reload then.';

COMMENT ON COLUMN jalon_install.kept_version.jalon_version IS 'Version of Jalon that reloaded them.';

COMMENT ON COLUMN jalon_install.kept_version.sources IS 'Text of each file by its path.';

COMMENT ON COLUMN jalon_install.kept_version.kept_at IS 'When it was last reloaded.';

CREATE TABLE jalon_install.migration_digest (
    id text NOT NULL,
    digest text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

COMMENT ON TABLE jalon_install.migration_digest IS 'What each applied migration contained; written in its own transaction.';

COMMENT ON COLUMN jalon_install.migration_digest.id IS 'File name without its ending.';

COMMENT ON COLUMN jalon_install.migration_digest.digest IS 'SHA-256 of the file.';

COMMENT ON COLUMN jalon_install.migration_digest.applied_at IS 'When it was applied.';

CREATE TABLE jalon_install.reload (
    only_row boolean DEFAULT true NOT NULL,
    digest text NOT NULL,
    jalon_version text NOT NULL,
    reloaded_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT there_is_one_row CHECK (only_row)
);

COMMENT ON TABLE jalon_install.reload IS 'The state of functions, views and triggers: one row.';

COMMENT ON COLUMN jalon_install.reload.only_row IS 'Always true.';

COMMENT ON COLUMN jalon_install.reload.digest IS 'SHA-256 over sql/functions and sql/triggers, the applied migrations and the server''s major version.';

COMMENT ON COLUMN jalon_install.reload.jalon_version IS 'Version of Jalon that they are of. An older one leaves them as they are.';

COMMENT ON COLUMN jalon_install.reload.reloaded_at IS 'When they were last reloaded.';

CREATE TABLE jalon_install.reloaded_file (
    path text NOT NULL,
    digest text NOT NULL,
    objects text[] DEFAULT '{}'::text[] NOT NULL
);

COMMENT ON TABLE jalon_install.reloaded_file IS 'Views and triggers stay untouched as long as their file does.';

COMMENT ON COLUMN jalon_install.reloaded_file.path IS 'Path below sql.';

COMMENT ON COLUMN jalon_install.reloaded_file.digest IS 'SHA-256 of the file when it was last run.';

COMMENT ON COLUMN jalon_install.reloaded_file.objects IS 'What it made, as pg_identify_object names it.';

CREATE VIEW jalon_recap.codes AS
 SELECT r.category,
    (r.code)::text AS code,
    l.code AS language,
    COALESCE(o.label, d.label, r.label) AS label,
    COALESCE(o.description, d.description, r.description) AS description,
    r."position",
    r.color,
    r.icon,
    r.outcome,
    (r.outcome <> ALL (ARRAY['done'::text, 'dropped'::text])) AS is_running,
    r.is_initial,
    r.is_final,
    r.is_active,
    r.max_stay,
    (EXTRACT(epoch FROM r.max_stay))::double precision AS max_stay_seconds,
    ((r.category || ':'::text) || (r.code)::text) AS status_key
   FROM ((((jalon_engine.referential r
     CROSS JOIN jalon_engine.language l)
     LEFT JOIN jalon_engine.referential_label o ON (((o.category = r.category) AND ((o.code)::text = (r.code)::text) AND (o.language = l.code))))
     LEFT JOIN jalon_engine.language f ON (f.is_default))
     LEFT JOIN jalon_engine.referential_label d ON (((d.category = r.category) AND ((d.code)::text = (r.code)::text) AND (d.language = f.code))));

COMMENT ON VIEW jalon_recap.codes IS 'Every code in every language, with what it means to a recap.';

COMMENT ON COLUMN jalon_recap.codes.category IS 'Category.';

COMMENT ON COLUMN jalon_recap.codes.code IS 'Code, as rows and history hold it.';

COMMENT ON COLUMN jalon_recap.codes.language IS 'Language of label and description.';

COMMENT ON COLUMN jalon_recap.codes.label IS 'Label in that language, else in the default language, else the code''s own.';

COMMENT ON COLUMN jalon_recap.codes.description IS 'Description in that language.';

COMMENT ON COLUMN jalon_recap.codes."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_recap.codes.color IS 'Colour as #rrggbb.';

COMMENT ON COLUMN jalon_recap.codes.icon IS 'Name of an icon.';

COMMENT ON COLUMN jalon_recap.codes.outcome IS 'open, active, waiting, done or dropped.';

COMMENT ON COLUMN jalon_recap.codes.is_running IS 'Whether a record that stands here is still in the pipe: neither done nor dropped.';

COMMENT ON COLUMN jalon_recap.codes.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon_recap.codes.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon_recap.codes.is_active IS 'Whether it may still be entered.';

COMMENT ON COLUMN jalon_recap.codes.max_stay IS 'Longest stay before jalon_recap.overdue names the record.';

COMMENT ON COLUMN jalon_recap.codes.max_stay_seconds IS 'The longest stay in seconds.';

COMMENT ON COLUMN jalon_recap.codes.status_key IS 'Category and code; with the language it is a key.';

CREATE VIEW jalon_recap.languages AS
 SELECT code,
    label,
    "position",
    is_default
   FROM jalon_engine.language l;

COMMENT ON VIEW jalon_recap.languages IS 'Languages in which labels exist.';

COMMENT ON COLUMN jalon_recap.languages.code IS 'Language tag.';

COMMENT ON COLUMN jalon_recap.languages.label IS 'The language''s own name.';

COMMENT ON COLUMN jalon_recap.languages."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_recap.languages.is_default IS 'The one used where nothing is asked for.';

CREATE VIEW jalon_recap.statuses AS
 SELECT c.status_key,
    c.category,
    c.code,
    c.label,
    c.description,
    c."position",
    c.color,
    c.icon,
    c.outcome,
    c.is_running,
    c.is_initial,
    c.is_final,
    c.is_active,
    c.max_stay_seconds
   FROM (jalon_recap.codes c
     JOIN jalon_recap.languages l ON (((l.code = c.language) AND l.is_default)));

COMMENT ON VIEW jalon_recap.statuses IS 'Statuses, one row each, in the default language; jalon_recap.codes has them in every language.';

COMMENT ON COLUMN jalon_recap.statuses.status_key IS 'Category and code; key.';

COMMENT ON COLUMN jalon_recap.statuses.category IS 'Category.';

COMMENT ON COLUMN jalon_recap.statuses.code IS 'Code, as rows and history hold it.';

COMMENT ON COLUMN jalon_recap.statuses.label IS 'Label in the default language.';

COMMENT ON COLUMN jalon_recap.statuses.description IS 'What it means to be here, in the default language.';

COMMENT ON COLUMN jalon_recap.statuses."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_recap.statuses.color IS 'Colour as #rrggbb.';

COMMENT ON COLUMN jalon_recap.statuses.icon IS 'Name of an icon.';

COMMENT ON COLUMN jalon_recap.statuses.outcome IS 'open, active, waiting, done or dropped.';

COMMENT ON COLUMN jalon_recap.statuses.is_running IS 'Whether a record that stands here is still in the pipe: neither done nor dropped.';

COMMENT ON COLUMN jalon_recap.statuses.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon_recap.statuses.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon_recap.statuses.is_active IS 'Whether it may still be entered.';

COMMENT ON COLUMN jalon_recap.statuses.max_stay_seconds IS 'Longest stay, in seconds.';

CREATE VIEW jalon_recap.case_types AS
 SELECT ((k.category || ':'::text) || k.case_type) AS case_type_key,
    k.category,
    k.case_type,
    COALESCE(w.label, k.case_type) AS label,
    (w.version IS NOT NULL) AS has_workflow
   FROM ((( SELECT w_1.category,
            w_1.case_type
           FROM jalon_engine.workflow w_1
          WHERE (w_1.case_type <> '*'::text)
        UNION
         SELECT c.category,
            c.case_type
           FROM jalon_history.current c
          WHERE (c.case_type IS NOT NULL)) k
     LEFT JOIN jalon_engine.workflow w ON (((w.category = k.category) AND (w.case_type = k.case_type) AND (w.state = 'published'::text))))
     LEFT JOIN jalon_recap.statuses l ON (((l.category = 'CASE_TYPE'::text) AND (l.code = k.case_type))));

COMMENT ON VIEW jalon_recap.case_types IS 'Case types that have a workflow of their own, or a record now.';

COMMENT ON COLUMN jalon_recap.case_types.case_type_key IS 'Category and case type; key.';

COMMENT ON COLUMN jalon_recap.case_types.category IS 'Category of the statuses.';

COMMENT ON COLUMN jalon_recap.case_types.case_type IS 'Case type, as records hold it.';

COMMENT ON COLUMN jalon_recap.case_types.label IS 'What its workflow is called, else the case type.';

COMMENT ON COLUMN jalon_recap.case_types.has_workflow IS 'Whether it has a published workflow of its own.';

CREATE VIEW jalon_masked.case_types AS
 SELECT case_type_key,
    category,
    case_type,
    label,
    has_workflow
   FROM jalon_recap.case_types v;

COMMENT ON VIEW jalon_masked.case_types IS 'Generated for readers who see no persons: Case types that have a workflow of their own, or a record now.';

COMMENT ON COLUMN jalon_masked.case_types.case_type_key IS 'Category and case type; key.';

COMMENT ON COLUMN jalon_masked.case_types.category IS 'Category of the statuses.';

COMMENT ON COLUMN jalon_masked.case_types.case_type IS 'Case type, as records hold it.';

COMMENT ON COLUMN jalon_masked.case_types.label IS 'What its workflow is called, else the case type.';

COMMENT ON COLUMN jalon_masked.case_types.has_workflow IS 'Whether it has a published workflow of its own.';

CREATE VIEW jalon_recap.category AS
 SELECT code,
    label,
    description
   FROM jalon_engine.category c;

COMMENT ON VIEW jalon_recap.category IS 'Categories.';

COMMENT ON COLUMN jalon_recap.category.code IS 'Name of the category.';

COMMENT ON COLUMN jalon_recap.category.label IS 'What people call it.';

COMMENT ON COLUMN jalon_recap.category.description IS 'What its codes say.';

CREATE VIEW jalon_masked.category AS
 SELECT code,
    label,
    description
   FROM jalon_recap.category v;

COMMENT ON VIEW jalon_masked.category IS 'Generated for readers who see no persons: Categories.';

COMMENT ON COLUMN jalon_masked.category.code IS 'Name of the category.';

COMMENT ON COLUMN jalon_masked.category.label IS 'What people call it.';

COMMENT ON COLUMN jalon_masked.category.description IS 'What its codes say.';

CREATE VIEW jalon_masked.changes AS
 SELECT tracked,
    record_key,
    column_name,
    category,
    case_type,
    old_code,
    new_code,
    version,
    changed_at,
    stay_began,
    kind,
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || changed_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS changed_by,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    NULL::text AS reason,
    NULL::jsonb AS meta_data,
    workflow_version,
    bulk_id,
    transaction_id,
    stay_seconds,
    transaction_number
   FROM jalon_history.changes v;

COMMENT ON VIEW jalon_masked.changes IS 'Generated for readers who see no persons: Generated for all tracked tables: every change of every status column, deletions included.';

COMMENT ON COLUMN jalon_masked.changes.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_masked.changes.record_key IS 'Key of the record, as text.';

COMMENT ON COLUMN jalon_masked.changes.column_name IS 'Status column that changed.';

COMMENT ON COLUMN jalon_masked.changes.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_masked.changes.case_type IS 'Case type after the change; empty where the table has none.';

COMMENT ON COLUMN jalon_masked.changes.old_code IS 'Code before; empty on creation.';

COMMENT ON COLUMN jalon_masked.changes.new_code IS 'Code after; empty on deletion.';

COMMENT ON COLUMN jalon_masked.changes.version IS 'The record''s version after the change.';

COMMENT ON COLUMN jalon_masked.changes.changed_at IS 'When.';

COMMENT ON COLUMN jalon_masked.changes.stay_began IS 'When the stay on the old code had begun.';

COMMENT ON COLUMN jalon_masked.changes.kind IS 'create, move, force, migration, import, backfill, timer, test; delete or truncate where the record went.';

COMMENT ON COLUMN jalon_masked.changes.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.changes.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.changes.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.changes.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.changes.meta_data IS 'Whatever else the writer gave along.';

COMMENT ON COLUMN jalon_masked.changes.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_masked.changes.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_masked.changes.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_masked.changes.stay_seconds IS 'How long the stay on the old code had lasted, in seconds.';

COMMENT ON COLUMN jalon_masked.changes.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_masked.codes AS
 SELECT category,
    code,
    language,
    label,
    description,
    "position",
    color,
    icon,
    outcome,
    is_running,
    is_initial,
    is_final,
    is_active,
    max_stay,
    max_stay_seconds,
    status_key
   FROM jalon_recap.codes v;

COMMENT ON VIEW jalon_masked.codes IS 'Generated for readers who see no persons: Every code in every language, with what it means to a recap.';

COMMENT ON COLUMN jalon_masked.codes.category IS 'Category.';

COMMENT ON COLUMN jalon_masked.codes.code IS 'Code, as rows and history hold it.';

COMMENT ON COLUMN jalon_masked.codes.language IS 'Language of label and description.';

COMMENT ON COLUMN jalon_masked.codes.label IS 'Label in that language, else in the default language, else the code''s own.';

COMMENT ON COLUMN jalon_masked.codes.description IS 'Description in that language.';

COMMENT ON COLUMN jalon_masked.codes."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_masked.codes.color IS 'Colour as #rrggbb.';

COMMENT ON COLUMN jalon_masked.codes.icon IS 'Name of an icon.';

COMMENT ON COLUMN jalon_masked.codes.outcome IS 'open, active, waiting, done or dropped.';

COMMENT ON COLUMN jalon_masked.codes.is_running IS 'Whether a record that stands here is still in the pipe: neither done nor dropped.';

COMMENT ON COLUMN jalon_masked.codes.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon_masked.codes.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon_masked.codes.is_active IS 'Whether it may still be entered.';

COMMENT ON COLUMN jalon_masked.codes.max_stay IS 'Longest stay before jalon_recap.overdue names the record.';

COMMENT ON COLUMN jalon_masked.codes.max_stay_seconds IS 'The longest stay in seconds.';

COMMENT ON COLUMN jalon_masked.codes.status_key IS 'Category and code; with the language it is a key.';

CREATE VIEW jalon_masked.current AS
 SELECT tracked,
    record_key,
    column_name,
    category,
    case_type,
    code,
    version,
    entered_at
   FROM jalon_history.current v;

COMMENT ON VIEW jalon_masked.current IS 'Generated for readers who see no persons: Generated for all tracked tables: where every record stands now.';

COMMENT ON COLUMN jalon_masked.current.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_masked.current.record_key IS 'Key of the record, as text.';

COMMENT ON COLUMN jalon_masked.current.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_masked.current.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_masked.current.case_type IS 'Case type; empty where the table has none.';

COMMENT ON COLUMN jalon_masked.current.code IS 'Code it stands on.';

COMMENT ON COLUMN jalon_masked.current.version IS 'The record''s version.';

COMMENT ON COLUMN jalon_masked.current.entered_at IS 'Since when it stands there.';

CREATE VIEW jalon_recap.daily_stock AS
 WITH moved AS (
         SELECT x.tracked,
            x.column_name,
            x.category,
            x.code,
            x.day,
            sum(x.added) AS added
           FROM ( SELECT c.tracked,
                    c.column_name,
                    c.category,
                    c.new_code AS code,
                    (c.changed_at)::date AS day,
                    1 AS added
                   FROM jalon_history.changes c
                UNION ALL
                 SELECT c.tracked,
                    c.column_name,
                    c.category,
                    c.old_code,
                    (c.changed_at)::date AS changed_at,
                    '-1'::integer
                   FROM jalon_history.changes c) x
          WHERE (x.code IS NOT NULL)
          GROUP BY x.tracked, x.column_name, x.category, x.code, x.day
        ), code AS (
         SELECT m_1.tracked,
            m_1.column_name,
            m_1.category,
            m_1.code,
            min(min(m_1.day)) OVER (PARTITION BY m_1.tracked, m_1.column_name) AS begins
           FROM moved m_1
          GROUP BY m_1.tracked, m_1.column_name, m_1.category, m_1.code
        ), present AS (
         SELECT r.tracked,
            r.column_name,
            r.code,
            count(*) AS records
           FROM jalon_history.current r
          GROUP BY r.tracked, r.column_name, r.code
        )
 SELECT k.tracked,
    k.column_name,
    k.category,
    k.code,
    ((k.category || ':'::text) || k.code) AS status_key,
    (d.day)::date AS day,
    (((COALESCE(p.records, (0)::bigint))::numeric - COALESCE(sum(m.added) OVER (PARTITION BY k.tracked, k.column_name, k.code ORDER BY d.day ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), (0)::numeric)))::bigint AS records
   FROM (((code k
     CROSS JOIN LATERAL generate_series((k.begins)::timestamp without time zone, LOCALTIMESTAMP, '1 day'::interval) d(day))
     LEFT JOIN moved m ON (((m.tracked = k.tracked) AND (m.column_name = k.column_name) AND (m.code = k.code) AND (m.day = (d.day)::date))))
     LEFT JOIN present p ON (((p.tracked = k.tracked) AND (p.column_name = k.column_name) AND (p.code = k.code))));

COMMENT ON VIEW jalon_recap.daily_stock IS 'How many records stood on each code at the end of each day, from the first change of the table until today.';

COMMENT ON COLUMN jalon_recap.daily_stock.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_recap.daily_stock.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_recap.daily_stock.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_recap.daily_stock.code IS 'Code.';

COMMENT ON COLUMN jalon_recap.daily_stock.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_recap.daily_stock.day IS 'Day; today as it is now.';

COMMENT ON COLUMN jalon_recap.daily_stock.records IS 'Records that stood there when the day ended.';

CREATE VIEW jalon_masked.daily_stock AS
 SELECT tracked,
    column_name,
    category,
    code,
    status_key,
    day,
    records
   FROM jalon_recap.daily_stock v;

COMMENT ON VIEW jalon_masked.daily_stock IS 'Generated for readers who see no persons: How many records stood on each code at the end of each day, from the first change of the table until today.';

COMMENT ON COLUMN jalon_masked.daily_stock.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_masked.daily_stock.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_masked.daily_stock.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_masked.daily_stock.code IS 'Code.';

COMMENT ON COLUMN jalon_masked.daily_stock.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_masked.daily_stock.day IS 'Day; today as it is now.';

COMMENT ON COLUMN jalon_masked.daily_stock.records IS 'Records that stood there when the day ended.';

CREATE VIEW jalon_recap.days AS
 SELECT (d.day)::date AS day,
    to_char(d.day, 'IYYY-"W"IW'::text) AS week,
    (date_trunc('month'::text, d.day))::date AS month,
    (date_trunc('quarter'::text, d.day))::date AS quarter,
    (EXTRACT(year FROM d.day))::integer AS year,
    (EXTRACT(isodow FROM d.day))::integer AS weekday,
    (EXTRACT(isodow FROM d.day) >= (6)::numeric) AS is_weekend
   FROM (( SELECT COALESCE(min(("substring"(pg_get_expr(p.relpartbound, p.oid), 'FROM \(''([0-9-]{10})'::text))::timestamp without time zone), date_trunc('year'::text, LOCALTIMESTAMP)) AS begins
           FROM (((jalon_engine.tracked t
             JOIN pg_class c ON (((c.relnamespace = (to_regnamespace(quote_ident(t.history_schema)))::oid) AND (c.relname = t.history_name))))
             JOIN pg_inherits i ON ((i.inhparent = c.oid)))
             JOIN pg_class p ON ((p.oid = i.inhrelid)))) f
     CROSS JOIN LATERAL generate_series(f.begins, ((date_trunc('year'::text, LOCALTIMESTAMP) + '2 years'::interval) - '1 day'::interval), '1 day'::interval) d(day));

COMMENT ON VIEW jalon_recap.days IS 'Days, from the first month of any history until the end of next year.';

COMMENT ON COLUMN jalon_recap.days.day IS 'The day; key.';

COMMENT ON COLUMN jalon_recap.days.week IS 'ISO week, as 2026-W47.';

COMMENT ON COLUMN jalon_recap.days.month IS 'First day of its month.';

COMMENT ON COLUMN jalon_recap.days.quarter IS 'First day of its quarter.';

COMMENT ON COLUMN jalon_recap.days.year IS 'Year.';

COMMENT ON COLUMN jalon_recap.days.weekday IS '1 is Monday, 7 Sunday.';

COMMENT ON COLUMN jalon_recap.days.is_weekend IS 'Saturday or Sunday.';

CREATE VIEW jalon_masked.days AS
 SELECT day,
    week,
    month,
    quarter,
    year,
    weekday,
    is_weekend
   FROM jalon_recap.days v;

COMMENT ON VIEW jalon_masked.days IS 'Generated for readers who see no persons: Days, from the first month of any history until the end of next year.';

COMMENT ON COLUMN jalon_masked.days.day IS 'The day; key.';

COMMENT ON COLUMN jalon_masked.days.week IS 'ISO week, as 2026-W47.';

COMMENT ON COLUMN jalon_masked.days.month IS 'First day of its month.';

COMMENT ON COLUMN jalon_masked.days.quarter IS 'First day of its quarter.';

COMMENT ON COLUMN jalon_masked.days.year IS 'Year.';

COMMENT ON COLUMN jalon_masked.days.weekday IS '1 is Monday, 7 Sunday.';

COMMENT ON COLUMN jalon_masked.days.is_weekend IS 'Saturday or Sunday.';

CREATE VIEW jalon_masked.deletions AS
 SELECT tracked,
    record_key,
    records,
    operation,
    deleted_at,
        CASE deleted_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || deleted_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS deleted_by,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    transaction_id,
    transaction_number
   FROM jalon_history.deletions v;

COMMENT ON VIEW jalon_masked.deletions IS 'Generated for readers who see no persons: Deletions of tracked records; without their key where history went with them.';

COMMENT ON COLUMN jalon_masked.deletions.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_masked.deletions.record_key IS 'Key of the record, where its history stays.';

COMMENT ON COLUMN jalon_masked.deletions.records IS 'How many records.';

COMMENT ON COLUMN jalon_masked.deletions.operation IS 'DELETE, TRUNCATE or ERASE; TEST: emptied in test mode; IMPORT: it is known from an import.';

COMMENT ON COLUMN jalon_masked.deletions.deleted_at IS 'When.';

COMMENT ON COLUMN jalon_masked.deletions.deleted_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.deletions.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.deletions.transaction_id IS 'Transaction.';

COMMENT ON COLUMN jalon_masked.deletions.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_masked.dossier AS
 SELECT id,
    case_type,
    status_code,
    status,
    NULL::character varying(200) AS lead_name,
    NULL::character varying(50) AS lead_phone,
    source,
    (
        CASE assignee
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || (assignee)::text), 'UTF8'::name)), 'hex'::text), 16))
        END)::character varying(200) AS assignee,
    organisation,
    created_at,
        CASE created_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || created_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS created_by,
    updated_at,
    edited_at,
        CASE edited_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || edited_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS edited_by,
    revision,
    status_version,
    status_changed_at
   FROM jalon_dossiers.dossier v;

COMMENT ON VIEW jalon_masked.dossier IS 'Generated for readers who see no persons: Dossiers of every case type.';

COMMENT ON COLUMN jalon_masked.dossier.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.dossier.case_type IS 'Code of CASE_TYPE, whose workflow the dossier obeys; empty: none.';

COMMENT ON COLUMN jalon_masked.dossier.status_code IS 'Where it stands: code of CASE_STATUS. Derived from status where only that is given.';

COMMENT ON COLUMN jalon_masked.dossier.status IS 'The same as a code of DOSSIER_STATUS, for clients that know no other; always in step with status_code.';

COMMENT ON COLUMN jalon_masked.dossier.lead_name IS 'Name of the lead.';

COMMENT ON COLUMN jalon_masked.dossier.lead_phone IS 'Telephone of the lead.';

COMMENT ON COLUMN jalon_masked.dossier.source IS 'Where the lead comes from.';

COMMENT ON COLUMN jalon_masked.dossier.assignee IS 'Actor who works on it.';

COMMENT ON COLUMN jalon_masked.dossier.organisation IS 'Organisation it belongs to.';

COMMENT ON COLUMN jalon_masked.dossier.created_at IS 'When it was opened.';

COMMENT ON COLUMN jalon_masked.dossier.created_by IS 'Who opened it.';

COMMENT ON COLUMN jalon_masked.dossier.updated_at IS 'When anything of it last changed.';

COMMENT ON COLUMN jalon_masked.dossier.edited_at IS 'When its content was last changed, its status and case type apart.';

COMMENT ON COLUMN jalon_masked.dossier.edited_by IS 'Who did that.';

COMMENT ON COLUMN jalon_masked.dossier.revision IS 'Counts all changes: 1, 2, 3, … The ETag is made of it.';

COMMENT ON COLUMN jalon_masked.dossier.status_version IS 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_masked.dossier.status_changed_at IS 'When the status last changed. Kept by Jalon.';

CREATE VIEW jalon_recap.dossier_enum_changes AS
 SELECT h.dossier_id,
    h.version,
    o.status AS old_status,
    n.status AS new_status,
    h.changed_at,
    h.changed_by,
    h.on_behalf_of,
    h.reason,
    h.kind
   FROM ((jalon_history.jalon_dossiers__dossier h
     LEFT JOIN ( SELECT f.code,
            COALESCE(m.status, d.status) AS status
           FROM ((jalon_engine.referential f
             LEFT JOIN jalon_dossiers.status_mapping m ON (((m.status_code)::text = (f.code)::text)))
             LEFT JOIN jalon_dossiers.outcome_mapping d ON ((d.outcome = f.outcome)))
          WHERE (f.category = 'CASE_STATUS'::text)) o ON (((o.code)::text = (h.old_status_code)::text)))
     JOIN ( SELECT f.code,
            COALESCE(m.status, d.status) AS status
           FROM ((jalon_engine.referential f
             LEFT JOIN jalon_dossiers.status_mapping m ON (((m.status_code)::text = (f.code)::text)))
             LEFT JOIN jalon_dossiers.outcome_mapping d ON ((d.outcome = f.outcome)))
          WHERE (f.category = 'CASE_STATUS'::text)) n ON (((n.code)::text = (h.new_status_code)::text)))
  WHERE ((o.status)::text IS DISTINCT FROM (n.status)::text);

COMMENT ON VIEW jalon_recap.dossier_enum_changes IS 'Changes of the enum status of dossiers, derived from their status codes by the present mapping.';

COMMENT ON COLUMN jalon_recap.dossier_enum_changes.dossier_id IS 'Dossier.';

COMMENT ON COLUMN jalon_recap.dossier_enum_changes.version IS 'Version of the dossier after the change.';

COMMENT ON COLUMN jalon_recap.dossier_enum_changes.old_status IS 'Status before; empty on creation.';

COMMENT ON COLUMN jalon_recap.dossier_enum_changes.new_status IS 'Status after.';

COMMENT ON COLUMN jalon_recap.dossier_enum_changes.changed_at IS 'When.';

COMMENT ON COLUMN jalon_recap.dossier_enum_changes.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_recap.dossier_enum_changes.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_recap.dossier_enum_changes.reason IS 'Why.';

COMMENT ON COLUMN jalon_recap.dossier_enum_changes.kind IS 'create, move, force, migration, import, backfill, timer or test.';

CREATE VIEW jalon_masked.dossier_enum_changes AS
 SELECT dossier_id,
    version,
    old_status,
    new_status,
    changed_at,
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || changed_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS changed_by,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
    NULL::text AS reason,
    kind
   FROM jalon_recap.dossier_enum_changes v;

COMMENT ON VIEW jalon_masked.dossier_enum_changes IS 'Generated for readers who see no persons: Changes of the enum status of dossiers, derived from their status codes by the present mapping.';

COMMENT ON COLUMN jalon_masked.dossier_enum_changes.dossier_id IS 'Dossier.';

COMMENT ON COLUMN jalon_masked.dossier_enum_changes.version IS 'Version of the dossier after the change.';

COMMENT ON COLUMN jalon_masked.dossier_enum_changes.old_status IS 'Status before; empty on creation.';

COMMENT ON COLUMN jalon_masked.dossier_enum_changes.new_status IS 'Status after.';

COMMENT ON COLUMN jalon_masked.dossier_enum_changes.changed_at IS 'When.';

COMMENT ON COLUMN jalon_masked.dossier_enum_changes.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.dossier_enum_changes.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.dossier_enum_changes.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.dossier_enum_changes.kind IS 'create, move, force, migration, import, backfill, timer or test.';

CREATE VIEW jalon_masked.dossier_timeline AS
 SELECT dossier_id,
    version,
    case_type,
    status_code,
    entered_at,
    left_at,
    duration,
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || changed_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS changed_by,
    NULL::text AS reason,
    kind,
    NULL::jsonb AS meta_data,
    is_current,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    duration_seconds,
    transaction_number
   FROM jalon_history.dossier_timeline v;

COMMENT ON VIEW jalon_masked.dossier_timeline IS 'Generated for readers who see no persons: Generated for dossier: every stay of every record.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.dossier_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.case_type IS 'Case type during the stay.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.status_code IS 'Code of status_code during the stay.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_masked.dossier_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_masked.event_status_history AS
 SELECT id,
    event_id,
    old_status,
    new_status,
    old_moderation_status,
    new_moderation_status,
    old_is_published,
    new_is_published,
    changed_at,
    previous_changed_at,
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || changed_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS changed_by,
    NULL::text AS reason,
    NULL::jsonb AS meta_data,
    version,
    workflow_version,
    kind,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    bulk_id,
    transaction_id,
    NULL::text AS admin_notes
   FROM jalon_events.event_status_history v;

COMMENT ON VIEW jalon_masked.event_status_history IS 'Generated for readers who see no persons: Every change of a status: one row each.';

COMMENT ON COLUMN jalon_masked.event_status_history.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.event_status_history.event_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_masked.event_status_history.old_status IS 'Old status; empty on creation.';

COMMENT ON COLUMN jalon_masked.event_status_history.new_status IS 'New status.';

COMMENT ON COLUMN jalon_masked.event_status_history.old_moderation_status IS 'Old moderation status; empty on creation.';

COMMENT ON COLUMN jalon_masked.event_status_history.new_moderation_status IS 'New moderation status.';

COMMENT ON COLUMN jalon_masked.event_status_history.old_is_published IS 'Old is published; empty on creation.';

COMMENT ON COLUMN jalon_masked.event_status_history.new_is_published IS 'New is published.';

COMMENT ON COLUMN jalon_masked.event_status_history.changed_at IS 'When.';

COMMENT ON COLUMN jalon_masked.event_status_history.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_masked.event_status_history.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.event_status_history.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.event_status_history.meta_data IS 'Whatever else the writer gave along.';

COMMENT ON COLUMN jalon_masked.event_status_history.version IS 'The record''s version after the change.';

COMMENT ON COLUMN jalon_masked.event_status_history.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_masked.event_status_history.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_masked.event_status_history.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.event_status_history.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.event_status_history.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_masked.event_status_history.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_masked.event_status_history.admin_notes IS 'The moderator''s notes for the organizer.';

CREATE VIEW jalon_masked.events AS
 SELECT id,
        CASE organizer_id
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || organizer_id), 'UTF8'::name)), 'hex'::text), 16))
        END AS organizer_id,
    title,
    description,
    starts_at,
    ends_at,
    place,
    price,
    capacity,
    status,
    moderation_status,
    is_published,
    NULL::text AS admin_notes,
    status_changed_at,
    status_changed_by,
    status_version,
    revision,
    created_at,
    edited_at,
        CASE edited_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || edited_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS edited_by
   FROM jalon_events.events v;

COMMENT ON VIEW jalon_masked.events IS 'Generated for readers who see no persons: Events of organizers, under moderation.';

COMMENT ON COLUMN jalon_masked.events.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.events.organizer_id IS 'Who organizes it: the actor of the token, a user''s identifier or name.';

COMMENT ON COLUMN jalon_masked.events.title IS 'Title.';

COMMENT ON COLUMN jalon_masked.events.description IS 'Description.';

COMMENT ON COLUMN jalon_masked.events.starts_at IS 'When it begins.';

COMMENT ON COLUMN jalon_masked.events.ends_at IS 'When it ends.';

COMMENT ON COLUMN jalon_masked.events.place IS 'Where it takes place.';

COMMENT ON COLUMN jalon_masked.events.price IS 'Price of entry.';

COMMENT ON COLUMN jalon_masked.events.capacity IS 'How many people fit in.';

COMMENT ON COLUMN jalon_masked.events.status IS 'Where the event stands, a code of EVENT_STATUS.';

COMMENT ON COLUMN jalon_masked.events.moderation_status IS 'Where its moderation stands, a code of EVENT_MODERATION.';

COMMENT ON COLUMN jalon_masked.events.is_published IS 'Whether the public sees it, a code of EVENT_PUBLICATION.';

COMMENT ON COLUMN jalon_masked.events.admin_notes IS 'Last notes of the moderators to the organizer.';

COMMENT ON COLUMN jalon_masked.events.status_changed_at IS 'When one of the three last changed. Kept by Jalon.';

COMMENT ON COLUMN jalon_masked.events.status_changed_by IS 'User who changed it; empty where the actor is not a user. History names every actor.';

COMMENT ON COLUMN jalon_masked.events.status_version IS 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_masked.events.revision IS 'Counts the edits of the content: 1, 2, 3, …';

COMMENT ON COLUMN jalon_masked.events.created_at IS 'When it was created.';

COMMENT ON COLUMN jalon_masked.events.edited_at IS 'When its content was last edited.';

COMMENT ON COLUMN jalon_masked.events.edited_by IS 'Who last changed its content.';

CREATE VIEW jalon_masked.events_timeline AS
 SELECT event_id,
    version,
    status,
    moderation_status,
    is_published,
    entered_at,
    left_at,
    duration,
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || changed_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS changed_by,
    NULL::text AS reason,
    kind,
    NULL::jsonb AS meta_data,
    is_current,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    duration_seconds,
    transaction_number
   FROM jalon_history.events_timeline v;

COMMENT ON VIEW jalon_masked.events_timeline IS 'Generated for readers who see no persons: Generated for events: every stay of every record.';

COMMENT ON COLUMN jalon_masked.events_timeline.event_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_masked.events_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_masked.events_timeline.status IS 'Code of status during the stay.';

COMMENT ON COLUMN jalon_masked.events_timeline.moderation_status IS 'Code of moderation_status during the stay.';

COMMENT ON COLUMN jalon_masked.events_timeline.is_published IS 'Code of is_published during the stay.';

COMMENT ON COLUMN jalon_masked.events_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_masked.events_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_masked.events_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_masked.events_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_masked.events_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.events_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_masked.events_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_masked.events_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_masked.events_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.events_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.events_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_masked.events_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_masked.events_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_masked.events_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_masked.events_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_recap.funnel_steps AS
 SELECT t.tracked,
    f.column_name,
    t.category,
    f.code,
    ((t.category || ':'::text) || f.code) AS status_key,
    f.reached,
    (f.share)::double precision AS share,
    f.current_records,
    f.median_seconds
   FROM ((( SELECT DISTINCT c.tracked
           FROM jalon_history.tracked_columns c) n
     CROSS JOIN LATERAL jalon_recap.funnel(n.tracked) f(column_name, code, label, outcome, reached, share, current_records, median_time, median_seconds))
     JOIN jalon_history.tracked_columns t ON (((t.tracked = n.tracked) AND (t.column_name = f.column_name))));

COMMENT ON VIEW jalon_recap.funnel_steps IS 'Of all records that were created: how many reached each code, and how soon.';

COMMENT ON COLUMN jalon_recap.funnel_steps.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_recap.funnel_steps.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_recap.funnel_steps.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_recap.funnel_steps.code IS 'Code.';

COMMENT ON COLUMN jalon_recap.funnel_steps.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_recap.funnel_steps.reached IS 'Records that reached it.';

COMMENT ON COLUMN jalon_recap.funnel_steps.share IS 'Their share, from 0 to 1.';

COMMENT ON COLUMN jalon_recap.funnel_steps.current_records IS 'Those of them that stand here now.';

COMMENT ON COLUMN jalon_recap.funnel_steps.median_seconds IS 'The time from creation until then, in the middle.';

CREATE VIEW jalon_masked.funnel_steps AS
 SELECT tracked,
    column_name,
    category,
    code,
    status_key,
    reached,
    share,
    current_records,
    median_seconds
   FROM jalon_recap.funnel_steps v;

COMMENT ON VIEW jalon_masked.funnel_steps IS 'Generated for readers who see no persons: Of all records that were created: how many reached each code, and how soon.';

COMMENT ON COLUMN jalon_masked.funnel_steps.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_masked.funnel_steps.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_masked.funnel_steps.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_masked.funnel_steps.code IS 'Code.';

COMMENT ON COLUMN jalon_masked.funnel_steps.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_masked.funnel_steps.reached IS 'Records that reached it.';

COMMENT ON COLUMN jalon_masked.funnel_steps.share IS 'Their share, from 0 to 1.';

COMMENT ON COLUMN jalon_masked.funnel_steps.current_records IS 'Those of them that stand here now.';

COMMENT ON COLUMN jalon_masked.funnel_steps.median_seconds IS 'The time from creation until then, in the middle.';

CREATE VIEW jalon_masked.languages AS
 SELECT code,
    label,
    "position",
    is_default
   FROM jalon_recap.languages v;

COMMENT ON VIEW jalon_masked.languages IS 'Generated for readers who see no persons: Languages in which labels exist.';

COMMENT ON COLUMN jalon_masked.languages.code IS 'Language tag.';

COMMENT ON COLUMN jalon_masked.languages.label IS 'The language''s own name.';

COMMENT ON COLUMN jalon_masked.languages."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_masked.languages.is_default IS 'The one used where nothing is asked for.';

CREATE VIEW jalon_recap.overdue_records AS
 SELECT o.tracked_table AS tracked,
    o.record_key,
    o.column_name,
    t.category,
    o.case_type,
    ((t.category || ':'::text) || o.case_type) AS case_type_key,
    o.code,
    ((t.category || ':'::text) || o.code) AS status_key,
    o.entered_at,
    o.due_at,
    o.overdue_seconds
   FROM (jalon_recap.overdue() o(tracked_table, record_key, column_name, case_type, code, label, entered_at, due_at, overdue_by, overdue_seconds)
     JOIN jalon_history.tracked_columns t ON (((t.tracked = o.tracked_table) AND (t.column_name = o.column_name))));

COMMENT ON VIEW jalon_recap.overdue_records IS 'Records that have stayed longer than the longest stay of their code.';

COMMENT ON COLUMN jalon_recap.overdue_records.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_recap.overdue_records.record_key IS 'Key of the record, as text.';

COMMENT ON COLUMN jalon_recap.overdue_records.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_recap.overdue_records.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_recap.overdue_records.case_type IS 'Case type; empty where the table has none.';

COMMENT ON COLUMN jalon_recap.overdue_records.case_type_key IS 'Key of the case type in jalon_recap.case_types.';

COMMENT ON COLUMN jalon_recap.overdue_records.code IS 'Code it stands on.';

COMMENT ON COLUMN jalon_recap.overdue_records.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_recap.overdue_records.entered_at IS 'Since when.';

COMMENT ON COLUMN jalon_recap.overdue_records.due_at IS 'When the longest stay was over.';

COMMENT ON COLUMN jalon_recap.overdue_records.overdue_seconds IS 'How long ago that was.';

CREATE VIEW jalon_masked.overdue_records AS
 SELECT tracked,
    record_key,
    column_name,
    category,
    case_type,
    case_type_key,
    code,
    status_key,
    entered_at,
    due_at,
    overdue_seconds
   FROM jalon_recap.overdue_records v;

COMMENT ON VIEW jalon_masked.overdue_records IS 'Generated for readers who see no persons: Records that have stayed longer than the longest stay of their code.';

COMMENT ON COLUMN jalon_masked.overdue_records.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_masked.overdue_records.record_key IS 'Key of the record, as text.';

COMMENT ON COLUMN jalon_masked.overdue_records.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_masked.overdue_records.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_masked.overdue_records.case_type IS 'Case type; empty where the table has none.';

COMMENT ON COLUMN jalon_masked.overdue_records.case_type_key IS 'Key of the case type in jalon_recap.case_types.';

COMMENT ON COLUMN jalon_masked.overdue_records.code IS 'Code it stands on.';

COMMENT ON COLUMN jalon_masked.overdue_records.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_masked.overdue_records.entered_at IS 'Since when.';

COMMENT ON COLUMN jalon_masked.overdue_records.due_at IS 'When the longest stay was over.';

COMMENT ON COLUMN jalon_masked.overdue_records.overdue_seconds IS 'How long ago that was.';

CREATE VIEW jalon_recap.people AS
 SELECT changed_by AS person,
        CASE
            WHEN (changed_by = 'erased'::text) THEN 'erased'::text
            WHEN (changed_by ~~ 'db:%'::text) THEN 'database login'::text
            ELSE 'actor'::text
        END AS kind,
    count(*) AS changes,
    min(changed_at) AS first_changed_at,
    max(changed_at) AS last_changed_at
   FROM jalon_history.changes c
  GROUP BY changed_by;

COMMENT ON VIEW jalon_recap.people IS 'People who changed something. It reads the whole history.';

COMMENT ON COLUMN jalon_recap.people.person IS 'Name, as changed_by has it; key.';

COMMENT ON COLUMN jalon_recap.people.kind IS 'actor, database login, or erased: whoever was erased together.';

COMMENT ON COLUMN jalon_recap.people.changes IS 'How many changes they made.';

COMMENT ON COLUMN jalon_recap.people.first_changed_at IS 'When the first.';

COMMENT ON COLUMN jalon_recap.people.last_changed_at IS 'When the last.';

CREATE VIEW jalon_masked.people AS
 SELECT
        CASE person
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || person), 'UTF8'::name)), 'hex'::text), 16))
        END AS person,
    kind,
    changes,
    first_changed_at,
    last_changed_at
   FROM jalon_recap.people v;

COMMENT ON VIEW jalon_masked.people IS 'Generated for readers who see no persons: People who changed something. It reads the whole history.';

COMMENT ON COLUMN jalon_masked.people.person IS 'Name, as changed_by has it; key.';

COMMENT ON COLUMN jalon_masked.people.kind IS 'actor, database login, or erased: whoever was erased together.';

COMMENT ON COLUMN jalon_masked.people.changes IS 'How many changes they made.';

COMMENT ON COLUMN jalon_masked.people.first_changed_at IS 'When the first.';

COMMENT ON COLUMN jalon_masked.people.last_changed_at IS 'When the last.';

CREATE VIEW jalon_masked.proposition AS
 SELECT id,
    NULL::text AS title,
    NULL::text AS body,
        CASE author_id
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || author_id), 'UTF8'::name)), 'hex'::text), 16))
        END AS author_id,
    status,
    max_roles,
    max_holders,
    created_at,
    edited_at,
    revision,
        CASE edited_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || edited_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS edited_by,
    status_version,
    status_changed_at
   FROM jalon_propositions.proposition v;

COMMENT ON VIEW jalon_masked.proposition IS 'Generated for readers who see no persons: Propositions. Their status obeys the workflow of PROPOSITION_STATUS.';

COMMENT ON COLUMN jalon_masked.proposition.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.proposition.title IS 'Title.';

COMMENT ON COLUMN jalon_masked.proposition.body IS 'Text.';

COMMENT ON COLUMN jalon_masked.proposition.author_id IS 'Who put it forward; the initiator of this proposition.';

COMMENT ON COLUMN jalon_masked.proposition.status IS 'Where it stands (PROPOSITION_STATUS).';

COMMENT ON COLUMN jalon_masked.proposition.max_roles IS 'How many custom roles it may have; empty: the setting proposition.max_roles.';

COMMENT ON COLUMN jalon_masked.proposition.max_holders IS 'How many people may hold one of its roles; empty: the setting proposition.max_holders.';

COMMENT ON COLUMN jalon_masked.proposition.created_at IS 'When it was put forward.';

COMMENT ON COLUMN jalon_masked.proposition.edited_at IS 'When its text was last changed.';

COMMENT ON COLUMN jalon_masked.proposition.revision IS 'Counts the changes of its text.';

COMMENT ON COLUMN jalon_masked.proposition.edited_by IS 'Who last changed its text.';

COMMENT ON COLUMN jalon_masked.proposition.status_version IS 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_masked.proposition.status_changed_at IS 'When the status last changed. Kept by Jalon.';

CREATE VIEW jalon_recap.proposition_action_events AS
 SELECT e.id,
    e.proposition_id,
    e.action_id,
    a.code AS action,
    a.name AS action_name,
    e.status,
    e.to_status,
    e.triggered_at,
    e.triggered_by,
    e.roles,
    e.reason,
    e.payload
   FROM (jalon_propositions.proposition_custom_action_events e
     JOIN jalon_propositions.proposition_custom_actions a ON ((a.id = e.action_id)));

COMMENT ON VIEW jalon_recap.proposition_action_events IS 'Triggerings of custom actions of propositions.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.id IS 'Identifier; the same as that of the published event.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.action_id IS 'Action.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.action IS 'Its code.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.action_name IS 'Its name.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.status IS 'Status at which it was triggered.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.to_status IS 'Status to which it led; empty where it moved nothing.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.triggered_at IS 'When.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.triggered_by IS 'By whom.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.roles IS 'Roles that they held there and then.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.reason IS 'Why.';

COMMENT ON COLUMN jalon_recap.proposition_action_events.payload IS 'The payload that the outside receives.';

CREATE VIEW jalon_masked.proposition_action_events AS
 SELECT id,
    proposition_id,
    action_id,
    action,
    action_name,
    status,
    to_status,
    triggered_at,
        CASE triggered_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || triggered_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS triggered_by,
    roles,
    NULL::text AS reason,
    NULL::jsonb AS payload
   FROM jalon_recap.proposition_action_events v;

COMMENT ON VIEW jalon_masked.proposition_action_events IS 'Generated for readers who see no persons: Triggerings of custom actions of propositions.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.id IS 'Identifier; the same as that of the published event.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.action_id IS 'Action.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.action IS 'Its code.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.action_name IS 'Its name.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.status IS 'Status at which it was triggered.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.to_status IS 'Status to which it led; empty where it moved nothing.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.triggered_at IS 'When.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.triggered_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.roles IS 'Roles that they held there and then.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.proposition_action_events.payload IS 'The payload that the outside receives.';

CREATE VIEW jalon_masked.proposition_custom_action_events AS
 SELECT id,
    proposition_id,
    action_id,
    status,
    to_status,
    version,
    triggered_at,
        CASE triggered_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || triggered_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS triggered_by,
    roles,
    NULL::text AS reason,
    NULL::jsonb AS input,
    NULL::jsonb AS payload,
    idempotency_key,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    transaction_id
   FROM jalon_propositions.proposition_custom_action_events v;

COMMENT ON VIEW jalon_masked.proposition_custom_action_events IS 'Generated for readers who see no persons: Every triggering of a custom action, with the payload as it was sent. Written once.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.id IS 'Identifier; the same as that of the published event.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.action_id IS 'Action.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.status IS 'Status when it was triggered.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.to_status IS 'Status to which its transition led; empty where it moved nothing.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.version IS 'Version of the proposition afterwards.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.triggered_at IS 'When.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.triggered_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.roles IS 'Roles that they held there and then.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.input IS 'What they gave along.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.payload IS 'The payload, rendered.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.idempotency_key IS 'Key of the request: the same person''s second click with it triggers nothing.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_events.transaction_id IS 'Transaction that wrote it.';

CREATE TABLE jalon_propositions.proposition_custom_action_refusals (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    proposition_id uuid NOT NULL,
    action_id uuid,
    action_key text NOT NULL,
    status character varying(100) NOT NULL,
    refused_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    actor text NOT NULL,
    roles text[] NOT NULL,
    code text NOT NULL,
    message text NOT NULL,
    db_role text NOT NULL,
    transaction_id xid8 NOT NULL
);

COMMENT ON TABLE jalon_propositions.proposition_custom_action_refusals IS 'Triggers that were refused, for administrators. No event tells of them.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.id IS 'Identifier.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.action_id IS 'Action; empty where this proposition has none of that name.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.action_key IS 'The action as it was asked for.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.status IS 'Status of the proposition then.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.refused_at IS 'When.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.actor IS 'Who tried.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.roles IS 'Roles that they held there and then.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.code IS 'SQLSTATE of the refusal.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.message IS 'The message of the refusal.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_propositions.proposition_custom_action_refusals.transaction_id IS 'Transaction that wrote it.';

CREATE VIEW jalon_masked.proposition_custom_action_refusals AS
 SELECT id,
    proposition_id,
    action_id,
    action_key,
    status,
    refused_at,
        CASE actor
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || actor), 'UTF8'::name)), 'hex'::text), 16))
        END AS actor,
    roles,
    code,
    NULL::text AS message,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    transaction_id
   FROM jalon_propositions.proposition_custom_action_refusals v;

COMMENT ON VIEW jalon_masked.proposition_custom_action_refusals IS 'Generated for readers who see no persons: Triggers that were refused, for administrators. No event tells of them.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.action_id IS 'Action; empty where this proposition has none of that name.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.action_key IS 'The action as it was asked for.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.status IS 'Status of the proposition then.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.refused_at IS 'When.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.actor IS 'Who tried.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.roles IS 'Roles that they held there and then.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.code IS 'SQLSTATE of the refusal.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.message IS 'The message of the refusal.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.proposition_custom_action_refusals.transaction_id IS 'Transaction that wrote it.';

CREATE VIEW jalon_masked.proposition_custom_actions AS
 SELECT id,
    proposition_id,
    code,
    name,
    description,
    icon,
    statuses,
    roles,
    payload,
    to_status,
    visibility,
    "position",
    is_active,
    created_at,
        CASE created_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || created_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS created_by,
    deleted_at,
        CASE deleted_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || deleted_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS deleted_by,
    inputs
   FROM jalon_propositions.proposition_custom_actions v;

COMMENT ON VIEW jalon_masked.proposition_custom_actions IS 'Generated for readers who see no persons: Actions made to measure: where they show, who may trigger them, what they tell the outside, and the transition they take, if any.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.code IS 'A constant name for integrations, made from the first name.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.name IS 'What the button says.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.description IS 'What it is for.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.icon IS 'Icon of the button.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.statuses IS 'Statuses at which it shows; * for all.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.roles IS 'Roles that may trigger it: classic ones, custom:<code>, or any.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.payload IS 'Template of what the event carries: {placeholders} in its texts are filled at the moment of triggering.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.to_status IS 'Where its transition leads; empty: it moves nothing. The transition keeps its own requirements.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.visibility IS 'Who sees the button: roles (those who may press it) or everyone (greyed for others); empty: the setting proposition.action_visibility.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions."position" IS 'Order of the buttons.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.is_active IS 'Declared and in use, or only declared.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.created_at IS 'When it was declared.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.created_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.deleted_at IS 'When it was taken away.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.deleted_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.proposition_custom_actions.inputs IS 'Declared inputs by name: {type: text, number, boolean, date or choice, label, required, choices}. An input of the payload that is not declared takes anything.';

CREATE VIEW jalon_masked.proposition_role_assignments AS
 SELECT id,
    proposition_id,
    role_id,
        CASE user_id
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || user_id), 'UTF8'::name)), 'hex'::text), 16))
        END AS user_id,
    granted_at,
        CASE granted_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || granted_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS granted_by,
    valid_until,
    NULL::text AS reason,
    revoked_at,
        CASE revoked_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || revoked_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS revoked_by,
    NULL::text AS revocation_reason
   FROM jalon_propositions.proposition_role_assignments v;

COMMENT ON VIEW jalon_masked.proposition_role_assignments IS 'Generated for readers who see no persons: Who holds which custom role, since when, until when. A row is revoked, never changed otherwise, never deleted: it is its own history.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.role_id IS 'Custom role of this proposition.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.user_id IS 'Who holds it.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.granted_at IS 'Since when.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.granted_by IS 'Who handed it out.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.valid_until IS 'Until when; empty for good.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.reason IS 'Why it was handed out.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.revoked_at IS 'When it was taken back.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.revoked_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.proposition_role_assignments.revocation_reason IS 'Why it was taken back.';

CREATE VIEW jalon_recap.proposition_role_changes AS
 WITH spans AS (
         SELECT a.id,
            a.proposition_id,
            a.role_id,
            a.user_id,
            a.granted_at,
            a.granted_by,
            a.valid_until,
            a.reason,
            a.revoked_at,
            a.revoked_by,
            a.revocation_reason,
            r.name AS role_name
           FROM (jalon_propositions.proposition_role_assignments a
             JOIN jalon_propositions.proposition_roles r ON ((r.id = a.role_id)))
        )
 SELECT s.proposition_id,
    s.granted_at AS happened_at,
    'granted'::text AS what,
    s.role_id,
    s.role_name,
    s.user_id,
    s.granted_by AS happened_by,
    s.valid_until,
    s.reason,
    NULL::jsonb AS before,
    NULL::jsonb AS after
   FROM spans s
UNION ALL
 SELECT s.proposition_id,
    s.revoked_at AS happened_at,
    'revoked'::text AS what,
    s.role_id,
    s.role_name,
    s.user_id,
    s.revoked_by AS happened_by,
    s.valid_until,
    s.revocation_reason AS reason,
    NULL::jsonb AS before,
    NULL::jsonb AS after
   FROM spans s
  WHERE ((s.revoked_at IS NOT NULL) AND (s.revoked_at IS DISTINCT FROM s.valid_until))
UNION ALL
 SELECT s.proposition_id,
    s.valid_until AS happened_at,
    'expired'::text AS what,
    s.role_id,
    s.role_name,
    s.user_id,
    NULL::text AS happened_by,
    s.valid_until,
    NULL::text AS reason,
    NULL::jsonb AS before,
    NULL::jsonb AS after
   FROM spans s
  WHERE ((s.valid_until <= now()) AND ((s.revoked_at IS NULL) OR (s.revoked_at = s.valid_until)))
UNION ALL
 SELECT r.proposition_id,
    h.changed_at AS happened_at,
        CASE
            WHEN (h.operation = 'INSERT'::text) THEN 'made'::text
            WHEN ((h.after ->> 'deleted_at'::text) IS NOT NULL) THEN 'taken away'::text
            ELSE 'changed'::text
        END AS what,
    r.id AS role_id,
    (h.after ->> 'name'::text) AS role_name,
    NULL::text AS user_id,
    h.changed_by AS happened_by,
    NULL::timestamp with time zone AS valid_until,
    h.reason,
    h.before,
    h.after
   FROM (jalon_engine.config_history h
     JOIN jalon_propositions.proposition_roles r ON ((r.id = ((h.key ->> 'id'::text))::uuid)))
  WHERE (h.table_name = 'proposition_roles'::text);

COMMENT ON VIEW jalon_recap.proposition_role_changes IS 'What became of the custom roles of propositions, one row a change.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.happened_at IS 'When.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.what IS 'made, changed, taken away, granted, revoked or expired.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.role_id IS 'Custom role.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.role_name IS 'Its name.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.user_id IS 'Whom it was granted to or taken from.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.happened_by IS 'By whom; empty where it ran out by itself.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.valid_until IS 'Until when it was granted; empty for good.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.reason IS 'Why.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.before IS 'The role before.';

COMMENT ON COLUMN jalon_recap.proposition_role_changes.after IS 'The role after.';

CREATE VIEW jalon_masked.proposition_role_changes AS
 SELECT proposition_id,
    happened_at,
    what,
    role_id,
    role_name,
        CASE user_id
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || user_id), 'UTF8'::name)), 'hex'::text), 16))
        END AS user_id,
        CASE happened_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || happened_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS happened_by,
    valid_until,
    NULL::text AS reason,
    NULL::jsonb AS before,
    NULL::jsonb AS after
   FROM jalon_recap.proposition_role_changes v;

COMMENT ON VIEW jalon_masked.proposition_role_changes IS 'Generated for readers who see no persons: What became of the custom roles of propositions, one row a change.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.proposition_id IS 'Proposition.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.happened_at IS 'When.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.what IS 'made, changed, taken away, granted, revoked or expired.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.role_id IS 'Custom role.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.role_name IS 'Its name.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.user_id IS 'Whom it was granted to or taken from.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.happened_by IS 'By whom; empty where it ran out by itself.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.valid_until IS 'Until when it was granted; empty for good.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.before IS 'The role before.';

COMMENT ON COLUMN jalon_masked.proposition_role_changes.after IS 'The role after.';

CREATE VIEW jalon_masked.proposition_roles AS
 SELECT id,
    proposition_id,
    code,
    name,
    NULL::text AS description,
    permissions,
    max_holders,
    created_at,
        CASE created_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || created_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS created_by,
    deleted_at,
        CASE deleted_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || deleted_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS deleted_by
   FROM jalon_propositions.proposition_roles v;

COMMENT ON VIEW jalon_masked.proposition_roles IS 'Generated for readers who see no persons: Custom roles, each of one proposition. In transitions and actions they are called custom:<code>.';

COMMENT ON COLUMN jalon_masked.proposition_roles.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.proposition_roles.proposition_id IS 'The proposition it is a role of; on any other it is worth nothing.';

COMMENT ON COLUMN jalon_masked.proposition_roles.code IS 'The name in transitions and actions, after custom: (made from the first name, then constant).';

COMMENT ON COLUMN jalon_masked.proposition_roles.name IS 'What people call it.';

COMMENT ON COLUMN jalon_masked.proposition_roles.description IS 'What it is for.';

COMMENT ON COLUMN jalon_masked.proposition_roles.permissions IS 'Permissions of its holders on this proposition, as far as the matrix lets custom roles carry them.';

COMMENT ON COLUMN jalon_masked.proposition_roles.max_holders IS 'How many may hold it; empty: the limit of the proposition.';

COMMENT ON COLUMN jalon_masked.proposition_roles.created_at IS 'When it was made.';

COMMENT ON COLUMN jalon_masked.proposition_roles.created_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.proposition_roles.deleted_at IS 'When it was taken away; nobody holds it any more.';

COMMENT ON COLUMN jalon_masked.proposition_roles.deleted_by IS 'By whom.';

CREATE VIEW jalon_masked.proposition_timeline AS
 SELECT proposition_id,
    version,
    status,
    entered_at,
    left_at,
    duration,
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || changed_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS changed_by,
    NULL::text AS reason,
    kind,
    NULL::jsonb AS meta_data,
    is_current,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    duration_seconds,
    transaction_number
   FROM jalon_history.proposition_timeline v;

COMMENT ON VIEW jalon_masked.proposition_timeline IS 'Generated for readers who see no persons: Generated for proposition: every stay of every record.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.proposition_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.status IS 'Code of status during the stay.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_masked.proposition_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_recap.referential AS
 SELECT category,
    code,
    label,
    description,
    "position",
    color,
    icon,
    outcome,
    is_initial,
    is_final,
    is_active,
    max_stay,
    meta,
    (EXTRACT(epoch FROM max_stay))::double precision AS max_stay_seconds
   FROM jalon_engine.referential r;

COMMENT ON VIEW jalon_recap.referential IS 'Codes of every category, with the label in the default language.';

COMMENT ON COLUMN jalon_recap.referential.category IS 'Category.';

COMMENT ON COLUMN jalon_recap.referential.code IS 'Code, as rows and history hold it.';

COMMENT ON COLUMN jalon_recap.referential.label IS 'Label in the default language.';

COMMENT ON COLUMN jalon_recap.referential.description IS 'What it means to be at this code.';

COMMENT ON COLUMN jalon_recap.referential."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_recap.referential.color IS 'Colour as #rrggbb.';

COMMENT ON COLUMN jalon_recap.referential.icon IS 'Name of an icon.';

COMMENT ON COLUMN jalon_recap.referential.outcome IS 'open, active, waiting, done or dropped.';

COMMENT ON COLUMN jalon_recap.referential.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon_recap.referential.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon_recap.referential.is_active IS 'Whether it may still be entered.';

COMMENT ON COLUMN jalon_recap.referential.max_stay IS 'Longest stay before jalon_recap.overdue names the record.';

COMMENT ON COLUMN jalon_recap.referential.meta IS 'Anything else.';

COMMENT ON COLUMN jalon_recap.referential.max_stay_seconds IS 'The longest stay in seconds.';

CREATE VIEW jalon_masked.referential AS
 SELECT category,
    code,
    label,
    description,
    "position",
    color,
    icon,
    outcome,
    is_initial,
    is_final,
    is_active,
    max_stay,
    meta,
    max_stay_seconds
   FROM jalon_recap.referential v;

COMMENT ON VIEW jalon_masked.referential IS 'Generated for readers who see no persons: Codes of every category, with the label in the default language.';

COMMENT ON COLUMN jalon_masked.referential.category IS 'Category.';

COMMENT ON COLUMN jalon_masked.referential.code IS 'Code, as rows and history hold it.';

COMMENT ON COLUMN jalon_masked.referential.label IS 'Label in the default language.';

COMMENT ON COLUMN jalon_masked.referential.description IS 'What it means to be at this code.';

COMMENT ON COLUMN jalon_masked.referential."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_masked.referential.color IS 'Colour as #rrggbb.';

COMMENT ON COLUMN jalon_masked.referential.icon IS 'Name of an icon.';

COMMENT ON COLUMN jalon_masked.referential.outcome IS 'open, active, waiting, done or dropped.';

COMMENT ON COLUMN jalon_masked.referential.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon_masked.referential.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon_masked.referential.is_active IS 'Whether it may still be entered.';

COMMENT ON COLUMN jalon_masked.referential.max_stay IS 'Longest stay before jalon_recap.overdue names the record.';

COMMENT ON COLUMN jalon_masked.referential.meta IS 'Anything else.';

COMMENT ON COLUMN jalon_masked.referential.max_stay_seconds IS 'The longest stay in seconds.';

CREATE VIEW jalon_masked.roadshow_counterparty AS
 SELECT id,
    name,
    statut,
        CASE owner
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || owner), 'UTF8'::name)), 'hex'::text), 16))
        END AS owner,
    sector,
    ticket_size,
    currency,
    NULL::text AS notes,
    revision,
    edited_at,
        CASE edited_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || edited_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS edited_by,
    created_at,
    status_version,
    status_changed_at
   FROM jalon_roadshow.roadshow_counterparty v;

COMMENT ON VIEW jalon_masked.roadshow_counterparty IS 'Generated for readers who see no persons: Who is met on the roadshow, and where that stands.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.name IS 'Name.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.statut IS 'Status, a code of ROADSHOW_STATUS.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.owner IS 'Who of ours is in charge.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.sector IS 'Sector or kind of investor.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.ticket_size IS 'What it may put in.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.currency IS 'Currency of the ticket.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.notes IS 'Anything else.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.revision IS 'Counts the changes of what is known of it; its status apart.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.edited_at IS 'When that was last changed.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.edited_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.created_at IS 'When it was entered.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.status_version IS 'Counts the changes of status: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty.status_changed_at IS 'When the status last changed. Kept by Jalon.';

CREATE VIEW jalon_roadshow.roadshow_counterparty_history AS
 SELECT id,
    counterparty_id,
    old_statut,
    new_statut,
    changed_at,
    previous_changed_at,
    changed_by,
    reason,
    meta_data,
    version,
    workflow_version,
    kind,
    on_behalf_of,
    db_role,
    bulk_id,
    transaction_id
   FROM jalon_history.jalon_roadshow__roadshow_counterparty h;

COMMENT ON VIEW jalon_roadshow.roadshow_counterparty_history IS 'Every change of a status: one row each.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.id IS 'Identifier.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.counterparty_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.old_statut IS 'Old statut; empty on creation.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.new_statut IS 'New statut.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.changed_at IS 'When.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.reason IS 'Why.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.meta_data IS 'Whatever else the writer gave along.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.version IS 'The record''s version after the change.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_roadshow.roadshow_counterparty_history.transaction_id IS 'Transaction that wrote it.';

CREATE VIEW jalon_masked.roadshow_counterparty_history AS
 SELECT id,
    counterparty_id,
    old_statut,
    new_statut,
    changed_at,
    previous_changed_at,
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || changed_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS changed_by,
    NULL::text AS reason,
    NULL::jsonb AS meta_data,
    version,
    workflow_version,
    kind,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    bulk_id,
    transaction_id
   FROM jalon_roadshow.roadshow_counterparty_history v;

COMMENT ON VIEW jalon_masked.roadshow_counterparty_history IS 'Generated for readers who see no persons: Every change of a status: one row each.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.counterparty_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.old_statut IS 'Old statut; empty on creation.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.new_statut IS 'New statut.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.changed_at IS 'When.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.meta_data IS 'Whatever else the writer gave along.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.version IS 'The record''s version after the change.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_history.transaction_id IS 'Transaction that wrote it.';

CREATE VIEW jalon_masked.roadshow_counterparty_timeline AS
 SELECT counterparty_id,
    version,
    statut,
    entered_at,
    left_at,
    duration,
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || changed_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS changed_by,
    NULL::text AS reason,
    kind,
    NULL::jsonb AS meta_data,
    is_current,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    duration_seconds,
    transaction_number
   FROM jalon_history.roadshow_counterparty_timeline v;

COMMENT ON VIEW jalon_masked.roadshow_counterparty_timeline IS 'Generated for readers who see no persons: Generated for roadshow_counterparty: every stay of every record.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.counterparty_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.statut IS 'Code of statut during the stay.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_masked.roadshow_counterparty_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_masked.roadshow_event AS
 SELECT id,
    counterparty_id,
    type,
    date,
    NULL::jsonb AS meta
   FROM jalon_roadshow.roadshow_event v;

COMMENT ON VIEW jalon_masked.roadshow_event IS 'Generated for readers who see no persons: What happened with a counterparty: interactions, and a row for each change of its status, which the trigger writes.';

COMMENT ON COLUMN jalon_masked.roadshow_event.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.roadshow_event.counterparty_id IS 'Counterparty.';

COMMENT ON COLUMN jalon_masked.roadshow_event.type IS 'Type, a code of ROADSHOW_EVENT_TYPE.';

COMMENT ON COLUMN jalon_masked.roadshow_event.date IS 'Day it happened.';

COMMENT ON COLUMN jalon_masked.roadshow_event.meta IS 'More about it; newStatus, oldStatus and version for a change of status.';

CREATE VIEW jalon_members.role_change_history AS
 SELECT id,
    user_id,
    old_role,
    new_role,
    changed_at,
    previous_changed_at,
    (changed_by)::character varying(255) AS changed_by,
    reason,
    meta_data,
    version,
    workflow_version,
    kind,
    on_behalf_of,
    db_role,
    bulk_id,
    transaction_id
   FROM jalon_history.jalon_members__users h;

COMMENT ON VIEW jalon_members.role_change_history IS 'Every change of a status: one row each.';

COMMENT ON COLUMN jalon_members.role_change_history.id IS 'Identifier.';

COMMENT ON COLUMN jalon_members.role_change_history.user_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_members.role_change_history.old_role IS 'Old role; empty on creation.';

COMMENT ON COLUMN jalon_members.role_change_history.new_role IS 'New role.';

COMMENT ON COLUMN jalon_members.role_change_history.changed_at IS 'When.';

COMMENT ON COLUMN jalon_members.role_change_history.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_members.role_change_history.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_members.role_change_history.reason IS 'Why.';

COMMENT ON COLUMN jalon_members.role_change_history.meta_data IS 'Whatever else the writer gave along.';

COMMENT ON COLUMN jalon_members.role_change_history.version IS 'The record''s version after the change.';

COMMENT ON COLUMN jalon_members.role_change_history.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_members.role_change_history.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_members.role_change_history.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_members.role_change_history.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_members.role_change_history.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_members.role_change_history.transaction_id IS 'Transaction that wrote it.';

CREATE VIEW jalon_masked.role_change_history AS
 SELECT id,
    user_id,
    old_role,
    new_role,
    changed_at,
    previous_changed_at,
    (
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || (changed_by)::text), 'UTF8'::name)), 'hex'::text), 16))
        END)::character varying(255) AS changed_by,
    NULL::text AS reason,
    NULL::jsonb AS meta_data,
    version,
    workflow_version,
    kind,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    bulk_id,
    transaction_id
   FROM jalon_members.role_change_history v;

COMMENT ON VIEW jalon_masked.role_change_history IS 'Generated for readers who see no persons: Every change of a status: one row each.';

COMMENT ON COLUMN jalon_masked.role_change_history.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.role_change_history.user_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_masked.role_change_history.old_role IS 'Old role; empty on creation.';

COMMENT ON COLUMN jalon_masked.role_change_history.new_role IS 'New role.';

COMMENT ON COLUMN jalon_masked.role_change_history.changed_at IS 'When.';

COMMENT ON COLUMN jalon_masked.role_change_history.previous_changed_at IS 'When the stay that this change ends had begun.';

COMMENT ON COLUMN jalon_masked.role_change_history.changed_by IS 'By whom.';

COMMENT ON COLUMN jalon_masked.role_change_history.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.role_change_history.meta_data IS 'Whatever else the writer gave along.';

COMMENT ON COLUMN jalon_masked.role_change_history.version IS 'The record''s version after the change.';

COMMENT ON COLUMN jalon_masked.role_change_history.workflow_version IS 'Version of the workflow that allowed it; 0 where the category is free.';

COMMENT ON COLUMN jalon_masked.role_change_history.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_masked.role_change_history.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.role_change_history.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.role_change_history.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_masked.role_change_history.transaction_id IS 'Transaction that wrote it.';

CREATE VIEW jalon_recap.roles AS
 SELECT r.code AS role,
    l.code AS language,
    COALESCE(o.label, d.label, r.label) AS label,
    COALESCE(o.description, d.description, r.description) AS description
   FROM ((((jalon_engine.role r
     CROSS JOIN jalon_engine.language l)
     LEFT JOIN jalon_engine.role_label o ON (((o.role = r.code) AND (o.language = l.code))))
     LEFT JOIN jalon_engine.language f ON (f.is_default))
     LEFT JOIN jalon_engine.role_label d ON (((d.role = r.code) AND (d.language = f.code))));

COMMENT ON VIEW jalon_recap.roles IS 'Roles in every language; a language and a role are a key.';

COMMENT ON COLUMN jalon_recap.roles.role IS 'Name of the role.';

COMMENT ON COLUMN jalon_recap.roles.language IS 'Language of label and description.';

COMMENT ON COLUMN jalon_recap.roles.label IS 'Label in that language, else in the default language.';

COMMENT ON COLUMN jalon_recap.roles.description IS 'Who holds it.';

CREATE VIEW jalon_masked.roles AS
 SELECT role,
    language,
    label,
    description
   FROM jalon_recap.roles v;

COMMENT ON VIEW jalon_masked.roles IS 'Generated for readers who see no persons: Roles in every language; a language and a role are a key.';

COMMENT ON COLUMN jalon_masked.roles.role IS 'Name of the role.';

COMMENT ON COLUMN jalon_masked.roles.language IS 'Language of label and description.';

COMMENT ON COLUMN jalon_masked.roles.label IS 'Label in that language, else in the default language.';

COMMENT ON COLUMN jalon_masked.roles.description IS 'Who holds it.';

CREATE VIEW jalon_masked.statuses AS
 SELECT status_key,
    category,
    code,
    label,
    description,
    "position",
    color,
    icon,
    outcome,
    is_running,
    is_initial,
    is_final,
    is_active,
    max_stay_seconds
   FROM jalon_recap.statuses v;

COMMENT ON VIEW jalon_masked.statuses IS 'Generated for readers who see no persons: Statuses, one row each, in the default language; jalon_recap.codes has them in every language.';

COMMENT ON COLUMN jalon_masked.statuses.status_key IS 'Category and code; key.';

COMMENT ON COLUMN jalon_masked.statuses.category IS 'Category.';

COMMENT ON COLUMN jalon_masked.statuses.code IS 'Code, as rows and history hold it.';

COMMENT ON COLUMN jalon_masked.statuses.label IS 'Label in the default language.';

COMMENT ON COLUMN jalon_masked.statuses.description IS 'What it means to be here, in the default language.';

COMMENT ON COLUMN jalon_masked.statuses."position" IS 'Order in lists.';

COMMENT ON COLUMN jalon_masked.statuses.color IS 'Colour as #rrggbb.';

COMMENT ON COLUMN jalon_masked.statuses.icon IS 'Name of an icon.';

COMMENT ON COLUMN jalon_masked.statuses.outcome IS 'open, active, waiting, done or dropped.';

COMMENT ON COLUMN jalon_masked.statuses.is_running IS 'Whether a record that stands here is still in the pipe: neither done nor dropped.';

COMMENT ON COLUMN jalon_masked.statuses.is_initial IS 'Records may begin here.';

COMMENT ON COLUMN jalon_masked.statuses.is_final IS 'Records end here.';

COMMENT ON COLUMN jalon_masked.statuses.is_active IS 'Whether it may still be entered.';

COMMENT ON COLUMN jalon_masked.statuses.max_stay_seconds IS 'Longest stay, in seconds.';

CREATE VIEW jalon_recap.stays AS
 SELECT tracked,
    record_key,
    column_name,
    category,
    case_type,
    ((category || ':'::text) || case_type) AS case_type_key,
    code,
    ((category || ':'::text) || code) AS status_key,
    entered_at,
    left_at,
    (GREATEST(EXTRACT(epoch FROM (COALESCE(left_at, now()) - entered_at)), (0)::numeric))::double precision AS seconds,
    (left_at IS NULL) AS is_current,
    next_code,
    ((category || ':'::text) || next_code) AS next_status_key
   FROM ( SELECT c.tracked,
            c.record_key,
            c.column_name,
            c.category,
            c.case_type,
            c.old_code AS code,
            c.stay_began AS entered_at,
            c.changed_at AS left_at,
            c.new_code AS next_code
           FROM jalon_history.changes c
          WHERE (c.old_code IS NOT NULL)
        UNION ALL
         SELECT r.tracked,
            r.record_key,
            r.column_name,
            r.category,
            r.case_type,
            r.code,
            r.entered_at,
            NULL::timestamp with time zone,
            NULL::text
           FROM jalon_history.current r
          WHERE (r.code IS NOT NULL)) s;

COMMENT ON VIEW jalon_recap.stays IS 'Stays of every record on a code of one status column; those that last have no end. A filter on left_at reads only its months.';

COMMENT ON COLUMN jalon_recap.stays.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_recap.stays.record_key IS 'Key of the record, as text.';

COMMENT ON COLUMN jalon_recap.stays.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_recap.stays.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_recap.stays.case_type IS 'Case type when it ended, or now.';

COMMENT ON COLUMN jalon_recap.stays.case_type_key IS 'Key of the case type in jalon_recap.case_types.';

COMMENT ON COLUMN jalon_recap.stays.code IS 'Code.';

COMMENT ON COLUMN jalon_recap.stays.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_recap.stays.entered_at IS 'When it began.';

COMMENT ON COLUMN jalon_recap.stays.left_at IS 'When it ended; empty while it lasts.';

COMMENT ON COLUMN jalon_recap.stays.seconds IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_recap.stays.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_recap.stays.next_code IS 'Code after it; empty while it lasts, or if the record was deleted.';

COMMENT ON COLUMN jalon_recap.stays.next_status_key IS 'Key of the next status in jalon_recap.statuses.';

CREATE VIEW jalon_masked.stays AS
 SELECT tracked,
    record_key,
    column_name,
    category,
    case_type,
    case_type_key,
    code,
    status_key,
    entered_at,
    left_at,
    seconds,
    is_current,
    next_code,
    next_status_key
   FROM jalon_recap.stays v;

COMMENT ON VIEW jalon_masked.stays IS 'Generated for readers who see no persons: Stays of every record on a code of one status column; those that last have no end. A filter on left_at reads only its months.';

COMMENT ON COLUMN jalon_masked.stays.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_masked.stays.record_key IS 'Key of the record, as text.';

COMMENT ON COLUMN jalon_masked.stays.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_masked.stays.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_masked.stays.case_type IS 'Case type when it ended, or now.';

COMMENT ON COLUMN jalon_masked.stays.case_type_key IS 'Key of the case type in jalon_recap.case_types.';

COMMENT ON COLUMN jalon_masked.stays.code IS 'Code.';

COMMENT ON COLUMN jalon_masked.stays.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_masked.stays.entered_at IS 'When it began.';

COMMENT ON COLUMN jalon_masked.stays.left_at IS 'When it ended; empty while it lasts.';

COMMENT ON COLUMN jalon_masked.stays.seconds IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_masked.stays.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_masked.stays.next_code IS 'Code after it; empty while it lasts, or if the record was deleted.';

COMMENT ON COLUMN jalon_masked.stays.next_status_key IS 'Key of the next status in jalon_recap.statuses.';

CREATE VIEW jalon_recap.time_in_status_by_month AS
 SELECT tracked,
    column_name,
    category,
    case_type,
    case_type_key,
    code,
    status_key,
    month,
    count(*) AS stays,
    count(DISTINCT record_key) AS records,
    count(*) FILTER (WHERE is_current) AS lasting,
    sum(stayed) AS total_seconds,
    avg(stayed) AS average_seconds,
    percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY stayed) AS median_seconds,
    percentile_cont((0.9)::double precision) WITHIN GROUP (ORDER BY stayed) AS p90_seconds,
    max(stayed) AS longest_seconds
   FROM ( SELECT s.tracked,
            s.column_name,
            s.category,
            s.case_type,
            s.case_type_key,
            s.code,
            s.status_key,
            s.record_key,
            s.is_current,
            (m.month)::date AS month,
            (EXTRACT(epoch FROM (LEAST(COALESCE(s.left_at, now()), (m.month + '1 mon'::interval)) - GREATEST(s.entered_at, m.month))))::double precision AS stayed
           FROM (jalon_recap.stays s
             CROSS JOIN LATERAL generate_series(date_trunc('month'::text, s.entered_at), COALESCE(s.left_at, now()), '1 mon'::interval) m(month))
          WHERE ((m.month < COALESCE(s.left_at, now())) OR (m.month <= s.entered_at))) x
  GROUP BY tracked, column_name, category, case_type, case_type_key, code, status_key, month;

COMMENT ON VIEW jalon_recap.time_in_status_by_month IS 'Per table, case type, code and month: how many stays, and how long each was within the month. Sums of neighbouring months add up.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.case_type IS 'Case type; empty where the table has none.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.case_type_key IS 'Key of the case type in jalon_recap.case_types.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.code IS 'Code.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.month IS 'First day of the month.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.stays IS 'Stays that were, at some time of the month.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.records IS 'Records that they are of.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.lasting IS 'Those of them that last until now.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.total_seconds IS 'Their time within the month, added up.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.average_seconds IS 'Their time within the month, on average.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.median_seconds IS 'Their time within the month, in the middle.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.p90_seconds IS 'The time that nine in ten do not exceed.';

COMMENT ON COLUMN jalon_recap.time_in_status_by_month.longest_seconds IS 'The longest time; a month at most.';

CREATE VIEW jalon_masked.time_in_status_by_month AS
 SELECT tracked,
    column_name,
    category,
    case_type,
    case_type_key,
    code,
    status_key,
    month,
    stays,
    records,
    lasting,
    total_seconds,
    average_seconds,
    median_seconds,
    p90_seconds,
    longest_seconds
   FROM jalon_recap.time_in_status_by_month v;

COMMENT ON VIEW jalon_masked.time_in_status_by_month IS 'Generated for readers who see no persons: Per table, case type, code and month: how many stays, and how long each was within the month. Sums of neighbouring months add up.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.case_type IS 'Case type; empty where the table has none.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.case_type_key IS 'Key of the case type in jalon_recap.case_types.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.code IS 'Code.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.status_key IS 'Key of the status in jalon_recap.statuses.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.month IS 'First day of the month.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.stays IS 'Stays that were, at some time of the month.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.records IS 'Records that they are of.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.lasting IS 'Those of them that last until now.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.total_seconds IS 'Their time within the month, added up.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.average_seconds IS 'Their time within the month, on average.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.median_seconds IS 'Their time within the month, in the middle.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.p90_seconds IS 'The time that nine in ten do not exceed.';

COMMENT ON COLUMN jalon_masked.time_in_status_by_month.longest_seconds IS 'The longest time; a month at most.';

CREATE VIEW jalon_masked.tracked_columns AS
 SELECT tracked,
    column_name,
    category,
    "position",
    table_schema,
    table_name,
    key_column,
    workflow_column,
    history_schema,
    history_name,
    history_begins
   FROM jalon_history.tracked_columns v;

COMMENT ON VIEW jalon_masked.tracked_columns IS 'Generated for readers who see no persons: The status columns under Jalon and where their history lies.';

COMMENT ON COLUMN jalon_masked.tracked_columns.tracked IS 'Name of the tracked table; history.<name>_timeline and history.<name>_as_of() carry it.';

COMMENT ON COLUMN jalon_masked.tracked_columns.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_masked.tracked_columns.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_masked.tracked_columns."position" IS 'Order; 1 is the status proper.';

COMMENT ON COLUMN jalon_masked.tracked_columns.table_schema IS 'Schema of the table.';

COMMENT ON COLUMN jalon_masked.tracked_columns.table_name IS 'The table.';

COMMENT ON COLUMN jalon_masked.tracked_columns.key_column IS 'Its key.';

COMMENT ON COLUMN jalon_masked.tracked_columns.workflow_column IS 'Column that holds the case type, where there is one.';

COMMENT ON COLUMN jalon_masked.tracked_columns.history_schema IS 'Schema of the history table.';

COMMENT ON COLUMN jalon_masked.tracked_columns.history_name IS 'The history table.';

COMMENT ON COLUMN jalon_masked.tracked_columns.history_begins IS 'Older months were detached by jalon.retain; empty where all is there.';

CREATE VIEW jalon_recap.transitions_by_day AS
 SELECT tracked,
    column_name,
    category,
    case_type,
    ((category || ':'::text) || case_type) AS case_type_key,
    (changed_at)::date AS day,
    old_code AS from_code,
    ((category || ':'::text) || old_code) AS from_status_key,
    new_code AS to_code,
    ((category || ':'::text) || new_code) AS to_status_key,
    count(*) AS changes,
    count(DISTINCT record_key) AS records,
    count(*) FILTER (WHERE (kind = 'force'::text)) AS forced,
    (sum(EXTRACT(epoch FROM (changed_at - stay_began))))::double precision AS stay_seconds
   FROM jalon_history.changes c
  WHERE (kind <> 'backfill'::text)
  GROUP BY tracked, column_name, category, case_type, ((changed_at)::date), old_code, new_code;

COMMENT ON VIEW jalon_recap.transitions_by_day IS 'Per day: how often each transition was taken. From nothing is creation, to nothing deletion.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.case_type IS 'Case type after the change; empty where the table has none.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.case_type_key IS 'Key of the case type in jalon_recap.case_types.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.day IS 'Day.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.from_code IS 'Code before; empty on creation.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.from_status_key IS 'Key of the status before.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.to_code IS 'Code after; empty on deletion.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.to_status_key IS 'Key of the status after.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.changes IS 'How often.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.records IS 'By how many records.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.forced IS 'How many were forced.';

COMMENT ON COLUMN jalon_recap.transitions_by_day.stay_seconds IS 'The stays that they ended, added up; divided by changes it is the average.';

CREATE VIEW jalon_masked.transitions_by_day AS
 SELECT tracked,
    column_name,
    category,
    case_type,
    case_type_key,
    day,
    from_code,
    from_status_key,
    to_code,
    to_status_key,
    changes,
    records,
    forced,
    stay_seconds
   FROM jalon_recap.transitions_by_day v;

COMMENT ON VIEW jalon_masked.transitions_by_day IS 'Generated for readers who see no persons: Per day: how often each transition was taken. From nothing is creation, to nothing deletion.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.tracked IS 'Tracked table.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.column_name IS 'Status column.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.category IS 'Category of its codes.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.case_type IS 'Case type after the change; empty where the table has none.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.case_type_key IS 'Key of the case type in jalon_recap.case_types.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.day IS 'Day.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.from_code IS 'Code before; empty on creation.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.from_status_key IS 'Key of the status before.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.to_code IS 'Code after; empty on deletion.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.to_status_key IS 'Key of the status after.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.changes IS 'How often.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.records IS 'By how many records.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.forced IS 'How many were forced.';

COMMENT ON COLUMN jalon_masked.transitions_by_day.stay_seconds IS 'The stays that they ended, added up; divided by changes it is the average.';

CREATE VIEW jalon_masked.users AS
 SELECT id,
    NULL::character varying(320) AS email,
    NULL::text AS name,
    role,
    created_at,
    status_version,
    status_changed_at
   FROM jalon_members.users v;

COMMENT ON VIEW jalon_masked.users IS 'Generated for readers who see no persons: People with an account.';

COMMENT ON COLUMN jalon_masked.users.id IS 'Identifier.';

COMMENT ON COLUMN jalon_masked.users.email IS 'E-mail address, as the person writes it; nobody else has it, in capitals or not.';

COMMENT ON COLUMN jalon_masked.users.name IS 'Name.';

COMMENT ON COLUMN jalon_masked.users.role IS 'Role, a code of USER_ROLE.';

COMMENT ON COLUMN jalon_masked.users.created_at IS 'When the account was made.';

COMMENT ON COLUMN jalon_masked.users.status_version IS 'Counts the changes of role: 1, 2, 3, … Kept by Jalon.';

COMMENT ON COLUMN jalon_masked.users.status_changed_at IS 'When the role last changed. Kept by Jalon.';

CREATE VIEW jalon_masked.users_timeline AS
 SELECT user_id,
    version,
    role,
    entered_at,
    left_at,
    duration,
        CASE changed_by
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || changed_by), 'UTF8'::name)), 'hex'::text), 16))
        END AS changed_by,
    NULL::text AS reason,
    kind,
    NULL::jsonb AS meta_data,
    is_current,
        CASE on_behalf_of
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || on_behalf_of), 'UTF8'::name)), 'hex'::text), 16))
        END AS on_behalf_of,
        CASE db_role
            WHEN 'erased'::text THEN 'erased'::text
            ELSE ('person-'::text || "left"(encode(sha256(convert_to(((( SELECT s.value
               FROM jalon_engine.secret s) || '/person/'::text) || db_role), 'UTF8'::name)), 'hex'::text), 16))
        END AS db_role,
    workflow_version,
    bulk_id,
    transaction_id,
    duration_seconds,
    transaction_number
   FROM jalon_history.users_timeline v;

COMMENT ON VIEW jalon_masked.users_timeline IS 'Generated for readers who see no persons: Generated for users: every stay of every record.';

COMMENT ON COLUMN jalon_masked.users_timeline.user_id IS 'Key of the record.';

COMMENT ON COLUMN jalon_masked.users_timeline.version IS 'The record''s version that this stay began with.';

COMMENT ON COLUMN jalon_masked.users_timeline.role IS 'Code of role during the stay.';

COMMENT ON COLUMN jalon_masked.users_timeline.entered_at IS 'When the stay began.';

COMMENT ON COLUMN jalon_masked.users_timeline.left_at IS 'When it ended: by the next change, or with the record; empty while it lasts.';

COMMENT ON COLUMN jalon_masked.users_timeline.duration IS 'How long it lasted, or has lasted so far.';

COMMENT ON COLUMN jalon_masked.users_timeline.changed_by IS 'Who brought the record here.';

COMMENT ON COLUMN jalon_masked.users_timeline.reason IS 'Why.';

COMMENT ON COLUMN jalon_masked.users_timeline.kind IS 'create, move, force, migration, import, backfill, timer or test.';

COMMENT ON COLUMN jalon_masked.users_timeline.meta_data IS 'Whatever else the writer gave along, as JSON.';

COMMENT ON COLUMN jalon_masked.users_timeline.is_current IS 'Whether the record stands here now.';

COMMENT ON COLUMN jalon_masked.users_timeline.on_behalf_of IS 'For whom, where another acted.';

COMMENT ON COLUMN jalon_masked.users_timeline.db_role IS 'Database login it came through.';

COMMENT ON COLUMN jalon_masked.users_timeline.workflow_version IS 'Version of the workflow that allowed it.';

COMMENT ON COLUMN jalon_masked.users_timeline.bulk_id IS 'The bulk call that it was part of.';

COMMENT ON COLUMN jalon_masked.users_timeline.transaction_id IS 'Transaction that wrote it.';

COMMENT ON COLUMN jalon_masked.users_timeline.duration_seconds IS 'The duration in seconds.';

COMMENT ON COLUMN jalon_masked.users_timeline.transaction_number IS 'The transaction as a number, for tools that don''t know its type.';

CREATE VIEW jalon_recap.workflow_definition AS
 SELECT category,
    case_type,
    version,
    from_status,
    to_status,
    action,
    roles,
    relation,
    requires_reason,
    required_fields,
    guard,
    "position",
    published_at
   FROM jalon_engine.workflow_definition d;

COMMENT ON VIEW jalon_recap.workflow_definition IS 'The transitions now in force, one row each.';

COMMENT ON COLUMN jalon_recap.workflow_definition.category IS 'Category.';

COMMENT ON COLUMN jalon_recap.workflow_definition.case_type IS 'Case type; empty where the workflow is for all.';

COMMENT ON COLUMN jalon_recap.workflow_definition.version IS 'Published version.';

COMMENT ON COLUMN jalon_recap.workflow_definition.from_status IS 'Code left; empty for creation.';

COMMENT ON COLUMN jalon_recap.workflow_definition.to_status IS 'Code entered.';

COMMENT ON COLUMN jalon_recap.workflow_definition.action IS 'Name of the action.';

COMMENT ON COLUMN jalon_recap.workflow_definition.roles IS 'Roles that may take it.';

COMMENT ON COLUMN jalon_recap.workflow_definition.relation IS 'Relation that the actor must have to the record.';

COMMENT ON COLUMN jalon_recap.workflow_definition.requires_reason IS 'Whether it requires a reason.';

COMMENT ON COLUMN jalon_recap.workflow_definition.required_fields IS 'Fields that it requires.';

COMMENT ON COLUMN jalon_recap.workflow_definition.guard IS 'Guard that may refuse it.';

COMMENT ON COLUMN jalon_recap.workflow_definition."position" IS 'Order.';

COMMENT ON COLUMN jalon_recap.workflow_definition.published_at IS 'Since when.';

CREATE VIEW jalon_masked.workflow_definition AS
 SELECT category,
    case_type,
    version,
    from_status,
    to_status,
    action,
    roles,
    relation,
    requires_reason,
    required_fields,
    guard,
    "position",
    published_at
   FROM jalon_recap.workflow_definition v;

COMMENT ON VIEW jalon_masked.workflow_definition IS 'Generated for readers who see no persons: The transitions now in force, one row each.';

COMMENT ON COLUMN jalon_masked.workflow_definition.category IS 'Category.';

COMMENT ON COLUMN jalon_masked.workflow_definition.case_type IS 'Case type; empty where the workflow is for all.';

COMMENT ON COLUMN jalon_masked.workflow_definition.version IS 'Published version.';

COMMENT ON COLUMN jalon_masked.workflow_definition.from_status IS 'Code left; empty for creation.';

COMMENT ON COLUMN jalon_masked.workflow_definition.to_status IS 'Code entered.';

COMMENT ON COLUMN jalon_masked.workflow_definition.action IS 'Name of the action.';

COMMENT ON COLUMN jalon_masked.workflow_definition.roles IS 'Roles that may take it.';

COMMENT ON COLUMN jalon_masked.workflow_definition.relation IS 'Relation that the actor must have to the record.';

COMMENT ON COLUMN jalon_masked.workflow_definition.requires_reason IS 'Whether it requires a reason.';

COMMENT ON COLUMN jalon_masked.workflow_definition.required_fields IS 'Fields that it requires.';

COMMENT ON COLUMN jalon_masked.workflow_definition.guard IS 'Guard that may refuse it.';

COMMENT ON COLUMN jalon_masked.workflow_definition."position" IS 'Order.';

COMMENT ON COLUMN jalon_masked.workflow_definition.published_at IS 'Since when.';

ALTER TABLE jalon_roadshow.roadshow_counterparty ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jalon_roadshow.roadshow_counterparty_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE jalon_roadshow.roadshow_event ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME jalon_roadshow.roadshow_event_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ONLY jalon_dossiers.dossier
    ADD CONSTRAINT dossier_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_dossiers.outcome_mapping
    ADD CONSTRAINT outcome_mapping_pk PRIMARY KEY (outcome);

ALTER TABLE ONLY jalon_dossiers.status_mapping
    ADD CONSTRAINT status_mapping_pk PRIMARY KEY (status_code);

ALTER TABLE ONLY jalon_engine.correction
    ADD CONSTRAINT a_correction_is_noted_once UNIQUE NULLS NOT DISTINCT (transaction_id, tracked, record_key);

ALTER TABLE ONLY jalon_engine.tracked
    ADD CONSTRAINT a_history_serves_one_table UNIQUE (history_schema, history_name);

ALTER TABLE ONLY jalon_engine.recap_mail
    ADD CONSTRAINT a_mail_has_its_own_token UNIQUE (token_hash);

ALTER TABLE ONLY jalon_engine.notification
    ADD CONSTRAINT a_position_is_given_once UNIQUE ("position");

ALTER TABLE ONLY jalon_engine.api_key
    ADD CONSTRAINT a_secret_is_used_once UNIQUE (hash);

ALTER TABLE ONLY jalon_engine.tracked
    ADD CONSTRAINT a_table_is_tracked_once UNIQUE (table_schema, table_name);

ALTER TABLE ONLY jalon_engine.workflow_transition
    ADD CONSTRAINT a_transition_exists_once UNIQUE NULLS NOT DISTINCT (category, case_type, version, from_code, to_code);

ALTER TABLE ONLY jalon_engine.recap_mail
    ADD CONSTRAINT a_week_is_mailed_once UNIQUE NULLS NOT DISTINCT (subscription_id, week);

ALTER TABLE ONLY jalon_engine.action_label
    ADD CONSTRAINT action_label_pk PRIMARY KEY (category, action, language);

ALTER TABLE ONLY jalon_engine.api_key
    ADD CONSTRAINT api_key_pk PRIMARY KEY (name);

ALTER TABLE ONLY jalon_engine.archived_month
    ADD CONSTRAINT archived_month_pk PRIMARY KEY (tracked, month);

ALTER TABLE ONLY jalon_engine.category
    ADD CONSTRAINT category_pk PRIMARY KEY (code);

ALTER TABLE ONLY jalon_engine.check_function
    ADD CONSTRAINT check_function_pk PRIMARY KEY (name);

ALTER TABLE ONLY jalon_engine.config_history
    ADD CONSTRAINT config_history_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_engine.constraint_text
    ADD CONSTRAINT constraint_text_pk PRIMARY KEY (constraint_name, language);

ALTER TABLE ONLY jalon_engine.deadline_look
    ADD CONSTRAINT deadline_look_pk PRIMARY KEY (tracked, column_name);

ALTER TABLE ONLY jalon_engine.display_text
    ADD CONSTRAINT display_text_pk PRIMARY KEY (code, language);

ALTER TABLE ONLY jalon_engine.draft_code
    ADD CONSTRAINT draft_code_pk PRIMARY KEY (category, case_type, version, code);

ALTER TABLE ONLY jalon_engine.draft_step
    ADD CONSTRAINT draft_step_pk PRIMARY KEY (category, case_type, version, step);

ALTER TABLE ONLY jalon_engine.error_code
    ADD CONSTRAINT error_code_pk PRIMARY KEY (sqlstate);

ALTER TABLE ONLY jalon_engine.generated_view
    ADD CONSTRAINT generated_view_pk PRIMARY KEY (object_name);

ALTER TABLE ONLY jalon_engine.guard
    ADD CONSTRAINT guard_pk PRIMARY KEY (name);

ALTER TABLE ONLY jalon_engine.idempotency
    ADD CONSTRAINT idempotency_pk PRIMARY KEY (principal, key);

ALTER TABLE ONLY jalon_engine.interest
    ADD CONSTRAINT interest_pk PRIMARY KEY (subscriber, tracked);

ALTER TABLE ONLY jalon_engine.language
    ADD CONSTRAINT language_pk PRIMARY KEY (code);

ALTER TABLE ONLY jalon_engine.last_look
    ADD CONSTRAINT last_look_pk PRIMARY KEY (actor);

ALTER TABLE ONLY jalon_engine.mail_sender
    ADD CONSTRAINT mail_sender_pk PRIMARY KEY (only_row);

ALTER TABLE ONLY jalon_engine.masked_column
    ADD CONSTRAINT masked_column_pk PRIMARY KEY (relation, column_name);

ALTER TABLE ONLY jalon_engine.module_recap
    ADD CONSTRAINT module_recap_pk PRIMARY KEY (recap);

ALTER TABLE ONLY jalon_engine.notification_clock
    ADD CONSTRAINT notification_clock_pk PRIMARY KEY (singleton);

ALTER TABLE ONLY jalon_engine.notification
    ADD CONSTRAINT notification_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_engine.notification_read
    ADD CONSTRAINT notification_read_pk PRIMARY KEY (notification_id, reader);

ALTER TABLE ONLY jalon_engine.notification_type
    ADD CONSTRAINT notification_type_pk PRIMARY KEY (code);

ALTER TABLE ONLY jalon_engine.outbox_message
    ADD CONSTRAINT outbox_message_pk PRIMARY KEY (record_key, id);

ALTER TABLE ONLY jalon_engine.passed_deadline
    ADD CONSTRAINT passed_deadline_pk PRIMARY KEY (tracked, column_name, record_key);

ALTER TABLE ONLY jalon_engine.permission_label
    ADD CONSTRAINT permission_label_pk PRIMARY KEY (permission, language);

ALTER TABLE ONLY jalon_engine.permission
    ADD CONSTRAINT permission_pk PRIMARY KEY (code);

ALTER TABLE ONLY jalon_engine.permission_rule
    ADD CONSTRAINT permission_rule_pk PRIMARY KEY (role, permission, scope, status);

ALTER TABLE ONLY jalon_engine.proof
    ADD CONSTRAINT proof_pk PRIMARY KEY (tracked);

ALTER TABLE ONLY jalon_engine.recap_cache
    ADD CONSTRAINT recap_cache_pk PRIMARY KEY (recap, question);

ALTER TABLE ONLY jalon_engine.recap_mail
    ADD CONSTRAINT recap_mail_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_engine.recap_subscription
    ADD CONSTRAINT recap_subscription_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_engine.record_edit
    ADD CONSTRAINT record_edit_pk PRIMARY KEY (tracked, record_key, revision);

ALTER TABLE ONLY jalon_engine.referential_label
    ADD CONSTRAINT referential_label_pk PRIMARY KEY (category, code, language);

ALTER TABLE ONLY jalon_engine.referential
    ADD CONSTRAINT referential_pk PRIMARY KEY (category, code);

ALTER TABLE ONLY jalon_engine.revoked_actor
    ADD CONSTRAINT revoked_actor_pk PRIMARY KEY (actor);

ALTER TABLE ONLY jalon_engine.revoked_token
    ADD CONSTRAINT revoked_token_pk PRIMARY KEY (hash);

ALTER TABLE ONLY jalon_engine.role_grant
    ADD CONSTRAINT role_grant_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_engine.role_label
    ADD CONSTRAINT role_label_pk PRIMARY KEY (role, language);

ALTER TABLE ONLY jalon_engine.role
    ADD CONSTRAINT role_pk PRIMARY KEY (code);

ALTER TABLE ONLY jalon_engine.rule_case_type
    ADD CONSTRAINT rule_case_type_pk PRIMARY KEY (category, case_type);

ALTER TABLE ONLY jalon_engine.rule_epoch
    ADD CONSTRAINT rule_epoch_pk PRIMARY KEY (singleton);

ALTER TABLE ONLY jalon_engine.rule_file
    ADD CONSTRAINT rule_file_pk PRIMARY KEY (category);

ALTER TABLE ONLY jalon_engine.rule
    ADD CONSTRAINT rule_pk PRIMARY KEY (category, case_type, from_code, to_code);

ALTER TABLE ONLY jalon_engine.saved_view
    ADD CONSTRAINT saved_view_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_engine.secret
    ADD CONSTRAINT secret_pk PRIMARY KEY (only_row);

ALTER TABLE ONLY jalon_engine.session
    ADD CONSTRAINT session_pk PRIMARY KEY (hash);

ALTER TABLE ONLY jalon_engine.setting
    ADD CONSTRAINT setting_pk PRIMARY KEY (name);

ALTER TABLE ONLY jalon_engine.template
    ADD CONSTRAINT template_pk PRIMARY KEY (name);

ALTER TABLE ONLY jalon_engine.tracked_column
    ADD CONSTRAINT tracked_column_pk PRIMARY KEY (tracked, column_name);

ALTER TABLE ONLY jalon_engine.tracked
    ADD CONSTRAINT tracked_pk PRIMARY KEY (name);

ALTER TABLE ONLY jalon_engine.turn
    ADD CONSTRAINT turn_pk PRIMARY KEY (name);

ALTER TABLE ONLY jalon_engine.webhook_delivery
    ADD CONSTRAINT webhook_delivery_pk PRIMARY KEY (webhook_id, message_id, created_at);

ALTER TABLE ONLY jalon_engine.webhook_delivery_default
    ADD CONSTRAINT webhook_delivery_default_pkey PRIMARY KEY (webhook_id, message_id, created_at);

ALTER TABLE ONLY jalon_engine.webhook_health
    ADD CONSTRAINT webhook_health_pk PRIMARY KEY (webhook_id);

ALTER TABLE ONLY jalon_engine.webhook_message
    ADD CONSTRAINT webhook_message_pk PRIMARY KEY (id, created_at);

ALTER TABLE ONLY jalon_engine.webhook_message_default
    ADD CONSTRAINT webhook_message_default_pkey PRIMARY KEY (id, created_at);

ALTER TABLE ONLY jalon_engine.webhook
    ADD CONSTRAINT webhook_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_engine.webhook_secret
    ADD CONSTRAINT webhook_secret_pk PRIMARY KEY (webhook_id, secret);

ALTER TABLE ONLY jalon_engine.workflow_arrival
    ADD CONSTRAINT workflow_arrival_pk PRIMARY KEY (category, case_type, version, from_case_type, from_code, to_code);

ALTER TABLE ONLY jalon_engine.workflow
    ADD CONSTRAINT workflow_pk PRIMARY KEY (category, case_type, version);

ALTER TABLE ONLY jalon_events.note_template
    ADD CONSTRAINT a_note_template_is_named_once UNIQUE (language, label);

ALTER TABLE ONLY jalon_events.content_column
    ADD CONSTRAINT content_column_pk PRIMARY KEY (column_name);

ALTER TABLE ONLY jalon_events.display_label
    ADD CONSTRAINT display_label_pk PRIMARY KEY (code, language);

ALTER TABLE ONLY jalon_events.display
    ADD CONSTRAINT display_pk PRIMARY KEY (code);

ALTER TABLE ONLY jalon_events.display
    ADD CONSTRAINT displays_have_an_order UNIQUE ("position");

ALTER TABLE ONLY jalon_events.events
    ADD CONSTRAINT events_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_events.follow_up
    ADD CONSTRAINT follow_up_pk PRIMARY KEY (code);

ALTER TABLE ONLY jalon_events.follow_up
    ADD CONSTRAINT follow_ups_have_an_order UNIQUE ("position");

ALTER TABLE ONLY jalon_events.note_template
    ADD CONSTRAINT note_template_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_events.notice
    ADD CONSTRAINT notice_pk PRIMARY KEY (code);

ALTER TABLE ONLY jalon_events.notice
    ADD CONSTRAINT notices_have_an_order UNIQUE ("position");

ALTER TABLE ONLY jalon_history.deletion
    ADD CONSTRAINT deletion_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_history.erasure
    ADD CONSTRAINT erasure_pk PRIMARY KEY (tracked, record_key, transaction_id);

ALTER TABLE ONLY jalon_history.jalon_dossiers__dossier
    ADD CONSTRAINT jalon_dossiers__dossier_pk PRIMARY KEY (dossier_id, version, changed_at);

ALTER TABLE ONLY jalon_history.jalon_dossiers__dossier_default
    ADD CONSTRAINT jalon_dossiers__dossier_default_pkey PRIMARY KEY (dossier_id, version, changed_at);

ALTER TABLE ONLY jalon_history.jalon_events__events
    ADD CONSTRAINT jalon_events__events_pk PRIMARY KEY (event_id, version, changed_at);

ALTER TABLE ONLY jalon_history.jalon_events__events_default
    ADD CONSTRAINT jalon_events__events_default_pkey PRIMARY KEY (event_id, version, changed_at);

ALTER TABLE ONLY jalon_history.jalon_members__users
    ADD CONSTRAINT jalon_members__users_pk PRIMARY KEY (user_id, version, changed_at);

ALTER TABLE ONLY jalon_history.jalon_members__users_default
    ADD CONSTRAINT jalon_members__users_default_pkey PRIMARY KEY (user_id, version, changed_at);

ALTER TABLE ONLY jalon_history.jalon_propositions__proposition
    ADD CONSTRAINT jalon_propositions__proposition_pk PRIMARY KEY (proposition_id, version, changed_at);

ALTER TABLE ONLY jalon_history.jalon_propositions__proposition_default
    ADD CONSTRAINT jalon_propositions__proposition_default_pkey PRIMARY KEY (proposition_id, version, changed_at);

ALTER TABLE ONLY jalon_history.jalon_roadshow__roadshow_counterparty
    ADD CONSTRAINT jalon_roadshow__roadshow_counterparty_pk PRIMARY KEY (counterparty_id, version, changed_at);

ALTER TABLE ONLY jalon_history.jalon_roadshow__roadshow_counterparty_default
    ADD CONSTRAINT jalon_roadshow__roadshow_counterparty_default_pkey PRIMARY KEY (counterparty_id, version, changed_at);

ALTER TABLE ONLY jalon_history.partitioned_record
    ADD CONSTRAINT partitioned_record_pk PRIMARY KEY (tracked, record_key);

ALTER TABLE ONLY jalon_history.renumbering
    ADD CONSTRAINT renumbering_pk PRIMARY KEY (tracked, record_key, transaction_id);

ALTER TABLE ONLY jalon_install.function_digest
    ADD CONSTRAINT function_digest_pk PRIMARY KEY (signature);

ALTER TABLE ONLY jalon_install.installer
    ADD CONSTRAINT installer_pk PRIMARY KEY (role_name);

ALTER TABLE ONLY jalon_install.kept_version
    ADD CONSTRAINT kept_version_pk PRIMARY KEY (version);

ALTER TABLE ONLY jalon_install.migration_digest
    ADD CONSTRAINT migration_digest_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_install.reload
    ADD CONSTRAINT reload_pk PRIMARY KEY (only_row);

ALTER TABLE ONLY jalon_install.reloaded_file
    ADD CONSTRAINT reloaded_file_pk PRIMARY KEY (path);

ALTER TABLE ONLY jalon_members.users
    ADD CONSTRAINT users_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_propositions.proposition_roles
    ADD CONSTRAINT a_role_belongs_to_one_proposition UNIQUE (id, proposition_id);

ALTER TABLE ONLY jalon_propositions.proposition_custom_action_events
    ADD CONSTRAINT proposition_custom_action_events_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_propositions.proposition_custom_action_refusals
    ADD CONSTRAINT proposition_custom_action_refusals_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_propositions.proposition_custom_actions
    ADD CONSTRAINT proposition_custom_actions_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_propositions.proposition
    ADD CONSTRAINT proposition_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_propositions.proposition_role_assignments
    ADD CONSTRAINT proposition_role_assignments_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_propositions.proposition_roles
    ADD CONSTRAINT proposition_roles_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_roadshow.roadshow_counterparty
    ADD CONSTRAINT roadshow_counterparty_pk PRIMARY KEY (id);

ALTER TABLE ONLY jalon_roadshow.roadshow_event
    ADD CONSTRAINT roadshow_event_pk PRIMARY KEY (id);

CREATE INDEX dossier_assignee_time_idx ON jalon_dossiers.dossier USING btree (assignee, status_changed_at);

CREATE INDEX dossier_author_time_idx ON jalon_dossiers.dossier USING btree (created_by, status_changed_at);

CREATE INDEX dossier_status_time_idx ON jalon_dossiers.dossier USING btree (status_code, status_changed_at);

CREATE INDEX dossier_words_idx ON jalon_dossiers.dossier USING gin (to_tsvector('simple'::regconfig, translate(lower((((COALESCE(lead_name, ''::character varying))::text || ' '::text) || (COALESCE(organisation, ''::character varying))::text)), 'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’'''::text, 'aaaaaaceeeeiiiinooooouuuuyy  '::text)));

CREATE INDEX idx_dossier_assignee ON jalon_dossiers.dossier USING btree (assignee, updated_at DESC, id DESC);

CREATE INDEX idx_dossier_case_type ON jalon_dossiers.dossier USING btree (case_type);

CREATE INDEX idx_dossier_case_type_status_code ON jalon_dossiers.dossier USING btree (case_type, status_code);

CREATE INDEX idx_dossier_status_code ON jalon_dossiers.dossier USING btree (status_code);

CREATE INDEX idx_dossier_updated_at ON jalon_dossiers.dossier USING btree (updated_at DESC, id DESC);

CREATE UNIQUE INDEX a_recap_is_subscribed_once ON jalon_engine.recap_subscription USING btree (actor, tracked) NULLS NOT DISTINCT WHERE (ended_at IS NULL);

CREATE UNIQUE INDEX a_role_is_held_once ON jalon_engine.role_grant USING btree (principal, role) WHERE (revoked_at IS NULL);

CREATE INDEX action_label_language_idx ON jalon_engine.action_label USING btree (language);

CREATE INDEX check_function_category_idx ON jalon_engine.check_function USING btree (category);

CREATE INDEX config_history_table_idx ON jalon_engine.config_history USING btree (table_name, changed_at);

CREATE INDEX constraint_text_language_idx ON jalon_engine.constraint_text USING btree (language);

CREATE INDEX display_text_language_idx ON jalon_engine.display_text USING btree (language);

CREATE INDEX idempotency_created_at_idx ON jalon_engine.idempotency USING btree (created_at);

CREATE INDEX interest_tracked_idx ON jalon_engine.interest USING btree (tracked);

CREATE INDEX notification_permission_feed_idx ON jalon_engine.notification USING btree (recipient_permission, "position") WHERE (recipient_permission IS NOT NULL);

CREATE INDEX notification_permission_idx ON jalon_engine.notification USING btree (recipient_permission, id) WHERE (recipient_permission IS NOT NULL);

CREATE INDEX notification_recipient_feed_idx ON jalon_engine.notification USING btree (recipient, "position") WHERE (recipient IS NOT NULL);

CREATE INDEX notification_recipient_idx ON jalon_engine.notification USING btree (recipient, id) WHERE (recipient IS NOT NULL);

CREATE INDEX notification_record_idx ON jalon_engine.notification USING btree (tracked, record_key);

CREATE INDEX notification_type_idx ON jalon_engine.notification USING btree (type);

CREATE INDEX notification_unnumbered_idx ON jalon_engine.notification USING btree (id) WHERE ("position" IS NULL);

CREATE UNIQUE INDEX one_language_is_the_default ON jalon_engine.language USING btree (is_default) WHERE is_default;

CREATE UNIQUE INDEX one_version_is_draft ON jalon_engine.workflow USING btree (category, case_type) WHERE (state = 'draft'::text);

CREATE UNIQUE INDEX one_version_is_published ON jalon_engine.workflow USING btree (category, case_type) WHERE (state = 'published'::text);

CREATE INDEX outbox_message_id_idx ON jalon_engine.outbox_message USING btree (id);

CREATE INDEX passed_deadline_transaction_idx ON jalon_engine.passed_deadline USING btree (tracked, (((transaction_id)::text)::bigint));

CREATE INDEX permission_label_language_idx ON jalon_engine.permission_label USING btree (language);

CREATE INDEX permission_rule_permission_idx ON jalon_engine.permission_rule USING btree (permission);

CREATE INDEX recap_cache_tracked_idx ON jalon_engine.recap_cache USING btree (tracked);

CREATE INDEX recap_mail_created_at_idx ON jalon_engine.recap_mail USING btree (created_at);

CREATE INDEX recap_subscription_actor_idx ON jalon_engine.recap_subscription USING btree (actor, created_at);

CREATE INDEX recap_subscription_due_at_idx ON jalon_engine.recap_subscription USING btree (due_at) WHERE (ended_at IS NULL);

CREATE INDEX recap_subscription_language_idx ON jalon_engine.recap_subscription USING btree (language);

CREATE INDEX recap_subscription_tracked_idx ON jalon_engine.recap_subscription USING btree (tracked);

CREATE INDEX referential_label_language_idx ON jalon_engine.referential_label USING btree (language);

CREATE INDEX role_grant_role_idx ON jalon_engine.role_grant USING btree (role);

CREATE INDEX role_label_language_idx ON jalon_engine.role_label USING btree (language);

CREATE INDEX saved_view_owner_idx ON jalon_engine.saved_view USING btree (owner, list);

CREATE INDEX saved_view_role_idx ON jalon_engine.saved_view USING btree (list, role) WHERE (role IS NOT NULL);

CREATE INDEX session_actor_idx ON jalon_engine.session USING btree (actor, started_at);

CREATE INDEX session_expires_at_idx ON jalon_engine.session USING btree (expires_at);

CREATE INDEX tracked_column_category_idx ON jalon_engine.tracked_column USING btree (category);

CREATE INDEX webhook_attempt_delivery_idx ON ONLY jalon_engine.webhook_attempt USING btree (webhook_id, message_id);

CREATE INDEX webhook_attempt_default_webhook_id_message_id_idx ON jalon_engine.webhook_attempt_default USING btree (webhook_id, message_id);

CREATE INDEX webhook_delivery_dead_idx ON ONLY jalon_engine.webhook_delivery USING btree (webhook_id, created_at, message_id) WHERE ((due_at IS NULL) AND (delivered_at IS NULL));

CREATE INDEX webhook_delivery_of_record_idx ON ONLY jalon_engine.webhook_delivery USING btree (record_key, tracked, created_at);

CREATE INDEX webhook_delivery_default_record_key_tracked_created_at_idx ON jalon_engine.webhook_delivery_default USING btree (record_key, tracked, created_at);

CREATE INDEX webhook_delivery_newest_idx ON ONLY jalon_engine.webhook_delivery USING btree (webhook_id, created_at, message_id);

CREATE INDEX webhook_delivery_default_webhook_id_created_at_message_id_idx ON jalon_engine.webhook_delivery_default USING btree (webhook_id, created_at, message_id);

CREATE INDEX webhook_delivery_default_webhook_id_created_at_message_id_idx1 ON jalon_engine.webhook_delivery_default USING btree (webhook_id, created_at, message_id) WHERE ((due_at IS NULL) AND (delivered_at IS NULL));

CREATE INDEX webhook_delivery_due_idx ON ONLY jalon_engine.webhook_delivery USING btree (webhook_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX webhook_delivery_default_webhook_id_due_at_idx ON jalon_engine.webhook_delivery_default USING btree (webhook_id, due_at) WHERE (due_at IS NOT NULL);

CREATE INDEX webhook_delivery_record_idx ON ONLY jalon_engine.webhook_delivery USING btree (webhook_id, record_key, tracked) WHERE (due_at IS NOT NULL);

CREATE INDEX webhook_delivery_default_webhook_id_record_key_tracked_idx ON jalon_engine.webhook_delivery_default USING btree (webhook_id, record_key, tracked) WHERE (due_at IS NOT NULL);

CREATE INDEX workflow_arrival_from_idx ON jalon_engine.workflow_arrival USING btree (category, from_code);

CREATE INDEX workflow_arrival_to_idx ON jalon_engine.workflow_arrival USING btree (category, to_code);

CREATE INDEX workflow_transition_from_idx ON jalon_engine.workflow_transition USING btree (category, from_code);

CREATE INDEX workflow_transition_guard_idx ON jalon_engine.workflow_transition USING btree (guard);

CREATE INDEX workflow_transition_to_idx ON jalon_engine.workflow_transition USING btree (category, to_code);

CREATE INDEX display_label_language_idx ON jalon_events.display_label USING btree (language);

CREATE INDEX events_created_idx ON jalon_events.events USING btree (created_at, id);

CREATE INDEX events_organizer_idx ON jalon_events.events USING btree (organizer_id, created_at, id);

CREATE INDEX events_organizer_time_idx ON jalon_events.events USING btree (organizer_id, status_changed_at);

CREATE INDEX events_public_idx ON jalon_events.events USING btree (starts_at, id) WHERE is_published;

CREATE INDEX events_publication_time_idx ON jalon_events.events USING btree (is_published, status_changed_at);

CREATE INDEX events_queue_idx ON jalon_events.events USING btree (moderation_status, status_changed_at, id);

CREATE INDEX events_status_changed_by_idx ON jalon_events.events USING btree (status_changed_by);

CREATE INDEX events_status_time_idx ON jalon_events.events USING btree (status, status_changed_at);

CREATE INDEX events_words_idx ON jalon_events.events USING gin (to_tsvector('simple'::regconfig, translate(lower(((COALESCE(title, ''::text) || ' '::text) || COALESCE(place, ''::text))), 'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’'''::text, 'aaaaaaceeeeiiiinooooouuuuyy  '::text)));

CREATE INDEX notice_audience_idx ON jalon_events.notice USING btree (audience);

CREATE INDEX notice_type_idx ON jalon_events.notice USING btree (type);

CREATE INDEX deletion_record_idx ON jalon_history.deletion USING btree (tracked, record_key);

CREATE INDEX deletion_tracked_idx ON jalon_history.deletion USING btree (tracked, deleted_at);

CREATE INDEX deletion_transaction_idx ON jalon_history.deletion USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_dossiers__dossier_changed ON ONLY jalon_history.jalon_dossiers__dossier USING brin (changed_at, previous_changed_at);

CREATE INDEX jalon_dossiers__dossier_defau_changed_at_previous_changed_a_idx ON jalon_history.jalon_dossiers__dossier_default USING brin (changed_at, previous_changed_at);

CREATE INDEX jalon_dossiers__dossier_time ON ONLY jalon_history.jalon_dossiers__dossier USING btree (changed_at);

CREATE INDEX jalon_dossiers__dossier_default_changed_at_idx ON jalon_history.jalon_dossiers__dossier_default USING btree (changed_at);

CREATE INDEX jalon_dossiers__dossier_transaction ON ONLY jalon_history.jalon_dossiers__dossier USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_dossiers__dossier_default_transaction_id_idx ON jalon_history.jalon_dossiers__dossier_default USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_events__events_changed ON ONLY jalon_history.jalon_events__events USING brin (changed_at, previous_changed_at);

CREATE INDEX jalon_events__events_time ON ONLY jalon_history.jalon_events__events USING btree (changed_at);

CREATE INDEX jalon_events__events_default_changed_at_idx ON jalon_history.jalon_events__events_default USING btree (changed_at);

CREATE INDEX jalon_events__events_default_changed_at_previous_changed_at_idx ON jalon_history.jalon_events__events_default USING brin (changed_at, previous_changed_at);

CREATE INDEX jalon_events__events_transaction ON ONLY jalon_history.jalon_events__events USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_events__events_default_transaction_id_idx ON jalon_history.jalon_events__events_default USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_members__users_changed ON ONLY jalon_history.jalon_members__users USING brin (changed_at, previous_changed_at);

CREATE INDEX jalon_members__users_time ON ONLY jalon_history.jalon_members__users USING btree (changed_at);

CREATE INDEX jalon_members__users_default_changed_at_idx ON jalon_history.jalon_members__users_default USING btree (changed_at);

CREATE INDEX role_change_history_changed_at_idx ON ONLY jalon_history.jalon_members__users USING btree (changed_at);

CREATE INDEX jalon_members__users_default_changed_at_idx1 ON jalon_history.jalon_members__users_default USING btree (changed_at);

CREATE INDEX jalon_members__users_default_changed_at_previous_changed_at_idx ON jalon_history.jalon_members__users_default USING brin (changed_at, previous_changed_at);

CREATE INDEX role_change_history_id_idx ON ONLY jalon_history.jalon_members__users USING btree (id);

CREATE INDEX jalon_members__users_default_id_idx ON jalon_history.jalon_members__users_default USING btree (id);

CREATE INDEX jalon_members__users_transaction ON ONLY jalon_history.jalon_members__users USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_members__users_default_transaction_id_idx ON jalon_history.jalon_members__users_default USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX role_change_history_user_changed_at_idx ON ONLY jalon_history.jalon_members__users USING btree (user_id, changed_at);

CREATE INDEX jalon_members__users_default_user_id_changed_at_idx ON jalon_history.jalon_members__users_default USING btree (user_id, changed_at);

CREATE INDEX jalon_propositions__proposition_changed ON ONLY jalon_history.jalon_propositions__proposition USING brin (changed_at, previous_changed_at);

CREATE INDEX jalon_propositions__propositi_changed_at_previous_changed_a_idx ON jalon_history.jalon_propositions__proposition_default USING brin (changed_at, previous_changed_at);

CREATE INDEX jalon_propositions__proposition_time ON ONLY jalon_history.jalon_propositions__proposition USING btree (changed_at);

CREATE INDEX jalon_propositions__proposition_default_changed_at_idx ON jalon_history.jalon_propositions__proposition_default USING btree (changed_at);

CREATE INDEX jalon_propositions__proposition_transaction ON ONLY jalon_history.jalon_propositions__proposition USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_propositions__proposition_default_transaction_id_idx ON jalon_history.jalon_propositions__proposition_default USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_roadshow__roadshow_counterparty_changed ON ONLY jalon_history.jalon_roadshow__roadshow_counterparty USING brin (changed_at, previous_changed_at);

CREATE INDEX jalon_roadshow__roadshow_coun_changed_at_previous_changed_a_idx ON jalon_history.jalon_roadshow__roadshow_counterparty_default USING brin (changed_at, previous_changed_at);

CREATE INDEX jalon_roadshow__roadshow_counterparty_transaction ON ONLY jalon_history.jalon_roadshow__roadshow_counterparty USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_roadshow__roadshow_counterparty_defaul_transaction_id_idx ON jalon_history.jalon_roadshow__roadshow_counterparty_default USING brin ((((transaction_id)::text)::bigint));

CREATE INDEX jalon_roadshow__roadshow_counterparty_time ON ONLY jalon_history.jalon_roadshow__roadshow_counterparty USING btree (changed_at);

CREATE INDEX jalon_roadshow__roadshow_counterparty_default_changed_at_idx ON jalon_history.jalon_roadshow__roadshow_counterparty_default USING btree (changed_at);

CREATE UNIQUE INDEX an_email_is_used_once ON jalon_members.users USING btree (lower((email)::text));

CREATE INDEX users_by_name_idx ON jalon_members.users USING btree (lower(name), id);

CREATE INDEX users_words_idx ON jalon_members.users USING gin (to_tsvector('simple'::regconfig, translate(lower(((COALESCE(name, ''::text) || ' '::text) || (COALESCE(email, ''::character varying))::text)), 'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’'''::text, 'aaaaaaceeeeiiiinooooouuuuyy  '::text)));

CREATE UNIQUE INDEX a_custom_role_is_held_once ON jalon_propositions.proposition_role_assignments USING btree (role_id, user_id) WHERE (revoked_at IS NULL);

CREATE UNIQUE INDEX a_key_triggers_once ON jalon_propositions.proposition_custom_action_events USING btree (proposition_id, triggered_by, idempotency_key);

CREATE UNIQUE INDEX a_role_is_made_once ON jalon_propositions.proposition_roles USING btree (proposition_id, code) WHERE (deleted_at IS NULL);

CREATE UNIQUE INDEX an_action_is_declared_once ON jalon_propositions.proposition_custom_actions USING btree (proposition_id, code) WHERE (deleted_at IS NULL);

CREATE INDEX proposition_author_time_idx ON jalon_propositions.proposition USING btree (author_id, status_changed_at);

CREATE INDEX proposition_created_at_idx ON jalon_propositions.proposition USING btree (created_at, id);

CREATE INDEX proposition_custom_action_events_action_idx ON jalon_propositions.proposition_custom_action_events USING btree (action_id, triggered_at);

CREATE INDEX proposition_custom_action_events_proposition_idx ON jalon_propositions.proposition_custom_action_events USING btree (proposition_id, triggered_at, id);

CREATE INDEX proposition_custom_action_refusals_action_idx ON jalon_propositions.proposition_custom_action_refusals USING btree (action_id);

CREATE INDEX proposition_custom_action_refusals_proposition_idx ON jalon_propositions.proposition_custom_action_refusals USING btree (proposition_id, refused_at, id);

CREATE INDEX proposition_custom_actions_proposition_idx ON jalon_propositions.proposition_custom_actions USING btree (proposition_id);

CREATE INDEX proposition_role_assignments_holder_idx ON jalon_propositions.proposition_role_assignments USING btree (user_id, proposition_id) WHERE (revoked_at IS NULL);

CREATE INDEX proposition_role_assignments_role_idx ON jalon_propositions.proposition_role_assignments USING btree (role_id, proposition_id);

CREATE INDEX proposition_roles_proposition_idx ON jalon_propositions.proposition_roles USING btree (proposition_id);

CREATE INDEX proposition_status_time_idx ON jalon_propositions.proposition USING btree (status, status_changed_at);

CREATE INDEX proposition_words_idx ON jalon_propositions.proposition USING gin (to_tsvector('simple'::regconfig, translate(lower(COALESCE(title, ''::text)), 'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’'''::text, 'aaaaaaceeeeiiiinooooouuuuyy  '::text)));

CREATE UNIQUE INDEX a_change_of_status_makes_one_event ON jalon_roadshow.roadshow_event USING btree (counterparty_id, (((meta ->> 'version'::text))::integer)) WHERE (type = 'status_change'::text);

CREATE INDEX roadshow_counterparty_by_name_idx ON jalon_roadshow.roadshow_counterparty USING btree (lower(name), id);

CREATE INDEX roadshow_counterparty_words_idx ON jalon_roadshow.roadshow_counterparty USING gin (to_tsvector('simple'::regconfig, translate(lower(COALESCE(name, ''::text)), 'àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’'''::text, 'aaaaaaceeeeiiiinooooouuuuyy  '::text)));

CREATE INDEX roadshow_event_counterparty_idx ON jalon_roadshow.roadshow_event USING btree (counterparty_id, date, id);

CREATE INDEX roadshow_event_date_idx ON jalon_roadshow.roadshow_event USING btree (date);

CREATE TRIGGER _100_keep_in_step BEFORE INSERT ON jalon_dossiers.dossier FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_dossier__keep_in_step();

CREATE TRIGGER _110_keep_in_step BEFORE UPDATE ON jalon_dossiers.dossier FOR EACH ROW WHEN ((old.* IS DISTINCT FROM new.*)) EXECUTE FUNCTION jalon_engine.tg_dossier__keep_in_step();

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_dossiers.outcome_mapping FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('outcome');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_dossiers.status_mapping FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('status_code');

CREATE CONSTRAINT TRIGGER _jalon_after_delete AFTER DELETE ON jalon_dossiers.dossier NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_dossiers__dossier__after_delete();

CREATE CONSTRAINT TRIGGER _jalon_after_insert AFTER INSERT ON jalon_dossiers.dossier NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_dossiers__dossier__after_insert();

CREATE CONSTRAINT TRIGGER _jalon_after_update AFTER UPDATE ON jalon_dossiers.dossier NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN ((((old.status_code)::text IS DISTINCT FROM (new.status_code)::text) OR ((old.case_type)::text IS DISTINCT FROM (new.case_type)::text) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_dossiers__dossier__after_update();

CREATE TRIGGER _jalon_before_truncate BEFORE TRUNCATE ON jalon_dossiers.dossier FOR EACH STATEMENT EXECUTE FUNCTION jalon_generated.jalon_dossiers__dossier__before_truncate();

CREATE TRIGGER keep_edit AFTER UPDATE ON jalon_dossiers.dossier FOR EACH ROW WHEN ((old.edited_at IS DISTINCT FROM new.edited_at)) EXECUTE FUNCTION jalon_engine.tg_record__keep_edit('dossier');

CREATE TRIGGER "~jalon_before_insert" BEFORE INSERT ON jalon_dossiers.dossier FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_dossiers__dossier__before_insert();

CREATE TRIGGER "~jalon_before_update" BEFORE UPDATE ON jalon_dossiers.dossier FOR EACH ROW WHEN ((((old.status_code)::text IS DISTINCT FROM (new.status_code)::text) OR ((old.case_type)::text IS DISTINCT FROM (new.case_type)::text) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_dossiers__dossier__before_update();

CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON jalon_engine.config_history FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_config_history__append_only();

CREATE TRIGGER _100_keep_published BEFORE INSERT OR DELETE OR UPDATE ON jalon_engine.draft_code FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_workflow_transition__keep_published();

CREATE TRIGGER _100_keep_published BEFORE DELETE OR UPDATE ON jalon_engine.workflow FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_workflow__keep_published();

CREATE TRIGGER _100_keep_published BEFORE INSERT OR DELETE OR UPDATE ON jalon_engine.workflow_arrival FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_workflow_transition__keep_published();

CREATE TRIGGER _100_keep_published BEFORE INSERT OR DELETE OR UPDATE ON jalon_engine.workflow_transition FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_workflow_transition__keep_published();

CREATE TRIGGER _100_keep_used BEFORE DELETE ON jalon_engine.referential FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_referential__keep_used();

CREATE TRIGGER _110_append_only_truncate BEFORE TRUNCATE ON jalon_engine.config_history FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_config_history__append_only();

CREATE TRIGGER _110_keep_codes BEFORE INSERT OR UPDATE ON jalon_engine.workflow_arrival FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_workflow_transition__keep_codes();

CREATE TRIGGER _110_keep_codes BEFORE INSERT OR UPDATE ON jalon_engine.workflow_transition FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_workflow_transition__keep_codes();

CREATE TRIGGER _110_keep_name BEFORE UPDATE OF category, code ON jalon_engine.referential FOR EACH ROW WHEN (((old.category IS DISTINCT FROM new.category) OR ((old.code)::text IS DISTINCT FROM (new.code)::text))) EXECUTE FUNCTION jalon_engine.tg_referential__keep_used();

CREATE TRIGGER _110_keep_used BEFORE DELETE ON jalon_engine.draft_code FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_draft_code__keep_used();

CREATE TRIGGER _120_keep_name BEFORE UPDATE OF category, code, case_type, version ON jalon_engine.draft_code FOR EACH ROW WHEN (((((old.category IS DISTINCT FROM new.category) OR ((old.code)::text IS DISTINCT FROM (new.code)::text)) OR (old.case_type IS DISTINCT FROM new.case_type)) OR (old.version IS DISTINCT FROM new.version))) EXECUTE FUNCTION jalon_engine.tg_draft_code__keep_used();

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.action_label FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('category', 'action', 'language');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.category FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('code');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.check_function FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('name');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.draft_code FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('category', 'case_type', 'version', 'code');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.guard FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('name');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.language FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('code');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.permission FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('code');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.permission_label FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('permission', 'language');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.permission_rule FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('role', 'permission', 'scope', 'status');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.referential FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('category', 'code');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.referential_label FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('category', 'code', 'language');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.role FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('code');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.role_grant FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('id');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.role_label FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('role', 'language');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.setting FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('name');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.template FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('name');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.tracked FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('name');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.tracked_column FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('tracked', 'column_name');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.webhook FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('id');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.workflow FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('category', 'case_type', 'version');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.workflow_arrival FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('category', 'case_type', 'version', 'from_case_type', 'from_code', 'to_code');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.workflow_transition FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('category', 'case_type', 'version', 'from_code', 'to_code');

CREATE TRIGGER _600_interest AFTER INSERT ON jalon_engine.tracked FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_tracked__interest();

CREATE TRIGGER _800_compile AFTER UPDATE OF others_are_free ON jalon_engine.category FOR EACH ROW WHEN ((old.others_are_free IS DISTINCT FROM new.others_are_free)) EXECUTE FUNCTION jalon_engine.tg_category__compile();

CREATE TRIGGER _800_compile_insert AFTER INSERT ON jalon_engine.referential REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__compile();

CREATE TRIGGER _800_compile_insert AFTER INSERT ON jalon_engine.workflow REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_workflow__compile();

CREATE TRIGGER _800_compile_insert AFTER INSERT ON jalon_engine.workflow_transition REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_workflow_transition__compile();

CREATE TRIGGER _800_epoch AFTER INSERT OR DELETE OR UPDATE ON jalon_engine.permission_rule FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_permission_rule__epoch();

CREATE TRIGGER _810_compile_update AFTER UPDATE ON jalon_engine.referential REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__compile();

CREATE TRIGGER _810_compile_update AFTER UPDATE ON jalon_engine.workflow REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_workflow__compile();

CREATE TRIGGER _810_compile_update AFTER UPDATE ON jalon_engine.workflow_transition REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_workflow_transition__compile();

CREATE TRIGGER _820_compile_delete AFTER DELETE ON jalon_engine.referential REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__compile();

CREATE TRIGGER _820_compile_delete AFTER DELETE ON jalon_engine.workflow REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_workflow__compile();

CREATE TRIGGER _820_compile_delete AFTER DELETE ON jalon_engine.workflow_transition REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_workflow_transition__compile();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.action_label FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.category FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.check_function FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.draft_code FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.guard FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.language FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.permission FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.permission_label FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.permission_rule FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.referential FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.referential_label FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.role FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.role_grant FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.role_label FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.setting FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.template FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.tracked FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.tracked_column FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.webhook FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.workflow FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.workflow_arrival FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_engine.workflow_transition FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _100_content BEFORE UPDATE ON jalon_events.events FOR EACH ROW WHEN (((((((((old.title IS DISTINCT FROM new.title) OR (old.description IS DISTINCT FROM new.description)) OR (old.starts_at IS DISTINCT FROM new.starts_at)) OR (old.ends_at IS DISTINCT FROM new.ends_at)) OR (old.place IS DISTINCT FROM new.place)) OR (old.price IS DISTINCT FROM new.price)) OR (old.capacity IS DISTINCT FROM new.capacity)) OR (old.organizer_id IS DISTINCT FROM new.organizer_id))) EXECUTE FUNCTION jalon_engine.tg_events__content();

CREATE TRIGGER _200_follow_up BEFORE UPDATE ON jalon_events.events FOR EACH ROW WHEN ((((((old.status)::text IS DISTINCT FROM (new.status)::text) OR ((old.moderation_status)::text IS DISTINCT FROM (new.moderation_status)::text)) OR (old.is_published IS DISTINCT FROM new.is_published)) OR (old.revision IS DISTINCT FROM new.revision))) EXECUTE FUNCTION jalon_engine.tg_events__follow_up();

CREATE TRIGGER _300_delete BEFORE DELETE ON jalon_events.events FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_events__delete();

CREATE TRIGGER _400_changed_by_of_new BEFORE INSERT ON jalon_events.events FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_events__changed_by();

CREATE TRIGGER _410_changed_by BEFORE UPDATE ON jalon_events.events FOR EACH ROW WHEN (((((old.status)::text IS DISTINCT FROM (new.status)::text) OR ((old.moderation_status)::text IS DISTINCT FROM (new.moderation_status)::text)) OR (old.is_published IS DISTINCT FROM new.is_published))) EXECUTE FUNCTION jalon_engine.tg_events__changed_by();

CREATE CONSTRAINT TRIGGER _jalon_after_delete AFTER DELETE ON jalon_events.events NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_events__events__after_delete();

CREATE CONSTRAINT TRIGGER _jalon_after_insert AFTER INSERT ON jalon_events.events NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_events__events__after_insert();

CREATE CONSTRAINT TRIGGER _jalon_after_update AFTER UPDATE ON jalon_events.events NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN ((((old.status)::text IS DISTINCT FROM (new.status)::text) OR ((old.moderation_status)::text IS DISTINCT FROM (new.moderation_status)::text) OR (old.is_published IS DISTINCT FROM new.is_published) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_events__events__after_update();

CREATE TRIGGER _jalon_before_truncate BEFORE TRUNCATE ON jalon_events.events FOR EACH STATEMENT EXECUTE FUNCTION jalon_generated.jalon_events__events__before_truncate();

CREATE TRIGGER keep_edit AFTER UPDATE ON jalon_events.events FOR EACH ROW WHEN ((old.edited_at IS DISTINCT FROM new.edited_at)) EXECUTE FUNCTION jalon_engine.tg_record__keep_edit('events');

CREATE TRIGGER notify AFTER UPDATE ON jalon_events.events FOR EACH ROW WHEN (((((old.status)::text IS DISTINCT FROM (new.status)::text) OR ((old.moderation_status)::text IS DISTINCT FROM (new.moderation_status)::text)) OR (old.is_published IS DISTINCT FROM new.is_published))) EXECUTE FUNCTION jalon_engine.tg_events__notify();

COMMENT ON TRIGGER notify ON jalon_events.events IS 'Tells those whom a change concerns. Fires after Jalon''s trigger, which sorts before it.';

CREATE TRIGGER "~jalon_before_insert" BEFORE INSERT ON jalon_events.events FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_events__events__before_insert();

CREATE TRIGGER "~jalon_before_update" BEFORE UPDATE ON jalon_events.events FOR EACH ROW WHEN ((((old.status)::text IS DISTINCT FROM (new.status)::text) OR ((old.moderation_status)::text IS DISTINCT FROM (new.moderation_status)::text) OR (old.is_published IS DISTINCT FROM new.is_published) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_events__events__before_update();

CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON jalon_history.jalon_dossiers__dossier FOR EACH ROW EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON jalon_history.jalon_events__events FOR EACH ROW EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON jalon_history.jalon_members__users FOR EACH ROW EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON jalon_history.jalon_propositions__proposition FOR EACH ROW EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON jalon_history.jalon_roadshow__roadshow_counterparty FOR EACH ROW EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_dossiers__dossier FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_dossiers__dossier_default FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_events__events FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_events__events_default FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_members__users FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_members__users_default FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_propositions__proposition FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_propositions__proposition_default FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_roadshow__roadshow_counterparty FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_history.jalon_roadshow__roadshow_counterparty_default FOR EACH STATEMENT EXECUTE FUNCTION jalon_history.append_only();

CREATE CONSTRAINT TRIGGER _jalon_after_delete AFTER DELETE ON jalon_members.users NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_members__users__after_delete();

CREATE CONSTRAINT TRIGGER _jalon_after_insert AFTER INSERT ON jalon_members.users NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_members__users__after_insert();

CREATE CONSTRAINT TRIGGER _jalon_after_update AFTER UPDATE ON jalon_members.users NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN ((((old.role)::text IS DISTINCT FROM (new.role)::text) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_members__users__after_update();

CREATE TRIGGER _jalon_before_truncate BEFORE TRUNCATE ON jalon_members.users FOR EACH STATEMENT EXECUTE FUNCTION jalon_generated.jalon_members__users__before_truncate();

CREATE TRIGGER "~jalon_before_insert" BEFORE INSERT ON jalon_members.users FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_members__users__before_insert();

CREATE TRIGGER "~jalon_before_update" BEFORE UPDATE ON jalon_members.users FOR EACH ROW WHEN ((((old.role)::text IS DISTINCT FROM (new.role)::text) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_members__users__before_update();

CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON jalon_propositions.proposition_custom_action_events FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_history__append_only();

CREATE TRIGGER _100_append_only BEFORE DELETE OR UPDATE ON jalon_propositions.proposition_custom_action_refusals FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_history__append_only();

CREATE TRIGGER _100_keep BEFORE DELETE OR UPDATE ON jalon_propositions.proposition_role_assignments FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg_proposition_role_assignments__keep();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_propositions.proposition_custom_action_events FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_history__append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_propositions.proposition_custom_action_refusals FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_history__append_only();

CREATE TRIGGER _110_no_truncate BEFORE TRUNCATE ON jalon_propositions.proposition_role_assignments FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg_proposition_role_assignments__keep();

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_propositions.proposition_custom_actions FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('id');

CREATE TRIGGER _500_remember AFTER INSERT OR DELETE OR UPDATE ON jalon_propositions.proposition_roles FOR EACH ROW EXECUTE FUNCTION jalon_engine.tg__remember('id');

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_propositions.proposition_custom_actions FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE TRIGGER _900_no_truncate BEFORE TRUNCATE ON jalon_propositions.proposition_roles FOR EACH STATEMENT EXECUTE FUNCTION jalon_engine.tg__no_truncate();

CREATE CONSTRAINT TRIGGER _jalon_after_delete AFTER DELETE ON jalon_propositions.proposition NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_propositions__proposition__after_delete();

CREATE CONSTRAINT TRIGGER _jalon_after_insert AFTER INSERT ON jalon_propositions.proposition NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_propositions__proposition__after_insert();

CREATE CONSTRAINT TRIGGER _jalon_after_update AFTER UPDATE ON jalon_propositions.proposition NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN ((((old.status)::text IS DISTINCT FROM (new.status)::text) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_propositions__proposition__after_update();

CREATE TRIGGER _jalon_before_truncate BEFORE TRUNCATE ON jalon_propositions.proposition FOR EACH STATEMENT EXECUTE FUNCTION jalon_generated.jalon_propositions__proposition__before_truncate();

CREATE TRIGGER keep_edit AFTER UPDATE ON jalon_propositions.proposition FOR EACH ROW WHEN ((old.edited_at IS DISTINCT FROM new.edited_at)) EXECUTE FUNCTION jalon_engine.tg_record__keep_edit('proposition');

CREATE TRIGGER "~jalon_before_insert" BEFORE INSERT ON jalon_propositions.proposition FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_propositions__proposition__before_insert();

CREATE TRIGGER "~jalon_before_update" BEFORE UPDATE ON jalon_propositions.proposition FOR EACH ROW WHEN ((((old.status)::text IS DISTINCT FROM (new.status)::text) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_propositions__proposition__before_update();

CREATE TRIGGER _100_guard BEFORE INSERT OR DELETE OR UPDATE ON jalon_roadshow.roadshow_event FOR EACH ROW WHEN (((pg_trigger_depth() < 2) OR (CURRENT_USER <> 'jalon_owner'::name))) EXECUTE FUNCTION jalon_engine.tg_roadshow_event__guard();

COMMENT ON TRIGGER _100_guard ON jalon_roadshow.roadshow_event IS 'Types are codes of the referential; an event of a change of status is not made, altered or deleted by hand.';

CREATE CONSTRAINT TRIGGER _jalon_after_delete AFTER DELETE ON jalon_roadshow.roadshow_counterparty NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_roadshow__roadshow_counterparty__after_delete();

CREATE CONSTRAINT TRIGGER _jalon_after_insert AFTER INSERT ON jalon_roadshow.roadshow_counterparty NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_roadshow__roadshow_counterparty__after_insert();

CREATE CONSTRAINT TRIGGER _jalon_after_update AFTER UPDATE ON jalon_roadshow.roadshow_counterparty NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN ((((old.statut)::text IS DISTINCT FROM (new.statut)::text) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_roadshow__roadshow_counterparty__after_update();

CREATE TRIGGER _jalon_before_truncate BEFORE TRUNCATE ON jalon_roadshow.roadshow_counterparty FOR EACH STATEMENT EXECUTE FUNCTION jalon_generated.jalon_roadshow__roadshow_counterparty__before_truncate();

CREATE TRIGGER keep_edit AFTER UPDATE ON jalon_roadshow.roadshow_counterparty FOR EACH ROW WHEN ((old.edited_at IS DISTINCT FROM new.edited_at)) EXECUTE FUNCTION jalon_engine.tg_record__keep_edit('roadshow_counterparty');

CREATE TRIGGER record_event AFTER UPDATE ON jalon_roadshow.roadshow_counterparty FOR EACH ROW WHEN (((old.statut)::text IS DISTINCT FROM (new.statut)::text)) EXECUTE FUNCTION jalon_engine.tg_roadshow_counterparty__record_event();

COMMENT ON TRIGGER record_event ON jalon_roadshow.roadshow_counterparty IS 'Writes a roadshow_event for each change of a status. Fires after Jalon''s trigger, which sorts before it.';

CREATE TRIGGER "~jalon_before_insert" BEFORE INSERT ON jalon_roadshow.roadshow_counterparty FOR EACH ROW EXECUTE FUNCTION jalon_generated.jalon_roadshow__roadshow_counterparty__before_insert();

CREATE TRIGGER "~jalon_before_update" BEFORE UPDATE ON jalon_roadshow.roadshow_counterparty FOR EACH ROW WHEN ((((old.statut)::text IS DISTINCT FROM (new.statut)::text) OR (old.id IS DISTINCT FROM new.id) OR (old.status_version IS DISTINCT FROM new.status_version) OR (old.status_changed_at IS DISTINCT FROM new.status_changed_at))) EXECUTE FUNCTION jalon_generated.jalon_roadshow__roadshow_counterparty__before_update();

ALTER TABLE ONLY jalon_engine.action_label
    ADD CONSTRAINT action_label_category_fk FOREIGN KEY (category) REFERENCES jalon_engine.category(code) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.action_label
    ADD CONSTRAINT action_label_language_fk FOREIGN KEY (language) REFERENCES jalon_engine.language(code);

ALTER TABLE ONLY jalon_engine.check_function
    ADD CONSTRAINT check_function_category_fk FOREIGN KEY (category) REFERENCES jalon_engine.category(code) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.constraint_text
    ADD CONSTRAINT constraint_text_language_fk FOREIGN KEY (language) REFERENCES jalon_engine.language(code);

ALTER TABLE ONLY jalon_engine.deadline_look
    ADD CONSTRAINT deadline_look_tracked_fk FOREIGN KEY (tracked) REFERENCES jalon_engine.tracked(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.display_text
    ADD CONSTRAINT display_text_language_fk FOREIGN KEY (language) REFERENCES jalon_engine.language(code);

ALTER TABLE ONLY jalon_engine.draft_code
    ADD CONSTRAINT draft_code_workflow_fk FOREIGN KEY (category, case_type, version) REFERENCES jalon_engine.workflow(category, case_type, version) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.draft_step
    ADD CONSTRAINT draft_step_workflow_fk FOREIGN KEY (category, case_type, version) REFERENCES jalon_engine.workflow(category, case_type, version) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.notification
    ADD CONSTRAINT notification_permission_fk FOREIGN KEY (recipient_permission) REFERENCES jalon_engine.permission(code);

ALTER TABLE ONLY jalon_engine.notification_read
    ADD CONSTRAINT notification_read_notification_fk FOREIGN KEY (notification_id) REFERENCES jalon_engine.notification(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.notification
    ADD CONSTRAINT notification_type_fk FOREIGN KEY (type) REFERENCES jalon_engine.notification_type(code);

ALTER TABLE ONLY jalon_engine.passed_deadline
    ADD CONSTRAINT passed_deadline_tracked_fk FOREIGN KEY (tracked) REFERENCES jalon_engine.tracked(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.permission_label
    ADD CONSTRAINT permission_label_language_fk FOREIGN KEY (language) REFERENCES jalon_engine.language(code);

ALTER TABLE ONLY jalon_engine.permission_label
    ADD CONSTRAINT permission_label_permission_fk FOREIGN KEY (permission) REFERENCES jalon_engine.permission(code) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.permission_rule
    ADD CONSTRAINT permission_rule_permission_fk FOREIGN KEY (permission) REFERENCES jalon_engine.permission(code);

ALTER TABLE ONLY jalon_engine.permission_rule
    ADD CONSTRAINT permission_rule_role_fk FOREIGN KEY (role) REFERENCES jalon_engine.role(code);

ALTER TABLE ONLY jalon_engine.proof
    ADD CONSTRAINT proof_tracked_fk FOREIGN KEY (tracked) REFERENCES jalon_engine.tracked(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.recap_cache
    ADD CONSTRAINT recap_cache_tracked_fk FOREIGN KEY (tracked) REFERENCES jalon_engine.tracked(name) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.recap_mail
    ADD CONSTRAINT recap_mail_subscription_fk FOREIGN KEY (subscription_id) REFERENCES jalon_engine.recap_subscription(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.recap_subscription
    ADD CONSTRAINT recap_subscription_language_fk FOREIGN KEY (language) REFERENCES jalon_engine.language(code) ON UPDATE CASCADE;

ALTER TABLE ONLY jalon_engine.recap_subscription
    ADD CONSTRAINT recap_subscription_tracked_fk FOREIGN KEY (tracked) REFERENCES jalon_engine.tracked(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.record_edit
    ADD CONSTRAINT record_edit_tracked_fk FOREIGN KEY (tracked) REFERENCES jalon_engine.tracked(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.referential
    ADD CONSTRAINT referential_category_fk FOREIGN KEY (category) REFERENCES jalon_engine.category(code);

ALTER TABLE ONLY jalon_engine.referential_label
    ADD CONSTRAINT referential_label_code_fk FOREIGN KEY (category, code) REFERENCES jalon_engine.referential(category, code) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.referential_label
    ADD CONSTRAINT referential_label_language_fk FOREIGN KEY (language) REFERENCES jalon_engine.language(code);

ALTER TABLE ONLY jalon_engine.role_grant
    ADD CONSTRAINT role_grant_role_fk FOREIGN KEY (role) REFERENCES jalon_engine.role(code);

ALTER TABLE ONLY jalon_engine.role_label
    ADD CONSTRAINT role_label_language_fk FOREIGN KEY (language) REFERENCES jalon_engine.language(code);

ALTER TABLE ONLY jalon_engine.role_label
    ADD CONSTRAINT role_label_role_fk FOREIGN KEY (role) REFERENCES jalon_engine.role(code) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.tracked_column
    ADD CONSTRAINT tracked_column_category_fk FOREIGN KEY (category) REFERENCES jalon_engine.category(code);

ALTER TABLE ONLY jalon_engine.tracked_column
    ADD CONSTRAINT tracked_column_tracked_fk FOREIGN KEY (tracked) REFERENCES jalon_engine.tracked(name) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE jalon_engine.webhook_attempt
    ADD CONSTRAINT webhook_attempt_webhook_fk FOREIGN KEY (webhook_id) REFERENCES jalon_engine.webhook(id) ON DELETE CASCADE;

ALTER TABLE jalon_engine.webhook_delivery
    ADD CONSTRAINT webhook_delivery_webhook_fk FOREIGN KEY (webhook_id) REFERENCES jalon_engine.webhook(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.webhook_health
    ADD CONSTRAINT webhook_health_webhook_fk FOREIGN KEY (webhook_id) REFERENCES jalon_engine.webhook(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.webhook_secret
    ADD CONSTRAINT webhook_secret_webhook_fk FOREIGN KEY (webhook_id) REFERENCES jalon_engine.webhook(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.workflow_arrival
    ADD CONSTRAINT workflow_arrival_workflow_fk FOREIGN KEY (category, case_type, version) REFERENCES jalon_engine.workflow(category, case_type, version) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_engine.workflow
    ADD CONSTRAINT workflow_category_fk FOREIGN KEY (category) REFERENCES jalon_engine.category(code);

ALTER TABLE ONLY jalon_engine.workflow_transition
    ADD CONSTRAINT workflow_transition_guard_fk FOREIGN KEY (guard) REFERENCES jalon_engine.guard(name);

ALTER TABLE ONLY jalon_engine.workflow_transition
    ADD CONSTRAINT workflow_transition_workflow_fk FOREIGN KEY (category, case_type, version) REFERENCES jalon_engine.workflow(category, case_type, version) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_events.display_label
    ADD CONSTRAINT display_label_display_fk FOREIGN KEY (code) REFERENCES jalon_events.display(code) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_events.display_label
    ADD CONSTRAINT display_label_language_fk FOREIGN KEY (language) REFERENCES jalon_engine.language(code);

ALTER TABLE ONLY jalon_events.events
    ADD CONSTRAINT events_status_changed_by_fk FOREIGN KEY (status_changed_by) REFERENCES jalon_members.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY jalon_events.note_template
    ADD CONSTRAINT note_template_language_fk FOREIGN KEY (language) REFERENCES jalon_engine.language(code);

ALTER TABLE ONLY jalon_events.notice
    ADD CONSTRAINT notice_permission_fk FOREIGN KEY (audience) REFERENCES jalon_engine.permission(code);

ALTER TABLE ONLY jalon_events.notice
    ADD CONSTRAINT notice_type_fk FOREIGN KEY (type) REFERENCES jalon_engine.notification_type(code);

ALTER TABLE jalon_history.jalon_members__users
    ADD CONSTRAINT jalon_members__users_record FOREIGN KEY (user_id) REFERENCES jalon_members.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_propositions.proposition_custom_action_events
    ADD CONSTRAINT proposition_custom_action_events_action_fk FOREIGN KEY (action_id) REFERENCES jalon_propositions.proposition_custom_actions(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_propositions.proposition_custom_action_events
    ADD CONSTRAINT proposition_custom_action_events_proposition_fk FOREIGN KEY (proposition_id) REFERENCES jalon_propositions.proposition(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_propositions.proposition_custom_action_refusals
    ADD CONSTRAINT proposition_custom_action_refusals_action_fk FOREIGN KEY (action_id) REFERENCES jalon_propositions.proposition_custom_actions(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_propositions.proposition_custom_action_refusals
    ADD CONSTRAINT proposition_custom_action_refusals_proposition_fk FOREIGN KEY (proposition_id) REFERENCES jalon_propositions.proposition(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_propositions.proposition_custom_actions
    ADD CONSTRAINT proposition_custom_actions_proposition_fk FOREIGN KEY (proposition_id) REFERENCES jalon_propositions.proposition(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_propositions.proposition_role_assignments
    ADD CONSTRAINT proposition_role_assignments_role_fk FOREIGN KEY (role_id, proposition_id) REFERENCES jalon_propositions.proposition_roles(id, proposition_id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_propositions.proposition_roles
    ADD CONSTRAINT proposition_roles_proposition_fk FOREIGN KEY (proposition_id) REFERENCES jalon_propositions.proposition(id) ON DELETE CASCADE;

ALTER TABLE ONLY jalon_roadshow.roadshow_event
    ADD CONSTRAINT roadshow_event_counterparty_fk FOREIGN KEY (counterparty_id) REFERENCES jalon_roadshow.roadshow_counterparty(id) ON DELETE CASCADE;

GRANT USAGE ON SCHEMA jalon TO jalon_dba;
GRANT USAGE ON SCHEMA jalon TO jalon_app;
GRANT USAGE ON SCHEMA jalon TO jalon_relay;

GRANT USAGE ON SCHEMA jalon_api TO jalon_api;

GRANT USAGE ON SCHEMA jalon_dossiers TO jalon_bi;
GRANT USAGE ON SCHEMA jalon_dossiers TO jalon_dba;
GRANT USAGE ON SCHEMA jalon_dossiers TO jalon_historian;
GRANT USAGE ON SCHEMA jalon_dossiers TO jalon_mover;
GRANT USAGE ON SCHEMA jalon_dossiers TO jalon_app;

GRANT USAGE ON SCHEMA jalon_engine TO jalon_historian;
GRANT USAGE ON SCHEMA jalon_engine TO jalon_dba;
GRANT USAGE ON SCHEMA jalon_engine TO jalon_app;

GRANT USAGE ON SCHEMA jalon_events TO jalon_bi;
GRANT USAGE ON SCHEMA jalon_events TO jalon_dba;
GRANT USAGE ON SCHEMA jalon_events TO jalon_historian;
GRANT USAGE ON SCHEMA jalon_events TO jalon_mover;
GRANT USAGE ON SCHEMA jalon_events TO jalon_app;

GRANT USAGE ON SCHEMA jalon_generated TO jalon_owner;
GRANT USAGE ON SCHEMA jalon_generated TO jalon_mover;
GRANT USAGE ON SCHEMA jalon_generated TO jalon_dba;
GRANT USAGE ON SCHEMA jalon_generated TO jalon_app;

GRANT USAGE ON SCHEMA jalon_history TO jalon_owner;
GRANT USAGE ON SCHEMA jalon_history TO jalon_bi;
GRANT USAGE ON SCHEMA jalon_history TO jalon_dba;
GRANT USAGE ON SCHEMA jalon_history TO jalon_bi_masked;

GRANT USAGE ON SCHEMA jalon_install TO jalon_dba;

GRANT USAGE ON SCHEMA jalon_masked TO jalon_bi_masked;

GRANT USAGE ON SCHEMA jalon_members TO jalon_bi;
GRANT USAGE ON SCHEMA jalon_members TO jalon_dba;
GRANT USAGE ON SCHEMA jalon_members TO jalon_historian;
GRANT USAGE ON SCHEMA jalon_members TO jalon_mover;
GRANT USAGE ON SCHEMA jalon_members TO jalon_app;

GRANT USAGE ON SCHEMA jalon_propositions TO jalon_bi;
GRANT USAGE ON SCHEMA jalon_propositions TO jalon_dba;
GRANT USAGE ON SCHEMA jalon_propositions TO jalon_historian;
GRANT USAGE ON SCHEMA jalon_propositions TO jalon_mover;
GRANT USAGE ON SCHEMA jalon_propositions TO jalon_app;

GRANT USAGE ON SCHEMA jalon_recap TO jalon_bi;
GRANT USAGE ON SCHEMA jalon_recap TO jalon_dba;
GRANT USAGE ON SCHEMA jalon_recap TO jalon_bi_masked;

GRANT USAGE ON SCHEMA jalon_roadshow TO jalon_bi;
GRANT USAGE ON SCHEMA jalon_roadshow TO jalon_dba;
GRANT USAGE ON SCHEMA jalon_roadshow TO jalon_historian;
GRANT USAGE ON SCHEMA jalon_roadshow TO jalon_mover;
GRANT USAGE ON SCHEMA jalon_roadshow TO jalon_app;

REVOKE ALL ON TYPE jalon_engine.answer FROM PUBLIC;

REVOKE ALL ON TYPE jalon_engine.change FROM PUBLIC;

REVOKE ALL ON TYPE jalon_engine.context FROM PUBLIC;

REVOKE ALL ON TYPE jalon_engine.effect FROM PUBLIC;

REVOKE ALL ON TYPE jalon_engine.finding FROM PUBLIC;
GRANT ALL ON TYPE jalon_engine.finding TO jalon_dba;

REVOKE ALL ON TYPE jalon_engine.moved FROM PUBLIC;

REVOKE ALL ON TYPE jalon_engine.planned FROM PUBLIC;

REVOKE ALL ON TYPE jalon_engine.rule_difference FROM PUBLIC;

REVOKE ALL ON TYPE jalon_engine.rule_item FROM PUBLIC;

GRANT SELECT ON TABLE jalon_engine.referential TO jalon_historian;

GRANT SELECT ON TABLE jalon_engine.role_grant TO jalon_historian;

GRANT SELECT ON TABLE jalon_propositions.proposition_custom_actions TO jalon_bi;
GRANT SELECT ON TABLE jalon_propositions.proposition_custom_actions TO jalon_dba;

GRANT SELECT ON TABLE jalon_propositions.proposition TO jalon_bi;
GRANT SELECT,DELETE ON TABLE jalon_propositions.proposition TO jalon_dba;
GRANT SELECT ON TABLE jalon_propositions.proposition TO jalon_mover;
GRANT SELECT ON TABLE jalon_propositions.proposition TO jalon_historian;

GRANT SELECT(id) ON TABLE jalon_propositions.proposition TO jalon_dba;
GRANT SELECT(id) ON TABLE jalon_propositions.proposition TO jalon_app;

GRANT SELECT(status),UPDATE(status) ON TABLE jalon_propositions.proposition TO jalon_dba;
GRANT SELECT(status),UPDATE(status) ON TABLE jalon_propositions.proposition TO jalon_app;
GRANT UPDATE(status) ON TABLE jalon_propositions.proposition TO jalon_mover;

GRANT SELECT(status_version) ON TABLE jalon_propositions.proposition TO jalon_dba;
GRANT SELECT(status_version) ON TABLE jalon_propositions.proposition TO jalon_app;

GRANT SELECT(status_changed_at) ON TABLE jalon_propositions.proposition TO jalon_dba;
GRANT SELECT(status_changed_at) ON TABLE jalon_propositions.proposition TO jalon_app;
GRANT UPDATE(status_changed_at) ON TABLE jalon_propositions.proposition TO jalon_mover;

GRANT SELECT ON TABLE jalon_engine.tracked TO jalon_historian;

GRANT SELECT ON TABLE jalon_propositions.proposition_role_assignments TO jalon_bi;
GRANT SELECT ON TABLE jalon_propositions.proposition_role_assignments TO jalon_dba;

GRANT SELECT ON TABLE jalon_propositions.proposition_roles TO jalon_bi;
GRANT SELECT ON TABLE jalon_propositions.proposition_roles TO jalon_dba;

GRANT SELECT ON TABLE jalon_engine.rule TO jalon_historian;

GRANT SELECT ON TABLE jalon_engine.tracked_column TO jalon_historian;

GRANT SELECT ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_bi;
GRANT SELECT,DELETE ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_dba;
GRANT SELECT ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_mover;
GRANT SELECT ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_historian;

GRANT SELECT(id) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_dba;
GRANT SELECT(id) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_app;

GRANT SELECT(statut),UPDATE(statut) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_dba;
GRANT SELECT(statut),UPDATE(statut) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_app;
GRANT UPDATE(statut) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_mover;

GRANT SELECT(status_version) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_dba;
GRANT SELECT(status_version) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_app;

GRANT SELECT(status_changed_at) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_dba;
GRANT SELECT(status_changed_at) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_app;
GRANT UPDATE(status_changed_at) ON TABLE jalon_roadshow.roadshow_counterparty TO jalon_mover;

GRANT SELECT ON TABLE jalon_propositions.proposition_custom_action_events TO jalon_bi;
GRANT SELECT ON TABLE jalon_propositions.proposition_custom_action_events TO jalon_dba;

GRANT SELECT ON TABLE jalon_dossiers.dossier TO jalon_bi;
GRANT SELECT,DELETE ON TABLE jalon_dossiers.dossier TO jalon_dba;
GRANT SELECT ON TABLE jalon_dossiers.dossier TO jalon_mover;
GRANT SELECT ON TABLE jalon_dossiers.dossier TO jalon_historian;

GRANT SELECT(id) ON TABLE jalon_dossiers.dossier TO jalon_dba;
GRANT SELECT(id) ON TABLE jalon_dossiers.dossier TO jalon_app;

GRANT SELECT(case_type) ON TABLE jalon_dossiers.dossier TO jalon_dba;
GRANT SELECT(case_type) ON TABLE jalon_dossiers.dossier TO jalon_app;

GRANT SELECT(status_code),UPDATE(status_code) ON TABLE jalon_dossiers.dossier TO jalon_dba;
GRANT SELECT(status_code),UPDATE(status_code) ON TABLE jalon_dossiers.dossier TO jalon_app;
GRANT UPDATE(status_code) ON TABLE jalon_dossiers.dossier TO jalon_mover;

GRANT SELECT(status_version) ON TABLE jalon_dossiers.dossier TO jalon_dba;
GRANT SELECT(status_version) ON TABLE jalon_dossiers.dossier TO jalon_app;

GRANT SELECT(status_changed_at) ON TABLE jalon_dossiers.dossier TO jalon_dba;
GRANT SELECT(status_changed_at) ON TABLE jalon_dossiers.dossier TO jalon_app;
GRANT UPDATE(status_changed_at) ON TABLE jalon_dossiers.dossier TO jalon_mover;

GRANT SELECT ON TABLE jalon_events.events TO jalon_bi;
GRANT SELECT,DELETE ON TABLE jalon_events.events TO jalon_dba;
GRANT SELECT ON TABLE jalon_events.events TO jalon_mover;
GRANT SELECT ON TABLE jalon_events.events TO jalon_historian;

GRANT SELECT(id) ON TABLE jalon_events.events TO jalon_dba;
GRANT SELECT(id) ON TABLE jalon_events.events TO jalon_app;

GRANT SELECT(status),UPDATE(status) ON TABLE jalon_events.events TO jalon_dba;
GRANT SELECT(status),UPDATE(status) ON TABLE jalon_events.events TO jalon_app;
GRANT UPDATE(status) ON TABLE jalon_events.events TO jalon_mover;

GRANT SELECT(moderation_status),UPDATE(moderation_status) ON TABLE jalon_events.events TO jalon_dba;
GRANT SELECT(moderation_status),UPDATE(moderation_status) ON TABLE jalon_events.events TO jalon_app;
GRANT UPDATE(moderation_status) ON TABLE jalon_events.events TO jalon_mover;

GRANT SELECT(is_published),UPDATE(is_published) ON TABLE jalon_events.events TO jalon_dba;
GRANT SELECT(is_published),UPDATE(is_published) ON TABLE jalon_events.events TO jalon_app;
GRANT UPDATE(is_published) ON TABLE jalon_events.events TO jalon_mover;

GRANT SELECT(status_changed_at) ON TABLE jalon_events.events TO jalon_dba;
GRANT SELECT(status_changed_at) ON TABLE jalon_events.events TO jalon_app;
GRANT UPDATE(status_changed_at) ON TABLE jalon_events.events TO jalon_mover;

GRANT SELECT(status_version) ON TABLE jalon_events.events TO jalon_dba;
GRANT SELECT(status_version) ON TABLE jalon_events.events TO jalon_app;

GRANT INSERT ON TABLE jalon_engine.outbox_message TO jalon_historian;

GRANT SELECT ON TABLE jalon_members.users TO jalon_bi;
GRANT SELECT,DELETE ON TABLE jalon_members.users TO jalon_dba;
GRANT SELECT ON TABLE jalon_members.users TO jalon_mover;
GRANT SELECT ON TABLE jalon_members.users TO jalon_historian;

GRANT SELECT(id),INSERT(id) ON TABLE jalon_members.users TO jalon_dba;
GRANT SELECT(id) ON TABLE jalon_members.users TO jalon_app;
GRANT REFERENCES(id) ON TABLE jalon_members.users TO jalon_historian;

GRANT INSERT(email) ON TABLE jalon_members.users TO jalon_dba;

GRANT INSERT(name) ON TABLE jalon_members.users TO jalon_dba;

GRANT SELECT(role),INSERT(role),UPDATE(role) ON TABLE jalon_members.users TO jalon_dba;
GRANT SELECT(role),UPDATE(role) ON TABLE jalon_members.users TO jalon_app;
GRANT UPDATE(role) ON TABLE jalon_members.users TO jalon_mover;

GRANT SELECT(status_version) ON TABLE jalon_members.users TO jalon_dba;
GRANT SELECT(status_version) ON TABLE jalon_members.users TO jalon_app;

GRANT SELECT(status_changed_at) ON TABLE jalon_members.users TO jalon_dba;
GRANT SELECT(status_changed_at) ON TABLE jalon_members.users TO jalon_app;
GRANT UPDATE(status_changed_at) ON TABLE jalon_members.users TO jalon_mover;

GRANT SELECT ON TABLE jalon_roadshow.roadshow_event TO jalon_bi;
GRANT SELECT ON TABLE jalon_roadshow.roadshow_event TO jalon_dba;

GRANT SELECT ON TABLE jalon_engine.rule_case_type TO jalon_historian;

GRANT SELECT ON TABLE jalon.api_keys TO jalon_dba;

GRANT SELECT ON TABLE jalon.arrivals TO jalon_dba;

GRANT SELECT ON TABLE jalon.codes TO jalon_dba;

GRANT SELECT ON TABLE jalon.config_history TO jalon_dba;

GRANT SELECT ON TABLE jalon.draft_codes TO jalon_dba;

GRANT SELECT ON TABLE jalon.grants TO jalon_dba;

GRANT SELECT ON TABLE jalon.partitions TO jalon_dba;

GRANT SELECT ON TABLE jalon.permissions TO jalon_dba;

GRANT SELECT ON TABLE jalon.rule_files TO jalon_dba;

GRANT SELECT ON TABLE jalon.templates TO jalon_dba;

GRANT SELECT ON TABLE jalon.tracked TO jalon_dba;

GRANT SELECT ON TABLE jalon.transitions TO jalon_dba;

GRANT SELECT ON TABLE jalon.workflows TO jalon_dba;

GRANT SELECT ON TABLE jalon_api.error_codes TO jalon_api;

GRANT SELECT ON TABLE jalon_api.languages TO jalon_api;

GRANT SELECT ON TABLE jalon_engine.archived_month TO jalon_historian;

GRANT INSERT ON TABLE jalon_engine.correction TO jalon_historian;

GRANT SELECT,INSERT,UPDATE ON TABLE jalon_engine.generated_view TO jalon_historian;

GRANT SELECT ON TABLE jalon_engine.interest TO jalon_historian;

GRANT SELECT ON TABLE jalon_engine.setting TO jalon_historian;

GRANT SELECT ON TABLE jalon_history.jalon_events__events TO jalon_owner;

GRANT SELECT ON TABLE jalon_events.event_status_history TO jalon_bi;
GRANT SELECT ON TABLE jalon_events.event_status_history TO jalon_dba;

GRANT SELECT ON TABLE jalon_history.deletion TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.jalon_dossiers__dossier TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.jalon_members__users TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.jalon_propositions__proposition TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.jalon_roadshow__roadshow_counterparty TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.changes TO jalon_owner;
GRANT SELECT ON TABLE jalon_history.changes TO jalon_bi;
GRANT SELECT ON TABLE jalon_history.changes TO jalon_dba;

GRANT SELECT ON TABLE jalon_history.current TO jalon_owner;
GRANT SELECT ON TABLE jalon_history.current TO jalon_bi;
GRANT SELECT ON TABLE jalon_history.current TO jalon_dba;

GRANT SELECT ON TABLE jalon_history.deletions TO jalon_owner;
GRANT SELECT ON TABLE jalon_history.deletions TO jalon_bi;
GRANT SELECT ON TABLE jalon_history.deletions TO jalon_dba;

GRANT SELECT ON TABLE jalon_history.dossier_timeline TO jalon_owner;
GRANT SELECT ON TABLE jalon_history.dossier_timeline TO jalon_bi;
GRANT SELECT ON TABLE jalon_history.dossier_timeline TO jalon_dba;

GRANT SELECT ON TABLE jalon_history.erasure TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.events_timeline TO jalon_owner;
GRANT SELECT ON TABLE jalon_history.events_timeline TO jalon_bi;
GRANT SELECT ON TABLE jalon_history.events_timeline TO jalon_dba;

GRANT SELECT ON TABLE jalon_history.import_record TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.import_row TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.jalon_dossiers__dossier_default TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.jalon_events__events_default TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.jalon_members__users_default TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.jalon_propositions__proposition_default TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.jalon_roadshow__roadshow_counterparty_default TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.partitioned_record TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.proposition_timeline TO jalon_owner;
GRANT SELECT ON TABLE jalon_history.proposition_timeline TO jalon_bi;
GRANT SELECT ON TABLE jalon_history.proposition_timeline TO jalon_dba;

GRANT SELECT ON TABLE jalon_history.renumbering TO jalon_owner;

GRANT SELECT ON TABLE jalon_history.roadshow_counterparty_timeline TO jalon_owner;
GRANT SELECT ON TABLE jalon_history.roadshow_counterparty_timeline TO jalon_bi;
GRANT SELECT ON TABLE jalon_history.roadshow_counterparty_timeline TO jalon_dba;

GRANT SELECT ON TABLE jalon_history.tracked_columns TO jalon_owner;
GRANT SELECT ON TABLE jalon_history.tracked_columns TO jalon_bi;
GRANT SELECT ON TABLE jalon_history.tracked_columns TO jalon_dba;

GRANT SELECT ON TABLE jalon_history.users_timeline TO jalon_owner;
GRANT SELECT ON TABLE jalon_history.users_timeline TO jalon_bi;
GRANT SELECT ON TABLE jalon_history.users_timeline TO jalon_dba;

GRANT SELECT ON TABLE jalon_install.function_digest TO jalon_dba;

GRANT SELECT ON TABLE jalon_install.installer TO jalon_dba;

GRANT SELECT ON TABLE jalon_install.kept_version TO jalon_dba;

GRANT SELECT ON TABLE jalon_install.migration_digest TO jalon_dba;

GRANT SELECT ON TABLE jalon_install.reload TO jalon_dba;

GRANT SELECT ON TABLE jalon_install.reloaded_file TO jalon_dba;

GRANT SELECT ON TABLE jalon_recap.codes TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.codes TO jalon_dba;

GRANT SELECT ON TABLE jalon_recap.languages TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.languages TO jalon_dba;

GRANT SELECT ON TABLE jalon_recap.statuses TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.statuses TO jalon_dba;

GRANT SELECT ON TABLE jalon_recap.case_types TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.case_types TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.case_types TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.category TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.category TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.category TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.changes TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.codes TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.current TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.daily_stock TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.daily_stock TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.daily_stock TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.days TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.days TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.days TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.deletions TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.dossier TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.dossier_enum_changes TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.dossier_enum_changes TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.dossier_enum_changes TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.dossier_timeline TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.event_status_history TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.events TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.events_timeline TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.funnel_steps TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.funnel_steps TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.funnel_steps TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.languages TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.overdue_records TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.overdue_records TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.overdue_records TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.people TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.people TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.people TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.proposition TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.proposition_action_events TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.proposition_action_events TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.proposition_action_events TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.proposition_custom_action_events TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_propositions.proposition_custom_action_refusals TO jalon_bi;
GRANT SELECT ON TABLE jalon_propositions.proposition_custom_action_refusals TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.proposition_custom_action_refusals TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.proposition_custom_actions TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.proposition_role_assignments TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.proposition_role_changes TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.proposition_role_changes TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.proposition_role_changes TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.proposition_roles TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.proposition_timeline TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.referential TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.referential TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.referential TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.roadshow_counterparty TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_roadshow.roadshow_counterparty_history TO jalon_bi;
GRANT SELECT ON TABLE jalon_roadshow.roadshow_counterparty_history TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.roadshow_counterparty_history TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.roadshow_counterparty_timeline TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.roadshow_event TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_members.role_change_history TO jalon_bi;
GRANT SELECT ON TABLE jalon_members.role_change_history TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.role_change_history TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.roles TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.roles TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.roles TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.statuses TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.stays TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.stays TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.stays TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.time_in_status_by_month TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.time_in_status_by_month TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.time_in_status_by_month TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.tracked_columns TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.transitions_by_day TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.transitions_by_day TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.transitions_by_day TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.users TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_masked.users_timeline TO jalon_bi_masked;

GRANT SELECT ON TABLE jalon_recap.workflow_definition TO jalon_bi;
GRANT SELECT ON TABLE jalon_recap.workflow_definition TO jalon_dba;

GRANT SELECT ON TABLE jalon_masked.workflow_definition TO jalon_bi_masked;

ALTER DEFAULT PRIVILEGES FOR ROLE jalon_owner IN SCHEMA jalon_engine GRANT ALL ON FUNCTIONS TO jalon_historian;

ALTER DEFAULT PRIVILEGES FOR ROLE jalon_historian IN SCHEMA jalon_history GRANT SELECT ON TABLES TO jalon_owner;

ALTER DEFAULT PRIVILEGES FOR ROLE jalon_owner REVOKE ALL ON TYPES FROM PUBLIC;

ALTER DEFAULT PRIVILEGES FOR ROLE jalon_historian REVOKE ALL ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE jalon_historian GRANT ALL ON FUNCTIONS TO jalon_owner;

ALTER DEFAULT PRIVILEGES FOR ROLE jalon_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;

COMMENT ON EVENT TRIGGER jalon_protect_names IS 'Tracked tables and the columns that their triggers name keep their names and types.';

COMMENT ON EVENT TRIGGER jalon_protect_tables IS 'Tracked tables, and the columns that their triggers name, are not dropped.';
--
-- PostgreSQL database dump complete
--
