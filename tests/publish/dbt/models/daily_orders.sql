{{ config(materialized='table') }}
select cast(ordered_at as date) as day, customer_id, count(*)::bigint as orders, sum(amount)::decimal(18, 2) as amount
from {{ ref('orders') }}
group by all
