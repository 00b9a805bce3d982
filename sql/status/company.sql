-- The name of the company, from its row of CompanyInfo; no row: it is not known:
--	psql -v schema=raw -v realm=4620 -f sql/status/company.sql
select left(regexp_replace(payload ->> 'CompanyName', '[[:cntrl:]]', ' ', 'g'), 200)
from :"schema".company_infos
where realm_id = :'realm' and deleted_at_utc is null
	and payload ->> 'CompanyName' <> ''
order by fetched_at_utc desc
limit 1;
