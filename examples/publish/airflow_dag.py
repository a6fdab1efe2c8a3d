"""Every five minutes. Another try may help after exit code 5 (a store, a database, a disk) and 4 (overtaken); a broken promise
(3) or a wrong file (1, 2) fails at once and waits for a person."""
from datetime import datetime, timedelta

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowException, AirflowFailException


@dag(
    schedule=timedelta(minutes=5),
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 2, "retry_delay": timedelta(seconds=30)},
)
def flights():
    @task
    def publish():
        import subprocess

        code = subprocess.run(["tarn", "publish", "/srv/publish/publish.yaml", "--log", "json"]).returncode
        if code in (4, 5):
            raise AirflowException(f"tarn publish ended with {code}: trying again")
        if code != 0:
            raise AirflowFailException(f"tarn publish ended with {code}")

    publish()


flights()
