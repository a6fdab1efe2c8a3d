"""A million users in a hundred thousand cities, in no order: make_users.py OUT.parquet"""
import sys

import duckdb

duckdb.connect().execute(
    f"""
    copy (
      select
        'User ' || lpad(i::varchar, 7, '0') as name,
        ['north', 'south', 'west'][i % 3 + 1] as region,
        'City ' || lpad((hash(i) % 100000)::varchar, 5, '0') as city,
        (i * 7919 % 1000003)::bigint as amount,
        case when i % 50 > 0 then hash(i, 'score') % 1000000007 / 1e4 end as score
      from range(1000000) users(i)
      order by hash(i)
    ) to '{sys.argv[1]}' (format parquet, compression zstd)
    """
)
