set local role jalon_owner;
set local lock_timeout = '5s';
delete from jalon_engine.display_text where code in (
    'JL405.value', 'JL405.choice', 'JL405.missing', 'JL405.moment', 'JL405.past', 'JL405.not_yet', 'JL405.time_zone',
    'JL405.cursor', 'JL405.etag', 'JL405.record', 'JL405.versions', 'JL405.object', 'JL405.member', 'JL405.list',
    'JL405.name', 'JL405.actor', 'JL405.comma');
