-- @materialize: true
select *, extract(hour from date) as hour, dayname(date) as weekday, floor(delay / 10) * 10 as delay_bin, floor(distance / 200) * 200 as distance_bin
from read_parquet('data/flights-3m.parquet')
