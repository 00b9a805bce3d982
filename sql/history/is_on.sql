-- Is the history of the schema on?  To switch it off delete this row.
select count(*) from :"schema".qb_settings
where name = 'history' and value = 'on';
