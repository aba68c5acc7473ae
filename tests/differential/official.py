"""Signs with the official Python core what it reads: one request a line, as JSON; one answer a line."""

import base64
import json
import sys
from types import SimpleNamespace

from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import DerivationAKSKSigner, SM3Signer, Signer

SIGNERS = {
    "SDK-HMAC-SHA256": Signer,
    "SDK-HMAC-SM3": SM3Signer,
    "V11-HMAC-SHA256": DerivationAKSKSigner,
}


def sign(order):
    signer = SIGNERS[order["algorithm"]](SimpleNamespace(ak=order["ak"], sk=order["sk"]))
    steps = {}

    def remember(name):
        step = getattr(signer, name)

        def remembered(*args, **more):
            steps[name] = step(*args, **more)
            return steps[name]

        setattr(signer, name, remembered)

    remember("_process_canonical_request")
    remember("_process_string_to_sign")
    request = SdkRequest(
        method=order["method"],
        schema="https",
        host=order["host"],
        resource_path=order["path"],
        query_params=[tuple(pair) for pair in order["query"]],
        header_params=dict(order["headers"]),
        body=base64.b64decode(order["body"]),
    )
    scope = (order["service"], order["region"]) if order["algorithm"].startswith("V11") else ()
    signer.sign(request, *scope)
    return {
        "canonicalRequest": steps["_process_canonical_request"],
        "stringToSign": steps["_process_string_to_sign"],
        "authorization": request.header_params["Authorization"],
    }


for line in sys.stdin:
    print(json.dumps(sign(json.loads(line))))
