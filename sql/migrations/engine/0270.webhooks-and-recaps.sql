-- Settings of webhooks and recaps, and the notification of a webhook that was disabled.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.setting (name, value, description) values
('webhook.retry_after', '[5, 300, 1800, 7200, 18000, 36000, 36000]',
    'Seconds after each failed attempt until the next; after the last the delivery is dead.'),
('webhook.give_up_after', '"5 days"', 'An endpoint that only fails for so long is disabled.'),
('webhook.overlap', '"24 hours"', 'How long an old secret signs in addition to the new one.'),
('webhook.keep', '"30 days"', 'So long finished deliveries are kept.'),
('recap.counted_at_once', '5000',
    'Pages count recaps at once where the history has no more changes than this; else they show what was '
    'counted last.');

insert into jalon_engine.notification_type (code, label, description) values
('webhook_disabled', 'A webhook is disabled', 'The relay gave an endpoint up.');

insert into jalon_engine.display_text (code, language, template, hint) values
('webhook.disabled.gone', 'en', 'The webhook {url} is disabled',
    'It answered that it is gone (410). Resume it once it is back.'),
('webhook.disabled.gone', 'fr', 'Le webhook {url} est désactivé',
    'Il a répondu qu''il n''existe plus (410). Réactivez-le quand il sera revenu.'),
('webhook.disabled.failing', 'en', 'The webhook {url} is disabled',
    'Every delivery failed for {period}. Resume it once it works, then replay what it missed.'),
('webhook.disabled.failing', 'fr', 'Le webhook {url} est désactivé',
    'Toutes les livraisons ont échoué pendant {period}. Réactivez-le quand il fonctionnera, puis renvoyez '
    'ce qu''il a manqué.');
