-- Switch the history of the schema on, for this load and all later ones.
insert into :"schema".qb_settings as setting (name, value)
values ('history', 'on')
on conflict (name) do update set value = 'on', set_at_utc = now()
where setting.value <> 'on';
