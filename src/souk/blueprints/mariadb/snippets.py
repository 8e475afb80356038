"""Connecting from a program: a few lines to copy, in the languages that customers write."""

from __future__ import annotations

from souk.blueprints.mariadb.probing import PORT
from souk.provisioning.contract import Snippet

AUTHORITY = "souk-ca.pem"
"""What the authority's certificate is called when it is downloaded; the snippets expect it in their folder."""


def snippets(host: str, username: str, database: str) -> tuple[Snippet, ...]:
    """Programs that connect with TLS verified in full. The password comes from the environment, as `MYSQL_PWD`."""
    filled = {"host": host, "port": PORT, "user": username, "database": database, "authority": AUTHORITY}
    return tuple(Snippet(language, text.format(**filled)) for language, text in _TEXTS)


_TEXTS = (
    (
        "mariadb",
        "mariadb --host={host} --port={port} --user={user} --ssl-verify-server-cert --ssl-ca={authority} {database}",
    ),
    (
        "PHP",
        """\
<?php
$connection = new PDO(
    "mysql:host={host};port={port};dbname={database};charset=utf8mb4",
    "{user}",
    getenv("MYSQL_PWD"),
    [PDO::MYSQL_ATTR_SSL_CA => "{authority}", PDO::MYSQL_ATTR_SSL_VERIFY_SERVER_CERT => true],
);
echo $connection->query("SELECT VERSION()")->fetchColumn();""",
    ),
    (
        "Python",
        """\
import os
import pymysql

with pymysql.connect(
    host="{host}",
    port={port},
    database="{database}",
    user="{user}",
    password=os.environ["MYSQL_PWD"],
    ssl_ca="{authority}",
    ssl_verify_cert=True,
    ssl_verify_identity=True,
) as connection:
    with connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        print(cursor.fetchone()[0])""",
    ),
    (
        "Node.js",
        """\
const mysql = require("mysql2/promise");

mysql
  .createConnection({{
    host: "{host}",
    port: {port},
    database: "{database}",
    user: "{user}",
    password: process.env.MYSQL_PWD,
    ssl: {{ ca: require("fs").readFileSync("{authority}", "utf8"), verifyIdentity: true }},
  }})
  .then(async (connection) => {{
    const [rows] = await connection.query("SELECT VERSION() AS version");
    console.log(rows[0].version);
    await connection.end();
  }});""",
    ),
    (
        "Java (JDBC)",
        """\
var settings = new java.util.Properties();
settings.setProperty("user", "{user}");
settings.setProperty("password", System.getenv("MYSQL_PWD"));
settings.setProperty("sslMode", "verify-full");
settings.setProperty("serverSslCert", "{authority}");
try (var connection = java.sql.DriverManager.getConnection(
        "jdbc:mariadb://{host}:{port}/{database}", settings)) {{
    System.out.println(connection.getMetaData().getDatabaseProductVersion());
}}""",
    ),
)
