{{ config(materialized='external', location=env_var('DBT_TARGET_PATH', 'target') ~ '/orders.parquet') }}
select
  cast(i as bigint) as id,
  cast(1 + i % 4 as integer) as customer_id,
  timestamp '2026-01-01' + to_minutes(cast(i * 7 as int)) as ordered_at,
  cast(i % 977 / 4 as decimal(12, 2)) as amount,
  cast(case when i % 5 = 0 then 'returned' when i % 2 = 0 then 'shipped' else 'placed' end as varchar) as status,
  cast(case when i % 11 > 0 then i % 3 end as tinyint) as "no",
  cast(i % 2 = 0 as boolean) as paid,
  [i, i + 1] as steps
from range(5000) t(i)
