select date, delay, distance, origin, destination, extract(hour from date) as hour, extract(isodow from date) as weekday
from read_parquet('data/flights-3m.parquet')
