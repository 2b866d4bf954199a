-- The weekly recap by e-mail: who gets which, when, where; and the e-mails that were made.
set local role jalon_owner;
set local lock_timeout = '5s';

create table jalon_engine.recap_subscription (
    id uuid not null default gen_random_uuid() constraint recap_subscription_pk primary key,
    actor text not null,
    tracked text
    constraint recap_subscription_tracked_fk references jalon_engine.tracked (name) on delete cascade on update cascade,
    language text not null
    constraint recap_subscription_language_fk references jalon_engine.language (code) on update cascade,
    time_zone text not null,
    day integer not null,
    hour integer not null,
    address text not null,
    roles text[] not null default '{}',
    roles_at timestamptz not null default now(),
    created_at timestamptz not null default now(),
    confirmed_at timestamptz,
    ended_at timestamptz,
    planned_at timestamptz,
    due_at timestamptz,
    waits_since timestamptz,
    constraint day_is_one_of_the_week check (day between 1 and 7),
    constraint hour_is_one_of_the_day check (hour between 0 and 23),
    constraint address_can_be_written_to check (
        length(address) <= 254 and address ~ '^[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$')
);
comment on table jalon_engine.recap_subscription is
'Who gets the weekly recap by e-mail: of which table, in which language, when, at which address.';
comment on column jalon_engine.recap_subscription.id is 'Identifier.';
comment on column jalon_engine.recap_subscription.actor is 'Who subscribed, for themselves.';
comment on column jalon_engine.recap_subscription.tracked is
'Tracked table; empty: all that they may read in full.';
comment on column jalon_engine.recap_subscription.language is 'Language of the e-mail.';
comment on column jalon_engine.recap_subscription.time_zone is 'Time zone of the week, and of the day and hour.';
comment on column jalon_engine.recap_subscription.day is 'Day on which it is sent, 1 (Monday) to 7.';
comment on column jalon_engine.recap_subscription.hour is 'Hour from which it is sent, 0 to 23.';
comment on column jalon_engine.recap_subscription.address is 'Where it is sent.';
comment on column jalon_engine.recap_subscription.roles is
'Roles that they brought along when they last signed in or changed the subscription.';
comment on column jalon_engine.recap_subscription.roles_at is
'When that was; after the setting mail.roles_count_for these roles count no longer.';
comment on column jalon_engine.recap_subscription.created_at is 'When they subscribed.';
comment on column jalon_engine.recap_subscription.confirmed_at is
'When whoever reads that address said yes; before that it gets no recap.';
comment on column jalon_engine.recap_subscription.ended_at is 'When it was ended; the row is kept for a while.';
comment on column jalon_engine.recap_subscription.planned_at is 'When the next recap is to be sent.';
comment on column jalon_engine.recap_subscription.due_at is
'When the next attempt is made: as planned, later after a failure; empty if nothing is to be sent.';
comment on column jalon_engine.recap_subscription.waits_since is
'Since when they may read nothing that it would tell; it is sent again once they may.';
create unique index a_recap_is_subscribed_once on jalon_engine.recap_subscription (actor, tracked)
nulls not distinct where ended_at is null;
create index recap_subscription_due_at_idx on jalon_engine.recap_subscription (due_at) where ended_at is null;
create index recap_subscription_tracked_idx on jalon_engine.recap_subscription (tracked);
create index recap_subscription_language_idx on jalon_engine.recap_subscription (language);
create index recap_subscription_actor_idx on jalon_engine.recap_subscription (actor, created_at);

create table jalon_engine.recap_mail (
    id uuid not null default gen_random_uuid() constraint recap_mail_pk primary key,
    subscription_id uuid not null
    constraint recap_mail_subscription_fk references jalon_engine.recap_subscription (id) on delete cascade,
    week text,
    token_hash text,
    attempts integer not null default 1,
    lease uuid,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    sent_at timestamptz,
    error text,
    constraint a_week_is_mailed_once unique nulls not distinct (subscription_id, week),
    constraint a_mail_has_its_own_token unique (token_hash)
);
comment on table jalon_engine.recap_mail is
'E-mails of subscriptions: one a week, and the one that asks for a yes.';
comment on column jalon_engine.recap_mail.id is 'Identifier.';
comment on column jalon_engine.recap_mail.subscription_id is 'Subscription.';
comment on column jalon_engine.recap_mail.week is 'ISO week that it tells of; empty: it asks whether it is wanted.';
comment on column jalon_engine.recap_mail.token_hash is
'SHA-256, in hexadecimal, of the secret in its links, which nobody else has.';
comment on column jalon_engine.recap_mail.attempts is 'How often it was tried.';
comment on column jalon_engine.recap_mail.lease is 'Relay that has it.';
comment on column jalon_engine.recap_mail.created_at is 'When it was first tried.';
comment on column jalon_engine.recap_mail.started_at is
'When it was last handed to the mail server; without sent_at or an error nobody knows what became of it.';
comment on column jalon_engine.recap_mail.sent_at is 'When the mail server took it.';
comment on column jalon_engine.recap_mail.error is 'Why the last attempt failed.';
create index recap_mail_created_at_idx on jalon_engine.recap_mail (created_at);

create table jalon_engine.mail_sender (
    only_row boolean constraint mail_sender_pk primary key default true,
    looked_at timestamptz not null,
    constraint there_is_one_row_of_senders check (only_row)
);
comment on table jalon_engine.mail_sender is 'Whether any relay sends e-mails.';
comment on column jalon_engine.mail_sender.only_row is 'Always true.';
comment on column jalon_engine.mail_sender.looked_at is 'When one last looked for e-mails to send.';

insert into jalon_engine.setting (name, value, description) values
('mail.retry_after', '[60, 300, 900, 3600, 7200, 14400, 28800]',
    'Seconds after each failed attempt to send an e-mail until the next; after the last it is given up.'),
('mail.roles_count_for', '"35 days"',
    'So long after a sign-in the roles that it brought count for what an e-mail may tell.'),
('mail.confirm_within', '"7 days"', 'A subscription that nobody confirmed is forgotten after so long.');

insert into jalon_engine.constraint_text (constraint_name, language, field, template) values
('day_is_one_of_the_week', 'en', 'day', 'a day is 1 (Monday) to 7 (Sunday)'),
('day_is_one_of_the_week', 'fr', 'day', 'un jour va de 1 (lundi) à 7 (dimanche)'),
('hour_is_one_of_the_day', 'en', 'hour', 'an hour is 0 to 23'),
('hour_is_one_of_the_day', 'fr', 'hour', 'une heure va de 0 à 23'),
('address_can_be_written_to', 'en', 'address', 'this is no e-mail address that can be written to'),
('address_can_be_written_to', 'fr', 'address', 'ce n''est pas une adresse à laquelle on peut écrire'),
('a_recap_is_subscribed_once', 'en', 'table', 'you get this recap already'),
('a_recap_is_subscribed_once', 'fr', 'table', 'vous recevez déjà ce récapitulatif'),
('a_week_is_mailed_once', 'en', null, 'a week is mailed once'),
('a_week_is_mailed_once', 'fr', null, 'une semaine est envoyée une seule fois'),
('a_mail_has_its_own_token', 'en', null, 'a mail has a secret of its own'),
('a_mail_has_its_own_token', 'fr', null, 'chaque courriel a son propre secret'),
('there_is_one_row_of_senders', 'en', null, 'there is one row only'),
('there_is_one_row_of_senders', 'fr', null, 'il n''y a qu''une ligne');

insert into jalon_engine.display_text (code, language, template, hint) values
('JL405.subscriptions', 'en', '{field}: nobody subscribes more than {why} times a day', 'Come back tomorrow.'),
('JL405.subscriptions', 'fr', '{field} : personne ne s''abonne plus de {why} fois par jour', 'Revenez demain.'),
('weekly.entered_before', 'en', 'In, week before', null),
('weekly.entered_before', 'fr', 'Entrées, sem. préc.', null),
('weekly.departed_before', 'en', 'Out, week before', null),
('weekly.departed_before', 'fr', 'Sorties, sem. préc.', null),
('mail.recap_subject', 'en', 'Weekly recap: {title}', null),
('mail.recap_subject', 'fr', 'Récapitulatif : {title}', null),
('mail.recap_footer', 'en', '{actor} subscribed to this recap in Jalon.', null),
('mail.recap_footer', 'fr', '{actor} s''est abonné à ce récapitulatif dans Jalon.', null),
('mail.settings', 'en', 'Change the subscription', null),
('mail.settings', 'fr', 'Modifier l''abonnement', null),
('mail.unsubscribe', 'en', 'Unsubscribe', null),
('mail.unsubscribe', 'fr', 'Se désabonner', null),
('mail.confirm_subject', 'en', 'Do you want the weekly recap?', null),
('mail.confirm_subject', 'fr', 'Voulez-vous le récapitulatif hebdomadaire ?', null),
('mail.confirm', 'en',
    '{actor} asked for the weekly recap of Jalon at this address. Nothing more is sent unless you say yes.', null),
('mail.confirm', 'fr',
    '{actor} a demandé le récapitulatif de Jalon à cette adresse. Sans votre accord, rien d''autre n''est envoyé.',
    null),
('mail.confirm_link', 'en', 'Yes, send it', null),
('mail.confirm_link', 'fr', 'Oui, l''envoyer', null),
('mail.unknown', 'en', 'The relay stopped while it was sending; nobody knows whether it arrived.', null),
('mail.unknown', 'fr', 'Le relais s''est arrêté pendant l''envoi ; nul ne sait s''il est arrivé.', null);
