"""Who signed a request, and whether correctly: Signature Version 4 recomputed by botocore from the bytes received, or a bearer token."""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest, HTTPHeaders
from botocore.credentials import Credentials

from http1 import Request

ACCESS_KEY = "AKIDEXAMPLE"
SECRET_KEY = "secret-for-loopback"
MOST_SKEW = timedelta(minutes=15)

_SIGNATURE = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,]+)/(?P<day>\d{8})/(?P<region>[^/,]+)/(?P<service>[^/,]+)/aws4_request, ?"
    r"SignedHeaders=(?P<headers>[a-z0-9;-]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Verdict:
    kind: str
    fault: str | None = None
    error: str = "InvalidSignatureException"


class _AsReceived(SigV4Auth):
    """Signs the headers that the client says it signed instead of choosing its own."""

    def __init__(self, region: str, names: list[str]) -> None:
        super().__init__(Credentials(ACCESS_KEY, SECRET_KEY), "bedrock", region)
        self._names = names

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:
        chosen = HTTPHeaders()
        for name in self._names:
            for value in request.headers.get_all(name, []):
                chosen[name] = value
        return chosen


def check(request: Request, expected: str) -> Verdict:
    values = [value for name, value in request.headers if name == "authorization"]
    if len(values) != 1:
        problem = "the request is not signed" if not values else "the request has several authorization headers"
        return Verdict("none", problem, "MissingAuthenticationTokenException")
    scheme, _, rest = values[0].partition(" ")
    if scheme == "Bearer":
        verdict = Verdict("bearer", None if rest.strip() else "the bearer token is empty", "AccessDeniedException")
    elif scheme == "AWS4-HMAC-SHA256":
        verdict = Verdict("sigv4", _signature_fault(request, values[0]))
    else:
        return Verdict("none", f"authorization scheme {scheme} is not known", "MissingAuthenticationTokenException")
    if verdict.fault is None and expected not in ("any", verdict.kind):
        return Verdict(verdict.kind, f"expected {expected} authentication, not {verdict.kind}", "AccessDeniedException")
    return verdict


def _signature_fault(request: Request, authorization: str) -> str | None:
    parts = _SIGNATURE.fullmatch(authorization)
    if parts is None:
        return "the authorization header is not a Signature Version 4 header"
    if parts["key"] != ACCESS_KEY:
        return "the access key is not known"
    if parts["service"] != "bedrock":
        return f"Credential should be scoped to correct service: 'bedrock', not '{parts['service']}'."
    signed = parts["headers"].split(";")
    present = {name for name, _ in request.headers}
    if unsigned := sorted(name for name in present if (name == "host" or name.startswith("x-amz-")) and name not in signed):
        return f"these headers must be signed: {', '.join(unsigned)}"
    if signed != sorted(signed) or not {"host", "x-amz-date"} <= set(signed) <= present:
        return "the signed headers are not sorted, not complete or were not sent"
    stamp = request.header("x-amz-date") or ""
    if fault := _time_fault(stamp, parts["day"]):
        return fault
    stated = request.header("x-amz-content-sha256")
    if stated is not None and stated != sha256(request.body).hexdigest():
        return "x-amz-content-sha256 is not the checksum of the body"
    if not hmac.compare_digest(_signature(request, parts["region"], signed, stamp), parts["signature"]):
        return "The request signature we calculated does not match the signature you provided."
    return None


def _time_fault(stamp: str, day: str) -> str | None:
    try:
        when = datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return "x-amz-date is not a time"
    if abs(datetime.now(UTC) - when) > MOST_SKEW:
        return f"Signature expired or not yet current: {stamp}"
    return None if stamp.startswith(day) else "the credential scope is of another day than x-amz-date"


def _signature(request: Request, region: str, signed: list[str], stamp: str) -> str:
    received = AWSRequest(request.method, f"http://{request.header('host')}{request.target}", data=request.body)
    for name, value in request.headers:
        received.headers.add_header(name, value)
    received.context["timestamp"] = stamp
    auth = _AsReceived(region, signed)
    signature: str = auth.signature(auth.string_to_sign(received, auth.canonical_request(received)), received)
    return signature
