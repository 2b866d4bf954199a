set local role jalon_owner;
set local lock_timeout = '5s';
update jalon_engine.display_text set template = 'to be filled in first: {fields}'
where code = 'event.why.JL302' and language = 'en' and template = 'fill in first: {fields}';
