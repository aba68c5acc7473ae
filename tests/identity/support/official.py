"""Asks the official Python core for credentials, as an SDK client does: one order a line, as JSON; one answer a line."""

import json
import logging
import os
import sys

from huaweicloudsdkcore.auth import internal, provider
from huaweicloudsdkcore.exceptions.exception_handler import DefaultExceptionHandler
from huaweicloudsdkcore.http.http_client import HttpClient
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.http.http_handler import HttpHandler
from huaweicloudsdkcore.region.cache import ProfileRegionCache

PROVIDERS = {
    "environment": provider.EnvCredentialProvider.get_basic,
    "profile": provider.ProfileCredentialProvider.get_basic,
    "metadata": provider.MetadataCredentialProvider.get_basic,
    "pod-identity": provider.PodIdentityCredentialProvider.get_basic,
    "oidc": provider.OidcStsCredentialProvider.get_basic,
    "chain": provider.CredentialProviderChain.get_basic,
}
OF_THE_CORE = ("HUAWEICLOUD_", "CLOUD_SDK_", "HC_CONTAINER_")

handler = DefaultExceptionHandler()
client = HttpClient(HttpConfig.get_default_config(), HttpHandler(), handler, logging.getLogger("identity"))


def credentials(order):
    kept = PROVIDERS[order["provider"]]().get_credentials()
    # These two have asked already.
    first = 1 if order["provider"] in ("metadata", "pod-identity") else 0
    for _ in range(first, order.get("times", 1)):
        kept.process_sts(client)
    return {
        "ak": kept.ak,
        "sk": kept.sk,
        "securityToken": kept.security_token,
        "projectId": kept.project_id,
        "iamEndpoint": kept.iam_endpoint,
    }


def endpoints(order):
    region = ProfileRegionCache._resolve_profile().get("DCS" + order["region"])
    return {"endpoints": region and region.endpoints}


for line in sys.stdin:
    order = json.loads(line)
    for name in list(os.environ):
        if name.startswith(OF_THE_CORE):
            del os.environ[name]
    os.environ.update(order["env"])
    internal.MetadataAccessor._METADATA_ENDPOINT = order["metadata"]
    try:
        answer = endpoints(order) if "region" in order else credentials(order)
    except Exception as error:  # whatever it is, it is its answer
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
