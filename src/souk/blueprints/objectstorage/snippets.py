"""How programs that speak S3 are told of a service, for a customer to copy."""

from __future__ import annotations

from souk.kernel.signing import REGION
from souk.provisioning.contract import Snippet

AUTHORITY = "souk-ca.pem"
"""What the authority's certificate is called when it is downloaded; the snippets expect it in their folder."""


def snippets(host: str, port: int, access_key: str, bucket: str) -> tuple[Snippet, ...]:
    """Programs that connect with TLS verified in full. The secret key comes from the environment, as
    `AWS_SECRET_ACCESS_KEY`, or is asked for.
    """
    filled = {
        "endpoint": f"https://{host}:{port}",
        "place": f"{host}:{port}",
        "key": access_key,
        "bucket": bucket,
        "region": REGION,
        "authority": AUTHORITY,
    }
    return tuple(Snippet(language, text.format(**filled)) for language, text in _TEXTS)


_TEXTS = (
    (
        "AWS CLI",
        """\
export AWS_ACCESS_KEY_ID={key} AWS_CA_BUNDLE={authority}  # and AWS_SECRET_ACCESS_KEY
aws --endpoint-url {endpoint} --region {region} s3 cp rapport.pdf s3://{bucket}/""",
    ),
    (
        "Python (boto3)",
        """\
import boto3  # the secret key is read from AWS_SECRET_ACCESS_KEY

s3 = boto3.client(
    "s3",
    endpoint_url="{endpoint}",
    region_name="{region}",
    aws_access_key_id="{key}",
    verify="{authority}",
)
s3.upload_file("rapport.pdf", "{bucket}", "rapport.pdf")""",
    ),
    (
        "rclone",
        """\
[souk]
type = s3
provider = Other
endpoint = {endpoint}
region = {region}
access_key_id = {key}
# secret_access_key = …
# rclone --ca-cert {authority} copy ./folder souk:{bucket}""",
    ),
    (
        "restic",
        """\
export AWS_ACCESS_KEY_ID={key}  # and AWS_SECRET_ACCESS_KEY, RESTIC_PASSWORD
restic --cacert {authority} -r s3:{endpoint}/{bucket} backup ./folder""",
    ),
    (
        "s3cmd",
        """\
s3cmd --host={place} --host-bucket={place} --ca-certs={authority} \\
    --access_key={key} --secret_key="$AWS_SECRET_ACCESS_KEY" ls s3://{bucket}""",
    ),
)
