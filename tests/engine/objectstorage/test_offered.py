"""What of S3 is sold has an effect, seen with the client that customers use."""

from __future__ import annotations

import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.engine.conftest import Rig
from tests.engine.objectstorage.conftest import MIB, Storage, order
from tests.support.trusting import trusting

from souk.blueprints.objectstorage import BLUEPRINT
from souk.blueprints.objectstorage.observer import METRICS
from souk.engines.incus import IncusEngine
from souk.kernel.signing import signed_headers
from souk.provisioning.contract import BindingRole, Credentials, Declined, Size
from souk.settings import namespace

pytestmark = pytest.mark.engine

BUCKET = "factures-2026"
QUOTA = 640 * MIB


@pytest.fixture(scope="module")
def sold(incus: IncusEngine, storage_image: str) -> Iterator[Storage]:
    """A customer's service with one bucket and little room."""
    rig = Rig(incus, namespace.current())
    try:
        made = order(rig, storage_image, 2)
        made.wanted = replace(made.wanted, parameters={"buckets": [BUCKET]}, size=Size(1, 1024 * MIB, QUOTA))
        made.configure()
        yield made
    finally:
        rig.clear()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where certificates lie."""
    return tmp_path_factory.mktemp("sold")


@pytest.fixture(scope="module")
def owner(sold: Storage, folder: Path) -> Any:
    """The client of the service's first key."""
    return sold.client(sold.credentials, folder)


@pytest.fixture(scope="module")
def writer(sold: Storage, folder: Path) -> Any:
    """A client whose key writes in the bucket."""
    return sold.client(sold.grant("boutique", BUCKET), folder)


@pytest.fixture(scope="module")
def reader(sold: Storage, folder: Path) -> Any:
    """A client whose key reads in the bucket."""
    return sold.client(sold.grant("comptable", BUCKET, BindingRole.READER), folder)


def _refused(code: str = "AccessDenied") -> Any:
    return pytest.raises(ClientError, match=code)


def _new_bucket(owner: Any, name: str, **how: Any) -> str:
    owner.create_bucket(Bucket=name, **how)
    return name


def _keep_house(sold: Storage) -> None:
    """What a timer does each hour."""
    done = sold.execute(["systemctl", "start", "souk-housekeeping.service"], timeout=120)
    assert done.exit_code == 0, done.stderr


def test_the_buckets_that_were_ordered_are_there_and_the_owner_makes_more(owner: Any) -> None:
    assert BUCKET in [each["Name"] for each in owner.list_buckets()["Buckets"]]
    owner.create_bucket(Bucket="made-through-s3")
    owner.put_object(Bucket="made-through-s3", Key="k", Body=b"x")
    with _refused("BucketNotEmpty"):
        owner.delete_bucket(Bucket="made-through-s3")
    owner.delete_object(Bucket="made-through-s3", Key="k")
    owner.delete_bucket(Bucket="made-through-s3")


def test_a_bucket_is_made_twice_and_deleted_twice_with_all_that_is_in_it(sold: Storage, owner: Any) -> None:
    for _ in range(2):
        BLUEPRINT.keeper.create(sold, sold.wanted, "archives")
    owner.put_object(Bucket="archives", Key="a/b", Body=b"x")
    for _ in range(2):
        BLUEPRINT.keeper.drop(sold, sold.wanted, "archives")
    assert "archives" not in [each["Name"] for each in owner.list_buckets()["Buckets"]]


def test_a_reader_reads_and_changes_nothing(owner: Any, reader: Any) -> None:
    owner.put_object(Bucket=BUCKET, Key="lu", Body=b"x")
    assert reader.get_object(Bucket=BUCKET, Key="lu")["Body"].read() == b"x"
    assert [each["Name"] for each in reader.list_buckets()["Buckets"]] == [BUCKET]
    for refused in (
        lambda: reader.put_object(Bucket=BUCKET, Key="lu", Body=b"y"),
        lambda: reader.delete_object(Bucket=BUCKET, Key="lu"),
        lambda: reader.create_multipart_upload(Bucket=BUCKET, Key="lu"),
        lambda: reader.copy_object(Bucket=BUCKET, Key="copie", CopySource=f"{BUCKET}/lu"),
        lambda: reader.put_object_tagging(Bucket=BUCKET, Key="lu", Tagging={"TagSet": []}),
    ):
        with _refused():
            refused()
    answer = reader.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "lu"}]})
    assert [each["Code"] for each in answer["Errors"]] == ["AccessDenied"]


def test_a_writer_writes_objects_and_does_not_change_the_buckets_rules(writer: Any) -> None:
    writer.put_object(Bucket=BUCKET, Key="écrit", Body=b"x")
    writer.put_object_tagging(Bucket=BUCKET, Key="écrit", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    writer.delete_object(Bucket=BUCKET, Key="écrit")
    rule = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    for refused in (
        lambda: writer.put_bucket_lifecycle_configuration(Bucket=BUCKET, LifecycleConfiguration={"Rules": [rule]}),
        lambda: writer.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}),
        lambda: writer.put_bucket_policy(Bucket=BUCKET, Policy=_public(BUCKET)),
        lambda: writer.put_bucket_cors(Bucket=BUCKET, CORSConfiguration=_CORS),
        lambda: writer.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": []}),
        lambda: writer.delete_bucket(Bucket=BUCKET),
        lambda: writer.create_bucket(Bucket="encore"),
    ):
        with _refused():
            refused()


def test_one_bucket_is_closed_to_the_keys_of_another(sold: Storage, owner: Any, folder: Path) -> None:
    _new_bucket(owner, "factures")
    owner.put_object(Bucket=BUCKET, Key="ailleurs", Body=b"x")
    other = sold.client(sold.grant("autre", "factures"), folder)
    for refused in (
        lambda: other.get_object(Bucket=BUCKET, Key="ailleurs"),
        lambda: other.list_objects_v2(Bucket=BUCKET),
        lambda: other.copy_object(Bucket="factures", Key="volé", CopySource=f"{BUCKET}/ailleurs"),
    ):
        with _refused():
            refused()
    with _refused("InvalidRequest"):
        other.put_object(Bucket="factures", Key=f"../{BUCKET}/ailleurs", Body=b"y")


def test_a_key_changes_its_role_and_is_revoked(sold: Storage, owner: Any, folder: Path) -> None:
    key = sold.grant("roles", BUCKET, BindingRole.WRITER)
    client = sold.client(key, folder)
    client.put_object(Bucket=BUCKET, Key="r", Body=b"x")
    BLUEPRINT.binder.grant(sold, sold.wanted, key, BindingRole.READER)
    with _refused():
        client.put_object(Bucket=BUCKET, Key="r", Body=b"y")
    BLUEPRINT.binder.grant(sold, sold.wanted, key, BindingRole.OWNER)
    _new_bucket(client, "par-proprio")
    sold.revoke("roles")
    with _refused(r"InvalidAccessKeyId|AccessDenied"):
        client.get_object(Bucket=BUCKET, Key="r")
    assert owner.get_object(Bucket=BUCKET, Key="r")["Body"].read() == b"x"


def test_versions_are_kept_and_come_back(owner: Any) -> None:
    bucket = _new_bucket(owner, "versions")
    owner.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first = owner.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    owner.put_object(Bucket=bucket, Key="k", Body=b"2")
    owner.delete_object(Bucket=bucket, Key="k")
    with _refused("NoSuchKey"):
        owner.get_object(Bucket=bucket, Key="k")
    assert owner.get_object(Bucket=bucket, Key="k", VersionId=first)["Body"].read() == b"1"
    assert len(owner.list_object_versions(Bucket=bucket)["DeleteMarkers"]) == 1


def test_what_a_rule_lets_expire_is_deleted_and_nothing_else(sold: Storage, owner: Any) -> None:
    bucket = _new_bucket(owner, "expire")
    rule = {
        "ID": "temporaire",
        "Status": "Enabled",
        "Filter": {"Prefix": "tmp/"},
        "Expiration": {"Date": datetime(2020, 1, 1, tzinfo=UTC)},
    }
    for key in ("tmp/a", "tmp/b", "garde/a"):
        owner.put_object(Bucket=bucket, Key=key, Body=b"x")
    owner.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [rule]})
    _keep_house(sold)
    assert [each["Key"] for each in owner.list_objects_v2(Bucket=bucket)["Contents"]] == ["garde/a"]


_AGE = """
import re, subprocess, time

def shell(command):
    server = ("weed", "shell", "-master=127.0.0.1:9333", "-filer=127.0.0.1:8888")
    subprocess.run(server, input=command, text=True, check=True, capture_output=True)

def varint(number):
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + varint(rest) if rest else bytes([low])

def nanoseconds(found):
    return found[1] + str(int(found[2]) - 40 * 86400 * 10**9).encode()

shell("fs.meta.save -o /tmp/list /")
listed = open("/tmp/list", "rb").read()
for second in range(int(time.time()) - 60, int(time.time()) + 2):
    for field in (b"\\x10", b"\\x18", b"\\x20"):
        listed = listed.replace(field + varint(second), field + varint(second - 40 * 86400))
listed = re.sub(rb"(Noncurrent-Since-Ns.{2})(\\d{19})", nanoseconds, listed, flags=re.S)
open("/tmp/list", "wb").write(listed)
shell("fs.meta.load /tmp/list")
"""
"""Has what was written in the last minute be forty days old, in the server's own list of it."""


def test_forty_days_later_rules_by_age_have_done_their_work(sold: Storage, owner: Any) -> None:
    current, versioned = _new_bucket(owner, "age"), _new_bucket(owner, "age-versions")
    owner.put_bucket_versioning(Bucket=versioned, VersioningConfiguration={"Status": "Enabled"})
    for key in ("tmp/a", "garde/a"):
        owner.put_object(Bucket=current, Key=key, Body=b"x")
    for body in (b"1", b"2", b"3"):
        owner.put_object(Bucket=versioned, Key="v", Body=body)
    begun = owner.create_multipart_upload(Bucket=current, Key="grand")["UploadId"]
    owner.upload_part(Bucket=current, Key="grand", UploadId=begun, PartNumber=1, Body=b"x")
    for bucket, prefix, what in (
        (current, "tmp/", {"Expiration": {"Days": 30}}),
        (versioned, "", {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}),
    ):
        rules = [{"ID": "a", "Status": "Enabled", "Filter": {"Prefix": prefix}, **what}]
        if bucket == current:
            unfinished = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3}}
            rules.append({"ID": "b", "Status": "Enabled", "Filter": {"Prefix": ""}, **unfinished})
        owner.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    _keep_house(sold)
    assert len(owner.list_object_versions(Bucket=versioned)["Versions"]) == 3
    assert sold.execute(["python3", "-c", _AGE]).exit_code == 0
    _keep_house(sold)
    assert [each["Key"] for each in owner.list_objects_v2(Bucket=current)["Contents"]] == ["garde/a"]
    [left] = owner.list_object_versions(Bucket=versioned)["Versions"]
    assert left["IsLatest"]
    assert "Uploads" not in owner.list_multipart_uploads(Bucket=current)


def test_a_locked_object_outlives_its_owners_wish_and_its_bucket_is_kept(sold: Storage, owner: Any) -> None:
    bucket = _new_bucket(owner, "verrou", ObjectLockEnabledForBucket=True)
    until = datetime.now(UTC) + timedelta(hours=1)
    version = owner.put_object(
        Bucket=bucket, Key="k", Body=b"x", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until
    )["VersionId"]
    for bypass in (False, True):
        with _refused():
            owner.delete_object(Bucket=bucket, Key="k", VersionId=version, BypassGovernanceRetention=bypass)
    with pytest.raises(Declined, match="locked until"):
        BLUEPRINT.keeper.drop(sold, sold.wanted, bucket)
    assert owner.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


_CORS = {"CORSRules": [{"AllowedOrigins": ["https://boutique.example"], "AllowedMethods": ["GET", "PUT"]}]}


def test_browsers_of_an_allowed_origin_are_let_in_and_others_are_not(sold: Storage, owner: Any) -> None:
    bucket = _new_bucket(owner, "cors")
    owner.put_object(Bucket=bucket, Key="k", Body=b"x")
    address = owner.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "k"})
    with trusting(sold.authority.certificate) as browser:

        def allowed(origin: str) -> str | None:
            return browser.get(address, headers={"origin": origin}).headers.get("access-control-allow-origin")

        assert allowed("https://boutique.example") is None
        owner.put_bucket_cors(Bucket=bucket, CORSConfiguration=_CORS)
        assert allowed("https://boutique.example") == "https://boutique.example"
        assert allowed("https://ailleurs.example") is None
        asked = {"origin": "https://boutique.example", "access-control-request-method": "PUT"}
        assert browser.options(address, headers=asked).status_code == 200
        assert browser.options(address, headers={**asked, "origin": "https://ailleurs.example"}).status_code == 403


def _public(bucket: str) -> str:
    place = f"arn:aws:s3:::{bucket}/public/*"
    statement = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": [place]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_only_what_a_policy_makes_public_is_public(sold: Storage, owner: Any) -> None:
    bucket = _new_bucket(owner, "site-public")
    for key in ("public/a", "a"):
        owner.put_object(Bucket=bucket, Key=key, Body=b"x", ACL="public-read")
    owner.put_bucket_policy(Bucket=bucket, Policy=_public(bucket))
    place = f"https://{sold.wanted.address}:{BLUEPRINT.port}/{bucket}"
    with trusting(sold.authority.certificate) as anybody:
        assert anybody.get(f"{place}/public/a").text == "x"
        assert [anybody.get(f"{place}{path}").status_code for path in ("/a", "", "/public/../a")] == [403] * 3
        assert anybody.put(f"{place}/public/b", content=b"y").status_code == 403


def test_a_presigned_address_works_until_it_ends_and_for_its_object_only(sold: Storage, writer: Any) -> None:
    up = writer.generate_presigned_url("put_object", Params={"Bucket": BUCKET, "Key": "signé"}, ExpiresIn=60)
    down = writer.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "signé"}, ExpiresIn=2)
    with trusting(sold.authority.certificate) as anybody:
        assert anybody.put(up, content=b"x").status_code == 200
        assert anybody.get(down).text == "x"
        assert anybody.put(up.replace("sign%C3%A9", "autre"), content=b"x").status_code == 403
        time.sleep(3)
        assert anybody.get(down).status_code == 403


def _by_name(sold: Storage, monkeypatch: pytest.MonkeyPatch, folder: Path, credentials: Credentials) -> Any:
    """A client for which a bucket is a part of the host's name; that resolves as the site's names do."""
    ask = socket.getaddrinfo

    def resolve(host: str, *told: Any, **also: Any) -> Any:
        below = host == sold.wanted.hostname or host.endswith("." + sold.wanted.hostname)
        return ask(sold.wanted.address if below else host, *told, **also)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return sold.client(credentials, folder, style="virtual")


def test_a_bucket_may_be_a_part_of_the_hosts_name(
    sold: Storage, owner: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = _new_bucket(owner, "autre-hote")
    client = _by_name(sold, monkeypatch, folder, sold.grant("hote", BUCKET))
    client.put_object(Bucket=BUCKET, Key="dossier/été.txt", Body=b"x")
    assert owner.get_object(Bucket=BUCKET, Key="dossier/été.txt")["Body"].read() == b"x"
    assert client.list_objects_v2(Bucket=BUCKET, Prefix="dossier/")["KeyCount"] == 1
    upload = client.create_multipart_upload(Bucket=BUCKET, Key="grand")["UploadId"]
    client.abort_multipart_upload(Bucket=BUCKET, Key="grand", UploadId=upload)
    signed = client.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "dossier/été.txt"})
    assert signed.startswith(f"https://{BUCKET}.{sold.wanted.hostname}:{BLUEPRINT.port}/dossier/")
    with trusting(sold.authority.certificate) as anybody:
        assert anybody.get(signed).text == "x"
    with _refused():
        client.get_object(Bucket=other, Key="x")
    with _refused("NoSuchBucket|AccessDenied"):
        client.list_objects_v2(Bucket="nulle-part")
    with _refused("NotImplemented"):
        client.put_object(Bucket=BUCKET, Key="chiffré", Body=b"x", ServerSideEncryption="AES256")


def test_a_signature_of_another_day_is_refused(sold: Storage) -> None:
    host, path = f"{sold.wanted.hostname}:{BLUEPRINT.port}", f"/{BUCKET}"
    for day, status in ((datetime.now(UTC), 200), (datetime.now(UTC) - timedelta(days=1), 403)):
        headers = signed_headers("GET", host, path, "souk", sold.credentials.password, day)
        with trusting(sold.authority.certificate) as client:
            answer = client.get(f"https://{sold.wanted.address}:{BLUEPRINT.port}{path}", headers=headers)
            assert answer.status_code == status


def test_what_is_not_offered_says_so(owner: Any) -> None:
    for refused in (
        lambda: owner.put_bucket_website(
            Bucket=BUCKET, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}}
        ),
        lambda: owner.put_bucket_notification_configuration(Bucket=BUCKET, NotificationConfiguration={}),
        lambda: owner.put_object(Bucket=BUCKET, Key="chiffré", Body=b"x", ServerSideEncryption="AES256"),
    ):
        with _refused("NotImplemented"):
            refused()


def test_headers_without_end_are_refused(sold: Storage) -> None:
    with trusting(sold.authority.certificate) as client:
        answer = client.get(f"https://{sold.wanted.address}:{BLUEPRINT.port}/", headers={"x-amz-meta-a": "x" * 40_000})
        assert answer.status_code in {400, 431}


def test_beyond_the_plans_room_putting_is_refused_while_reading_and_deleting_go_on_until_there_is_room(
    owner: Any, writer: Any
) -> None:
    bucket, begun = _new_bucket(owner, "plein"), writer.create_multipart_upload(Bucket=BUCKET, Key="grand")["UploadId"]
    with _refused("QuotaExceeded"):
        owner.put_object(Bucket=bucket, Key="trop", Body=bytes(QUOTA + MIB))
    content, kept = os.urandom(32 * MIB), []
    with _refused("QuotaExceeded"):
        for number in range(60):
            owner.put_object(Bucket=bucket, Key=str(number), Body=content)
            kept.append(str(number))
    assert len(kept) >= 10
    parts = {"Bucket": BUCKET, "Key": "grand", "UploadId": begun}
    with _refused("QuotaExceeded"):
        writer.upload_part(**parts, PartNumber=1, Body=content)
    writer.abort_multipart_upload(**parts)
    assert owner.get_object(Bucket=bucket, Key="3")["Body"].read() == content
    owner.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in kept[:-1]]})
    assert any(_taken(owner, bucket, content) for _ in range(45)), "what was deleted gives no room"


def _taken(owner: Any, bucket: str, content: bytes) -> bool:
    """Whether an object is taken now; else it is time to ask again."""
    try:
        owner.put_object(Bucket=bucket, Key="après", Body=content)
    except ClientError:
        time.sleep(1)
        return False
    return True


def test_it_tells_its_owner_what_it_holds_and_nobody_else(sold: Storage, folder: Path) -> None:
    trusted = sold.authority.certificate
    look = BLUEPRINT.observer.look(sold.wanted, sold.credentials, trusted)
    told = dict(zip([metric.key for metric in METRICS], look.values, strict=True))
    assert look.health.ok
    assert told["room_bytes"] == QUOTA
    assert 0 < (told["room_used_bytes"] or 0) < QUOTA
    assert (told["requests"] or 0) > 50
    assert (told["requests_refused"] or 0) > 5
    assert told["received_bytes"]
    assert told["sent_bytes"]
    key = sold.grant("curieux", BUCKET)
    assert not BLUEPRINT.observer.look(sold.wanted, Credentials("souk", "wrong"), trusted).health.ok
    assert BLUEPRINT.observer.look(sold.wanted, key, trusted).values == ()


def test_requests_are_logged_with_their_key_and_without_what_signs_them(sold: Storage, writer: Any) -> None:
    writer.put_object(Bucket=BUCKET, Key="journal/été", Body=b"x")
    address = writer.generate_presigned_url("get_object", Params={"Bucket": BUCKET, "Key": "absent"})
    with trusting(sold.authority.certificate) as anybody:
        anybody.get(address)
    lines = BLUEPRINT.observer.log(sold, sold.wanted, "", 4 * MIB).lines
    put = next(each for each in lines if " PUT " in each.text and "journal/" in each.text)
    assert put.text.split()[1:3] == ["boutique", "PUT"]
    got = next(each for each in lines if f" GET /{BUCKET}/absent " in each.text)
    assert (got.severity, got.text.split()[1]) == ("warning", "boutique")
    assert not [each for each in lines if "X-Amz-Signature" in each.text]
