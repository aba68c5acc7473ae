"""Swaps the nodes of an instance with the official Python SDK: swap.py REGION PROJECT_ID INSTANCE_ID"""

import os
import sys

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkdcs.v2 import ChangeMasterStandbyAsyncRequest, DcsClient
from huaweicloudsdkdcs.v2.region.dcs_region import DcsRegion

region, project_id, instance_id = sys.argv[1:]
key = BasicCredentials(os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"], project_id)
dcs = DcsClient.new_builder().with_credentials(key).with_region(DcsRegion.value_of(region)).build()
try:
    accepted = dcs.change_master_standby_async(ChangeMasterStandbyAsyncRequest(instance_id))
except ServiceResponseException as refusal:
    sys.exit(f"HTTP {refusal.status_code} {refusal.error_code}: {refusal.error_msg} ({refusal.request_id})")
print("job_id:", accepted.job_id)
