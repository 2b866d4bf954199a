-- What reading and keeping history needs besides the tables: a way to a record's deletion, texts.
set local role jalon_owner;
set local lock_timeout = '5s';

create index deletion_record_idx on lifecycle.deletion (tracked, record_key);

insert into lifecycle.message (code, language, template, hint) values
('recap.week', 'en', '{week} is not an ISO week', 'Write it as 2026-W47.'),
('recap.week', 'fr', '{week} n''est pas une semaine ISO', 'Écrivez-la ainsi : 2026-W47.'),
('recap.time_zone', 'en', '{time_zone} is not a known time zone', 'Write it as Europe/Paris; pg_timezone_names lists them.'),
('recap.time_zone', 'fr', '{time_zone} n''est pas un fuseau horaire connu', 'Écrivez-le ainsi : Europe/Paris ; pg_timezone_names les énumère.'),
('recap.bucket', 'en', '{bucket} is not a period', 'One of day, week, month, quarter, year.'),
('recap.bucket', 'fr', '{bucket} n''est pas une période', 'L''une de day, week, month, quarter, year.'),
('keeping.keep', 'en', '{keep} is not a time to keep history for', 'A positive interval: 2 years.'),
('keeping.keep', 'fr', '{keep} n''est pas une durée de conservation', 'Un intervalle positif : 2 years.');
