-- Who may see how the installation does, and have it prove its records.
set local role jalon_owner;
set local lock_timeout = '5s';

insert into jalon_engine.permission (code, label, description) values
('watch_health', 'Watch the health', 'See migrations, partitions and what waits, and have history verified.');
insert into jalon_engine.permission_rule (role, permission) values ('admin', 'watch_health');
