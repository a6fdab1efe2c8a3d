"""Ten million rows with a million keys, in no order: make_keys.py OUT.parquet [ROWS]"""
import sys

import duckdb

n_rows = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
duckdb.connect().execute(
    f"""
    copy (
      select
        (hash(i) % 1000000)::bigint as key,
        'Kind ' || lpad((hash(i, 'kind') % 300)::varchar, 3, '0') as kind,
        (hash(i, 'value') % 1000)::bigint as value
      from range({n_rows}) keys(i)
    ) to '{sys.argv[1]}' (format parquet, compression zstd, row_group_size 250000)
    """
)
