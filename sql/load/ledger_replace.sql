-- Delete the entries that sql/load/ledger.sql named, numbers with commas.
delete from :"schema".qb_windows
where seq = any(string_to_array(:'replaced', ',')::bigint[]);
