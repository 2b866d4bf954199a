-- Who last changed what is known of a counterparty: two who edit it at once are told of each other.
set local role jalon_owner;
set local lock_timeout = '5s';

alter table jalon_roadshow.roadshow_counterparty
add column revision integer not null default 1, add column edited_at timestamptz, add column edited_by text;
comment on column jalon_roadshow.roadshow_counterparty.revision is 'Counts the changes of what is known of it; its status apart.';
comment on column jalon_roadshow.roadshow_counterparty.edited_at is 'When that was last changed.';
comment on column jalon_roadshow.roadshow_counterparty.edited_by is 'By whom.';
