-- The attachments of a schema that have a file and are not deleted: Id, Size (-1: it
-- does not say), and LastUpdatedTime in microseconds (empty: it does not say).
--	psql -v schema=raw -f sql/attachments/files.sql
copy (
	select id,
		case when payload->>'Size' ~ '^[0-9]{1,15}$'
			then payload->>'Size' else '-1' end,
		coalesce((extract(epoch from updated_at_utc) * 1000000)::bigint::text,
			'')
	from :"schema".attachables
	where deleted_at_utc is null and payload->>'FileName' <> ''
	order by id collate "C"
) to stdout
