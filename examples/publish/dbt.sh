#!/bin/sh
# After dbt: a model with `materialized: external` (dbt-duckdb) or an export of the warehouse writes Parquet to $EXPORTS, and only
# what dbt built and tested is published. A post-hook of the model would run before its tests, so the step stands here.
set -eu
dbt build --select +flights
exec tarn publish "$(dirname "$0")/publish.yaml" --log json
