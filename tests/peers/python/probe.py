"""Makes one call of the official Python SDK for each line of JSON it reads, and prints what came of it.

The lines in and out are described in ../judge.py.
"""

import json
import os
import sys

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions import exceptions
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkdcs import v2 as dcs

OPERATIONS = {
    "ChangeMasterStandbyAsync": ("change_master_standby_async", dcs.ChangeMasterStandbyAsyncRequest),
    "ShowJobInfo": ("show_job_info", dcs.ShowJobInfoRequest),
    "ShowInstance": ("show_instance", dcs.ShowInstanceRequest),
    "ListInstances": ("list_instances", dcs.ListInstancesRequest),
    "ListGroupReplicationInfo": ("list_group_replication_info", dcs.ListGroupReplicationInfoRequest),
}


def call(order):
    config = HttpConfig.get_default_config()
    config.retry_times = order.get("retries", 0)
    client = (
        dcs.DcsClient.new_builder()
        .with_http_config(config)
        .with_credentials(BasicCredentials(order["ak"], order["sk"], order["project_id"]))
        .with_endpoints([os.environ["DCS_EMULATOR_URL"]])
        .build()
    )
    method, make = OPERATIONS[order["operation"]]
    answer = getattr(client, method)(make(**order.get("parameters", {})))
    return {"ok": True, "answer": answer.to_dict()}


def attempt(order):
    try:
        return call(order)
    except exceptions.ServiceResponseException as error:
        return {
            "ok": False,
            "exception": type(error).__name__,
            "status_code": error.status_code,
            "error_code": error.error_code,
            "error_msg": error.error_msg,
            "request_id": error.request_id,
        }
    except Exception as error:  # whatever a caller would see is what is reported
        return {"ok": False, "exception": type(error).__name__}


for line in sys.stdin:
    print(json.dumps(attempt(json.loads(line)), default=str), flush=True)
