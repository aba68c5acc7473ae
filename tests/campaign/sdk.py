"""The campaign's faults on the official Python SDK, with its retries on, as its users write a switchover: one call of
change_master_standby_async, then show_job_info until the job has ended.

Reads one JSON list of orders, plays all at once, and prints a JSON list of what a caller is told of each.
"""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkdcs import v2 as dcs

RETRIES = 3
INTERVAL_S = 0.05


def play(order):
    config = HttpConfig.get_default_config()
    config.retry_times = RETRIES
    config.timeout = (order["timeout_s"], order["timeout_s"])
    credentials = BasicCredentials(order["ak"], order["sk"], order["project_id"])
    if order["security_token"]:
        credentials = credentials.with_security_token(order["security_token"])
    try:
        client = (
            dcs.DcsClient.new_builder()
            .with_http_config(config)
            .with_credentials(credentials)
            .with_endpoints([order["endpoint"]])
            .build()
        )
        request = dcs.ChangeMasterStandbyAsyncRequest(instance_id=order["instance_id"])
        job = client.change_master_standby_async(request).job_id
        end = time.monotonic() + order["follow_s"]
        while time.monotonic() < end:
            status = client.show_job_info(dcs.ShowJobInfoRequest(job_id=job)).status
            if status in ("SUCCESS", "FAIL"):
                return {"told": "success" if status == "SUCCESS" else "failure"}
            time.sleep(INTERVAL_S)
        return {"told": "no end"}
    except Exception as error:  # whatever a caller would see is what is reported
        return {"told": "error", "exception": type(error).__name__}


orders = json.load(sys.stdin)
with ThreadPoolExecutor(max(1, len(orders))) as pool:
    json.dump(list(pool.map(play, orders)), sys.stdout)
