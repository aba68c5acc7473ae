"""Signs the swap with the official Python core; answers each line "N" with the microseconds of
processor time of N signatures."""

import sys
import time

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest

PROJECT = "0123456789abcdef0123456789abcdef"
KEY = BasicCredentials("BENCHAK0000000000001", "MARKER-SK-9f27c1d4e8b3a605", PROJECT)
PATH = f"/v2/{PROJECT}/instances/00000000-0000-4000-8000-000000000001/async-swap"


def sign():
    request = SdkRequest(
        method="PUT",
        schema="https",
        host="dcs.cn-north-4.myhuaweicloud.com",
        resource_path=PATH,
        query_params=[],
        header_params={"Content-Type": "application/json"},
        body="",
    )
    return KEY.sign_request(request).header_params["Authorization"]


assert "Signature=" in sign()
print("ready", flush=True)
for line in sys.stdin:
    start = time.process_time()
    for _ in range(int(line)):
        sign()
    print((time.process_time() - start) * 1e6, flush=True)
