"""Writes a partitioned table as a job of Spark does: spark.py FOLDER N_ROWS. Twice into one folder is an overwrite."""
import sys

from pyspark.sql import SparkSession

folder, n_rows = sys.argv[1:]
builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
loopback = builder.config("spark.driver.host", "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1")
# Without it instants are INT96, which says nothing of a zone.
spark = loopback.config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS").getOrCreate()
rows = spark.sql(
    f"""
    select
      id,
      timestamp '2001-01-15 00:00:00' + make_interval(0, 0, 0, 0, cast(id as int), 0, 0) as at,
      cast((id % 977) / 4 as decimal(12, 2)) as amount,
      case when id % 7 < 6 then concat('région/', id % 7) end as region,
      if(id % 3 = 0, null, id % 2 = 0) as paid
    from range({n_rows})
    """
)
rows.repartition(2).write.partitionBy("region").mode("overwrite").parquet(folder)
spark.stop()
