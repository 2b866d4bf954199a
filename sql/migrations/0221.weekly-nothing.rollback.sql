set local role jalon_owner;
set local lock_timeout = '5s';

update jalon_engine.display_text set template = 'Il ne sest rien passé cette semaine.' where code = 'weekly.nothing' and language = 'fr';
